"""Each way in which a record is one's own, alone; and what is nearly one's own, but is not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from tests.access.conftest import CALLERS, NAMES, checked, load_bureau, nodes
from tests.access.test_matrix import EVERYBODY, OVER_ALL

# node of ways.trig → who sees it besides tier 1 and the office
OWN = {
    "issue/risk": "T2",
    "issue/post": "T2 holder",
    "issue/item": "T2",
    "issue/held": "T2",
    "issue/planned": "",
    "issue/to-come": "",
    "issue/sheet-of-item": "T2",
    "issue/sheet-issued": "T2",
    "issue/sheet-assigned": "T3",
    "issue/sheet-lapsed": "",
    "issue/lead": "T2",
    # the branch is no more, is not yet; by an appointment of tier 2, by the branch, by one of tier 3
    "issue/lead-D4": "",
    "issue/lead-D5": "",
    "issue/lead-D6": "T2",
    "issue/lead-D7": "T2",
    "issue/lead-D8": "",
    "issue/of-P2": "T2",
    "issue/of-P3": "T3",
    "issue/of-P4": "holder",
    "improvement/proposed": "T2",
    "self-check/checked": "T2",
    "self-check/of-issue": "T2",
    "monthly-report/own": "T2",
    "monthly-report/lapsed": "",
    "monthly-report/of-T1": "",
    "party-office/O20": "T2",
    "party-office/O22": "",
    "party-office/O24": "T2",
    "party-office/O25": "T2",
    "appointment/A40": "T2",
    "appointment/A41": "T2",
    "appointment/A30": "",
    "appointment/A60": "T3",
    "appointment/A61": "",
    "holding/H20": "T2",
    "holding/H22": "",
    "holding/H21": "T3",
    "holding/H23": "",
    "inspection/J10": "T2",
    "task-sheet/T5": "T2",
    "focus-item/T5-1": "T2",
    "daily-supervision/T5": "T2",
    "task-sheet/T6": "T2",
    "focus-item/T6-1": "T2",
    "daily-supervision/T6": "T2",
    "task-sheet/T7": "T3",
    "score/of-P2": "T2",
    # T2 scores appointments of tier 3, not their persons
    "score/of-P3": "T3",
    "score/of-P9": "T2-lapsed T3-lapsed holder-lapsed",
    "score/given": "T2",
    "score/given-once": "",
    "score/of-G1": "T2 holder",
    "score/of-G8": "T3",
    "score/of-G9": "",
    "score/of-A30": "holder",
    "score/of-L2": "",
    # filed in the restricted graph, or in that of all
    "plan-item/J11": "",
    "inspection/J11": "",
    "person/P50": "",
    "appointment/A50": "",
    "holding/H50": "",
    "party-office/O50": "",
    "metric/M50": "",
}


@pytest.fixture(scope="module")
def views() -> dict[str, View]:
    """The views of the bureau with the records of ``ways.trig``."""
    made = Views(checked(load_bureau("ways.trig")))
    return {name: made.of(caller, "SY") for name, caller in CALLERS.items()}


@pytest.mark.parametrize("node", OWN)
def test_a_record_is_one_s_own_in_this_way_and_in_no_other(node: str, views: dict[str, View]) -> None:
    seen = {caller for caller, view in views.items() if node in nodes(view)}
    assert seen == {*OVER_ALL.split(), *OWN[node].split()}


def test_a_case_is_everybody_s_wherever_it_stands(views: dict[str, View]) -> None:
    assert {caller for caller, view in views.items() if "case/CA2" in nodes(view)} == set(EVERYBODY.split())


def test_a_talk_that_was_approved_is_the_approver_s(views: dict[str, View]) -> None:
    seen = {caller for caller, view in views.items() if "talk/approved" in nodes(view)}
    assert seen == {"T1", "SO"}


def of(view: View, subject: str, predicate: str) -> set[str]:
    node, wanted = ox.NamedNode(f"{NAMES.bureau}/{subject}"), ox.NamedNode(f"{SV}{predicate}")
    quads = view.store.oxigraph.quads_for_pattern(node, wanted, None, None)
    return {quad.object.value.rpartition("/")[2] for quad in quads}


SV = "https://w3id.org/dutygraph#"


@pytest.mark.parametrize(
    ("report", "callers"),
    [
        ("own", "SO"),
        # of a supervisor of the business that T1 supervises too, though no more; of T1
        ("lapsed", "SO T1"),
        ("of-T1", "SO T1"),
    ],
)
def test_who_reported_is_told_along_the_line(report: str, callers: str, views: dict[str, View]) -> None:
    told = {name for name, view in views.items() if of(view, f"monthly-report/{report}", "reportedBy")}
    assert told == set(callers.split())


def test_a_star_that_was_explained_is_told_where_the_explanation_s_approver_may_be(
    views: dict[str, View],
) -> None:
    """It was derived from an appointment, so it is work: of one's own business, for T2 and T3."""
    told = {name for name, view in views.items() if of(view, "business/B1", "hasStar")}
    assert told == {*OVER_ALL.split(), "T2", "T3"}
    effective = {
        name for name, view in views.items() if of(view, "computed-star/business-B1", "effectiveStar")
    }
    assert effective == {*OVER_ALL.split(), "T2", "T3"}


def test_no_word_for_a_name_is_told_without_sight_of_names(views: dict[str, View]) -> None:
    person = ox.NamedNode(f"{NAMES.bureau}/person/P3")
    quads = views["T3"].store.oxigraph.quads_for_pattern(person, None, None, None)
    assert {quad.predicate.value.rpartition("/")[2].rpartition("#")[2] for quad in quads} == {
        "type",
        "identifier",
        "holds",
    }


def test_one_s_own_scope_reaches_charts_and_stars(views: dict[str, View]) -> None:
    things = {
        *("node/N1", "risk/R1", "control/C1", "post/G1", "line-chart/X1", "department/D1-1"),
        *("declared-star/B1", "star-explanation/B1"),
        *("computed-star/business-B1", "computed-star/node-N1", "computed-star/post-G1"),
    }

    def owned(caller: str) -> set[str]:
        return {thing for thing in things if views[caller].in_scope(f"{NAMES.bureau}/{thing}")}

    assert owned("T2") == things
    assert owned("T3") == things - {"post/G1", "department/D1-1", "computed-star/post-G1"}
    assert owned("holder") == {"post/G1"}
    assert owned("T2-other") == owned("FD") == owned("trainee") == set()
