"""What the documents say of the example bureau, held against its workbook read without the product."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date

import openpyxl
from docx.document import Document

from tests.conftest import EXAMPLE
from tests.documents.conftest import Made
from tests.documents.opened import Rows, cells, everything, sheet, tables, texts
from tests.questions.workbook import AS_OF, Workbook, items

MONTH = "2025-08"
CLOSED, UNISSUED = "已销号", {"草案", "作废"}


def listed(document: Document, *headings: str) -> Rows:
    """Return the rows below the heads of all tables that begin with these headings."""
    return [row for table in tables(document, *headings) for row in cells(table)[1:]]


def expected_gaps() -> list[tuple[str, str, str]]:
    with EXAMPLE.with_name("expected.csv").open(encoding="utf-8-sig") as file:
        return [(row["rule"], row["severity"], row["focus"]) for row in csv.DictReader(file)]


def waivers(book: Workbook) -> set[tuple[str, str]]:
    """Return what is waived on the date of the data, by a tier-1 supervisor: only tier 1 may."""
    first = {row["任命编号"] for row in book["监督员任命"] if row["级别"] == "一级"}
    return {
        (row["规则"], row["对象"])
        for row in book["规则豁免"]
        if row["起"] <= AS_OF <= row["止"] and row["批准人"] in first
    }


def test_the_gap_report_lists_every_gap_that_the_faults_of_the_ledger_make(
    gap_report: Document, book: Workbook
) -> None:
    waived = waivers(book)
    wanted = sorted(rule for rule, _, focus in expected_gaps() if (rule, focus) not in waived)
    by_number = {
        row[0]: row[1] for row in listed(gap_report, "序号", "规则", "等级", "对象", "缺口说明", "改正办法")
    }
    assert sorted(by_number.values()) == wanted
    assert sorted(row[1] for row in listed(gap_report, "序号", "规则", "对象")) == sorted(
        rule for rule, _, focus in expected_gaps() if (rule, focus) in waived
    )


def test_the_gap_report_counts_by_severity_and_says_how_much_was_examined(
    gap_report: Document, book: Workbook
) -> None:
    waived = waivers(book)
    names = {"Violation": "严重", "Warning": "警告", "Info": "提示"}
    counted: dict[str, int] = defaultdict(int)
    for rule, severity, focus in expected_gaps():
        counted[names[severity]] += (rule, focus) not in waived
    line = next(text for text in texts(gap_report) if text.startswith("缺口共"))
    assert f"共 {sum(counted.values())} 项：" in line
    assert all(f"{name} {count} 项" in line for name, count in counted.items())
    assert "检查对象 0 次" not in line


def test_the_gap_report_of_a_department_holds_its_gaps_alone(made: Made) -> None:
    whole = list(sheet(made("gap-report", ending="xlsx"), "缺口"))
    own = list(sheet(made("gap-report", "--department", "市场营销部", ending="xlsx"), "缺口"))
    assert [row["缺口说明"] for row in own] == [
        row["缺口说明"] for row in whole if "市场营销部" in str(row["部门"]).split("；")
    ]
    assert 0 < len(own) < len(whole)


def sheets_of(book: Workbook) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in book["月度监督任务单"]:
        if row["月份"] == MONTH:
            found[row["任务单号"]].append(row)
    return found


def test_every_task_sheet_of_the_month_begins_a_page_with_its_orders(
    august: Document, book: Workbook
) -> None:
    wanted = sheets_of(book)
    begun = [
        p.text
        for p in august.paragraphs
        if p.style is not None and p.style.name == "Heading 1" and p.paragraph_format.page_break_before
    ]
    assert begun == [f"监督任务单 {one}" for one in sorted(wanted)]
    focus = tables(august, "序号", "重点方面", "重点内容")
    assert len(focus) == len(wanted)
    for table, one in zip(focus, sorted(wanted), strict=True):
        assert sorted((row[1], row[2]) for row in cells(table)[1:]) == sorted(
            (row["重点方面"], row["重点内容"]) for row in wanted[one] if row["重点内容"]
        )


def test_a_task_sheet_names_who_ordered_it_and_the_risks_of_its_node(
    august: Document, book: Workbook
) -> None:
    wanted = sheets_of(book)
    people = {row["任命编号"]: row["人员"] for row in book["监督员任命"]}
    forms = tables(august, "月份", MONTH)
    assert len(forms) == len(wanted)
    for form, one in zip(forms, sorted(wanted), strict=True):
        rows = cells(form)
        issuer, assignee = wanted[one][0]["下发人"], wanted[one][0]["执行人"]
        assert rows[2][1] == f"{issuer}（{people[issuer]}）"
        assert rows[3][1] == f"{assignee}（{people[assignee]}）"
        assert rows[3][3] == wanted[one][0]["反馈期限"]
    row = cells(tables(august, "序号", "重点方面", "重点内容")[0])[1]
    node = row[3].partition(" ")[0]
    held = {risk for risk in book.active_risks if node in book.risk_nodes[risk]}
    assert {line.partition(" ")[0] for line in row[4].split("\n")} == held


def test_the_month_names_the_plan_items_whose_sheet_is_missing(august: Document, book: Workbook) -> None:
    due = {row["计划编号"] for row in book["年度计划与检查安排"] if row["频次"] == "每月"}
    issued = {
        row["计划编号"] for rows in sheets_of(book).values() for row in rows if row["状态"] not in UNISSUED
    }
    assert {row[1] for row in listed(august, "序号", "计划编号")} == due - issued
    line = next(text for text in texts(august) if "应下发任务单" in text)
    assert f"应下发任务单 {len(due)} 张，已下发 {len(due & issued)} 张" in line


def test_each_department_gets_a_notice_with_its_open_issues(notices: Document, book: Workbook) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in book["问题整改清单"]:
        if row["状态"] != CLOSED:
            wanted[book.posts[row["责任岗位"]]["部门"]].add(row["问题编号"])
    addressed = [text.removesuffix("：") for text in texts(notices) if text.endswith("部：")]
    lists = tables(notices, "序号", "问题编号", "问题描述")
    told = {to: {row[1] for row in cells(table)[1:]} for to, table in zip(addressed, lists, strict=True)}
    assert told == wanted
    assert len(tables(notices, "问题编号", "整改措施及完成情况")) == len(wanted)


def test_a_notice_says_how_long_an_issue_is_overdue(notices: Document, book: Workbook) -> None:
    rows = {row[1]: row for row in listed(notices, "序号", "问题编号", "问题描述")}
    as_of, late = date.fromisoformat(AS_OF), 0
    for issue in book["问题整改清单"]:
        if issue["问题编号"] in rows and issue["期限"]:
            days = (as_of - date.fromisoformat(issue["期限"])).days
            late += days > 0
            assert rows[issue["问题编号"]][8] == (f"逾期{days}天" if days > 0 else "")
    assert late


def test_one_issue_makes_one_notice_even_when_it_is_closed(made: Made, book: Workbook) -> None:
    closed = next(row for row in book["问题整改清单"] if row["状态"] == CLOSED)
    rows = list(
        sheet(made("rectification-notice", "--issue", closed["问题编号"], ending="xlsx"), "待整改问题")
    )
    assert [(row["问题编号"], row["问题描述"]) for row in rows] == [(closed["问题编号"], closed["问题描述"])]


def test_the_line_chart_has_the_nodes_in_order_with_their_risks_and_controls(
    line_chart: Document, book: Workbook
) -> None:
    rows = listed(line_chart, "节点", "岗位", "风险点")
    nodes = sorted((n for n in book.nodes.values() if n["业务编号"] == "B04"), key=lambda n: int(n["序号"]))
    ids = [node["节点编号"] for node in nodes]
    assert [row[0].split("\n")[1] for row in rows if row[0]] == ids
    risks = {risk for risk in book.risks if set(ids) & book.risk_nodes[risk]}
    assert {row[2].partition(" ")[0] for row in rows} == risks
    stages = {"事前": 3, "事中": 4, "事后": 5}
    for row in rows:
        for control in book.risk_controls[row[2].partition(" ")[0]]:
            for stage, column in stages.items():
                shown = any(line.startswith(control) for line in row[column].split("\n"))
                assert shown == (stage in book.control_values(control, "环节"))


def test_the_double_key_chart_marks_where_a_post_has_a_part_in_a_business(
    double_key: Document, book: Workbook
) -> None:
    head, *rows = cells(tables(double_key, "业务", "星级")[0])
    keys = sorted(post for post, row in book.posts.items() if row["常设关键"] == "是")
    assert [one.split("\n")[1].partition(" ")[0] for one in head[3:]] == keys
    assert [row[0].partition(" ")[0] for row in rows] == sorted(book.businesses)
    parts = {
        (node["业务编号"], post)
        for node in book.nodes.values()
        for column in ("执行岗位", "管理岗位", "审批岗位")
        for post in items(node[column])
    }
    met = {
        (row[0].partition(" ")[0], post)
        for row in rows
        for post, text in zip(keys, row[3:], strict=True)
        if text
    }
    declared = {(row["业务编号"], row["岗位编号"]) for row in book["双关键图"]}
    wanted = {(business, post) for business, post in parts if post in keys}
    assert wanted <= met <= wanted | declared
    assert len(wanted) > 100


def test_excel_says_the_same_as_word(made: Made, line_chart: Document, august: Document) -> None:
    flat = list(sheet(made("line-chart", "--business", "B04", ending="xlsx"), "线图"))
    assert [row["风险点"] for row in flat] == [row[2] for row in listed(line_chart, "节点", "岗位", "风险点")]
    focus = list(sheet(made("task-sheet", "--month", MONTH, ending="xlsx"), "重点内容"))
    assert [row["重点内容"] for row in focus] == [row[2] for row in listed(august, "序号", "重点方面")]


def test_the_grid_of_excel_has_a_column_for_every_key_post(made: Made, book: Workbook) -> None:
    page = openpyxl.load_workbook(made("double-key", ending="xlsx"))["监督图"]
    keys = [post for post, row in book.posts.items() if row["常设关键"] == "是"]
    heads = [str(cell.value) for cell in page[1]]
    assert [head.partition(" ")[0] for head in heads[7:]] == sorted(keys)
    assert page.max_row - 1 == len(book.businesses)
    assert page.page_setup.paperSize == 8


def test_persons_stand_in_documents_by_id_alone(notices: Document, book: Workbook) -> None:
    owners = {row["问题编号"]: row["整改责任人"] for row in book["问题整改清单"]}
    for row in listed(notices, "序号", "问题编号", "问题描述"):
        assert row[6] == (owners[row[1]] or "未填")
    assert "姓名" not in everything(notices)
