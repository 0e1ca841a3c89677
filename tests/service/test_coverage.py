"""Coverage over HTTP: what each role may be told, beside the same counted from the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dutygraph.service.access.roles import Role
from tests.questions.workbook import Workbook, items
from tests.service.conftest import ClientFor
from tests.service.reads import MARKETING, OF_P013, READERS, WORK, got, refused, rows_of

Counted = Mapping[str, tuple[int, int, tuple[str, ...]]]
STAGES = {"stage-before": "事前", "stage-during": "事中", "stage-after": "事后"}


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


def told(page: Any) -> Counted:
    return {
        row["group"]: (row["covered"], row["total"], tuple(sorted(thing["id"] for thing in row["missing"])))
        for row in page["items"]
        if row["total"]
    }


def counted(groups: Mapping[str, Mapping[str, bool]]) -> Counted:
    return {
        group: (sum(those.values()), len(those), tuple(sorted(one for one, ok in those.items() if not ok)))
        for group, those in groups.items()
        if those
    }


def owned(book: Workbook) -> dict[str, bool]:
    """Active risks; covered by a control that has an owner post."""
    return {
        risk: any(book.control_values(control, "责任岗位") for control in book.risk_controls[risk])
        for risk in book.active_risks
    }


def by_tier(book: Workbook, businesses: tuple[str, ...]) -> Counted:
    return counted(
        {str(tier): {b: bool(book.supervisors(b, tier)) for b in businesses} for tier in (1, 2, 3)}
    )


def by_star(book: Workbook, businesses: tuple[str, ...]) -> Counted:
    groups: dict[str, dict[str, bool]] = {}
    for business in businesses:
        star = book.stars.effective(business) or 0
        supervised = bool(book.supervisors(business, 3 if star == 3 else 2))
        groups.setdefault(str(star), {})[business] = supervised
    return counted(groups)


@pytest.mark.parametrize("role", READERS)
def test_risks_are_counted_alike_for_everybody(client_for: ClientFor, book: Workbook, role: Role) -> None:
    risks = owned(book)
    department = {
        d: {
            risk: ok
            for risk, ok in risks.items()
            if any(d in items(book.businesses[b]["主管部门"]) for b in book.businesses_of_risk(risk))
        }
        for d in book.departments
    }
    business = {
        b: {risk: ok for risk, ok in risks.items() if b in book.businesses_of_risk(risk)}
        for b in book.businesses
    }
    page = got(client_for(role), "/coverage", by="department")
    assert told(page) == counted(department)
    assert (page["ownScope"], page["by"]) == (False, "department")
    assert told(got(client_for(role), "/coverage", by="business", size=100)) == counted(business)


@pytest.mark.parametrize("role", READERS)
def test_stages_are_counted_alike_for_everybody(client_for: ClientFor, book: Workbook, role: Role) -> None:
    three = [b for b in book.businesses if book.stars.effective(b) == 3]
    expected = {
        stage: {
            b: any(
                word in book.control_values(control, "环节")
                for control, businesses in book.control_businesses.items()
                if b in businesses
            )
            for b in three
        }
        for stage, word in STAGES.items()
    }
    assert told(got(client_for(role), "/coverage", by="stage")) == counted(expected)


@pytest.mark.parametrize("role", [Role.T1, Role.SO])
def test_supervisors_are_counted_for_who_sees_all_work(
    client_for: ClientFor, book: Workbook, role: Role
) -> None:
    every = tuple(book.businesses)
    page = got(client_for(role), "/coverage", by="tier")
    assert told(page) == by_tier(book, every)
    assert page["ownScope"] is False
    assert told(got(client_for(role), "/coverage", by="star")) == by_star(book, every)


@pytest.mark.parametrize(("role", "own"), [(Role.T2, MARKETING), (Role.T3, OF_P013)])
def test_supervisors_are_counted_within_the_own_scope(
    client_for: ClientFor, book: Workbook, role: Role, own: tuple[str, ...]
) -> None:
    page = got(client_for(role), "/coverage", by="tier")
    assert told(page) == by_tier(book, own)
    assert page["ownScope"] is True
    assert told(got(client_for(role), "/coverage", by="star")) == by_star(book, own)


@pytest.mark.parametrize("role", [role for role in READERS if role not in WORK])
@pytest.mark.parametrize("axis", ["tier", "star"])
def test_nobody_is_told_zero_for_what_they_do_not_see(client_for: ClientFor, role: Role, axis: str) -> None:
    assert "看不到监督员任命" in refused(client_for(role), "/coverage", by=axis)
    refused(client_for(role), "/coverage", by=axis, format="csv")


def test_an_export_of_the_own_scope_says_so(client_for: ClientFor) -> None:
    assert {row["范围"] for row in rows_of(client_for(Role.T2), "/coverage", by="tier")} == {"本人范围"}
    assert all("范围" not in row for row in rows_of(client_for(Role.SO), "/coverage", by="tier"))
    english = rows_of(client_for(Role.T2), "/coverage", "en", by="tier")
    assert [(row["Name"], row["Scope"]) for row in english] == [
        (f"tier {tier}", "own scope") for tier in (1, 2, 3)
    ]


def test_a_ratio_is_null_where_there_is_nothing_to_cover(client_for: ClientFor, book: Workbook) -> None:
    page = got(client_for(Role.SO), "/coverage", by="business", size=100)
    for row in page["items"]:
        expected = round(row["covered"] / row["total"], 4) if row["total"] else None
        assert row["ratio"] == expected
    assert {row["group"] for row in page["items"]} == set(book.businesses)


def test_an_unknown_axis_is_refused(client_for: ClientFor) -> None:
    got(client_for(Role.SO), "/coverage", 422, by="mood")


def test_declared_totals_stand_beside_what_is_counted(client_for: ClientFor) -> None:
    totals = {row["total"]["id"]: row for row in got(client_for(Role.SO), "/coverage/totals")["items"]}
    first = totals["T01"]  # D1: 33 were declared, the parts add up to 32
    assert (first["declared"], first["counted"], first["parts"], first["agrees"]) == (33, 33, 32, False)
