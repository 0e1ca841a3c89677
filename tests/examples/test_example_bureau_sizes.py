"""The example bureau has the sizes that the source states, counted straight from the committed workbook."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from dutygraph import examples
from dutygraph.shapes import catalogue

FOLDER = Path(examples.__file__).parent / "bureau"
Sheets = dict[str, list[dict[str, str]]]

STATED = {
    "key businesses": 33,
    "three-star businesses": 5,
    "two-star businesses": 13,
    "one-star businesses": 14,
    "unrated businesses": 1,
    "key nodes": 153,
    "key posts": 35,
    "nodes of the HV business expansion": 16,
    "risks of the HV business expansion": 35,
    "controls of the HV business expansion": 35,
    "published line charts": 11,
    "plan fields": 9,
    "supervision cases": 6,
    "issues": 60,
}
OBLIGATION = re.compile(
    r"J\d\d-2025-\d\d|inspection-2025-H[12]|evaluation-\w+-2025|report-A\d\d-2025-\d\d",
)


def text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


@pytest.fixture(scope="module")
def sheets() -> Sheets:
    book = openpyxl.load_workbook(FOLDER / "bureau.xlsx", read_only=True)
    read: Sheets = {}
    for page in book.worksheets:
        head, *rows = [[text(cell) for cell in row] for row in page.iter_rows(values_only=True)]
        read[page.title] = [dict(zip(head, row, strict=True)) for row in rows]
    book.close()
    return read


@pytest.fixture(scope="module")
def expected() -> list[dict[str, str]]:
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def ids(rows: list[dict[str, str]], column: str, **cells: str) -> set[str]:
    return {row[column] for row in rows if row[column] and all(row[key] == cells[key] for key in cells)}


def test_sizes_are_those_the_source_states(sheets: Sheets) -> None:
    businesses, nodes = sheets["表1 业务清单"], sheets["表2 流程节点"]
    expansion = [row for row in sheets["表4 风险与措施"] if row["节点编号"].startswith("B04-")]
    counted = {
        "key businesses": ids(businesses, "业务编号"),
        "three-star businesses": ids(businesses, "业务编号", 公布星级="3"),
        "two-star businesses": ids(businesses, "业务编号", 公布星级="2"),
        "one-star businesses": ids(businesses, "业务编号", 公布星级="1"),
        "unrated businesses": ids(businesses, "业务编号", 公布星级=""),
        "key nodes": ids(nodes, "节点编号", 是否关键="是"),
        "key posts": ids(sheets["表3 岗位与人员"], "岗位编号", 常设关键="是"),
        "nodes of the HV business expansion": ids(nodes, "节点编号", 业务编号="B04"),
        "risks of the HV business expansion": ids(expansion, "风险编号"),
        "controls of the HV business expansion": ids(expansion, "措施编号"),
        "published line charts": ids(sheets["线图"], "编号", 状态="已发布"),
        "plan fields": ids(sheets["业务领域"], "领域编号"),
        "supervision cases": ids(sheets["监督案例"], "案例编号"),
        "issues": ids(sheets["表8 问题整改清单"], "问题编号"),
    }
    assert {name: len(found) for name, found in counted.items()} == STATED


def test_nodes_of_the_expansion_are_key_and_bear_the_stated_risks(sheets: Sheets) -> None:
    nodes = [row for row in sheets["表2 流程节点"] if row["业务编号"] == "B04"]
    assert all(row["是否关键"] == "是" for row in nodes)
    per_node = Counter(
        row["节点编号"] for row in sheets["表4 风险与措施"] if row["节点编号"].startswith("B04-")
    )
    assert [per_node[row["节点编号"]] for row in nodes] == [2, 2, 3, 3, 3, 2, 1, 3, 3, 3, 2, 3, 2, 1, 1, 1]


def test_every_field_has_daily_supervision_and_every_half_year_all_kinds(sheets: Sheets) -> None:
    items = sheets["表6 年度计划与检查安排"]
    daily = [row for row in items if row["监督方式"] == "日常监督"]
    assert len({row["业务编号"] for row in daily}) == 11
    assert {row["业务领域"] for row in daily} >= ids(sheets["业务领域"], "领域编号")
    for half in ("上半年", "下半年"):
        assert ids(items, "监督方式", 计划期间=half) == {"联合监督", "飞行监督", "专项监督"}


def test_every_month_has_task_sheets_of_one_to_three_focus_items(sheets: Sheets) -> None:
    per_month: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in sheets["表7 月度监督任务单"]:
        per_month[row["月份"]][row["任务单号"]] += 1
    assert len(per_month) == 12
    assert all(len(month) >= 10 and set(month.values()) <= {1, 2, 3} for month in per_month.values())


def test_issues_stand_in_every_state(sheets: Sheets) -> None:
    assert ids(sheets["表8 问题整改清单"], "状态") == {
        "已发现", "已分类分级", "已派责", "整改中", "已验收", "已销号", "已升级", "重新打开",
    }  # fmt: skip


def test_every_rule_that_a_workbook_can_break_is_broken(expected: list[dict[str, str]]) -> None:
    assert {row["rule"] for row in expected} == {shape.rule for shape in catalogue()} - {"R69"}


def test_expected_gaps_are_listed_once_with_a_reason(expected: list[dict[str, str]]) -> None:
    assert {row["severity"] for row in expected} == {"Violation", "Warning", "Info"}
    keys = Counter((row["rule"], row["severity"], row["focus"], row["value"]) for row in expected)
    assert max(keys.values()) == 1
    assert all(row["why"] for row in expected)


def test_every_expected_focus_stands_in_the_workbook(sheets: Sheets, expected: list[dict[str, str]]) -> None:
    known = {
        part for rows in sheets.values() for row in rows for cell in row.values() for part in cell.split("；")
    }
    focus_items = Counter(row["任务单号"] for row in sheets["表7 月度监督任务单"])
    known |= {f"{sheet}-{n}" for sheet, count in focus_items.items() for n in range(1, count + 1)}
    known |= {f"{row['图编号']}-{row['业务编号']}-{row['岗位编号']}" for row in sheets["双关键图"]}
    unknown = [
        row["focus"]
        for row in expected
        if row["focus"] not in known and not OBLIGATION.fullmatch(row["focus"])
    ]
    assert unknown == []


def test_the_unrated_business_and_the_stated_total_are_named(expected: list[dict[str, str]]) -> None:
    named = {(row["rule"], row["focus"]) for row in expected}
    assert {("R28", "B33"), ("R30", "T01")} <= named
