"""Q01–Q10 on the example bureau, each beside an answer computed from the workbook in plain Python."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.questions.conftest import Rows
from tests.questions.workbook import AS_OF, CHECK_KINDS, MONTHS, TIERS, Answered, Workbook, items, ratio

WITHDRAWN = {"草案", "作废"}
CONCEPTS = {"草案": "chart-draft", "送审": "chart-submitted", "已审": "chart-reviewed"}


def test_q01_shares_of_controlled_risks(rows: Rows, book: Workbook) -> None:
    expected: Answered = []
    for department in book.departments:
        risks = {
            risk
            for risk in book.active_risks
            for business in book.businesses_of_risk(risk)
            if department in items(book.businesses[business]["主管部门"])
        }
        controlled = sum(bool(book.risk_controls[risk]) for risk in risks)
        owned = sum(
            any(book.control_values(control, "责任岗位") for control in book.risk_controls[risk])
            for risk in risks
        )
        whole = len(risks)
        shares = (ratio(controlled, whole), str(owned), ratio(owned, whole))
        expected.append((department, str(whole), str(controlled), *shares))
    assert rows("Q01") == expected
    # R20-03 alone has no control (fault F01), and C27-02 no owner post (F03).
    assert [row for row in expected if row[3] != "1" or row[5] != "1"] == [
        ("规划建设部", "38", "38", "1", "37", "0.9737"),
        ("配电运维部", "33", "32", "0.9697", "32", "0.9697"),
    ]


@pytest.mark.parametrize("department", [None, "配电运维部", "综合部"])
def test_q02_tier_3_by_star(rows: Rows, book: Workbook, department: str | None) -> None:
    group: dict[str, str] = {}
    for business, row in book.businesses.items():
        if department is None or department in items(row["主管部门"]):
            none = "no-risk" if row["评估无风险日期"] else "unrated"
            group[business] = str(book.stars.effective(business) or none)
    expected: Answered = []
    for name in ("3", "2", "1", "no-risk", "unrated"):
        members = [business for business, of in group.items() if of == name]
        supervised = sum(bool(book.supervisors(business, 3)) for business in members)
        head = (name, "status-rated") if name.isdecimal() else (None, f"status-{name}")
        expected.append((*head, str(len(members)), str(supervised), ratio(supervised, len(members))))
    assert rows("Q02", **({"department": department} if department else {})) == expected


def test_q03_controls_by_stage(rows: Rows, book: Workbook) -> None:
    expected: Answered = []
    for business in sorted(book.businesses):
        controls = [control for control, of in book.control_businesses.items() if business in of]
        stages = Counter(
            stage for control in controls for stage in book.control_values(control, "环节") or {""}
        )
        counts = [str(stages[stage]) for stage in ("事前", "事中", "事后", "")]
        star = book.stars.effective(business)
        expected.append((business, str(star) if star else None, *counts, str(len(controls))))
    assert rows("Q03") == expected
    assert rows("Q03", business="B04") == [row for row in expected if row[0] == "B04"]
    of_office = {b for b, row in book.businesses.items() if "综合部" in items(row["主管部门"])}
    assert rows("Q03", department="综合部") == [row for row in expected if row[0] in of_office]
    # Faults: C10-08 to C10-12 moved (F07), C16-05 stands in two stages (F04), C19-01 in none (F05).
    by_business = {row[0]: row for row in expected}
    assert by_business["B10"][4] == "0"
    assert by_business["B19"][5] == "1"
    assert sum(int(count or 0) for count in by_business["B16"][2:6]) == int(by_business["B16"][6] or 0) + 1


@pytest.mark.parametrize("department", [None, "综合部"])
def test_q04_coverage_by_tier(rows: Rows, book: Workbook, department: str | None) -> None:
    businesses = {
        business
        for business, row in book.businesses.items()
        if department is None or department in items(row["主管部门"])
    }
    expected: Answered = []
    for tier in (1, 2, 3):
        appointments = [
            row
            for row in book.current_appointments.values()
            if TIERS[row["级别"]] == tier and (department is None or businesses & set(items(row["监督业务"])))
        ]
        covered = sum(bool(book.supervisors(business, tier)) for business in businesses)
        people = len({row["人员"] for row in appointments})
        counts = [str(n) for n in (tier, len(appointments), people, covered, len(businesses))]
        expected.append((*counts, ratio(covered, len(businesses))))
    assert rows("Q04", **({"department": department} if department else {})) == expected


def test_q05_businesses_without_a_chart(rows: Rows, book: Workbook) -> None:
    charts = book["线图"]
    current = {
        row["业务"] for row in charts if row["状态"] == "已发布" and (row["发布日期"] or AS_OF) <= AS_OF
    }
    expected: Answered = []
    for business in set(book.businesses) - current:
        star = book.stars.effective(business)
        planned = sum(
            row["年度"] == AS_OF[:4] and business in items(row["业务编号"])
            for row in book["年度计划与检查安排"]
        )
        waiting: list[tuple[str | None, str | None]] = [
            (row["编号"], CONCEPTS[row["状态"]])
            for row in charts
            if row["业务"] == business and row["状态"] != "已替代"
        ]
        expected += [
            (business, str(star) if star else None, str(planned), *chart)
            for chart in waiting or [(None, None)]
        ]
    expected.sort(key=lambda row: (-int(row[1] or 0), row[0] or "", row[3] or ""))
    assert rows("Q05") == expected
    # 11 charts are published, two of them of B09 (fault F41); B11's was never published (F42).
    assert len(expected) == 33 - 10
    assert expected[0] == ("B11", "3", "1", "X11-V1", "chart-reviewed")
    assert [row[0] for row in rows("Q05", department="配电运维部")] == ["B11", "B19", "B20", "B21", "B22"]


def test_q06_missing_task_sheets(rows: Rows, book: Workbook) -> None:
    sheets = {(row["计划编号"], row["月份"]): row for row in book["月度监督任务单"]}
    expected: Answered = []
    for month in MONTHS:
        for row in book["年度计划与检查安排"]:
            if row["监督方式"] != "日常监督" or row["频次"] != "每月":
                continue
            sheet = sheets.get((row["计划编号"], month))
            if sheet is None or sheet["状态"] in WITHDRAWN:
                withdrawn = sheet["任务单号"] if sheet else None
                expected.append((month, row["计划编号"], row["业务编号"], row["组织人"], withdrawn))
    assert rows("Q06") == expected
    # Faults F45 (cancelled) and F44 (never issued).
    assert expected == [
        ("2025-05", "J09", "B09", "A09", "T2505-09"),
        ("2025-08", "J08", "B08", "A10", None),
    ]
    assert rows("Q06", month="2025-08") == expected[1:]
    assert rows("Q06", month="2025-07") == []
    assert rows("Q06", department="综合部") == expected[1:]


def test_q07_unchecked_key_nodes(rows: Rows, book: Workbook) -> None:
    done: set[str] = set()
    open_sheets: dict[str, set[str]] = {}
    for row in book["月度监督任务单"]:
        for node in items(row["节点编号"]):
            if row["反馈日期"] and row["状态"] not in WITHDRAWN:
                done.add(node)
            else:
                open_sheets.setdefault(node, set()).add(row["任务单号"])
    inspected = {
        business
        for row in book["年度计划与检查安排"]
        if row["监督方式"] in CHECK_KINDS and row["实际日期"].startswith("2025")
        for business in items(row["业务编号"])
    }
    expected: Answered = []
    for node in book.key_nodes - done:
        for business in items(book.nodes[node]["业务编号"]):
            if business not in inspected:
                star = book.stars.effective(node)
                count = str(len(open_sheets.get(node, ())))
                expected.append((node, business, str(star) if star else None, count))
    expected.sort(key=lambda row: (-int(row[2] or 0), row[0] or ""))
    assert rows("Q07") == rows("Q07", year="2025") == expected
    # B04-N12 stands in no task sheet (fault F52), but J12 inspected its business in April.
    assert "B04-N12" not in done
    assert "B04-N12" not in {row[0] for row in expected}
    of_office = {b for b, row in book.businesses.items() if "综合部" in items(row["主管部门"])}
    assert rows("Q07", department="综合部") == [row for row in expected if row[1] in of_office]


def test_q08_controls_outside_duties(rows: Rows, book: Workbook) -> None:
    duties: dict[str, set[str]] = {}
    for row in book["岗位与人员"]:
        duties.setdefault(row["岗位编号"], set()).update(items(row["岗位职责措施"]))
    expected: Answered = []
    for control, businesses in sorted(book.control_businesses.items()):
        posts = book.control_values(control, "责任岗位")
        missing: list[str | None] = [post for post in sorted(posts) if control not in duties.get(post, ())]
        if not posts and not any(control in written for written in duties.values()):
            missing = [None]
        own: list[str | None] = [*sorted(businesses)] or [None]
        expected += [(control, post, business) for post in missing for business in own]
    assert rows("Q08") == expected
    # Fault F06; C27-02 has lost its owner post (F03), yet still stands in that post's duties.
    assert expected == [("C25-02", "G31", "B25")]
    assert rows("Q08", department="设备管理部") == expected
    assert rows("Q08", department="综合部") == []


def test_q09_declared_and_counted(rows: Rows) -> None:
    # Worked by hand: sheet 表10 declares 33, 153, 35, 11, 6 and, of B04, 16, 35, 35; the ledger was made at
    # exactly these sizes (test_example_bureau_sizes counts them). Only T01 states parts: 5 + 13 + 14 = 32.
    source = "2025年监督材料"
    plain = {"T02": "153", "T03": "35", "T04": "11", "T05": "6", "T06": "16", "T07": "35", "T08": "35"}
    assert rows("Q09") == [
        ("T01", "33", "33", "0", "32", "1", source),
        *((total, value, value, "0", None, None, source) for total, value in plain.items()),
    ]


def test_q10_stars_that_differ(rows: Rows, book: Workbook) -> None:
    expected: Answered = []
    for business in sorted(book.businesses):
        declared, computed = book.stars.declared(business), book.stars.computed(business)
        if declared is None or computed == declared:
            continue
        explanation = next((row for row in book["星级说明"] if row["对象"] == business), None)
        said = (
            (business, explanation["有效期"])
            if explanation and book.stars.explained(business)
            else (None, None)
        )
        status = "status-rated" if computed else "status-unrated"
        effective = book.stars.effective(business)
        expected.append((business, str(declared), str(computed), status, str(effective), *said))
    assert rows("Q10") == expected
    # Faults F30, F31 (declared too low), F32 (declared too high), and B30's approved explanation.
    assert [row[0] for row in expected] == ["B06", "B14", "B16", "B30"]
    assert expected[-1][5:] == ("B30", "2026-06-30")
    assert [row[0] for row in rows("Q10", department="供应链管理部")] == ["B30"]
