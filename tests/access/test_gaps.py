"""A gap is visible as its focus is, and tells nothing that is not (domain section 9)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dutygraph.commits.acts import Actor
from dutygraph.commits.gaps import Assignment, GapHistory, GapState, Seen
from dutygraph.model import Finding, Thing
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from dutygraph.shapes import catalogue
from tests.access.conftest import CALLERS, NAMES, OneBureau
from tests.access.test_matrix import expected

INSIDE = f"{NAMES.bureau}/"
LATER = Seen(2, datetime(2025, 8, 1, tzinfo=UTC), date(2025, 6, 30))


def registered(bureau: OneBureau, rule: str, focus: str) -> GapHistory:
    found = [
        gap
        for gap in bureau.state_now.gaps.values()
        if gap.finding.rule == rule and gap.finding.focus.iri == INSIDE + focus
    ]
    assert len(found) == 1
    return found[0]


def visible(a_view: View, rule: str, focus: str) -> list[Finding]:
    gaps = (gap.finding for gap in a_view.gaps)
    return [gap for gap in gaps if gap.rule == rule and gap.focus.iri == INSIDE + focus]


def with_gaps(bureau: OneBureau, gaps: Iterable[GapHistory]) -> Views:
    """Make views of the bureau with other gaps in its register."""
    state = replace(bureau.state_now, gaps={gap.finding.id: gap for gap in gaps})
    return Views(OneBureau(bureau.store, state))


@pytest.mark.parametrize("caller", CALLERS)
def test_a_gap_is_visible_where_its_focus_is(caller: str, views: dict[str, View], bureau: OneBureau) -> None:
    focuses = {gap.finding.focus.iri for gap in bureau.state_now.gaps.values()}
    should = {iri for iri in focuses if iri.removeprefix(INSIDE) in expected(caller) or iri == NAMES.bureau}
    assert {gap.finding.focus.iri for gap in views[caller].gaps} == should


@pytest.mark.parametrize("caller", CALLERS)
def test_a_gap_names_no_hidden_person(caller: str, views: dict[str, View], bureau: OneBureau) -> None:
    """R20 on a published chart: author and reviewer are one person of side 2."""
    whole = registered(bureau, "R20", "line-chart/X2").finding
    assert whole.value is not None
    assert whole.value.id == "P5"
    (told,) = visible(views[caller], "R20", "line-chart/X2")
    if caller in ("T1", "T1-other", "T1-lapsed", "SO", "T2-other"):
        assert (told.value, told.message, told.id) == (whole.value, whole.message, whole.id)
        return
    assert (told.value, told.path, told.cell) == (None, None, None)
    rule = next(shape for shape in catalogue() if shape.rule == "R20")
    assert (told.message, told.remedy) == (rule.label, rule.remedy)
    assert views[caller].registered_gaps(told.id) == (whole.id,)
    assert "P5" not in repr(told)


def test_the_id_of_a_gap_does_not_give_away_whom_it_names(views: dict[str, View], bureau: OneBureau) -> None:
    """Whoever tries all persons must not meet the id that is shown: the true one is a plain hash."""
    whole = registered(bureau, "R20", "line-chart/X2").finding
    shown = {visible(views[caller], "R20", "line-chart/X2")[0].id for caller in ("FD", "trainee", "T3")}
    assert len(shown) == 1
    tried = {
        hashlib.sha256(
            "\n".join(("R20", "SY", whole.focus.iri, where, f"{INSIDE}person/P{number}")).encode()
        ).hexdigest()[:12]
        for number in range(1, 100)
        for where in (whole.shape, whole.path or "", f"{whole.shape.rpartition('/')[0]}/R20-value")
    }
    assert not shown & tried
    assert whole.id not in shown


def test_gaps_that_differ_in_what_is_hidden_are_told_as_one(bureau: OneBureau) -> None:
    """Else their number would tell how many persons there are."""
    first = registered(bureau, "R20", "line-chart/X2")
    other = Thing("P6", "Person", f"{INSIDE}person/P6", "P6")
    second = replace(
        first,
        finding=replace(first.finding, id="0123456789ab", value=other),
        first_seen=replace(first.first_seen, commit=0),
        resolved=LATER,
    )
    views = with_gaps(bureau, [first, second])
    (told,) = views.of(CALLERS["FD"], "SY").gaps
    assert told.state is GapState.OPEN
    assert told.first_seen.commit == 0
    ids = views.of(CALLERS["FD"], "SY").registered_gaps(told.finding.id)
    assert ids == tuple(sorted((first.finding.id, "0123456789ab")))
    assert len(views.of(CALLERS["SO"], "SY").gaps) == 2


@pytest.mark.parametrize(
    ("caller", "supervisors"),
    [
        ("SO", {1: ("A1",), 2: ("A2",), 3: ("A3",)}),
        ("T1-other", {1: ("A1",), 2: ("A2",), 3: ("A3",)}),
        ("T2", {1: ("A1",), 2: ("A2",), 3: ("A3",)}),
        ("T3", {1: ("A1",), 2: ("A2",), 3: ("A3",)}),
        ("T2-other", {1: (), 2: (), 3: ()}),
        ("T2-lapsed", {1: (), 2: (), 3: ()}),
        ("holder", {1: (), 2: (), 3: ()}),
        ("FD", {1: (), 2: (), 3: ()}),
        ("trainee", {1: (), 2: (), 3: ()}),
    ],
)
def test_supervisors_are_named_where_their_appointments_are_seen(
    caller: str, supervisors: dict[int, tuple[str, ...]], views: dict[str, View]
) -> None:
    (gap,) = visible(views[caller], "R04", "control/C1")
    assert gap.responsible.supervisors == supervisors
    assert (gap.responsible.post, gap.responsible.department) == ("G1", "D1")


def test_the_post_of_an_issue_s_owner_is_not_told_by_way_of_a_hidden_holding(bureau: OneBureau) -> None:
    """An issue without a post of its own falls to that of its owner; whose it is, FD does not see."""
    gap = registered(bureau, "R50", "issue/I1")
    told = replace(
        gap, finding=replace(gap.finding, responsible=replace(gap.finding.responsible, post="G77"))
    )
    views = with_gaps(bureau, [told])
    assert views.of(CALLERS["SO"], "SY").gaps[0].finding.responsible.post == "G77"
    assert views.of(CALLERS["FD"], "SY").gaps[0].finding.responsible.post == "G1"


@pytest.mark.parametrize(
    ("caller", "side_1", "side_2"),
    [
        ("T1", "A1", "A8"),
        ("SO", "A1", "A8"),
        ("T2", "A1", None),
        ("T2-other", None, "A8"),
        ("T3", "A1", None),
        ("holder", None, None),
        ("FD", None, None),
        ("trainee", None, None),
        ("T2-lapsed", None, None),
    ],
)
def test_a_waiver_is_told_where_waivers_are_seen_and_else_the_gap_is_open(
    caller: str, side_1: str | None, side_2: str | None, views: dict[str, View]
) -> None:
    for control, by in (("control/C1", side_1), ("control/C2", side_2)):
        (gap,) = [
            gap
            for gap in views[caller].gaps
            if gap.finding.rule == "R04" and gap.finding.focus.iri == INSIDE + control
        ]
        assert gap.state is (GapState.OPEN if by is None else GapState.WAIVED)
        assert (gap.finding.waived and gap.finding.waived.by) == by


def test_of_a_talk_s_gap_the_office_learns_that_there_is_one(
    views: dict[str, View], bureau: OneBureau
) -> None:
    """R72: the talk names issue I99, which is not registered; the office sees no talk's issue."""
    (gap,) = visible(views["SO"], "R72", "talk/TH9")
    assert registered(bureau, "R72", "talk/TH9").finding.value is not None
    assert (gap.value, gap.path, gap.cell) == (None, None, None)
    assert "I99" not in repr(gap)
    for caller in set(CALLERS) - {"SO"}:
        assert visible(views[caller], "R72", "talk/TH9") == []


@pytest.mark.parametrize(
    ("caller", "people", "account"),
    [
        ("SO", ["P3", "P7"], "boss"),
        ("T1-other", ["P3", "P7"], "boss"),
        ("T2", ["P3"], ""),
        ("T3", ["P3"], ""),
        ("T2-other", ["P7"], ""),
        ("holder-other", ["P7"], ""),
        ("holder", [], ""),
        ("FD", [], ""),
        ("trainee", [], ""),
    ],
)
def test_an_assignment_is_told_to_whom_it_is_given_and_to_who_sees_that_person(
    caller: str, people: list[str], account: str, bureau: OneBureau
) -> None:
    gap = registered(bureau, "R04", "control/C1")
    boss = Actor("boss", "SO", "P1")
    made = [Assignment(person, None, "请尽快", boss, LATER.at) for person in ("P3", "P7")]
    taken_back = Assignment(None, None, "", boss, LATER.at)
    views = with_gaps(bureau, [replace(gap, assignments=(*made, taken_back))])
    (told,) = views.of(CALLERS[caller], "SY").gaps
    assert [each.person for each in told.assignments] == ([*people, None] if people else [])
    assert {each.by.account for each in told.assignments} == ({account} if people else set())


@pytest.mark.parametrize(
    ("focus", "callers"),
    [
        ("issue/I77", {"T1", "T1-other", "T1-lapsed", "SO"}),
        ("task-sheet/T77", {"T1", "T1-other", "T1-lapsed", "SO"}),
        ("talk/TH77", set()),
        ("business/B77", set(CALLERS)),
        ("something/else", {"SO"}),
    ],
)
def test_a_gap_of_something_gone_is_told_where_all_of_its_kind_are_seen(
    focus: str, callers: set[str], bureau: OneBureau
) -> None:
    gap = registered(bureau, "R04", "control/C1")
    gone = Thing(focus.rpartition("/")[2], "Gone", INSIDE + focus, "")
    resolved = replace(gap, finding=replace(gap.finding, focus=gone), resolved=LATER)
    views = with_gaps(bureau, [resolved])
    assert {name for name, caller in CALLERS.items() if views.of(caller, "SY").gaps} == callers
    assert views.of(CALLERS["SO"], "SY").findings == ()


def test_the_office_and_tier_1_are_told_gaps_as_they_stand(views: dict[str, View], bureau: OneBureau) -> None:
    whole = {key: gap for key, gap in bureau.state_now.gaps.items() if "/talk/" not in gap.finding.focus.iri}
    for caller in ("SO", "T1"):
        told = {gap.finding.id: gap for gap in views[caller].gaps if "/talk/" not in gap.finding.focus.iri}
        assert told == whole
