"""The year's supervision: plan items, monthly task sheets, monthly reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from dutygraph.examples.bureau_ledger import Row, join, read_list, split, working_day

YEAR = 2025
PLANNED = tuple(f"B{number:02}" for number in range(1, 12))
_PLAN_PUBLISHED = date(2025, 1, 13)
_CONTROL, _RULE = "措施落实", "制度执行"


@dataclass(frozen=True, slots=True)
class Supervisors:
    """The appointments in force at the year's end, by tier and business."""

    leaders: dict[str, str]
    secretaries: dict[str, str]
    specialists: dict[str, list[str]]


def supervisors() -> Supervisors:
    """Read the appointments of the year from ``appointments.csv``."""
    leaders: dict[str, str] = {}
    secretaries: dict[str, str] = {}
    specialists: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_list("appointments.csv"):
        if row["止"] < f"{YEAR}-12-31":
            continue
        for business in split(row["监督业务"]):
            if row["级别"] == "三级":
                specialists[business].append(row["任命编号"])
            else:
                (leaders if row["级别"] == "一级" else secretaries)[business] = row["任命编号"]
    return Supervisors(leaders, secretaries, dict(specialists))


def plan_items() -> list[Row]:
    """Return 表6: daily supervision of each planned business, then the tier-1 inspections."""
    field_of = {row["业务编号"]: row["业务领域"] for row in read_list("businesses.csv")}
    tier2 = supervisors().secretaries
    daily = [
        {
            "计划编号": f"J{number:02}",
            "业务领域": field_of[business],
            "业务编号": business,
            "监督方式": "日常监督",
            "频次": "每月",
            "组织人": tier2[business],
            "计划期间": "全年",
        }
        for number, business in enumerate(PLANNED, start=1)
    ]
    return [{"年度": str(YEAR)} | row for row in daily + read_list("inspections.csv")]


def sheet_dates(month: int, number: int) -> tuple[date, date, date]:
    """Return issue date, due date and report date of the month's sheet of one plan item."""
    issued = max(working_day(date(YEAR, month, 2), 1), _PLAN_PUBLISHED)
    due = working_day(date(YEAR, month, 26), -1)
    reported = working_day(due - timedelta(days=1 + number % 3), -1)
    return issued, due, reported


def chart_version(business: str, month: int) -> str:
    """Return the version of the line chart in force on the first day of the month."""
    first = date(YEAR, month, 1).isoformat()
    published = [
        row for row in read_list("charts.csv") if row["业务"] == business and "" < row["发布日期"] <= first
    ]
    return max(published, key=lambda row: row["发布日期"])["版本"]


def _focus_order(business: str) -> list[Row]:
    """Return the business's risks in the order in which their nodes are checked over the year.

    Nodes with most risks come first; each node's risks are taken in turn, round by round.
    """
    risks = [row for row in read_list("risks.csv") if row["节点编号"].startswith(business)]
    per_node = Counter(row["节点编号"] for row in risks)
    turn: Counter[str] = Counter()
    keyed = []
    for row in risks:
        node = row["节点编号"]
        keyed.append(((turn[node], -per_node[node], node), row))
        turn[node] += 1
    return [row for _, row in sorted(keyed, key=lambda pair: pair[0])]


def _focus(risk: Row, node_name: str, aspect: str) -> Row:
    """Return the three focus cells of a sheet row."""
    if aspect == _CONTROL:
        text = f"抽查{node_name}环节“{risk['措施内容']}”落实情况"
    else:
        text = f"对照制度核查{node_name}环节有无{risk['风险描述']}"
    return {"重点内容": text, "重点方面": aspect, "节点编号": risk["节点编号"]}


def task_sheets() -> list[Row]:
    """Return 表7: for every month and planned business one sheet of one to three focus items."""
    found = Counter(row["来源编号"] for row in read_list("issues.csv"))
    names = {row["节点编号"]: row["节点名称"] for row in read_list("nodes.csv")}
    appointed = supervisors()
    orders = {business: _focus_order(business) for business in PLANNED}
    taken: Counter[str] = Counter()
    rows = []
    for month in range(1, 13):
        for number, business in enumerate(PLANNED, start=1):
            head = _sheet_head(month, number, business, appointed, found)
            for place in range(2 if business == "B04" else 1 + (month + number) % 3):
                risk = orders[business][taken[business] % len(orders[business])]
                taken[business] += 1
                aspect = (_CONTROL, _RULE)[(month + place) % 2]
                rows.append(head | _focus(risk, names[risk["节点编号"]], aspect))
    return rows


def _sheet_head(month: int, number: int, business: str, appointed: Supervisors, found: Counter[str]) -> Row:
    """Return the cells that all rows of one sheet share."""
    sheet = f"T{YEAR % 100}{month:02}-{number:02}"
    issued, due, reported = sheet_dates(month, number)
    specialists = appointed.specialists[business]
    return {
        "任务单号": sheet,
        "月份": f"{YEAR}-{month:02}",
        "计划编号": f"J{number:02}",
        "下发人": appointed.secretaries[business],
        "下发日期": issued.isoformat(),
        "执行人": specialists[month % len(specialists)],
        "线图版本": chart_version(business, month),
        "反馈期限": due.isoformat(),
        "反馈日期": reported.isoformat(),
        "反馈结果": f"发现问题{found[sheet]}项" if found[sheet] else "无问题，抽查记录已附",
        "状态": "已反馈" if month == 12 else "已关闭",  # noqa: PLR2004 (December is still open)
    }


def monthly_reports() -> list[Row]:
    """Return 上报记录: each secretary's report of each month, with the issues found in it."""
    tier2 = supervisors().secretaries
    source_of = {f"J{n:02}": business for n, business in enumerate(PLANNED, start=1)}
    source_of |= {row["计划编号"]: split(row["业务编号"])[0] for row in read_list("inspections.csv")}
    issues: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read_list("issues.csv"):
        source = row["来源编号"]
        item = f"J{source[-2:]}" if source.startswith("T") else source
        issues[tier2[source_of[item]], row["发现日期"][:7]].append(row["问题编号"])
    rows = []
    for month in range(1, 13):
        stamp = f"{YEAR}-{month:02}"
        for secretary in sorted(set(tier2.values())):
            listed = issues[secretary, stamp]
            rows.append(
                {
                    "上报编号": f"SB{YEAR % 100}{month:02}-{secretary}",
                    "上报人": secretary,
                    "月份": stamp,
                    "上报日期": working_day(date(YEAR, month, 28), -1).isoformat(),
                    "内容": f"本月发现问题{len(listed)}项，已登记" if listed else "本月未发现问题",
                    "涉及问题": join(listed),
                }
            )
    return rows
