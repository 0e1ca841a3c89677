"""Every case of bad input: one clear line for each cell, all of them at once, with what was expected."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dutygraph.loaders import NoBureauError, load
from dutygraph.loaders import unpacking as unpacking_module
from dutygraph.model import Cell

from .ledgers import BASICS, BUSINESSES, WHOLE, Rows, load_book, only, triples, write_book

NODES = ("节点编号", "业务编号", "序号", "节点名称", "是否关键", "评估无风险日期")


def refused(tmp_path: Path, sheets: dict[str, Rows], cell: Cell, zh: str, en: str) -> None:
    """Assert that loading refuses the sheets for exactly this cell, with these words."""
    loaded = load_book(tmp_path, sheets)
    problem = only(loaded.problems)
    assert problem.cell == cell
    assert zh in problem.message.zh
    assert en in problem.message.en
    assert loaded.delta.added == ()
    if cell.row is not None:
        assert cell.row in {record.row for record in loaded.rejected}


# ---- cells

NODE_SHEET = "表2 流程节点"
CELLS: list[tuple[str, Any, str, str]] = [
    ("序号", "第三", "不是整数", "“第三” is not a whole number"),
    ("序号", 3.5, "应为 3 这样的数字", "Expected digits such as 3"),
    ("是否关键", "大概", "“大概”不是“是”或“否”", "neither 是 nor 否"),
    ("评估无风险日期", "2025-02-30", "应为年-月-日", "Expected year-month-day, such as 2025-03-01"),
    ("节点编号", "=1+1", "不以 = 开头", "not starting with ="),
    ("节点编号", "N1；N2", "只能填一个", "Only one is allowed here, but there are 2"),
]


@pytest.mark.parametrize(("column", "value", "zh", "en"), CELLS, ids=lambda x: str(x)[:12])
def test_a_cell_of_the_wrong_kind(tmp_path: Path, column: str, value: Any, zh: str, en: str) -> None:
    row = {"节点编号": "N1", column: value}
    rows = (NODES, tuple(row.get(header) for header in NODES))
    refused(tmp_path, {NODE_SHEET: rows}, Cell("book.xlsx", NODE_SHEET, 2, column), zh, en)


def test_a_very_long_cell(tmp_path: Path) -> None:
    path = tmp_path / f"{NODE_SHEET}.csv"
    path.write_text(f"节点编号,节点名称\nN1,{'长' * 32_768}\n", encoding="utf-8")
    problem = only(load([write_book(tmp_path / "book.xlsx", WHOLE), path]).problems)
    assert problem.cell == Cell(path.name, NODE_SHEET, 2, "节点名称")
    assert "32768 characters, over the limit of 32767" in problem.message.en


def test_an_unknown_word_is_refused_with_the_words_there_are(tmp_path: Path) -> None:
    rows = (("措施编号", "环节"), ("C1", "随时"))
    cell = Cell("book.xlsx", "表4 风险与措施", 2, "环节")
    refused(tmp_path, {"表4 风险与措施": rows}, cell, "应为：事前、事中、事后", "Expected: 事前, 事中, 事后")


def test_a_needed_cell_left_blank(tmp_path: Path) -> None:
    rows = (("节点编号", "节点名称"), (None, "现场勘查"))
    cell = Cell("book.xlsx", NODE_SHEET, 2, "节点编号")
    refused(tmp_path, {NODE_SHEET: rows}, cell, "不能为空", "May not be blank")


def test_a_row_with_neither_of_its_identifiers(tmp_path: Path) -> None:
    rows = (("风险编号", "措施编号", "节点编号"), (None, None, "N1"))
    loaded = load_book(tmp_path, {"表4 风险与措施": rows})
    assert "Fill at least one of: 风险编号, 措施编号" in only(loaded.problems).message.en


def test_a_value_whose_thing_has_no_identifier(tmp_path: Path) -> None:
    rows = (("风险编号", "措施编号", "措施内容"), ("R1", None, "双人勘查"))
    cell = Cell("book.xlsx", "表4 风险与措施", 2, "措施编号")
    refused(tmp_path, {"表4 风险与措施": rows}, cell, "请补填“措施编号”", "Fill “措施编号”")


def test_a_repeated_key_names_both_rows(tmp_path: Path) -> None:
    rows = (("节点编号", "节点名称"), ("N1", "甲"), ("N2", "乙"), ("Ｎ1", "丙"))
    cell = Cell("book.xlsx", NODE_SHEET, 4, "节点编号")
    refused(tmp_path, {NODE_SHEET: rows}, cell, "与第2行重复：N1", "Repeats row 2: N1")


def test_a_repeated_key_across_files(tmp_path: Path) -> None:
    first = write_book(tmp_path / "a.xlsx", {**WHOLE, NODE_SHEET: (("节点编号",), ("N1",))})
    second = write_book(tmp_path / "b.xlsx", {NODE_SHEET: (("节点编号", "节点名称"), ("N1", "甲"))})
    problem = only(load([first, second]).problems)
    assert problem.cell == Cell("b.xlsx", NODE_SHEET, 2, "节点编号")
    assert "Repeats a.xlsx 表2 流程节点, row 2: N1" in problem.message.en


def test_rows_that_contradict_each_other(tmp_path: Path) -> None:
    rows = (
        ("岗位编号", "岗位名称", "任职人员"),
        ("G1", "甲岗", "P1"),
        ("G1", None, "P2"),
        ("G1", "乙岗", "P3"),
    )
    cell = Cell("book.xlsx", "表3 岗位与人员", 4, "岗位名称")
    refused(
        tmp_path,
        {"表3 岗位与人员": rows},
        cell,
        "与表3 岗位与人员第2行的“甲岗”矛盾",
        "“乙岗” contradicts “甲岗” at 表3 岗位与人员, row 2",
    )


def test_all_problems_come_at_once_and_in_order(tmp_path: Path) -> None:
    nodes = (NODES, ("N1", "B04", "x", None, "?", "z"), ("N1", "B04", 1, None, None, None))
    loaded = load_book(tmp_path, {NODE_SHEET: nodes, "表5 监督员任命": (("任命编号", "级别"), ("A1", "高"))})
    places = [(p.cell.sheet, p.cell.row, p.cell.column) for p in loaded.problems]
    assert places == [
        (NODE_SHEET, 2, "序号"),
        (NODE_SHEET, 2, "是否关键"),
        (NODE_SHEET, 2, "评估无风险日期"),
        (NODE_SHEET, 3, "节点编号"),
        ("表5 监督员任命", 2, "级别"),
    ]
    assert (
        loaded.problems[0].line("zh")
        == "book.xlsx 〔表2 流程节点〕 第2行 “序号”：“x”不是整数。应为 3 这样的数字。"
    )


def test_text_that_starts_with_an_equals_sign_is_text(tmp_path: Path) -> None:
    rows = (("节点编号", "节点名称"), ("N1", '=HYPERLINK("http://x")'))
    loaded = load_book(tmp_path, {NODE_SHEET: rows})
    assert loaded.problems == ()
    notice = [n for n in loaded.notices if n.cell == Cell("book.xlsx", NODE_SHEET, 2, "节点名称")]
    assert "read as text" in only(notice).message.en
    assert ("node/N1", "label", '=HYPERLINK("http://x")') in triples(loaded)


def test_control_characters_are_taken_out_and_reported(tmp_path: Path) -> None:
    (tmp_path / f"{NODE_SHEET}.csv").write_text("节点编号,节点名称\nN1,勘\x07查\x00\n", encoding="utf-8")
    loaded = load([write_book(tmp_path / "book.xlsx", WHOLE), tmp_path / f"{NODE_SHEET}.csv"])
    assert ("node/N1", "label", "勘查") in triples(loaded)
    assert [n.cell.column for n in loaded.notices if "control" in n.message.en] == ["节点名称"]


def test_formulas_in_error_or_without_a_stored_result(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "book.xlsx", {**WHOLE, NODE_SHEET: (("节点编号", "序号"), ("N1", None), ("N2", None))}
    )
    book = openpyxl.load_workbook(path)
    book[NODE_SHEET]["B2"] = "=1+2"
    book[NODE_SHEET]["B3"] = "#N/A"
    book.save(path)
    loaded = load([path])
    assert [p.cell for p in loaded.problems] == [Cell("book.xlsx", NODE_SHEET, n, "序号") for n in (2, 3)]
    assert {"not stored in the file" in p.message.en for p in loaded.problems} == {True}


# ---- sheets and headers


def test_no_known_sheet(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"Sheet1": (("甲",), ("乙",)), "Sheet2": ()})
    problem = only(load([path]).problems)
    assert problem.cell == Cell("x.xlsx")
    assert "Found: Sheet1, Sheet2" in problem.message.en
    assert "表1 业务清单" in problem.message.en


def test_an_empty_workbook(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"表1 业务清单": (), "Sheet2": ()})
    assert "The workbook holds nothing" in only(load([path]).problems).message.en


def test_the_sheet_without_which_nothing_can_be_checked(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"基本信息": BASICS, "部门": (("部门",), ("综合部",))})
    problem = only(load([path]).problems)
    assert problem.cell == Cell("x.xlsx")
    assert "缺少工作表“表1 业务清单”" in problem.message.zh


def test_a_known_sheet_without_header_or_rows(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {NODE_SHEET: (("甲", "乙"), (1, 2)), "部门": (("部门",),), "线图": ()})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", NODE_SHEET)
    assert "Expected columns: 业务编号, 节点编号" in problem.message.en
    told = {n.cell.sheet for n in loaded.notices if "no data rows" in n.message.en}
    assert told == {"部门", "线图"}


def test_a_needed_column_missing(tmp_path: Path) -> None:
    rows = (("节点名称", "序号"), ("现场勘查", 3))
    loaded = load_book(tmp_path, {NODE_SHEET: rows})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", NODE_SHEET, 1, "节点编号")
    assert "required column “节点编号” is missing" in problem.message.en
    assert [record.row for record in loaded.rejected] == [2]


def test_a_header_twice(tmp_path: Path) -> None:
    rows = (("节点编号", "节点名称", "序号", "节点名称"), ("N1", "甲", 1, "乙"))
    loaded = load_book(tmp_path, {NODE_SHEET: rows})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", NODE_SHEET, 1, "节点名称")
    assert "more than once (columns B, D)" in problem.message.en


def test_a_header_that_surely_means_a_missing_column_is_refused(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {NODE_SHEET: (("节点编号", "执行岗"), ("N1", "G1"))})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", NODE_SHEET, 1, "执行岗")
    assert "缺少列“执行岗位”" in problem.message.zh


def test_a_header_that_perhaps_means_a_missing_column_is_a_notice_with_a_guess(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {NODE_SHEET: (("节点编号", "执行岗人员"), ("N1", "G1"))})
    assert loaded.problems == ()
    notice = [n for n in loaded.notices if n.cell == Cell("book.xlsx", NODE_SHEET, 1, "执行岗人员")]
    assert "Did you mean “执行岗位”?" in only(notice).message.en


def test_a_sheet_that_surely_is_a_missing_one_is_refused(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"表5监督员": (("任命编号", "人员"), ("A01", "P001"))})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", "表5监督员")
    assert "缺少工作表“表5 监督员任命”" in problem.message.zh


# ---- which bureau


def test_no_bureau_named(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", {"表1 业务清单": BUSINESSES})
    assert "--bureau" in only(load([path]).problems).message.zh
    assert load([path], bureau="demo").problems == ()
    with pytest.raises(NoBureauError) as error:
        load([path], partial=True)
    assert "--bureau" in error.value.problem.message.en


def test_another_bureau_than_asked_for(tmp_path: Path) -> None:
    problem = only(load_book(tmp_path, {}, bureau="other").problems)
    assert problem.cell == Cell("book.xlsx", "基本信息", 2, "局编号")
    assert "“demo”, not “other”" in problem.message.en


def test_two_bureaus_in_one_load(tmp_path: Path) -> None:
    first = write_book(tmp_path / "a.xlsx", WHOLE)
    second = write_book(tmp_path / "b.xlsx", {"基本信息": (BASICS[0], ("two", "另一局", 2025, "2025-12-31"))})
    problem = only(load([first, second]).problems)
    assert problem.cell == Cell("b.xlsx", "基本信息", 2, "局编号")
    assert "“two” differs from “demo”" in problem.message.en


# ---- files


def problem_of(path: Path, **options: Any) -> str:
    problem = only(load([path], **options).problems)
    assert problem.cell == Cell(path.name)
    assert problem.message.zh
    return problem.message.en


def test_files_that_are_not_there_or_not_known(tmp_path: Path) -> None:
    assert "no such file" in problem_of(tmp_path / "nothing.xlsx")
    (tmp_path / "empty").mkdir()
    assert "nothing that can be read" in problem_of(tmp_path / "empty")
    (tmp_path / "x.docx").write_bytes(b"PK\x03\x04")
    assert "Not a known format" in problem_of(tmp_path / "x.docx")


def test_an_empty_file(tmp_path: Path) -> None:
    for name in ("x.xlsx", "x.ttl"):
        (tmp_path / name).touch()
        assert "empty (0 bytes)" in problem_of(tmp_path / name)


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le")
    )
    assert "protected by a password" in problem_of(path)


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", WHOLE)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 1)
    path.write_bytes(content)
    assert "protected by a password" in problem_of(path)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(tmp_path: Path, kept: float) -> None:
    path = write_book(tmp_path / "x.xlsx", WHOLE)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert "incomplete or damaged" in problem_of(path)


def test_a_workbook_with_a_flipped_byte(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", WHOLE)
    content = bytearray(path.read_bytes())
    place = content.find(b"xl/worksheets/sheet1.xml") + 60
    content[place] ^= 0xFF
    path.write_bytes(content)
    assert "incomplete or damaged" in problem_of(path)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "it is a web page"),
        ("业务编号\t业务名称\n".encode(), "it is plain text"),
        (b"%PDF-1.7\0\0\0", "it is something else"),
    ],
)
def test_what_is_only_named_like_a_workbook(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "x.xls"
    path.write_bytes(content)
    assert found in problem_of(path)
    assert "save it as .xlsx" in problem_of(path)


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert "incomplete or damaged" in problem_of(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    assert "100 MB, over the limit of 64 MB" in problem_of(path)
    assert "empty" not in problem_of(path, max_bytes=200_000_000)


def bomb(path: Path, size: int) -> Path:
    with zipfile.ZipFile(write_book(path, WHOLE), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(size))
    return path


def test_a_zip_bomb_that_is_honest_about_its_size(tmp_path: Path) -> None:
    assert "zip bomb" in problem_of(bomb(tmp_path / "x.xlsx", 50_000_000))
    assert "exceeds 4 MB" in problem_of(bomb(tmp_path / "y.xlsx", 8_000_000), max_bytes=1_000_000)


def test_a_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = bomb(tmp_path / "x.xlsx", 50_000_000)
    content = path.read_bytes()
    true, false = struct.pack("<L", 50_000_000), struct.pack("<L", 1_000)
    assert content.count(true) == 2
    path.write_bytes(content.replace(true, false))
    assert "zip bomb" in problem_of(path)


def test_a_worksheet_that_reaches_too_far(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx", WHOLE)
    book = openpyxl.load_workbook(path)
    book["表1 业务清单"].cell(1_048_576, 16_384, "x")
    book.save(path)
    assert "row 1048576 and column 16384" in problem_of(path)


def test_very_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking_module, "_MAX_MEMBERS", 3)
    assert "zip bomb" in problem_of(write_book(tmp_path / "x.xlsx", WHOLE))


def test_csv_in_an_unknown_encoding(tmp_path: Path) -> None:
    path = tmp_path / "表1 业务清单.csv"
    path.write_bytes("業務編號,業務名稱\nB04,臨時用電\n".encode("big5") + b"\xff\xff")
    assert "Expected UTF-8 or GB18030" in problem_of(path)
    shift = tmp_path / "表2 流程节点.csv"
    shift.write_bytes(b"\x80\x81\xff,\xa0")
    assert "Expected UTF-8 or GB18030" in problem_of(shift)


def test_csv_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "表1 业务清单.csv"
    path.write_text(f'业务编号\n"{"x" * 200_000}"\n', encoding="utf-8")
    assert "Not valid CSV" in problem_of(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.ttl", "a b c"), ("x.nq", "<a> ."), ("x.trig", "{"), ("x.jsonld", "{"), ("x.rdf", "<rdf>")],
)
def test_rdf_that_is_none(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert "Not valid" in problem_of(tmp_path / name)


def test_good_sources_beside_bad_ones_are_still_reported_on(tmp_path: Path) -> None:
    good = write_book(tmp_path / "good.xlsx", {**WHOLE, NODE_SHEET: (("节点编号", "序号"), ("N1", "x"))})
    loaded = load([tmp_path / "gone.xlsx", good])
    assert [p.cell.file for p in loaded.problems] == ["gone.xlsx", "good.xlsx"]
