"""Network metrics: one by one to the office and tier 1, one's own to a post holder, counts to tier 2."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from tests.access.conftest import CALLERS, NAMES, OneBureau, checked, load_bureau

SV = "https://w3id.org/dutygraph#"
INSIDE = f"{NAMES.bureau}/"


def measured(a_view: View) -> set[str]:
    """Return whose metrics a view tells one by one, by "kind/id"."""
    quads = a_view.measured.oxigraph.quads_for_pattern(None, ox.NamedNode(f"{SV}metricOf"), None, None)
    return {quad.object.value.removeprefix(INSIDE) for quad in quads}


@pytest.mark.parametrize(
    ("callers", "subjects"),
    [
        ("T1 T1-other T1-lapsed SO", {"post/G1", "post/G2", "risk/R1", "risk/R2"}),
        ("holder", {"post/G1"}),
        ("holder-other", {"post/G2"}),
        ("T2 T2-other T2-lapsed T3 T3-other holder-lapsed FD FD-other trainee", set()),
    ],
)
def test_metrics_are_told_one_by_one_as_the_row_says(
    callers: str, subjects: set[str], views: dict[str, View]
) -> None:
    for caller in callers.split():
        assert measured(views[caller]) == subjects, caller
        names_of_metrics = {
            quad.subject.value for quad in views[caller].measured.oxigraph if "/metric/" in quad.subject.value
        }
        assert bool(names_of_metrics) is bool(subjects)


def test_no_metric_is_in_the_store_itself(views: dict[str, View]) -> None:
    metrics = ox.NamedNode(NAMES.metrics)
    for a_view in views.values():
        assert not list(a_view.store.oxigraph.quads_for_pattern(None, None, None, metrics))


def holding(store: ox.Store, post: str, people: Iterable[str]) -> None:
    """Let these people hold a post, beside who holds it already."""
    business = ox.NamedNode(f"{INSIDE}business")
    type_ = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for person in people:
        held, who = ox.NamedNode(f"{INSIDE}holding/{person}"), ox.NamedNode(f"{INSIDE}person/{person}")
        store.add(ox.Quad(who, type_, ox.NamedNode(f"{SV}Person"), business))
        store.add(ox.Quad(held, type_, ox.NamedNode(f"{SV}PostHolding"), business))
        store.add(ox.Quad(held, ox.NamedNode(f"{SV}holder"), who, business))
        store.add(ox.Quad(held, ox.NamedNode(f"{SV}heldPost"), ox.NamedNode(INSIDE + post), business))


@pytest.fixture(scope="module")
def crowded() -> OneBureau:
    """The bureau with three people in post G2, so that only G1's figures are about fewer than three."""
    store = load_bureau()
    holding(store.oxigraph, "post/G2", ["P21", "P22"])
    return checked(store)


@pytest.mark.parametrize("caller", ["T2", "T1", "SO"])
def test_figures_about_fewer_than_three_people_are_withheld(caller: str, crowded: OneBureau) -> None:
    team, department = Views(crowded).of(CALLERS[caller], "SY").department_counts
    assert (team.department.id, team.posts, team.withheld) == ("D1-1", 1, True)
    assert (team.people, team.connecting, team.mean_betweenness) == (None, None, None)
    assert (department.department.id, department.posts, department.withheld) == ("D2", 1, False)
    assert department.people == 3
    assert department.mean_betweenness is not None


@pytest.mark.parametrize("caller", ["T3", "holder", "FD", "trainee"])
def test_counts_of_metrics_are_not_for_who_sees_none(caller: str, views: dict[str, View]) -> None:
    with pytest.raises(ForbiddenError):
        _ = views[caller].department_counts


def test_a_post_that_others_hold_too_is_not_one_s_own_to_measure(crowded: OneBureau) -> None:
    assert measured(Views(crowded).of(CALLERS["holder-other"], "SY")) == set()
    assert measured(Views(crowded).of(CALLERS["holder"], "SY")) == {"post/G1"}
