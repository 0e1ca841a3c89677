"""What a departure uncovers, for every person and post of the example bureau, from the workbook alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from dutygraph.charts.leaving import Fewer, Leaving, if_person_leaves, if_post_is_vacated
from dutygraph.charts.process import Part
from dutygraph.charts.reading import Reading
from tests.charts.small import a_bureau, iri
from tests.questions.workbook import Workbook, items

COLUMNS = {Part.PERFORM: "执行岗位", Part.MANAGE: "管理岗位", Part.APPROVE: "审批岗位"}
UNDER_WAY = {"已下发", "执行中", ""}
NO_LONGER_OPEN = {"已验收", "已销号"}
Left = dict[str, set[str]]
Holdings = Collection[tuple[str, str]]


def supervisors(book: Workbook, business: str, *tiers: int) -> set[str]:
    return {book.appointments[a]["人员"] for a in book.supervisors(business, *tiers)}


def losing(posts_of: dict[str, set[str]], before: Holdings, after: Holdings) -> Left:
    found = {}
    for thing, posts in posts_of.items():
        had = {person for post, person in before if post in posts}
        has = {person for post, person in after if post in posts}
        if had != has:
            found[thing] = has
    return found


def left(those: Iterable[Fewer]) -> Left:
    return {one.thing.id: {person.id for person in one.left} for one in those}


def check_holdings(book: Workbook, found: Leaving, after: Holdings) -> None:
    before = book.holdings
    owners = {control: book.control_values(control, "责任岗位") for control in book.controls}
    assert left(found.posts) == losing({post: {post} for post in book.posts}, before, after)
    assert left(found.controls) == losing(owners, before, after)
    for part, column in COLUMNS.items():
        posts_of = {node: set(items(row[column])) for node, row in book.nodes.items()}
        assert left(found.nodes[part]) == losing(posts_of, before, after)


def test_every_person(reading: Reading, book: Workbook) -> None:
    people = {person for _, person in book.holdings} | {row["人员"] for row in book["监督员任命"]}
    uncovered = 0
    for person in sorted(people):
        found = if_person_leaves(reading, reading.registered("person", person))
        check_holdings(book, found, [(post, who) for post, who in book.holdings if who != person])
        expected = {
            (business, tier): (
                supervisors(book, business, tier) - {person},
                supervisors(book, business, 2, 3) - {person},
            )
            for business in book.businesses
            for tier in (1, 2, 3)
            if person in supervisors(book, business, tier)
        }
        assert {
            (one.business.id, one.tier): ({p.id for p in one.left}, {p.id for p in one.left_supervising})
            for one in found.businesses
        } == expected
        for one in found.businesses:
            assert one.lost is (len(expected[one.business.id, one.tier][0]) == 0)
            assert one.single is (len(expected[one.business.id, one.tier][0]) == 1)
        uncovered += sum(one.lost for one in found.businesses)
        assert {sheet.id for sheet in found.sheets} == sheets(book, person)
        assert {issue.id for issue in found.issues} == {
            row["问题编号"]
            for row in book["问题整改清单"]
            if row["整改责任人"] == person and row["状态"] not in NO_LONGER_OPEN
        }
    assert uncovered > 30  # most businesses have one supervisor of a tier


def sheets(book: Workbook, person: str) -> set[str]:
    return {
        row["任务单号"]
        for row in book["月度监督任务单"]
        if row["执行人"] in book.appointments
        and book.appointments[row["执行人"]]["人员"] == person
        and row["状态"] in UNDER_WAY
        and not row["反馈日期"]
    }


def test_every_post(reading: Reading, book: Workbook) -> None:
    for post in book.posts:
        found = if_post_is_vacated(reading, reading.registered("post", post))
        check_holdings(book, found, [(held, who) for held, who in book.holdings if held != post])
        assert found.businesses == ()  # appointments are of persons, and nobody leaves
        assert found.sheets == ()
        assert {issue.id for issue in found.issues} == {
            row["问题编号"]
            for row in book["问题整改清单"]
            if row["责任岗位"] == post and row["状态"] not in NO_LONGER_OPEN
        }


def test_a_vacant_post_has_nothing_more_to_lose(reading: Reading, book: Workbook) -> None:
    assert "G23" not in {post for post, _ in book.holdings}  # the example's fault R10
    found = if_post_is_vacated(reading, reading.registered("post", "G23"))
    assert (found.posts, found.controls) == ((), ())


SMALL = """
    :B1 a sv:Business ; sv:hasNode :N1 ; sv:supervisedAtTier2 :A2 ; sv:supervisedAtTier3 :A3 , :A4 .
    :N1 a sv:ProcessNode ; sv:performedBy :G1 , :G2 . :G1 a sv:Post ; org:heldBy :P1 .
    :G2 a sv:Post ; org:heldBy :P1 , :P2 . :C a sv:Control ; sv:ownerPost :G1 .
    :P1 a sv:Person . :P2 a sv:Person . :A2 sv:appointee :P1 . :A3 sv:appointee :P1 . :A4 sv:appointee :P1 .
    :T1 a sv:TaskSheet ; sv:assignedTo :A3 ; sv:state sv:sheet-in-progress .
    :T2 a sv:TaskSheet ; sv:assignedTo :A3 ; sv:state sv:sheet-cancelled .
    :T3 a sv:TaskSheet ; sv:assignedTo :A3 .
    :T4 a sv:TaskSheet ; sv:assignedTo :A3 ; sv:reportedOn "2025-01-01"^^xsd:date .
    :I1 a sv:Issue ; sv:issueOwner :P1 ; sv:state sv:issue-reopened .
    :I2 a sv:Issue ; sv:issueOwner :P1 ; sv:state sv:issue-verified ; sv:responsiblePost :G1 .
    :I3 a sv:Issue ; sv:issueOwner :P2 ; sv:responsiblePost :G1 ."""


def test_persons_are_compared_not_appointments() -> None:
    # both tier-3 appointments and the tier-2 one are of P1: with P1 all of them are gone
    found = if_person_leaves(a_bureau(SMALL), iri("P1"))
    assert [(one.tier, one.lost, one.left_supervising) for one in found.businesses] == [
        (2, True, ()),
        (3, True, ()),
    ]


def test_whoever_else_holds_a_post_is_left() -> None:
    found = if_person_leaves(a_bureau(SMALL), iri("P1"))
    (performed,) = found.nodes[Part.PERFORM]
    assert (performed.lost, performed.single, [p.id for p in performed.left]) == (False, True, ["P2"])
    assert [(one.thing.id, one.lost) for one in found.posts] == [("G1", True), ("G2", False)]
    assert [(one.thing.id, one.lost) for one in found.controls] == [("C", True)]


def test_work_under_way_is_named() -> None:
    found = if_person_leaves(a_bureau(SMALL), iri("P1"))
    assert [sheet.id for sheet in found.sheets] == ["T1", "T3"]
    assert [issue.id for issue in found.issues] == ["I1"]
    vacated = if_post_is_vacated(a_bureau(SMALL), iri("G1"))
    assert [issue.id for issue in vacated.issues] == ["I3"]
    # P1 still holds G2: the node keeps both of its performers
    assert vacated.nodes[Part.PERFORM] == ()


@pytest.mark.parametrize("person", ["P2", "P1"])
def test_no_data_are_changed(person: str) -> None:
    reading = a_bureau(SMALL)
    before = reading.store.export(reading.store.graphs())
    if_person_leaves(reading, iri(person))
    assert reading.store.export(reading.store.graphs()) == before
