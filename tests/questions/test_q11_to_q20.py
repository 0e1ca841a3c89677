"""Q11–Q20 on the example bureau, each beside an answer computed from the workbook in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from tests.questions.conftest import Rows
from tests.questions.workbook import AS_OF, MONTHS, Answered, Row, Workbook, decimal_text, items, ratio

STATES = {
    "已验收": "issue-verified",
    "整改中": "issue-rectifying",
    "已升级": "issue-escalated",
    "已派责": "issue-assigned",
    "采纳": "improvement-adopted",
    "生效": "improvement-effective",
    "见效": "improvement-confirmed",
}
GRADES = {"一级": "grade-1", "二级": "grade-2", "三级": "grade-3"}


def issues(book: Workbook) -> list[Row]:
    return book["问题整改清单"]


def closed_on(book: Workbook, issue: Row) -> str | None:
    """The last day an issue that is closed now was closed."""
    days = [
        row["日期"]
        for row in book["问题流转"]
        if row["问题编号"] == issue["问题编号"] and row["新状态"] == "已销号"
    ]
    return max(days) if days and issue["状态"] == "已销号" else None


def department_of(book: Workbook, issue: Row) -> str:
    return book.posts[issue["责任岗位"]]["部门"]


def days_between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


@pytest.mark.parametrize("department", [None, "综合部", "计划财务部"])
def test_q11_most_concentrated_nodes(rows: Rows, book: Workbook, department: str | None) -> None:
    weights = {
        node: weight
        for node, weight in book.stars.node_weight.items()
        if weight
        and (department is None or department in book.businesses[node.partition("-")[0]]["主管部门"])
    }
    expected: Answered = []
    for node, weight in weights.items():
        rank = 1 + sum(other > weight for other in weights.values())
        if rank <= 10:
            risks = sum(node in book.risk_nodes[risk] for risk in book.active_risks)
            business, star = book.nodes[node]["业务编号"], str(book.stars.effective(node))
            expected.append((str(rank), node, business, decimal_text(weight), str(risks), star))
    expected.sort(key=lambda row: (int(row[0] or 0), row[1] or ""))
    assert rows("Q11", **({"department": department} if department else {})) == expected
    if department is None:
        # Sixteen nodes share the first place, so ten cannot be told apart: all of them are named.
        assert Counter(row[0] for row in expected) == {"1": 16}


def test_q12_posts_with_most_three_star_nodes(rows: Rows, book: Workbook) -> None:
    parts = {"执行岗位": Counter[str](), "审批岗位": Counter[str](), "管理岗位": Counter[str]()}
    nodes: dict[str, set[str]] = {}
    for node, row in book.nodes.items():
        if book.stars.effective(node) == 3:
            for column, count in parts.items():
                for post in items(row[column]):
                    count[post] += 1
                    nodes.setdefault(post, set()).add(node)
    expected: Answered = [
        (post, *(str(count[post]) for count in parts.values()), str(len(own))) for post, own in nodes.items()
    ]
    expected.sort(key=lambda row: (-int(row[1] or 0), -int(row[4] or 0), row[0] or ""))
    assert rows("Q12") == expected
    of_sales = [row for row in expected if book.posts[row[0] or ""]["部门"] == "市场营销部"]
    assert rows("Q12", department="市场营销部") == of_sales


def test_q13_issues_by_month(rows: Rows, book: Workbook) -> None:
    found = Counter((row["发现日期"][:7], row["分类"]) for row in issues(book))
    expected: Answered = []
    for month in MONTHS:
        counts = [found[month, category] for category in ("管理类", "执行类", "")]
        expected.append((month, *map(str, counts), str(sum(counts))))
    assert rows("Q13") == rows("Q13", year="2025") == expected
    assert sum(int(row[4] or 0) for row in expected) == 60


@pytest.mark.parametrize("department", [None, "规划建设部", "计划财务部"])
def test_q14_on_time_by_half_year(rows: Rows, book: Workbook, department: str | None) -> None:
    due, on_time = Counter[int](), Counter[int]()
    for issue in issues(book):
        if not "2025-01-01" <= issue["期限"] <= AS_OF or department not in {None, department_of(book, issue)}:
            continue
        half = 1 if issue["期限"] < "2025-07" else 2
        due[half] += 1
        on_time[half] += (closed_on(book, issue) or "9") <= issue["期限"]
    shares = {half: ratio(on_time[half], due[half]) for half in (1, 2)}
    change = None
    if shares[1] is not None and shares[2] is not None:
        change = decimal_text(Fraction(shares[2]) - Fraction(shares[1]))
    first, second = ((str(due[half]), str(on_time[half]), shares[half]) for half in (1, 2))
    assert rows("Q14", **({"department": department} if department else {})) == [
        ("2025", *first, *second, change)
    ]
    if department is None:
        # I051 was closed in time and then reopened; it is due in 2026 and in neither half.
        assert (due[1], due[2]) == (15, 34)


def test_q15_mean_days_to_close(rows: Rows, book: Workbook) -> None:
    taken: dict[str, dict[str, list[int]]] = {name: {} for name in book.departments}
    for issue in issues(book):
        closed = closed_on(book, issue)
        if closed:
            days = days_between(issue["发现日期"], closed)
            of = taken[department_of(book, issue)]
            of.setdefault("", []).append(days)
            of.setdefault(issue["分级"], []).append(days)
    expected: Answered = [
        (name, str(len(of.get("", ()))), *(mean(of.get(grade, [])) for grade in ("", "一级", "二级", "三级")))
        for name, of in taken.items()
    ]
    assert rows("Q15") == expected
    assert ("计划财务部", "0", None, None, None, None) in expected


def mean(days: list[int]) -> str | None:
    if not days:
        return None
    exact = (Decimal(sum(days)) / len(days)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return decimal_text(Fraction(exact))


def test_q16_overdue_issues(rows: Rows, book: Workbook) -> None:
    late = [row for row in issues(book) if row["期限"] and row["期限"] < AS_OF and row["状态"] != "已销号"]
    late.sort(key=lambda row: (row["期限"], row["问题编号"]))
    expected: Answered = [
        (
            row["问题编号"],
            STATES[row["状态"]],
            GRADES[row["分级"]],
            row["期限"],
            str(days_between(row["期限"], AS_OF)),
            row["整改责任人"],
            row["责任岗位"],
            row["升级日期"] or None,
        )
        for row in late
    ]
    assert rows("Q16") == expected
    # Five are verified and wait for closing; I055 fell due the day before (fault F60).
    assert len(expected) == 9
    assert expected[-1] == ("I055", "issue-assigned", "grade-3", "2025-12-30", "1", "P053", "G34", None)
    assert rows("Q16", person="P041") == [row for row in expected if row[5] == "P041"]
    of_build = [row["问题编号"] for row in late if department_of(book, row) == "规划建设部"]
    assert [row[0] for row in rows("Q16", department="规划建设部")] == of_build


def test_q17_repeats_without_root_cause(rows: Rows, book: Workbook) -> None:
    found = {row["问题编号"]: row["发现日期"] for row in issues(book)}
    expected: Answered = [
        (row["问题编号"], row["发现日期"], earlier, found[earlier], row["风险编号"], row["整改责任人"])
        for row in issues(book)
        for earlier in items(row["重复于"])
        if not row["根因"]
    ]
    assert rows("Q17") == expected
    assert [row[0] for row in expected] == ["I036"]  # fault F65; I038 and I050 state their cause


def test_q18_management_issues_unreported(rows: Rows, book: Workbook) -> None:
    kinds = {row["部门"]: row["类别"] for row in book["部门"]}
    expected: Answered = []
    for row in issues(book):
        if row["分类"] != "管理类":
            continue
        sent = items(row["报送对象"])
        reached = {kinds.get(name) for name in sent}
        for kind, name in (("职能部门", "FunctionalDepartment"), ("监督委员会办公室", "CommitteeOffice")):
            if kind not in reached:
                state = "issue-closed" if row["状态"] == "已销号" else STATES[row["状态"]]
                expected.append((row["问题编号"], name, state, row["发现日期"], str(len(sent))))
    assert rows("Q18") == expected
    # Fault F64: I040 went to the functional department alone.
    assert expected == [("I040", "CommitteeOffice", "issue-closed", "2025-10-23", "1")]


def test_q19_from_issue_to_policy(rows: Rows, book: Workbook) -> None:
    improvements = {row["改进编号"]: row for row in book["改进措施"]}
    in_force = {row["文件编号"]: row["生效日期"] for row in book["制度文件"]}
    expected: Answered = []
    for row in issues(book):
        for name in items(row["改进措施"]):
            if name not in improvements:
                continue
            improvement = improvements[name]
            head = (row["问题编号"], row["发现日期"], name, STATES[improvement["状态"]])
            policies: list[str | None] = [*items(improvement["修订制度"])] or [None]
            expected += [
                (*head, improvement["生效日期"] or None, policy, in_force[policy] if policy else None)
                for policy in policies
            ]
    assert rows("Q19") == expected
    assert "I026" not in {row[0] for row in expected}  # its GJ99 does not exist (fault F79)
    assert rows("Q19", issue="I014") == [
        ("I014", "2025-05-20", "GJ01", "improvement-confirmed", "2025-07-01", "ZD05", "2025-07-01")
    ]
    assert rows("Q19", issue="I001") == []


def test_q20_policies_changed(rows: Rows, book: Workbook) -> None:
    in_force = {row["文件编号"]: row["生效日期"] for row in book["制度文件"]}
    answers = Counter(name for row in issues(book) for name in items(row["改进措施"]))
    expected: Answered = sorted(
        (
            policy,
            in_force[policy],
            row["改进编号"],
            STATES[row["状态"]],
            row["生效日期"],
            str(answers[row["改进编号"]]),
        )
        for row in book["改进措施"]
        for policy in items(row["修订制度"])
        if row["状态"] in {"生效", "见效"} and answers[row["改进编号"]]
    )
    assert rows("Q20") == expected
    assert [row[0] for row in expected] == [f"ZD{number:02d}" for number in range(4, 12)]
