"""Network metrics of departments as counts: computed over everything, naming nobody."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dutygraph.charts.exposure import DepartmentExposure, department_exposures, post_exposures
from dutygraph.charts.reading import Reading
from dutygraph.model import Thing
from dutygraph.service.access.aggregates import withheld
from dutygraph.service.access.contents import Contents


@dataclass(frozen=True, slots=True)
class DepartmentCounts:
    """The posts of a department; None where fewer than three people hold them and the figure is withheld."""

    department: Thing
    posts: int
    people: int | None
    connecting: int | None
    mean_betweenness: Decimal | None
    withheld: bool


def department_counts(contents: Contents) -> tuple[DepartmentCounts, ...]:
    """Return the departments of a bureau, by id."""
    posts = post_exposures(Reading.of(contents.measured, contents.names))
    return tuple(map(_counted, department_exposures(posts)))


def _counted(one: DepartmentExposure) -> DepartmentCounts:
    if withheld(one.people):
        return DepartmentCounts(one.department, one.posts, None, None, None, withheld=True)
    return DepartmentCounts(
        one.department, one.posts, one.people, one.connecting, one.mean_betweenness, withheld=False
    )
