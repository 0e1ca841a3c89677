"""Real ledgers: titles, merged cells, hidden sheets, formulas, full-width characters, own columns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from dutygraph.loaders import load
from dutygraph.model import Cell, GraphKind
from dutygraph.ontology import SV

from .ledgers import WHOLE, graph_of, load_book, only, triples, write_book


def test_a_title_stands_above_the_header(tmp_path: Path) -> None:
    loaded = load_book(
        tmp_path,
        {"部门": (("示例区供电局部门一览表", None), (None, None), ("部门", "类别"), ("市场营销部", "部门"))},
    )
    assert loaded.problems == ()
    assert ("department/市场营销部", "label", "市场营销部") in triples(loaded)
    cells = {s.cell for s in loaded.delta.added if s.subject.endswith("市场营销部")}
    assert cells == {Cell("book.xlsx", "部门", 4, "部门")}


def test_merged_headers_and_merged_identifiers(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", WHOLE)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("表3 岗位与人员")
    sheet.append(["岗位一览表"])
    sheet.merge_cells("A1:F1")
    sheet.append(["岗位编号", "岗位名称", "任职情况", None, None, "常设关键"])
    sheet.append([None, None, "任职人员", "任职起", "任职止", None])
    sheet.merge_cells("C2:E2")
    for letter in "ABF":
        sheet.merge_cells(f"{letter}2:{letter}3")
    sheet.append(["G12", "客户经理", "P011", dt.date(2023, 7, 1), None, "是"])
    sheet.append([None, None, "P012", dt.datetime.combine(dt.date(2024, 1, 1), dt.time()), None, None])
    sheet.merge_cells("A4:A5")
    sheet.merge_cells("B4:B5")
    book.save(path)
    loaded = load([path])
    assert loaded.problems == ()
    found = triples(loaded)
    assert ("post/G12", "type", "KeyPost") in found
    assert ("holding/G12-P011", "validFrom", "2023-07-01") in found
    assert ("holding/G12-P012", "heldPost", "post/G12") in found
    assert ("holding/G12-P012", "validFrom", "2024-01-01") in found


def test_stray_and_full_width_characters(tmp_path: Path) -> None:
    loaded = load_book(
        tmp_path,
        {
            "表2　流程节点 ": (
                (" 节点编号 *", "业务编号（必填）", "序\n号", "节点名称", "是否关键"),
                (" Ｂ０４－Ｎ０１\u3000", "B04 ", "１", " 用电申请（Ａ类） ", " 是"),
            )
        },
    )
    assert loaded.problems == ()
    assert {
        ("business/B04", "hasNode", "node/B04-N01"),
        ("node/B04-N01", "sequence", "1"),
        ("node/B04-N01", "type", "KeyNode"),
        ("node/B04-N01", "label", "用电申请（Ａ类）"),
    } <= triples(loaded)


def test_headers_by_other_names(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"部门": (("部门名称", "类别"), ("综合部", "部门"))})
    assert ("department/综合部", "type", "Department") in triples(loaded)
    assert loaded.problems == ()


def test_hidden_sheets_are_read_and_reported(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", {**WHOLE, "部门": (("部门",), ("综合部",))})
    book = openpyxl.load_workbook(path)
    book["部门"].sheet_state = "veryHidden"
    book.save(path)
    loaded = load([path])
    assert ("department/综合部", "identifier", "综合部") in triples(loaded)
    hidden = [notice for notice in loaded.notices if notice.cell == Cell("book.xlsx", "部门")]
    assert "hidden" in only(hidden).message.en


def test_formulas_count_by_their_last_value(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in WHOLE.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        sheet = book.add_worksheet("表2 流程节点")
        sheet.write_row(0, 0, ["节点编号", "序号", "节点名称"])
        sheet.write_formula("A2", '="B04-N"&"01"', None, "B04-N01")
        sheet.write_formula("B2", "=1+2", None, 3)
    loaded = load([path])
    assert loaded.problems == ()
    assert ("node/B04-N01", "sequence", "3") in triples(loaded)


def test_unknown_columns_are_kept_where_few_may_see_them(tmp_path: Path) -> None:
    loaded = load_book(
        tmp_path,
        {
            "部门": (
                ("部门", "类型", "联系人", None),
                ("综合部", "部门", "某人", "旁注"),
                ("规划部", None, None, None),
            )
        },
    )
    notices = [notice for notice in loaded.notices if notice.cell.sheet == "部门"]
    by_column = {notice.cell.column: notice.message.en for notice in notices}
    assert "Did you mean “类别”?" in by_column["类型"]
    assert "its 1 values are kept" in by_column["联系人"]
    assert "Column D has content but no header" in by_column[" (D)"]
    said = {triple for triple in triples(loaded) if triple[1] == "extra"}
    assert said == {
        ("department/综合部", "extra", "类型：部门"),
        ("department/综合部", "extra", "联系人：某人"),
        ("department/综合部", "extra", " (D)：旁注"),
    }
    assert graph_of(loaded, "department/综合部", "extra") == "restricted"


def test_unknown_sheets_are_reported_with_a_guess(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {"风险和措施": (("风险编号",), ("R1",)), "Sheet9": (("a",), ("b",))})
    told = {n.cell.sheet: n.message.en for n in loaded.notices if "not known" in n.message.en}
    assert "Did you mean “表4 风险与措施”?" in told["风险和措施"]
    assert "its 2 rows are kept" in told["Sheet9"]
    assert loaded.problems == ()
    kept = {str(s.object): (s.graph, s.cell) for s in loaded.delta.added if s.predicate == SV.extra}
    assert kept["Sheet9：b"] == (GraphKind.RESTRICTED, Cell("book.xlsx", "Sheet9", 2))
    assert len(kept) == 4


def test_absent_sheets_and_columns_are_noted_once(tmp_path: Path) -> None:
    loaded = load_book(tmp_path, {})
    named = [n.message.zh for n in loaded.notices if "没有工作表" in n.message.zh]
    assert len(named) == 9
    assert only([n for n in loaded.notices if "线图内容" in n.message.zh])
    column = [n for n in loaded.notices if n.cell == Cell("book.xlsx", "表1 业务清单", 1)]
    assert "公布星级" in only(column).message.zh


def test_blank_rows_and_repeated_headers_are_passed_over(tmp_path: Path) -> None:
    header = ("部门", "类别")
    rows = (header, ("综合部", "部门"), (None, "  "), header, ("规划部", "部门"))
    loaded = load_book(tmp_path, {"部门": rows})
    assert loaded.problems == ()
    assert ("department/规划部", "type", "Department") in triples(loaded)
    assert [n.cell.row for n in loaded.notices if "repeated" in n.message.en] == [4]


@pytest.mark.parametrize("separator", ["、", "，", ","])
def test_a_list_separated_otherwise_is_refused(tmp_path: Path, separator: str) -> None:
    rows = (("任命编号", "监督业务"), ("A01", f"B04{separator}B05"))
    loaded = load_book(tmp_path, {"表5 监督员任命": rows})
    problem = only(loaded.problems)
    assert problem.cell == Cell("book.xlsx", "表5 监督员任命", 2, "监督业务")
    assert "用全角分号“；”隔开" in problem.message.zh


def test_what_looks_like_a_name_is_pointed_out(tmp_path: Path) -> None:
    rows = (("任命编号", "人员", "监督业务"), ("A01", "张三", "B04"), ("A02", "P002", "B04"))
    loaded = load_book(tmp_path, {"表5 监督员任命": rows})
    assert loaded.problems == ()
    notice = only([n for n in loaded.notices if "looks like a name" in n.message.en])
    assert notice.cell == Cell("book.xlsx", "表5 监督员任命", 2, "人员")


def test_rows_that_state_nothing_and_values_that_belong_to_nothing_are_noted(tmp_path: Path) -> None:
    loaded = load_book(
        tmp_path,
        {
            "表9 考核与激励": (("对象编号", "对象类型", "年度"), ("市场营销部", "部门", 2025)),
            "表7 月度监督任务单": (("任务单号", "重点内容", "重点方面"), ("T1", None, "措施落实")),
        },
    )
    assert loaded.problems == ()
    told = {n.cell: n.message.en for n in loaded.notices}
    assert "states nothing" in told[Cell("book.xlsx", "表9 考核与激励", 2)]
    assert "together with “重点内容”" in told[Cell("book.xlsx", "表7 月度监督任务单", 2, "重点方面")]


def test_names_come_as_a_file_of_their_own(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", WHOLE)
    names = write_book(tmp_path / "names.xlsx", {"姓名对照": (("人员", "姓名"), ("P003", "监督员丙"))})
    loaded = load([book, names])
    assert loaded.problems == ()
    assert ("person/P003", "http://xmlns.com/foaf/0.1/name", "监督员丙") in triples(loaded)
    assert graph_of(loaded, "person/P003", "http://xmlns.com/foaf/0.1/name") == "identity"
    assert graph_of(loaded, "person/P003", "identifier") == "business"
    assert load([names], bureau="demo").problems == ()
