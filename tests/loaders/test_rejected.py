"""``partial``: the good rows go in, the others come back to be corrected and handed in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dutygraph.loaders import load, safe_cell, write_rejected

from .ledgers import WHOLE, Rows, load_book, triples, write_book

NODE_SHEET = "表2 流程节点"
SHEET_SHEET = "表7 月度监督任务单"
SHEETS: dict[str, Rows] = {
    **WHOLE,
    NODE_SHEET: (
        ("节点编号", "业务编号", "序号", "节点名称", "自加列"),
        ("N1", "B04", 1, "受理", "甲"),
        ("N2", "B04", "二", "=审核", "=乙"),
        ("N2", "B04", 3, "勘查", None),
    ),
    SHEET_SHEET: (
        ("任务单号", "月份", "重点内容", "反馈期限"),
        ("T1", "2025-03", "甲", "2025-03-28"),
        ("T1", "2025-13", "乙", "2025-03-28"),
        ("T1", "2025-03", "丙", "2025-03-28"),
    ),
}


def rewrite(sheet: Any, row: int, header: str, value: object) -> None:
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(row, columns[header]).value = value


def correct(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    nodes, tasks = book[NODE_SHEET], book[SHEET_SHEET]
    rewrite(nodes, 2, "序号", 2)
    rewrite(nodes, 3, "节点编号", "N3")
    rewrite(tasks, 2, "月份", "2025-03")
    for sheet in (nodes, tasks):
        for row in sheet.iter_rows():
            for cell in row:
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    book.save(path)


def test_without_partial_nothing_is_loaded_and_all_refused_rows_are_named(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, SHEETS)
    assert loaded.delta.added == ()
    assert [(record.sheet, record.row) for record in loaded.rejected] == [
        (NODE_SHEET, 3),
        (NODE_SHEET, 4),
        (SHEET_SHEET, 3),
    ]
    assert loaded.rejected[0].values["序号"] == "二"
    assert loaded.rejected[0].extras == {"自加列": "=乙"}


def test_partial_loads_the_good_rows_only(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, SHEETS, partial=True)
    found = triples(loaded)
    assert ("node/N1", "sequence", "1") in found
    assert not {t for t in found if t[0] == "node/N2"}
    assert len(loaded.problems) == 3
    assert {o for s, p, o in found if p == "hasFocus"} == {"focus-item/T1-1", "focus-item/T1-3"}


def test_the_workbook_of_refused_rows_says_why_and_where(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, SHEETS)
    path = tmp_path / "rejected.xlsx"
    write_rejected(loaded, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["基本信息", NODE_SHEET, SHEET_SHEET]
    rows = list(book[NODE_SHEET].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (
        first["错误"]
        == "序号：“二”不是整数。应为 3 这样的数字。 / “二” is not a whole number. Expected digits such as 3."
    )
    assert first["原位置"] == "book.xlsx｜表2 流程节点｜3"
    assert (first["节点名称"], first["自加列"]) == ("=审核", "=乙")
    assert {cell.data_type for row in book[NODE_SHEET].iter_rows() for cell in row} <= {"s", "n"}


def test_refused_rows_handed_in_unchanged_are_refused_for_the_same_reasons(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, SHEETS)
    write_rejected(loaded, tmp_path / "rejected.xlsx")
    again = load([tmp_path / "rejected.xlsx"])
    told = [
        [(p.cell.sheet, p.cell.column, p.message.en.split()[0]) for p in x.problems] for x in (loaded, again)
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 3


def test_corrected_rows_take_the_place_of_the_refused_ones(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, SHEETS)
    path = tmp_path / "rejected.xlsx"
    write_rejected(loaded, path)
    correct(path)
    whole = load([tmp_path / "book.xlsx", path])
    assert whole.problems == ()
    assert whole.rejected == ()
    assert whole.rows == loaded.rows
    found = triples(whole)
    assert {
        ("node/N2", "sequence", "2"),
        ("node/N3", "label", "勘查"),
        ("node/N2", "label", "=审核"),
    } <= found
    assert {(s, o) for s, p, o in found if s.startswith("focus-item/") and p == "label"} == {
        ("focus-item/T1-1", "甲"),
        ("focus-item/T1-2", "乙"),
        ("focus-item/T1-3", "丙"),
    }


def test_corrected_rows_also_stand_alone_and_keep_their_numbers(tmp_path: Path) -> None:
    good = load_book(tmp_path, SHEETS, partial=True)
    path = tmp_path / "rejected.xlsx"
    write_rejected(good, path)
    correct(path)
    alone = load([path])
    assert alone.problems == ()
    assert ("focus-item/T1-2", "label", "乙") in triples(alone)
    assert alone.delta.bureau == "demo"
    whole = load([tmp_path / "book.xlsx", path])
    assert triples(good) | triples(alone) == triples(whole)


def test_a_sheet_refused_for_its_header_comes_back_with_the_reason(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {NODE_SHEET: (("节点名称", "序号"), ("甲", 1), ("乙", 2))})
    write_rejected(loaded, tmp_path / "r.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "r.xlsx")[NODE_SHEET].iter_rows(values_only=True))
    told = rows[0].index("错误")
    assert ["required column “节点编号”" in str(row[told]) for row in rows[1:]] == [True, True]


def test_nothing_refused_gives_a_workbook_that_loads(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {})
    write_rejected(loaded, tmp_path / "r.xlsx")
    assert load([tmp_path / "r.xlsx"]).problems == ()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_never_leaves_as_a_live_formula(tmp_path: Path, text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    path = tmp_path / f"{NODE_SHEET}.csv"
    path.write_text(f'节点编号,节点名称,序号\nN1,"{text}",x\n', encoding="utf-8")
    loaded = load([write_book(tmp_path / "b.xlsx", WHOLE), path])
    write_rejected(loaded, tmp_path / "r.xlsx")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "r.xlsx")[NODE_SHEET].iter_rows() for cell in row
    ]
    assert "f" not in {cell.data_type for cell in cells}
    assert text.strip() in {cell.value for cell in cells}


def test_harmless_text_is_left_alone() -> None:
    assert [safe_cell(text) for text in ("甲", "", "1", " =1")] == ["甲", "", "1", " =1"]
