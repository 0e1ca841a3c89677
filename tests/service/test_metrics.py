"""Network metrics: one by one for T1 and SO, one's own for a post holder, by department for tier 2."""

from __future__ import annotations

import pytest

from dutygraph.charts.exposure import department_exposures, post_exposures
from dutygraph.service.access.exposures import department_counts
from dutygraph.service.access.roles import Role
from tests.charts.small import NAMES, a_bureau
from tests.questions.workbook import Workbook
from tests.service.conftest import ClientFor
from tests.service.reads import READERS, got, refused, rows_of


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


@pytest.mark.parametrize("role", [Role.T1, Role.SO])
def test_all_posts_for_who_sees_all(client_for: ClientFor, book: Workbook, role: Role) -> None:
    page = got(client_for(role), "/metrics", size=100)
    assert {row["post"]["id"] for row in page["items"]} == set(book.posts)
    between = [row["betweenness"] for row in page["items"]]
    assert between == sorted(between, reverse=True)
    assert all(0 <= value <= 1 for value in between)
    held = {row["post"]["id"]: {p["id"] for p in row["holders"]} for row in page["items"]}
    assert held == {post: {who for at, who in book.holdings if at == post} for post in book.posts}
    assert page["ownScope"] is False
    assert "不用于考核" in page["remark"]["zh"]


def test_a_post_holder_sees_the_own_post(client_for: ClientFor) -> None:
    whole = {row["post"]["id"]: row for row in got(client_for(Role.SO), "/metrics", size=100)["items"]}
    page = got(client_for(Role.POST_HOLDER), "/metrics")
    assert [row["post"]["id"] for row in page["items"]] == ["G02"]  # P014 holds it alone
    assert page["ownScope"] is True
    # computed over the whole bureau, not over the little that the holder sees
    assert page["items"][0]["betweenness"] == whole["G02"]["betweenness"]


def test_tier_2_sees_departments_alone(client_for: ClientFor, book: Workbook) -> None:
    assert "/metrics/departments" in refused(client_for(Role.T2), "/metrics")
    rows = {row["department"]["id"]: row for row in got(client_for(Role.T2), "/metrics/departments")["items"]}
    assert set(rows) == set(book.departments)
    posts = {row["post"]["id"]: row for row in got(client_for(Role.SO), "/metrics", size=100)["items"]}
    for department, row in rows.items():
        own = [post for post, facts in book.posts.items() if facts["部门"] == department]
        people = {who for post, who in book.holdings if post in own}
        mean = sum(posts[post]["betweenness"] for post in own) / len(own)
        assert (row["posts"], row["people"], row["withheld"]) == (len(own), len(people), False)
        assert row["meanBetweenness"] == pytest.approx(mean, abs=2e-6)
        assert row["connecting"] == sum(posts[post]["connecting"] for post in own)


@pytest.mark.parametrize("role", [role for role in READERS if role not in {Role.T1, Role.T2, Role.SO}])
def test_nobody_else_sees_departments(client_for: ClientFor, role: Role) -> None:
    refused(client_for(role), "/metrics/departments")


@pytest.mark.parametrize("role", [Role.T3, Role.FD, Role.TRAINEE])
def test_nobody_else_sees_posts(client_for: ClientFor, role: Role) -> None:
    refused(client_for(role), "/metrics")
    refused(client_for(role), "/metrics", format="xlsx")


def test_the_lists_can_be_exported(client_for: ClientFor, book: Workbook) -> None:
    whole = rows_of(client_for(Role.SO), "/metrics")
    assert len(whole) == len(book.posts)
    assert "范围" not in whole[0]
    [own] = rows_of(client_for(Role.POST_HOLDER), "/metrics")
    assert own["范围"] == "本人范围"
    assert len(rows_of(client_for(Role.T2), "/metrics/departments")) == len(book.departments)


SMALL = """
    :D1 a sv:Department . :D2 a sv:Department . :D3 a sv:Department .
    :G1 a sv:Post ; sv:inDepartment :D1 ; org:heldBy :P1 , :P2 .
    :G2 a sv:Post ; sv:inDepartment :D1 , :D2 ; org:heldBy :P2 , :P3 , :P4 .
    :G3 a sv:Post ; sv:inDepartment :D3 ; org:heldBy :P1 , :P2 .
    :G4 a sv:Post ; sv:inDepartment :D4 . :D4 a sv:Department .
    :P1 a sv:Person . :P2 a sv:Person . :P3 a sv:Person . :P4 a sv:Person .
    :B1 sv:metricOf :G1 ; sv:metricKind sv:metric-betweenness ; sv:metricValue 0.5 .
    :A1 sv:metricOf :G1 ; sv:metricKind sv:metric-articulation ; sv:metricValue 1 .
    :B2 sv:metricOf :G2 ; sv:metricKind sv:metric-betweenness ; sv:metricValue 0.25 .
    :A2 sv:metricOf :G2 ; sv:metricKind sv:metric-articulation ; sv:metricValue 0 .
    :B3 sv:metricOf :G3 ; sv:metricKind sv:metric-betweenness ; sv:metricValue 0.125 .
    :A3 sv:metricOf :G3 ; sv:metricKind sv:metric-articulation ; sv:metricValue 0 .
    :B4 sv:metricOf :G4 ; sv:metricKind sv:metric-betweenness ; sv:metricValue 0 .
    :A4 sv:metricOf :G4 ; sv:metricKind sv:metric-articulation ; sv:metricValue 0 ."""


class Everything:
    """The part of a bureau's contents that the counts are made from."""

    def __init__(self) -> None:
        self.names = NAMES
        self.measured = a_bureau(SMALL).store


def test_departments_are_counted_by_their_people() -> None:
    found = {one.department.id: one for one in department_exposures(post_exposures(a_bureau(SMALL)))}
    told = {name: (one.posts, one.people, one.connecting) for name, one in found.items()}
    assert told == {"D1": (2, 4, 1), "D2": (1, 3, 0), "D3": (1, 2, 0), "D4": (1, 0, 0)}
    assert str(found["D1"].mean_betweenness) == "0.375000"


def test_figures_about_fewer_than_three_people_are_withheld() -> None:
    counts = {one.department.id: one for one in department_counts(Everything())}  # type: ignore[arg-type]
    assert {name for name, one in counts.items() if one.withheld} == {"D3"}
    hidden = counts["D3"]
    assert (hidden.posts, hidden.people, hidden.connecting, hidden.mean_betweenness) == (1, None, None, None)
    assert (counts["D2"].people, counts["D4"].people) == (3, 0)  # of nobody, nobody is known
