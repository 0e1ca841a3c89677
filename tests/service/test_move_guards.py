"""Every guard and party of the table of moves, with a case that passes and one that does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from importlib import resources

import pyoxigraph as ox
import pytest

from dutygraph.service.access.roles import Role
from dutygraph.service.lifecycle.conditions import Situation, condition, unmet
from dutygraph.service.lifecycle.table import life_cycles

HEAD = """@prefix : <urn:x:> . @prefix sv: <https://w3id.org/dutygraph#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."""
TODAY = date(2025, 7, 1)
BEGIN = Situation("urn:x:r", "urn:x:a", "urn:x:p", Role.T1, TODAY)
TIER2 = ':a2 sv:supervises :b ; sv:tier 2 ; sv:validFrom "2025-01-01"^^xsd:date'


@dataclass(frozen=True)
class Case:
    """What must be stated for a condition to hold, and what is stated where it does not."""

    holds: str
    fails: str
    situation: Situation = BEGIN
    failing: Situation | None = None


NOTED = replace(BEGIN, note="依据见附件")
SHEET = ':r sv:resultText "{}" .'
NOBODY = "<urn:other> <urn:p> <urn:o> ."
ISSUE = ":r sv:category sv:category-management"
CHART = ":r a sv:LineChart ; sv:chartNode :n1 ; sv:chartRisk :k1 , :k2 ; sv:chartControl :c1 ; "
REVIEW = (
    ':r sv:reviewOutcome sv:review-approved ; sv:reviewedBy :a1 ; sv:reviewedOn "{}"^^xsd:date . '
    ':a1 sv:appointee :p1 ; sv:tier 1 ; sv:validFrom "2025-01-01"^^xsd:date ; '
    'sv:validTo "2025-06-30"^^xsd:date .'
)
WINDOW = (
    ':r sv:effectiveOn "2025-01-01"^^xsd:date ; sv:reviewUntil "2025-06-30"^^xsd:date . '
    ":i sv:addressedBy :r . "
    ':again sv:repeatOf :i ; sv:foundOn "{}"^^xsd:date .'
)
OPEN_ITEM = (
    ":r sv:year 2024 . :j sv:inPlan :r ; sv:planBusiness :b . :t sv:forItem :j ; sv:state sv:sheet-issued . "
)

GUARDS: dict[str, Case] = {
    "plan-items-have-business-and-cadence": Case(
        ":j sv:inPlan :r ; sv:planBusiness :b ; sv:cadence sv:cadence-monthly .",
        ":j sv:inPlan :r ; sv:planBusiness :b ; sv:cadence sv:x . :k sv:inPlan :r ; sv:planBusiness :b .",
    ),
    "plan-items-have-tier-2": Case(
        f":j sv:inPlan :r ; sv:planBusiness :b . {TIER2} .",
        f':j sv:inPlan :r ; sv:planBusiness :b . {TIER2} ; sv:validTo "2025-06-30"^^xsd:date .',
    ),
    "plan-meeting-is-recorded": Case(':r sv:issuedAtMeeting "年初会议" .', ":r sv:year 2025 ."),
    "plan-year-has-ended": Case(":r sv:year 2024 .", ":r sv:year 2025 ."),
    "open-items-are-carried-over": Case(
        OPEN_ITEM + ":next sv:planBusiness :b ; sv:inPlan :p25 . :p25 sv:year 2025 .", OPEN_ITEM
    ),
    "chart-risks-have-controls": Case(
        ":r sv:chartRisk :k1 . :k1 sv:hasControl :c1 .",
        ":r sv:chartRisk :k1 , :k2 . :k1 sv:hasControl :c1 .",
    ),
    "reviewer-is-not-author": Case(
        ":r sv:authoredBy :a2 . :a2 sv:appointee :p2 .", ":r sv:authoredBy :a2 . :a2 sv:appointee :p ."
    ),
    "note-is-given": Case(NOBODY, NOBODY, NOTED, BEGIN),
    "chart-counts-agree": Case(
        CHART + "sv:declaredNodeCount 1 ; sv:declaredRiskCount 2 ; sv:declaredControlCount 1 .",
        CHART + "sv:declaredNodeCount 1 ; sv:declaredRiskCount 3 ; sv:declaredControlCount 1 .",
    ),
    "chart-is-approved-by-tier-1": Case(REVIEW.format("2025-06-30"), REVIEW.format("2025-07-01")),
    "chart-covers-all-nodes": Case(
        ":r sv:chartOf :b ; sv:chartNode :n1 , :n2 . :b sv:hasNode :n1 , :n2 .",
        ":r sv:chartOf :b ; sv:chartNode :n1 . :b sv:hasNode :n1 , :n2 .",
    ),
    "sheet-has-focus": Case(":r sv:hasFocus :f .", NOBODY),
    "sheet-has-assignee": Case(":r sv:assignedTo :a3 .", NOBODY),
    "sheet-has-deadline": Case(':r sv:dueDate "2025-07-28"^^xsd:date .', NOBODY),
    "sheet-has-result": Case(SHEET.format("发现问题1项"), SHEET.format("")),
    "no-issue-has-evidence": Case(SHEET.format("无问题"), SHEET.format("无问题"), NOTED, BEGIN),
    "sheet-issues-are-registered": Case(
        SHEET.format("发现问题1项") + " :i sv:foundIn :r .", SHEET.format("发现问题1项")
    ),
    "cancel-reason-is-given": Case(':r sv:cancelReason "重复下发" .', NOBODY),
    "unannounced-has-no-notice": Case(
        ':r a sv:JointInspection ; sv:noticeDate "2025-06-01"^^xsd:date .',
        ':r a sv:UnannouncedInspection ; sv:noticeDate "2025-06-01"^^xsd:date .',
    ),
    "issue-has-evidence": Case(':r sv:evidence "附件1" .', NOBODY),
    "issue-has-category-and-grade": Case(ISSUE + " ; sv:grade sv:grade-2 .", ISSUE + " ."),
    "grade-1-is-for-tier-1": Case(
        ":r sv:grade sv:grade-2 .", ":r sv:grade sv:grade-1 .", replace(BEGIN, role=Role.T2)
    ),
    "lesser-grades-are-for-tier-2": Case(":r sv:grade sv:grade-1 .", ":r sv:grade sv:grade-2 ."),
    "issue-has-owner": Case(":r sv:issueOwner :p2 .", NOBODY),
    "issue-has-due-date": Case(':r sv:dueDate "2025-07-28"^^xsd:date .', NOBODY),
    "issue-is-listed": Case(":r sv:listedIn :q .", NOBODY),
    "verifier-is-not-owner": Case(":r sv:issueOwner :p2 .", ":r sv:issueOwner :p ."),
    "management-issue-has-improvement": Case(
        ISSUE + " ; sv:addressedBy :g .",
        ISSUE + " ; sv:addressedBy :g . :g sv:state sv:improvement-rejected .",
    ),
    "management-issue-is-reported": Case(
        ISSUE + " . :s sv:aboutIssue :r ; sv:submittedTo :d , :o . :d a sv:FunctionalDepartment . "
        ":o a sv:CommitteeOffice .",
        ISSUE + " . :s sv:aboutIssue :r ; sv:submittedTo :d . :d a sv:FunctionalDepartment .",
    ),
    "issue-is-overdue-or-beyond-authority": Case(
        ':r sv:dueDate "2025-06-30"^^xsd:date .', ':r sv:dueDate "2025-07-01"^^xsd:date .'
    ),
    "recurrence-is-linked": Case(":again sv:repeatOf :r .", ":r sv:repeatOf :again ."),
    "improvement-has-issue": Case(":i sv:addressedBy :r .", NOBODY),
    "company-rule-is-changed": Case(
        ":r sv:changesPolicy :f .", ":r sv:changesControl :c .", replace(BEGIN, role=Role.FD)
    ),
    "improvement-changes-something": Case(":r sv:changesControl :c .", NOBODY),
    "review-window-is-over": Case(
        ':r sv:reviewUntil "2025-06-30"^^xsd:date .', ':r sv:reviewUntil "2025-07-01"^^xsd:date .'
    ),
    "issue-has-not-come-back": Case(WINDOW.format("2025-07-01"), WINDOW.format("2025-06-30")),
    "scheme-period-is-open": Case(":r sv:year 2025 .", ":r sv:year 2024 ."),
    "scheme-has-scores": Case(":s sv:underScheme :r ; sv:scoreValue 92.0 .", ":s sv:underScheme :r ."),
    "scorer-is-not-scored": Case(
        ":s sv:underScheme :r ; sv:scoredBy :a1 ; sv:scoreOf :a2 . :a1 sv:appointee :p1 . :p1 a sv:Person . "
        ":a2 sv:appointee :p2 .",
        ":s sv:underScheme :r ; sv:scoredBy :a1 ; sv:scoreOf :a2 . :a1 sv:appointee :p1 . :p1 a sv:Person . "
        ":a2 sv:appointee :p1 .",
    ),
    "incentives-cite-scores": Case(
        ":r sv:year 2025 . :i a sv:Incentive ; sv:year 2025 ; sv:basedOn :s .",
        ":r sv:year 2025 . :i a sv:Incentive ; sv:year 2025 .",
    ),
}
PARTIES: dict[str, Case] = {
    "sheet-assignee": Case(
        ":r sv:assignedTo :a3 . :a3 sv:appointee :p .", ":r sv:assignedTo :a3 . :a3 sv:appointee :p2 ."
    ),
    "issue-owner": Case(":r sv:issueOwner :p .", ":r sv:issueOwner :p2 ."),
    "scored-party": Case(
        ":s sv:underScheme :r ; sv:scoreOf :g . :h sv:heldPost :g ; sv:holder :p .",
        ":s sv:underScheme :r ; sv:scoreOf :g . :h sv:heldPost :g ; sv:holder :p ; "
        'sv:validTo "2025-06-30"^^xsd:date .',
    ),
}


def store_of(turtle: str) -> ox.Store:
    store = ox.Store()
    store.load(f"{HEAD}\n{turtle}".encode(), format=ox.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_lets_through_and_holds_back(name: str) -> None:
    case = GUARDS[name]

    assert unmet(store_of(case.holds), case.situation, "guards", [name]) == []
    held = unmet(store_of(case.fails), case.failing or case.situation, "guards", [name])
    assert [one.name for one in held] == [name]


@pytest.mark.parametrize("name", PARTIES)
def test_a_party_is_the_named_person_alone(name: str) -> None:
    case = PARTIES[name]

    assert unmet(store_of(case.holds), case.situation, "parties", [name]) == []
    assert len(unmet(store_of(case.fails), case.situation, "parties", [name])) == 1


@pytest.mark.parametrize(("folder", "cases"), [("guards", GUARDS), ("parties", PARTIES)])
def test_every_file_is_tried_and_used(folder: str, cases: dict[str, Case]) -> None:
    files = resources.files("dutygraph.service.lifecycle").joinpath(folder).iterdir()
    there = {file.name.removesuffix(".rq") for file in files}
    moves = [move for cycle in life_cycles().values() for move in cycle.moves]
    used = {name for move in moves for name in (move.guards if folder == "guards" else move.parties)}

    assert there == set(cases) == used
    assert all(condition(folder, name).text.zh and condition(folder, name).text.en for name in there)


def test_a_note_is_data_and_no_query() -> None:
    sly = replace(BEGIN, note='") } } #')

    assert unmet(store_of(NOBODY), sly, "guards", ["note-is-given"]) == []


@pytest.mark.parametrize(("until", "count"), [("2025-06-30", 0), ("2025-07-31", 1)])
def test_scoring_the_post_that_one_holds_is_scoring_oneself(until: str, count: int) -> None:
    turtle = (
        ":s sv:underScheme :r ; sv:scoredBy :a1 ; sv:scoreOf :g . :a1 sv:appointee :p1 . :p1 a sv:Person . "
        f':h sv:heldPost :g ; sv:holder :p1 ; sv:validTo "{until}"^^xsd:date .'
    )

    assert len(unmet(store_of(turtle), BEGIN, "guards", ["scorer-is-not-scored"])) == count


def test_the_last_day_of_an_appointment_counts() -> None:
    turtle = f':j sv:inPlan :r ; sv:planBusiness :b . {TIER2} ; sv:validTo "2025-07-01"^^xsd:date .'

    assert unmet(store_of(turtle), BEGIN, "guards", ["plan-items-have-tier-2"]) == []
