"""Q21–Q27: issues, supervisors and roles, against the workbook read in plain Python."""

from __future__ import annotations

from collections import Counter

from tests.questions.conftest import Rows
from tests.questions.workbook import TIERS, Answered, Row, Workbook, items

PARTS = {"performedBy": "执行岗位", "managedBy": "管理岗位", "approvedBy": "审批岗位"}


def blanks_first(row: tuple[str | None, ...]) -> list[tuple[bool, str]]:
    return [(cell is not None, cell or "") for cell in row]


def unit(book: Workbook, post: str) -> str | None:
    return book.posts[post]["部门"] if post in book.posts else None


def touched_by_risk(book: Workbook, issue: Row) -> set[tuple[str | None, ...]]:
    number, risk, found = issue["问题编号"], issue["风险编号"], set[tuple[str | None, ...]]()
    controls = book.risk_controls.get(risk, set())
    owners = {owner for control in controls for owner in book.control_values(control, "责任岗位")}
    for node in book.risk_nodes.get(risk, set()):
        posts = [(part, p) for part, column in PARTS.items() for p in items(book.nodes[node][column])]
        posts += [("ownerPost", owner) for owner in owners]
        for business in items(book.nodes[node]["业务编号"]):
            found |= {(number, business, node, part, post, unit(book, post)) for part, post in posts}
            departments = items(book.businesses[business]["主管部门"])
            found |= {(number, business, None, "runBy", None, department) for department in departments}
    return found


def touched(book: Workbook, issue: Row) -> Answered:
    number, found = issue["问题编号"], touched_by_risk(book, issue)
    if issue["责任岗位"]:
        post = issue["责任岗位"]
        found.add((number, None, None, "responsiblePost", post, unit(book, post)))
    departments = [("leadDepartment", department) for department in items(issue["牵头部门"])]
    departments += [("submittedTo", recipient) for recipient in items(issue["报送对象"])]
    for part, sheet, key, column, named in (
        ("attendedBy", "专题会", "会议编号", "参加部门", issue["专题会"]),
        ("proposedBy", "改进措施", "改进编号", "提出部门", issue["改进措施"]),
        ("checkedBy", "自查", "问题编号", "部门", number),
    ):
        rows = [row for row in book[sheet] if set(items(row[key])) & set(items(named))]
        departments += [(part, department) for row in rows for department in items(row[column])]
    found |= {(number, None, None, part, None, department) for part, department in departments}
    return sorted(found, key=blanks_first)


def test_q21_what_a_warranty_issue_touched(book: Workbook, rows: Rows) -> None:
    issues = [row for row in book["问题整改清单"] if "质保" in row["问题描述"]]
    assert [row["问题编号"] for row in issues] == ["I030"]
    assert rows("Q21") == touched(book, issues[0])


def test_q21_asks_about_any_issue(book: Workbook, rows: Rows) -> None:
    # Among them one of several departments (I017), of no risk (I044) and of a new risk (I057).
    asked = {"I001", "I012", "I017", "I024", "I044", "I057"}
    for issue in book["问题整改清单"]:
        if issue["问题编号"] in asked:
            assert rows("Q21", issue=issue["问题编号"]) == touched(book, issue)


def sheets_of_year(book: Workbook) -> dict[str, Row]:
    """The sheets of 2025 that count, each once; a sheet has a row for each focus item."""
    return {
        row["任务单号"]: row
        for row in book["月度监督任务单"]
        if row["月份"].startswith("2025") and row["状态"] not in {"草案", "作废"}
    }


def test_q22_load(book: Workbook, rows: Rows) -> None:
    sheets = sheets_of_year(book).values()
    issued = Counter(book.appointments[sheet["下发人"]]["人员"] for sheet in sheets)
    assigned = Counter(book.appointments[sheet["执行人"]]["人员"] for sheet in sheets)
    counted: list[tuple[str, list[int]]] = []
    for person in sorted({row["人员"] for row in book.current_appointments.values()}):
        by_tier: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
        for row in book.current_appointments.values():
            if row["人员"] == person:
                by_tier[TIERS[row["级别"]]] |= set(items(row["监督业务"])) & set(book.businesses)
        businesses = set().union(*by_tier.values())
        high = sum(book.stars.effective(business) == 3 for business in businesses)
        tiers = [len(by_tier[tier]) for tier in (1, 2, 3)]
        counted.append((person, [*tiers, len(businesses), high, 5, issued[person], assigned[person]]))
    counted.sort(key=lambda row: (-row[1][4], -row[1][3], row[0]))
    assert rows("Q22") == [(person, *(str(cell) for cell in cells)) for person, cells in counted]
    assert sum(issued.values()) == len(sheets)


def roles(book: Workbook) -> list[tuple[str, int, int, int, int]]:
    people = {row["人员"] for row in book.current_appointments.values()} | {p for _, p in book.holdings}
    found = []
    for person in people:
        appointments = sum(row["人员"] == person for row in book.current_appointments.values())
        posts = {post for post, holder in book.holdings if holder == person}
        controls = sum(bool(posts & book.control_values(c, "责任岗位")) for c in book.controls)
        found.append((person, appointments + len(posts), appointments, len(posts), controls))
    return sorted(found, key=lambda row: (-row[1], -row[4], row[0]))


def test_q23_roles(book: Workbook, rows: Rows) -> None:
    for least in (1, 2, 3, 4):
        expected = [tuple(str(cell) for cell in row) for row in roles(book) if row[1] >= least]
        assert rows("Q23", least=str(least)) == expected
    # P010 is tier 1 and tier 2 and heads 综合部; P030 is tier 3 and holds G17 and, since October, G21.
    assert [row[:2] for row in rows("Q23")] == [("P030", "3"), ("P010", "3")]


def businesses_of_post(book: Workbook, post: str) -> set[str]:
    worked = [
        node for node in book.nodes.values() if any(post in items(node[column]) for column in PARTS.values())
    ]
    owned = [control for control in book.controls if post in book.control_values(control, "责任岗位")]
    return set().union(
        *(items(node["业务编号"]) for node in worked),
        *(book.control_businesses[control] for control in owned),
    )


def uncovered(book: Workbook, person: str) -> Answered:
    """What is lost when a person's appointments and holdings are struck out."""

    def people(business: str, *tiers: int) -> set[str]:
        return {book.appointments[a]["人员"] for a in book.supervisors(business, *tiers)}

    left = {business: str(len(people(business, 2, 3) - {person})) for business in book.businesses}
    found: set[tuple[str | None, ...]] = {
        (person, f"supervisedAtTier{tier}", business, None, left[business])
        for business in book.businesses
        for tier in (1, 2, 3)
        if people(business, tier) == {person}
    }
    for post, row in book.posts.items():
        holders = {holder for held, holder in book.holdings if held == post}
        if row["常设关键"] == "是" and holders == {person}:
            businesses = businesses_of_post(book, post)
            found |= {(person, "holder", business, post, left[business]) for business in businesses}
            found |= set() if businesses else {(person, "holder", None, post, None)}
    return sorted(found, key=lambda row: blanks_first((row[0], row[4], row[2], row[1], row[3])))


def test_q24_when_someone_leaves(book: Workbook, rows: Rows) -> None:
    everyone = sorted({row["人员"] for row in book["监督员任命"]} | {p for _, p in book.holdings})
    expected = [row for person in everyone for row in uncovered(book, person)]
    assert rows("Q24") == expected


def test_q24_for_one_person(book: Workbook, rows: Rows) -> None:
    # A08, secretary of the distribution branch: B01, B20, B22 keep nobody of tier 2 or 3; B02 and B11
    # keep tier-3 people, B19 keeps A09, B21 keeps A20.
    answered = rows("Q24", person="P008")
    assert {row[2] for row in answered if row[4] == "0"} == {"B01", "B20", "B22"}
    assert answered == uncovered(book, "P008")
    assert rows("Q24", person="P043") == []  # one of two watch officers of G27


def few(book: Workbook, most: int) -> Answered:
    found = []
    nobody: list[tuple[int | None, str | None, str | None]] = [(None, None, None)]
    for business in book.businesses:
        appointments = book.supervisors(business, 1, 2, 3)
        people = {book.appointments[name]["人员"] for name in appointments}
        star = book.stars.effective(business)
        if len(people) > most:
            continue
        told = [(TIERS[book.appointments[a]["级别"]], a, book.appointments[a]["人员"]) for a in appointments]
        for tier, name, person in sorted(told) or nobody:
            shown = (business, star, len(people), tier, name, person)
            order = (len(people), -(star or 0), business, tier or 0, name or "")
            found.append((order, tuple(None if cell is None else str(cell) for cell in shown)))
    return [shown for _, shown in sorted(found)]


def test_q25_single_supervisor(book: Workbook, rows: Rows) -> None:
    for most in (0, 1, 2, 3, 9):
        assert rows("Q25", most=str(most)) == few(book, most)
    # B32 has lost its tier 2 and never had a tier 3; only A05 of tier 1 is left.
    assert rows("Q25") == [("B32", "1", "1", "1", "A05", "P005")]


def test_q26_own_work(book: Workbook, rows: Rows) -> None:
    expected = [
        (row["人员"], name, str(TIERS[row["级别"]]), business, node, post)
        for name, row in book.current_appointments.items()
        for business in items(row["监督业务"])
        for node, step in book.nodes.items()
        if business in items(step["业务编号"])
        for post in items(step["执行岗位"])
        if (post, row["人员"]) in book.holdings
    ]
    assert rows("Q26") == sorted(expected)
    assert ("P030", "A14", "3", "B06", "B06-N02", "G21") in expected


def test_q27_own_chart(book: Workbook, rows: Rows) -> None:
    def person(cell: str) -> str:
        return book.appointments.get(cell, {}).get("人员", cell)

    alike = [row for row in book["线图"] if row["评审人"] and person(row["编制人"]) == person(row["评审人"])]
    states = {
        "草案": "draft",
        "送审": "submitted",
        "已审": "reviewed",
        "已发布": "published",
        "已替代": "superseded",
    }
    assert rows("Q27") == [
        (
            person(r["编制人"]),
            r["编号"],
            r["业务"],
            r["版本"],
            f"chart-{states[r['状态']]}",
            r["编制人"],
            r["评审人"],
        )
        for r in sorted(alike, key=lambda r: (person(r["编制人"]), r["编号"]))
    ]
    assert [(row["编号"], row["状态"]) for row in alike] == [("X05-V1", "已发布")]
