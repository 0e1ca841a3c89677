"""Network metrics of posts, and of departments as counts (Q35). Exposure, never suspicion, no score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dutygraph.charts.reading import Reading, values
from dutygraph.model import Thing

_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class PostExposure:
    """How a post stands in the responsibility graph.

    ``betweenness`` is the share of shortest ways that lead over it; ``connecting``: without it the graph
    falls apart; ``holders`` are its current holders, as far as the store tells.
    """

    post: Thing
    departments: tuple[Thing, ...]
    holders: tuple[Thing, ...]
    betweenness: Decimal
    connecting: bool


@dataclass(frozen=True, slots=True)
class DepartmentExposure:
    """The posts of a department as counts; ``people`` hold them."""

    department: Thing
    posts: int
    people: int
    connecting: int
    mean_betweenness: Decimal


def post_exposures(reading: Reading) -> tuple[PostExposure, ...]:
    """Return the posts whose metrics the store holds, the most exposed first."""
    holders: dict[str, set[str]] = defaultdict(set)
    for row in reading.rows("holders"):
        holders[row["post"]].add(row["person"])
    found = (
        PostExposure(
            post=reading.things.thing(iri),
            departments=reading.sorted(values(rows, "department")),
            holders=reading.sorted(holders[iri]),
            betweenness=Decimal(rows[0]["betweenness"]),
            connecting=Decimal(rows[0]["articulation"]) != 0,
        )
        for iri, rows in reading.grouped("metrics", "post").items()
    )
    return tuple(sorted(found, key=lambda one: (-one.betweenness, one.post.id)))


def department_exposures(posts: Iterable[PostExposure]) -> tuple[DepartmentExposure, ...]:
    """Return the departments of posts, by id; a post of two departments counts in both."""
    by_department: dict[Thing, list[PostExposure]] = defaultdict(list)
    for post in posts:
        for department in post.departments:
            by_department[department].append(post)
    found = (
        DepartmentExposure(
            department=department,
            posts=len(those),
            people=len({person for post in those for person in post.holders}),
            connecting=sum(post.connecting for post in those),
            mean_betweenness=(sum((post.betweenness for post in those), Decimal(0)) / len(those)).quantize(
                _PLACES
            ),
        )
        for department, those in by_department.items()
    )
    return tuple(sorted(found, key=lambda one: one.department.id))
