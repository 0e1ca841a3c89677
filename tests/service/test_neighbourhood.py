"""Neighbourhoods over HTTP: nobody is shown through them what they do not see."""

from __future__ import annotations

import pytest

from dutygraph.service.access.roles import Role
from tests.service.conftest import ClientFor
from tests.service.reads import READERS, got

PEOPLE = {"Person", "SupervisorAppointment", "TaskSheet", "Issue", "PostHolding"}


def test_a_risk_with_its_chain_up_to_tier_1(client_for: ClientFor) -> None:
    found = got(client_for(Role.SO), "/neighbourhood/risk/R04-05")
    assert found["start"]["id"] == "R04-05"
    assert {"B04-N03", "C04-05"} <= {node["thing"]["id"] for node in found["nodes"]}
    steps = [step["id"] for step in found["chain"]["steps"]]
    assert steps[:3] == ["R04-05", "C04-05", "G12"]
    assert steps[-1] == "A01"  # tier 1 of B04
    assert found["chain"]["missing"] is None


def test_a_broken_chain_is_told_to_who_sees_all_of_it(client_for: ClientFor) -> None:
    chain = got(client_for(Role.SO), "/neighbourhood/risk/R20-03")["chain"]
    assert chain == {"steps": [], "missing": "control"}  # the example's fault R01


@pytest.mark.parametrize("role", [Role.POST_HOLDER, Role.FD, Role.TRAINEE, Role.T3])
def test_who_does_not_see_all_work_is_not_told_that_a_link_is_missing(
    client_for: ClientFor, role: Role
) -> None:
    assert got(client_for(role), "/neighbourhood/risk/R20-03")["chain"] is None


@pytest.mark.parametrize("role", READERS)
def test_deeper_reaches_further_and_leads_to_nobody_hidden(client_for: ClientFor, role: Role) -> None:
    sizes = []
    for depth in (1, 2, 3):
        found = got(client_for(role), "/neighbourhood/business/B04", depth=depth)
        sizes.append(len(found["nodes"]))
        shown = {node["thing"]["iri"] for node in found["nodes"]}
        assert {end for edge in found["edges"] for end in (edge["source"], edge["target"])} <= shown
        if role is Role.TRAINEE:
            assert PEOPLE.isdisjoint(node["thing"]["kind"] for node in found["nodes"])
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] <= 400


def test_what_is_left_out_is_counted(client_for: ClientFor) -> None:
    whole = got(client_for(Role.SO), "/neighbourhood/business/B04", width=500)
    narrow = got(client_for(Role.SO), "/neighbourhood/business/B04", width=5)
    assert len(narrow["nodes"]) == 6
    assert narrow["nodes"][0]["more"] == len(whole["nodes"]) - 6


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.TRAINEE, "person/P003"),
        (Role.POST_HOLDER, "appointment/A01"),
        (Role.FD, "task-sheet/T2501-01"),
        (Role.T3, "person/P003"),
        (Role.SO, "risk/R99-99"),
        (Role.SO, "no-such-kind/R04-05"),
    ],
)
def test_the_hidden_and_the_unknown_are_answered_alike(client_for: ClientFor, role: Role, path: str) -> None:
    problem = got(client_for(role), f"/neighbourhood/{path}", 404)
    identifier = path.rpartition("/")[2]
    assert problem["text"]["zh"] == f"没有“{identifier}”，或者您看不到。"


def test_limits(client_for: ClientFor) -> None:
    got(client_for(Role.SO), "/neighbourhood/business/B04", 422, depth=4)
    got(client_for(Role.SO), "/neighbourhood/business/B04", 422, width=0)
    got(client_for(Role.SO), "/neighbourhood/Business%3E/B04", 422)
