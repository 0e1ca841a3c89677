"""The double-key chart over HTTP: the whole, its cells as a list, one cell; what each role is shown of it."""

from __future__ import annotations

from typing import Any

import pytest

from dutygraph.service.access.roles import Role
from tests.questions.workbook import Workbook, items
from tests.service.conftest import ClientFor
from tests.service.reads import MARKETING, OF_P013, READERS, WORK, got, refused, rows_of

CHART = "/charts/double-key"
WORK_ALL = {role for role, reach in WORK.items() if reach == "all"}


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


def cells(book: Workbook) -> set[tuple[str, str]]:
    key = {post for post, row in book.posts.items() if row["常设关键"] == "是"}
    return {
        (business, post)
        for row in book.nodes.values()
        for business in items(row["业务编号"])
        for column in ("执行岗位", "管理岗位", "审批岗位")
        for post in items(row[column])
        if post in key
    }


@pytest.mark.parametrize("role", READERS)
def test_everybody_is_shown_33_businesses_by_35_posts(
    client_for: ClientFor, book: Workbook, role: Role
) -> None:
    chart = got(client_for(role), CHART)
    assert (len(chart["businesses"]), len(chart["posts"])) == (33, 35)
    assert {(cell["business"], cell["post"]) for cell in chart["cells"] if cell["nodes"]} == cells(book)
    assert chart["asOf"] == "2025-12-31"


@pytest.mark.parametrize("role", READERS)
def test_nobody_reads_nobody_where_supervisors_are_not_known(
    client_for: ClientFor, book: Workbook, role: Role
) -> None:
    own = {Role.T2: MARKETING, Role.T3: OF_P013}.get(role, ())
    for one in got(client_for(role), CHART)["businesses"]:
        business = one["thing"]["id"]
        appointed = {
            tier: {each["appointment"]["id"] for each in those}
            for tier, those in (one["supervisors"] or {}).items()
        }
        expected = {str(tier): book.supervisors(business, tier) for tier in (1, 2, 3)}
        if WORK.get(role) == "all" or (role is Role.T2 and business in own):
            assert (one["supervisorsKnown"], appointed) == ("all", expected)
        elif business in own:  # tier 3: the own appointment and those above it, no other of tier 3
            assert one["supervisorsKnown"] == "own"
            assert appointed["3"] == {"A11"}
            assert appointed["2"] == expected["2"]
        else:
            assert (one["supervisorsKnown"], one["supervisors"]) == ("none", None)


def test_gaps_are_told_in_short_where_they_lie(client_for: ClientFor) -> None:
    chart = got(client_for(Role.SO), CHART)
    notes = {note["id"]: note for note in chart["gaps"]}
    placed = [gap for part in ("businesses", "posts", "cells") for one in chart[part] for gap in one["gaps"]]
    assert set(placed) == set(notes)
    unmanned = {notes[gap]["rule"] for post in chart["posts"] for gap in post["gaps"]}
    assert "R10" in unmanned  # G23 is vacant
    assert all(note["message"]["zh"] and note["message"]["en"] for note in notes.values())


@pytest.mark.parametrize("role", [role for role in READERS if role not in WORK])
def test_who_sees_no_supervisors_cannot_choose_by_them(client_for: ClientFor, role: Role) -> None:
    refused(client_for(role), CHART, tier=3)
    refused(client_for(role), f"{CHART}/cells", tier=3)


def test_filters_narrow_the_businesses(client_for: ClientFor, book: Workbook) -> None:
    def shown(**query: Any) -> set[str]:
        return {one["thing"]["id"] for one in got(client_for(Role.SO), CHART, **query)["businesses"]}

    assert shown(department="市场营销部") == set(MARKETING)
    assert shown(star=3) == {b for b in book.businesses if book.stars.effective(b) == 3}
    assert shown(tier=3, star=2) == {
        b for b in book.businesses if book.supervisors(b, 3) and book.stars.effective(b) == 2
    }
    assert shown(department="没有这个部门") == set()
    assert len(got(client_for(Role.SO), CHART, posts="all")["posts"]) == len(book.posts)


@pytest.mark.parametrize("role", READERS)
def test_a_star_that_is_not_seen_is_not_called_unrated(
    client_for: ClientFor, book: Workbook, role: Role
) -> None:
    unrated = {b for b in book.businesses if book.stars.effective(b) is None}
    shown = got(client_for(role), CHART, star=0)["businesses"]
    assert {one["thing"]["id"] for one in shown} == unrated == {"B33"}
    for one in got(client_for(role), CHART)["businesses"]:
        star = book.stars.effective(one["thing"]["id"])
        assert one["star"] == star or (
            one["star"] is None and one["unrated"] is None and role not in WORK_ALL
        )


@pytest.mark.parametrize("query", [{"star": 4}, {"tier": 0}, {"star": "x"}, {"posts": "some"}])
def test_filters_are_of_their_type(client_for: ClientFor, query: dict[str, Any]) -> None:
    got(client_for(Role.SO), CHART, 422, **query)


def test_the_cells_are_a_list_to_be_sorted_and_exported(client_for: ClientFor, book: Workbook) -> None:
    rows = rows_of(client_for(Role.SO), f"{CHART}/cells")
    assert {(row["业务"].split()[0], row["岗位"].split()[0]) for row in rows} >= cells(book)
    page = got(client_for(Role.SO), f"{CHART}/cells", sort="-risks", size=5)
    risks = [cell["risks"] for cell in page["items"]]
    assert risks == sorted(risks, reverse=True)
    assert page["total"] == len(rows)


def test_a_cell_opens_on_its_nodes_risks_and_controls(client_for: ClientFor, book: Workbook) -> None:
    detail = got(client_for(Role.SO), f"{CHART}/B04/G12")
    nodes = [n for n, row in book.nodes.items() if "G12" in items(row["执行岗位"]) and n.startswith("B04")]
    assert [node["thing"]["id"] for node in detail["nodes"]] == nodes
    assert detail["cell"]["parts"] == {"perform": len(nodes), "manage": 0, "approve": 0}
    for node in detail["nodes"]:
        assert {risk["thing"]["id"] for risk in node["risks"]} == {
            risk for risk, at in book.risk_nodes.items() if node["thing"]["id"] in at
        }
    assert detail["business"]["supervisorsKnown"] == "all"


def test_an_empty_cell_is_empty_and_an_unknown_one_not_found(client_for: ClientFor, book: Workbook) -> None:
    empty = next(
        post
        for post, row in sorted(book.posts.items())
        if row["常设关键"] == "是" and ("B33", post) not in cells(book)
    )
    detail = got(client_for(Role.SO), f"{CHART}/B33/{empty}")
    assert (detail["cell"], detail["nodes"]) == (None, [])
    got(client_for(Role.SO), f"{CHART}/B04/G99", 404)
    got(client_for(Role.SO), f"{CHART}/B99/G12", 404)
