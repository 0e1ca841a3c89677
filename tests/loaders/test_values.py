"""One cell at a time: what a cell may look like, and what the record keeps of it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dutygraph.loaders import ColumnForm
from dutygraph.loaders.unfit import UnfitError
from dutygraph.loaders.values import MAX_IDENTIFIER, MAX_TEXT, Raw, clean, normalise, plain, split
from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.store.graphs import segment

MIDNIGHT = dt.datetime.combine(dt.date(2025, 3, 1), dt.time())
MORNING = dt.datetime.combine(dt.date(2025, 3, 1), dt.time(8, 30))
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-/.ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def column(kind: str, **more: Any) -> ColumnForm:
    return ColumnForm(header="列", type=kind, help=Text("说明", "help"), **more)


def read(kind: str, raw: Raw, row: Mapping[str, str] | None = None, **more: Any) -> str:
    return normalise(column(kind, **more), raw, row or {})


def refuse(kind: str, raw: Raw, **more: Any) -> str:
    with pytest.raises(UnfitError) as error:
        read(kind, raw, **more)
    assert error.value.text.zh
    return error.value.text.en


@pytest.mark.parametrize(
    "raw",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        " 2025 年 3 月 1 日 ",
        "２０２５－０３－０１",
        "20250301",
        20250301,
        20250301.0,
        45717,
        45717.0,
        "2025-03-01 00:00:00",
        "2025-03-01T08:30",
        dt.date(2025, 3, 1),
        MIDNIGHT,
        MORNING,
    ],
)
def test_dates_as_ledgers_write_them(raw: Raw) -> None:
    assert read("date", raw) == "2025-03-01"


@pytest.mark.parametrize(
    "raw",
    [
        "2025-02-30",
        "2025-13-01",
        "1/3/2025",
        "2025",
        "三月",
        "2025-3",
        True,
        3.5,
        "0025-01-01",
        dt.time(3, 4),
    ],
)
def test_what_is_no_date_is_refused_with_what_was_expected(raw: Raw) -> None:
    assert "Expected year-month-day, such as 2025-03-01" in refuse("date", raw)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)), st.data())
def test_every_way_of_writing_a_date_gives_that_date(day: dt.date, data: st.DataObject) -> None:
    ways: list[Raw] = [
        day,
        dt.datetime.combine(day, dt.time()),
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        (day - dt.date(1899, 12, 30)).days,
        day.isoformat().translate(FULL_WIDTH),
    ]
    assert read("date", data.draw(st.sampled_from(ways))) == day.isoformat()


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.times()))
def test_a_date_cell_is_read_or_refused_never_anything_else(raw: Raw) -> None:
    try:
        found = read("date", raw)
    except UnfitError:
        return
    assert found == "" or dt.date.fromisoformat(found).isoformat() == found


@pytest.mark.parametrize(
    "raw",
    ["2025-03", "2025/3", "2025年3月", "2025年03月份", "202503", 202503, "2025-03-15", dt.date(2025, 3, 9)],
)
def test_months(raw: Raw) -> None:
    assert read("month", raw) == "2025-03"


@pytest.mark.parametrize("raw", ["2025", "2025-13", "三月", "25-03"])
def test_no_months(raw: Raw) -> None:
    assert "2025-03" in refuse("month", raw)


@pytest.mark.parametrize("raw", ["2025", 2025, 2025.0, "2025年", "２０２５年度", dt.date(2025, 1, 1)])
def test_years(raw: Raw) -> None:
    assert read("year", raw) == "2025"


@pytest.mark.parametrize("raw", ["25", "20251", "今年", 3025, 2025.5])
def test_no_years(raw: Raw) -> None:
    assert "four digits" in refuse("year", raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("全年", "2025"),
        ("上半年", "2025-H1"),
        ("下半年", "2025-H2"),
        ("一季度", "2025-Q1"),
        ("第四季度", "2025-Q4"),
        ("2季度", "2025-Q2"),
        ("Q3", "2025-Q3"),
        ("5月", "2025-05"),
        ("2024年上半年", "2024-H1"),
        ("2024-H2", "2024-H2"),
        ("2024-Q4", "2024-Q4"),
        ("2024-05", "2024-05"),
        ("2024年", "2024"),
        (2024, "2024"),
        (dt.date(2024, 5, 1), "2024-05"),
    ],
)
def test_periods_are_taken_within_the_year_of_the_row(raw: Raw, expected: str) -> None:
    assert read("period", raw, {"年度": "2025"}, year="年度") == expected


def test_periods_that_are_none_or_lack_a_year() -> None:
    assert "上半年" in refuse("period", "半年", year="年度")
    assert "Fill “年度”" in refuse("period", "上半年", year="年度")


@pytest.mark.parametrize("raw", [3, 3.0, "3", "3.0", " ３ ", "+3", "300%"])
def test_whole_numbers(raw: Raw) -> None:
    assert read("integer", raw) == "3"


@pytest.mark.parametrize(
    "raw", ["三", "3个", 3.5, "3.5", "", "1,2", float("nan"), float("inf"), dt.date(2025, 1, 1)]
)
def test_no_whole_numbers(raw: Raw) -> None:
    if raw == "":
        assert read("integer", raw) == ""
    else:
        assert "whole number" in refuse("integer", raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("92.50", "92.5"),
        (92.5, "92.5"),
        ("1,000.25", "1000.25"),
        (0.1, "0.1"),
        ("35%", "0.35"),
        (1000, "1000"),
        ("-0", "0"),
        (1e-7, "0.0000001"),
    ],
)
def test_decimals(raw: Raw, expected: str) -> None:
    assert read("decimal", raw) == expected


def test_a_number_with_a_unit_is_refused() -> None:
    assert "without a unit" in refuse("decimal", "1000元")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_decimals_keep_their_value(number: Decimal) -> None:
    assert Decimal(read("decimal", str(number))) == number


@given(st.integers(-(10**12), 10**12), st.booleans())
def test_integers_keep_their_value(number: int, full_width: bool) -> None:  # noqa: FBT001
    text = str(number).translate(FULL_WIDTH) if full_width else str(number)
    assert read("integer", text) == str(number)
    assert read("integer", float(number)) == str(number)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("是", "是"),
        ("√", "是"),
        (True, "是"),
        (1.0, "是"),
        ("Yes", "是"),
        ("否", "否"),
        (False, "否"),
        ("×", "否"),
    ],
)
def test_booleans(raw: Raw, expected: str) -> None:
    assert read("boolean", raw) == expected


def test_tiers_and_stars() -> None:
    assert [read("tier", raw) for raw in ("一级", "二级监督员", "3", 3.0)] == ["1", "2", "3", "3"]
    assert [read("star", raw) for raw in ("三星", "★★★", 3, "3星", "三星级", "四星", "★★☆")] == [
        "3",
        "3",
        "3",
        "3",
        "3",
        "4",
        "2",
    ]
    assert "一级, 二级 or 三级" in refuse("tier", "高级")
    assert "Expected 1, 2, 3" in refuse("star", "高")
    assert "Expected 1, 2, 3" in refuse("star", "33")


def test_words_are_taken_by_any_of_their_names() -> None:
    assert read("words", "事 前", scheme="ControlStageScheme") == "事前"
    assert read("words", "中", scheme="ControlStageScheme") == "事中"
    assert read("words", "部门", words=("部门", "班组")) == "部门"
    told = refuse("words", "随时", scheme="ControlStageScheme", words=("事前", "事中", "事后"))
    assert "Expected: 事前, 事中, 事后" in told


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("三星5；二星13", "三星5；二星13"),
        ("三星：5", "三星5"),
        ("三星 = ５", "三星5"),
        ("2星3", "2星3"),
        ("甲5；甲5", "甲5；甲5"),
    ],
)
def test_parts(raw: Raw, expected: str) -> None:
    assert read("parts", raw, many=True) == expected


@pytest.mark.parametrize("raw", ["三星", "5", "三星五", "：5"])
def test_no_parts(raw: Raw) -> None:
    assert "such as 三星5" in refuse("parts", raw, many=True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("B04", "B04"),
        (" Ｂ０４\u3000", "B04"),
        ("B04\u200b", "B04"),
        (2025, "2025"),
        (2025.0, "2025"),
        ("市场 营销部", "市场营销部"),
        ("综合部（后勤）", "综合部(后勤)"),
        ("Team  A", "Team A"),
        ("'-1a", "-1a"),
    ],
)
def test_identifiers(raw: Raw, expected: str) -> None:
    assert read("identifier", raw) == expected


@pytest.mark.parametrize("raw", ["=1+1", "—", "/", "..", "x" * (MAX_IDENTIFIER + 1), "\ue000a"])
def test_no_identifiers(raw: Raw) -> None:
    assert "cannot be an identifier" in refuse("identifier", raw)


def test_an_identifier_that_excel_took_for_a_date_is_named_as_such() -> None:
    assert "2025-03-01" in refuse("identifier", MIDNIGHT)
    assert "Format the cell as text" in refuse("reference", dt.date(2025, 3, 1), many=True)


def test_one_cell_takes_one_identifier_unless_it_is_a_list() -> None:
    assert "there are 2: P1；P2" in refuse("reference", "P1；P2")
    assert read("reference", "P1；P2;P1\nP3；；无", many=True) == "P1；P2；P3"
    assert "Separate several ids" in refuse("reference", "C1、C2")


@given(st.lists(st.text("ABC0123456789市场", min_size=1, max_size=6), max_size=6), st.sampled_from("；;\n"))
def test_lists_are_split_and_joined_without_loss(items: list[str], separator: str) -> None:
    text = separator.join(items)
    assert list(split(text)) == items
    assert read("reference", text, many=True).split("；") == (list(dict.fromkeys(items)) or [""])


@given(st.text(max_size=40))
@example("A´")
def test_an_identifier_is_stable_and_makes_an_iri(text: str) -> None:
    try:
        name = read("identifier", text)
    except UnfitError:
        return
    assert read("identifier", name) == name
    assert unicodedata.normalize("NFKC", name) == name
    assert not set(segment(name)) & set(' <>"{}|\\^`/?#[]\n\t')


@given(st.text(max_size=60))
def test_descriptions_keep_their_characters(text: str) -> None:
    found = read("text", text)
    assert found in (clean(text), clean(text).removeprefix("'"), "")
    assert "Ａ１" in read("text", f"Ａ１{text}Ａ１")


def test_blanks_and_words_for_blank() -> None:
    for raw in (None, "", "  ", "\u3000", "无", " 无 "):
        assert read("text", raw) == ""
        assert read("date", raw) == ""
    assert read("date", "至今", blank=frozenset({"至今"})) == ""
    assert read("text", "无问题") == "无问题"


def test_very_long_cells_are_refused() -> None:
    assert str(MAX_TEXT) in refuse("text", "长" * (MAX_TEXT + 1))
    assert read("text", "长" * MAX_TEXT)


def test_control_characters_are_taken_out_but_lines_stay() -> None:
    assert clean("a\x00b\x07\nc\ufeff") == "ab\nc"


def test_plain_text_of_raw_cells() -> None:
    raws: list[Raw] = [
        None,
        True,
        1e20,
        2.5,
        MORNING,
        dt.time(8, 30),
        dt.timedelta(hours=1),
    ]
    assert [plain(raw) for raw in raws] == [
        "",
        "TRUE",
        "1e+20",
        "2.5",
        "2025-03-01 08:30:00",
        "08:30:00",
        "1:00:00",
    ]


def test_flags_and_own_words_stand_beside_identifiers() -> None:
    flags = {"新风险": SV.newRisk}
    assert read("reference", "新风险；R1", many=True, flags=flags) == "新风险；R1"
    assert read("reference", "是", many=True, own={"是": "score"}) == "是"
