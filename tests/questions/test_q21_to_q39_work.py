"""Q28–Q33, Q38 and Q39: inspections, sheets, scores, charts and improvements, from the workbook."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from tests.questions.conftest import Rows
from tests.questions.workbook import AS_OF, CHECK_KINDS, Answered, Row, Workbook, items, ratio

CONCEPTS = {
    "联合监督": "kind-joint", "飞行监督": "kind-unannounced", "专项监督": "kind-special",
    "生效": "improvement-effective", "见效": "improvement-confirmed",
    "专项奖励金": "incentive-bonus", "廉洁作风示范岗": "incentive-model-post", "惩处": "incentive-penalty",
}  # fmt: skip


def inspections(book: Workbook) -> dict[str, Row]:
    return {row["计划编号"]: row for row in book["年度计划与检查安排"] if row["监督方式"] in CHECK_KINDS}


def test_q28_departments_by_half_year(book: Workbook, rows: Rows) -> None:
    expected: Answered = []
    for half, first, last in (("2025-H1", "01-01", "06-30"), ("2025-H2", "07-01", "12-31")):
        for department in book.departments:
            held = [
                row["监督方式"]
                for row in inspections(book).values()
                if f"2025-{first}" <= row["实际日期"] <= f"2025-{last}"
                and any(
                    department in items(book.businesses[business]["主管部门"])
                    for business in items(row["业务编号"])
                )
            ]
            expected.append((half, department, *(str(held.count(kind)) for kind in CHECK_KINDS)))
    assert rows("Q28") == expected
    assert {row[2:] for row in expected if row[0] == "2025-H2"} == {("0", "0", "0")}  # nothing was held


def test_q29_found_by_tier_1_alone(book: Workbook, rows: Rows) -> None:
    sheets = {row["任务单号"] for row in book["月度监督任务单"]}
    first = {row["任命编号"] for row in book["监督员任命"] if row["级别"] == "一级"}
    by_daily = [row for row in book["问题整改清单"] if row["来源编号"] in sheets]
    expected: Answered = []
    for issue in book["问题整改清单"]:
        inspection = inspections(book).get(issue["来源编号"])
        risk = issue["风险编号"] if issue["风险编号"] in book.risks else None
        if inspection is None or inspection["组织人"] not in first or issue["重复于"]:
            continue
        day = issue["发现日期"]
        if risk and any(row["风险编号"] == risk and row["发现日期"] <= day for row in by_daily):
            continue
        nodes = book.risk_nodes[risk] if risk else set()
        looked = {
            row["任务单号"]
            for row in book["月度监督任务单"]
            if nodes & set(items(row["节点编号"])) and row["反馈日期"] and row["反馈日期"] < day
        }
        kind = CONCEPTS[inspection["监督方式"]]
        expected.append((issue["问题编号"], issue["来源编号"], kind, day, risk, str(len(looked))))
    assert rows("Q29") == expected
    # I021 comes from J16, which a tier-2 supervisor organised.
    assert [row[0] for row in expected] == ["I007", "I012", "I014", "I016", "I018"]


def focus_items(book: Workbook) -> list[tuple[str, str, set[str]]]:
    """Business, aspect and nodes of each focus item of the sheets that count."""
    plans = {row["计划编号"]: row["业务编号"] for row in book["年度计划与检查安排"]}
    return [
        (plans[row["计划编号"]], row["重点方面"], set(items(row["节点编号"])))
        for row in book["月度监督任务单"]
        if row["重点内容"] and row["状态"] not in {"草案", "作废"}
    ]


def test_q30_focus_on_high_stars(book: Workbook, rows: Rows) -> None:
    high = {node for node in book.nodes if book.stars.effective(node) == 3}
    daily = {row["业务编号"] for row in book["年度计划与检查安排"] if row["监督方式"] == "日常监督"}
    expected: Answered = []
    for business in [None, *sorted(daily)]:
        nodes = [seen for of, _, seen in focus_items(book) if business in {None, of}]
        own = {n for n in high if business is None or business in items(book.nodes[n]["业务编号"])}
        hits, reached = sum(bool(seen & high) for seen in nodes), set[str]().union(*nodes) & own
        figures = (str(len(nodes)), str(hits), ratio(hits, len(nodes)), str(len(own)), str(len(reached)))
        expected.append((business, *figures))
    assert rows("Q30") == expected


def test_q31_aspects(book: Workbook, rows: Rows) -> None:
    for asked in (None, "B04", "B11", "B33"):
        stated = [aspect for of, aspect, _ in focus_items(book) if asked in {None, of}]
        given = {} if asked is None else {"business": asked}
        assert rows("Q31", **given) == [
            (concept, str(stated.count(word)), ratio(stated.count(word), len(stated)))
            for concept, word in (("aspect-control", "措施落实"), ("aspect-rule", "制度执行"), (None, ""))
        ]


def rank(values: dict[str, Fraction], name: str) -> int | None:
    return 1 + sum(value > values[name] for value in values.values()) if name in values else None


def test_q32_scores_and_closure(book: Workbook, rows: Rows) -> None:
    last: dict[str, str] = {}
    for change in book["问题流转"]:
        if change["新状态"] == "已销号":
            last[change["问题编号"]] = max(change["日期"], last.get(change["问题编号"], ""))
    issues: dict[str, list[Row]] = defaultdict(list)
    for row in book["问题整改清单"]:
        issues[book.posts[row["责任岗位"]]["部门"]].append(row)
    closed = {d: [row for row in listed if row["状态"] == "已销号"] for d, listed in issues.items()}
    rates = {d: Fraction(len(closed[d]), len(listed)) for d, listed in issues.items()}
    scores = {
        row["对象编号"]: Fraction(row["得分"]) for row in book["考核与激励"] if row["对象类型"] == "部门"
    }
    expected = []
    for name in book.departments:
        shut = closed.get(name, [])
        punctual = sum(bool(row["期限"]) and last[row["问题编号"]] <= row["期限"] for row in shut)
        by_score, by_rate = rank(scores, name), rank(rates, name)
        cells = (
            name, scores.get(name), by_score, len(issues[name]), len(shut), punctual,
            ratio(len(shut), len(issues[name])), by_rate,
            None if by_score is None or by_rate is None else by_rate - by_score,
        )  # fmt: skip
        shown = tuple(None if cell is None else str(cell) for cell in cells)
        expected.append((by_score is None, by_score or 0, name, shown))
    assert rows("Q32") == [shown for *_, shown in sorted(expected)]


def test_q33_unsupported_incentives(book: Workbook, rows: Rows) -> None:
    scored = {row["得分编号"]: row["对象编号"] for row in book["考核与激励"] if row["得分"]}
    expected: Answered = []
    for row in book["考核与激励"]:
        cited: list[str | None] = [*items(row["依据得分"])]
        if row["激励编号"] and row["对象编号"] not in {scored.get(score or "") for score in cited}:
            told = (row["激励编号"], CONCEPTS[row["激励类型"]], row["对象编号"], row["金额"] or None)
            expected += [(*told, row["授予日期"] or None, score) for score in cited or [None]]
    expected.sort(key=lambda row: row[0] or "")
    assert rows("Q33") == expected
    assert expected == [("JL06", "incentive-bonus", "A18", "800", "2025-12-29", None)]


def test_q38_risks_between_versions(book: Workbook, rows: Rows) -> None:
    contents: dict[str, set[str]] = defaultdict(set)
    for row in book["线图内容"]:
        contents[row["线图"]].update(items(row["风险"]))
    expected: Answered = []
    for business in sorted(book.businesses):
        charts = sorted((r["编制日期"], r["编号"]) for r in book["线图"] if r["业务"] == business)
        for (_, older), (_, newer) in pairwise(charts):
            removed = sorted(contents[older] - contents[newer])
            added = sorted(contents[newer] - contents[older])
            changes: list[tuple[str | None, str | None]] = [(None, risk) for risk in removed]
            changes += [(risk, None) for risk in added]
            expected += [(business, older, newer, *change) for change in changes or [(None, None)]]
    assert rows("Q38") == expected
    assert rows("Q38", business="B04") == [row for row in expected if row[0] == "B04"]
    # F19's example grew from 33 to 35 risks with its second chart; the draft of the third changes none.
    assert (len(contents["X04-V1"]), len(contents["X04-V2"])) == (33, 35)


def repeats_of(book: Workbook, issue: str) -> set[str]:
    """The issues that repeat an issue, and those that repeat these."""
    found, open_ends = set[str](), {issue}
    while open_ends:
        later = {r["问题编号"] for r in book["问题整改清单"] if open_ends & set(items(r["重复于"]))}
        open_ends = later - found
        found |= later
    return found


def test_q39_improvements_that_hold(book: Workbook, rows: Rows) -> None:
    found_on = {row["问题编号"]: row["发现日期"] for row in book["问题整改清单"]}
    expected = []
    for row in book["改进措施"]:
        if row["状态"] not in {"生效", "见效"} or not row["生效日期"] or row["生效日期"] > AS_OF:
            continue
        issues = [r["问题编号"] for r in book["问题整改清单"] if row["改进编号"] in items(r["改进措施"])]
        start, end = row["生效日期"], row["复查截止"] or AS_OF
        again = {repeat for issue in issues for repeat in repeats_of(book, issue)}
        if not issues or any(start < found_on[repeat] <= end for repeat in again):
            continue
        over = "true" if row["复查截止"] and row["复查截止"] <= AS_OF else "false"
        later = sum(found_on[issue] > start for issue in issues)
        told = (row["改进编号"], CONCEPTS[row["状态"]], start, row["复查截止"] or None, over)
        expected.append((start, (*told, str(len(issues)), str(later))))
    assert rows("Q39") == [told for _, told in sorted(expected)]
    # GJ07, of August, addresses I024, which came back in November as I050.
    assert "GJ07" not in {told[0] for _, told in expected}
    assert len(expected) == 9
