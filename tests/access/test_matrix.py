"""Role by data: a bureau of two sides, and which of its nodes each caller's view holds, and no others.

The lists are made from the tables of domain sections 8 and 9 and what they mean for this bureau: written by
hand, line by line, before any view was made of it.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from dutygraph.service.access import views as made_views
from dutygraph.service.access.roles import Data, Reach, Role
from dutygraph.service.access.tables import AccessTables, access_tables
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from tests.access.conftest import CALLERS, NAMES, OneBureau, nodes
from tests.access.test_reaches import SEEN, cells

EVERYBODY = " ".join(CALLERS)
# ● for tier 1 and the office in nearly every row
OVER_ALL = "T1 T1-other T1-lapsed SO"
REPORTS = tuple(f"2025-{month:02}" for month in range(1, 7))

SEEN_BY = {
    EVERYBODY: """
        business/B1 business/B2 node/N1 node/N2 risk/R1 risk/R2 control/C1 control/C2 post/G1 post/G2
        department/D1 department/D1-1 department/D2 department/F1 department/F2
        party-branch/ZB1 party-branch/ZB2
        line-chart/X1 line-chart/X2 case/CA1 run/current
        computed-star/business-B1 computed-star/business-B2 computed-star/node-N1 computed-star/node-N2
        computed-star/post-G1 computed-star/post-G2
    """,
    # work of nobody's department, an appointment's that has lapsed, or the bureau's own
    OVER_ALL: """
        discrepancy/Q1 task-sheet/T9 score/A1 score/L3 annual-plan/2024
        obligation/inspection-2024-H1 obligation/inspection-2024-H2 obligation/inspection-2025-H1
        plan-item/J9 inspection/J9 inspection/J8 issue/I3 state-change/SC4
    """,
    # T2's departments, businesses, posts, holders; supervisors of these businesses, once and now
    f"{OVER_ALL} T2": f"""
        person/P1 person/P2 appointment/L1 appointment/L2 appointment/L3
        party-office/O2 party-office/O9 holding/H4 holding/H9 duty/G1 plan-item/J7 meeting/M1
        state-change/SC7 supervision-step/Y1-1 inspection/J7 monthly-report/MR1 score/D1 score/A2
        obligation/evaluation-D1-2024
        {" ".join(f"obligation/report-L2-2024-{month:02}" for month in range(1, 13))}
        {" ".join(f"obligation/report-A2-{month}" for month in REPORTS)}
    """,
    f"{OVER_ALL} T2-other": f"""
        person/P5 person/P8 party-office/O5 holding/H7 duty/G2 meeting/M2 monthly-report/MR2 score/D2
        obligation/evaluation-D2-2024
        {" ".join(f"obligation/report-A5-{month}" for month in REPORTS)}
    """,
    # T3's own sheets and what they hang on; the appointments above one's own
    f"{OVER_ALL} T2 T3": """
        appointment/A1 appointment/A2 appointment/A3 person/P3 plan-item/J1 task-sheet/T1 focus-item/T1-1
        daily-supervision/T1 score/A3 incentive/A3 waiver/W1
        state-change/SC3 state-change/SC5 state-change/SC6
    """,
    f"{OVER_ALL} T2-other T3-other": """
        appointment/A5 appointment/A6 appointment/A8 person/P6 plan-item/J2 task-sheet/T2 focus-item/T2-1
        daily-supervision/T2 score/A6 waiver/W2
    """,
    # a draft chart is work on a business that T3 supervises
    f"{OVER_ALL} T2 T3 ": "line-chart/Y1",
    f"{OVER_ALL} T2-other T3-other ": "line-chart/Y2",
    f"{OVER_ALL} T2 T2-other T3 T3-other": "annual-plan/2025 scheme/S25",
    # found in T3's sheet, owned by the post holder, submitted to the functional department
    f"{OVER_ALL} T2 T3 holder FD": """
        issue/I1 improvement/GJ1 submission/I1-F1 self-check/ZC1 state-change/SC1
    """,
    f"{OVER_ALL} T2 T3 holder": "submission/I1-F2 rectification-item/I1 rectification-list/QD1",
    f"{OVER_ALL} T2-other T3-other holder-other FD-other": """
        issue/I2 improvement/GJ2 submission/I2-F2 self-check/ZC2 state-change/SC2
    """,
    f"{OVER_ALL} T2-other T3-other holder-other": "rectification-list/QD2",
    # oneself
    f"{OVER_ALL} T2 holder": "person/P4 score/P4",
    f"{OVER_ALL} T2-other holder-other": "person/P7 score/P7 incentive/P7",
    f"{OVER_ALL} T2 T2-lapsed T3-lapsed holder-lapsed": "person/P9",
    # talks held, talks about one's own issue; the office knows that they were
    "SO T1 holder": "talk/TH1",
    "SO T2 holder": "talk/TH2",
    "SO T2-other holder-other": "talk/TH3",
    "SO T1-other holder-other": "talk/TH4",
    "SO": "talk/TH9 remark/Z1",
}


def expected(caller: str) -> set[str]:
    return {
        node for callers, listed in SEEN_BY.items() if caller in callers.split() for node in listed.split()
    }


def test_the_table_speaks_of_every_node_once(bureau: OneBureau) -> None:
    inside = f"{NAMES.bureau}/"
    there = {quad.subject.value for quad in bureau.store.oxigraph}
    there = {iri.removeprefix(inside) for iri in there if iri.startswith(inside)}
    there = {node for node in there if not node.startswith(("cell/", "commit/"))}
    listed = [node for nodes_of in SEEN_BY.values() for node in nodes_of.split()]
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_view_holds_what_its_caller_may_see_and_nothing_else(caller: str, views: dict[str, View]) -> None:
    assert nodes(views[caller]) == expected(caller)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_view_names_nothing_that_it_does_not_hold(
    caller: str, views: dict[str, View], bureau: OneBureau
) -> None:
    registered = {quad.subject for quad in bureau.store.oxigraph if "/cell/" not in quad.subject.value}
    held = {quad.subject for quad in views[caller].store.oxigraph}
    named = {quad.object for quad in views[caller].store.oxigraph}
    assert (named & registered) - held == set()


@pytest.mark.parametrize("caller", CALLERS)
def test_sees_says_what_the_view_holds(caller: str, views: dict[str, View]) -> None:
    every = {node for listed in SEEN_BY.values() for node in listed.split()}
    seen = {node for node in every if views[caller].sees(f"{NAMES.bureau}/{node}")}
    assert seen == expected(caller)


NAMED = {
    OVER_ALL: "P1 P2 P3 P4 P5 P6 P7 P8 P9",
    # holders of one's departments' posts, supervisors of one's businesses, by now
    "T2": "P1 P2 P3 P4",
    "T2-other": "P5 P6 P7 P8",
    "holder": "P4",
    "holder-other": "P7",
    "T2-lapsed holder-lapsed": "P9",
    "T3 T3-other T3-lapsed FD FD-other trainee": "",
}


@pytest.mark.parametrize(("callers", "people"), NAMED.items())
def test_names_are_told_as_the_row_of_identities_says(
    callers: str, people: str, views: dict[str, View]
) -> None:
    for caller in callers.split():
        named = ox.NamedNode("http://xmlns.com/foaf/0.1/name")
        quads = views[caller].store.oxigraph.quads_for_pattern(None, named, None, None)
        assert {quad.subject.value.rpartition("/")[2] for quad in quads} == set(people.split()), caller


@pytest.mark.parametrize("caller", CALLERS)
def test_a_name_in_another_graph_is_a_name_all_the_same(caller: str, views: dict[str, View]) -> None:
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    quads = views[caller].store.oxigraph.quads_for_pattern(None, label, None, None)
    told = {quad.subject.value for quad in quads if "/person/" in quad.subject.value}
    knows_p3 = caller in (*OVER_ALL.split(), "T2")
    assert told == ({f"{NAMES.bureau}/person/P3"} if knows_p3 else set())


def triples(a_view: View, predicate: str) -> set[tuple[str, str]]:
    wanted = ox.NamedNode(f"https://w3id.org/dutygraph#{predicate}")
    quads = a_view.store.oxigraph.quads_for_pattern(None, wanted, None, None)
    return {(quad.subject.value.rpartition("/")[2], quad.object.value.rpartition("/")[2]) for quad in quads}


@pytest.mark.parametrize("caller", CALLERS)
def test_who_reported_is_told_to_the_office_and_to_tier_1_of_the_line(
    caller: str, views: dict[str, View]
) -> None:
    reported = {
        "SO": {("MR1", "A2"), ("MR2", "A5")},
        "T1": {("MR1", "A2")},
        "T1-other": {("MR2", "A5")},
    }.get(caller, set())
    fulfilled = {(f"report-{who}-2025-03", report) for report, who in reported}
    assert triples(views[caller], "reportedBy") == reported
    assert {(s, o) for s, o in triples(views[caller], "fulfilledBy") if s.startswith("report-")} == fulfilled


@pytest.mark.parametrize("caller", CALLERS)
def test_that_a_department_was_scored_is_told_with_the_score(caller: str, views: dict[str, View]) -> None:
    scored = {name: {"D1", "D2"} for name in OVER_ALL.split()} | {"T2": {"D1"}, "T2-other": {"D2"}}
    told = {(s, o) for s, o in triples(views[caller], "fulfilledBy") if s.startswith("evaluation-")}
    assert told == {(f"evaluation-{score}-2024", score) for score in scored.get(caller, ())}


@pytest.mark.parametrize("caller", CALLERS)
def test_a_talk_is_to_the_office_its_existence_and_its_date(caller: str, views: dict[str, View]) -> None:
    found = {
        quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        for quad in views[caller].store.oxigraph
        if "/talk/" in quad.subject.value
    }
    whole = {"type", "identifier", "heldOn", "talkKind", "aboutIssue", "heldBy"}
    mine = {
        "T1": whole,
        "T2": whole,
        "SO": {"type", "identifier", "heldOn"},
        # whose talk it was is in nobody's work but the supervisors'
        "holder": whole - {"heldBy"},
        "T1-other": whole - {"talkKind"},
        "T2-other": whole - {"talkKind"},
        "holder-other": whole - {"talkKind", "heldBy"},
    }
    assert found == mine.get(caller, set())


@pytest.mark.parametrize("caller", CALLERS)
def test_remarks_are_the_office_s_and_those_about_talks_nobody_s(caller: str, views: dict[str, View]) -> None:
    told = {subject for subject, _ in triples(views[caller], "extra")}
    assert told == ({"B1", "T1", "P4"} if caller == "SO" else set())


@pytest.mark.parametrize("caller", CALLERS)
def test_an_unregistered_person_is_named_only_where_work_is_seen(caller: str, views: dict[str, View]) -> None:
    sees = views[caller].reach(Data.WORK) is not Reach.NONE
    assert triples(views[caller], "involvesPerson") == ({("CA1", "P99")} if sees else set())


def test_a_trainee_sees_no_person_appointment_or_holding(views: dict[str, View]) -> None:
    words = {"person", "appointment", "holding", "party-office"}
    terms = {term.value for quad in views["trainee"].store.oxigraph for term in (quad.subject, quad.object)}
    assert not {term for term in terms if words & set(term.split("/"))}


COUNTED = {
    # class: how many of them the callers count, in the order of the line above
    "callers": "T1 T2 T3 holder SO FD trainee",
    "Issue": "3 1 1 1 3 1 0",
    "TaskSheet": "3 1 1 0 3 0 0",
    # a post holder is told one's own name, but no record of work
    "Person": "9 5 1 0 9 0 0",
    "TalkRecord": "1 1 0 2 5 0 0",
    "EvaluationScore": "9 4 1 1 9 0 0",
    "Incentive": "2 1 1 0 2 0 0",
    "UnannouncedInspection": "3 1 0 0 3 0 0",
    "RuleWaiver": "2 1 1 0 2 0 0",
    "MonthlyReport": "2 1 0 0 2 0 0",
    "LineChart": "4 3 3 2 4 2 2",
}


@pytest.mark.parametrize("a_class", [name for name in COUNTED if name != "callers"])
def test_counts_are_of_what_is_seen(a_class: str, views: dict[str, View]) -> None:
    query = f"SELECT (COUNT(DISTINCT ?thing) AS ?count) {{ ?thing a <https://w3id.org/dutygraph#{a_class}> }}"
    for caller, count in zip(COUNTED["callers"].split(), COUNTED[a_class].split(), strict=True):
        row = next(iter(views[caller].store.select(query, graphs=NAMES.whole())))
        assert row["count"].value == count, caller


def test_no_view_holds_cells_gaps_or_audit_entries(views: dict[str, View]) -> None:
    graphs = {graph for a_view in views.values() for graph in a_view.store.graphs()}
    assert {graph.removeprefix(f"{NAMES.bureau}/") for graph in graphs} == {
        "public", "business", "issue", "restricted", "identity", "run",
        "derived-public", "derived-business", "derived-issue", "derived-restricted",
    }  # fmt: skip


@pytest.mark.parametrize("caller", CALLERS)
def test_the_cell_of_a_triple_is_told_where_the_triple_is_seen(
    caller: str, views: dict[str, View], bureau: OneBureau
) -> None:
    hidden = seen = 0
    store = views[caller].store
    for kind in ("public", "business", "issue", "restricted", "identity"):
        for quad in bureau.store.oxigraph.quads_for_pattern(
            None, None, None, ox.NamedNode(f"{NAMES.bureau}/{kind}")
        ):
            visible = bool(list(store.oxigraph.quads_for_pattern(quad.subject, quad.predicate, quad.object)))
            assert (store.cell(quad.triple) is not None) is visible
            seen += visible
            hidden += not visible
    assert seen
    assert hidden


# No triple is of the audit log, and metrics are no part of the store; who reported is told by an appointment,
# which is hidden already from those who see no work.
WITHOUT_EFFECT = {(Data.REPORTER, role) for role in (Role.POST_HOLDER, Role.FD, Role.TRAINEE)}
CHANGES = [
    (Data(data), role, other)
    for (data, role), reach in cells(SEEN).items()
    for other in (Reach.ALL, Reach.NONE)
    if other is not reach
    and role is not Role.ADMINISTRATOR
    and data not in (Data.AUDIT, Data.METRICS)
    and (Data(data), role) not in WITHOUT_EFFECT
]


@pytest.mark.parametrize(("data", "role", "other"), CHANGES)
def test_a_changed_cell_changes_a_view(
    data: Data, role: Role, other: Reach, bureau: OneBureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell matters: with another reach in it, some caller of the role sees other triples."""
    told = access_tables()
    reaches = {**told.reaches, (data, role): other}
    only = {cell: listed for cell, listed in told.only.items() if cell != (data, role)}
    changed = AccessTables(reaches, only, told.writes, told.writes_of_kind)
    callers = [caller for caller in CALLERS.values() if caller.role is role]
    before = [set(Views(bureau).of(caller, "SY").quads()) for caller in callers]
    monkeypatch.setattr(made_views, "access_tables", lambda: changed)
    assert [set(Views(bureau).of(caller, "SY").quads()) for caller in callers] != before
