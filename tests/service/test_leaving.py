"""Departures over HTTP: told to who knows all the people concerned, and of the own scope alone."""

from __future__ import annotations

from datetime import date

import pytest

from dutygraph.commits import COMMAND_LINE
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.questions.workbook import Workbook, items
from tests.service.conftest import ClientFor, StartSmall
from tests.service.reads import MARKETING, READERS, got, refused, rows_of


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


def supervisors(book: Workbook, business: str, tier: int) -> set[str]:
    return {book.appointments[a]["人员"] for a in book.supervisors(business, tier)}


@pytest.mark.parametrize("person", ["P001", "P006", "P013", "P003"])
def test_businesses_that_lose_a_supervisor(client_for: ClientFor, book: Workbook, person: str) -> None:
    found = got(client_for(Role.SO), "/leaving", person=person)
    told = {
        (one["business"]["id"], one["tier"]): ({p["id"] for p in one["left"]}, one["lost"], one["single"])
        for one in found["businesses"]
    }
    expected = {}
    for business in book.businesses:
        for tier in (1, 2, 3):
            those = supervisors(book, business, tier)
            if person in those:
                left = those - {person}
                expected[business, tier] = (left, not left, len(left) == 1)
    assert told == expected != {}
    assert found["ownScope"] is False


def test_a_post_vacated(client_for: ClientFor, book: Workbook) -> None:
    found = got(client_for(Role.T1), "/leaving", post="G05")
    owned = {c for c in book.controls if book.control_values(c, "责任岗位") == {"G05"}}
    assert {one["thing"]["id"] for one in found["controls"] if one["lost"]} == owned
    managed = {n for n, row in book.nodes.items() if items(row["管理岗位"]) == ["G05"]}
    assert {one["thing"]["id"] for one in found["nodes"]["manage"]} == managed
    assert found["businesses"] == []


def test_the_own_scope_of_tier_2_leaves_out_what_it_does_not_know(
    client_for: ClientFor, book: Workbook
) -> None:
    # P001 leads in eleven businesses, six of them of this department
    found = got(client_for(Role.T2), "/leaving", person="P001")
    assert {one["business"]["id"] for one in found["businesses"]} == set(MARKETING)
    assert found["ownScope"] is True
    of_department = {post for post, row in book.posts.items() if row["部门"] == "市场营销部"}
    for post in sorted(of_department)[:4]:
        own = got(client_for(Role.T2), "/leaving", post=post)
        whole = got(client_for(Role.SO), "/leaving", post=post)
        for one in own["controls"]:
            assert book.control_values(one["thing"]["id"], "责任岗位") <= of_department
            assert one in whole["controls"]  # nothing is told that is not so for the whole bureau


def test_another_department_s_post_is_no_loss_that_tier_2_can_tell(client_for: ClientFor) -> None:
    found = got(client_for(Role.T2), "/leaving", post="G20")  # 综合部
    assert (found["posts"], found["controls"], found["nodes"]["perform"]) == ([], [], [])


@pytest.mark.parametrize("role", [role for role in READERS if role not in {Role.T1, Role.T2, Role.SO}])
def test_who_does_not_know_the_others_is_refused(client_for: ClientFor, role: Role) -> None:
    refused(client_for(role), "/leaving", person="P001")
    refused(client_for(role), "/leaving/losses", post="G05")


def test_either_a_person_or_a_post(client_for: ClientFor) -> None:
    for query in ({}, {"person": "P001", "post": "G05"}):
        problem = got(client_for(Role.SO), "/leaving", 422, **query)
        assert problem["type"].endswith("/choose-one")
    got(client_for(Role.SO), "/leaving", 404, person="P999")
    got(client_for(Role.SO), "/leaving", 404, post="G99")


def test_losses_as_a_list(client_for: ClientFor) -> None:
    figure = got(client_for(Role.SO), "/leaving", person="P006")
    rows = rows_of(client_for(Role.SO), "/leaving/losses", person="P006")
    listed = len(figure["businesses"]) + len(figure["posts"]) + len(figure["controls"])
    listed += sum(map(len, figure["nodes"].values())) + len(figure["sheets"]) + len(figure["issues"])
    assert len(rows) == listed > 0
    lost = {row["对象"].split()[0] for row in rows if row["失去"] == "二级监督员" and row["无人"] == "是"}
    assert lost == {one["business"]["id"] for one in figure["businesses"] if one["tier"] == 2 and one["lost"]}
    page = got(client_for(Role.T2), "/leaving/losses", person="P006")
    assert page["ownScope"] is True
    own = rows_of(client_for(Role.T2), "/leaving/losses", person="P006")
    assert {row["范围"] for row in own} == {"本人范围"}
    assert "范围" not in rows[0]


def test_gaps_assigned_to_who_leaves(start_small: StartSmall) -> None:
    door = start_small()
    committer = door.service.committer
    gap = min(committer.state("demo").gaps)
    client = door.client_for(Grant("", Role.SO, "demo"))
    address = "/api/v1/bureaus/demo/leaving?person=P011"
    before = client.get(address)
    committer.assign("demo", gap, "P011", date(2026, 1, 31), "请跟进", COMMAND_LINE)
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (before.json()["gaps"], after.json()["gaps"]) == ([], [gap])
