"""总览: how much is covered, where the gaps are, what is new, what was declared and what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from dutygraph.coverage import TITLES, Axis, CoverageRow
from dutygraph.coverage.totals import TotalRow
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.exposures import DepartmentCounts
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.console.figures import (
    Figure,
    Point,
    Since,
    figures_of,
    point_of,
    quarters,
    since_import,
)
from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.coverage import agrees, totals_of
from dutygraph.service.endpoints.coverage import rows_of as coverage_of
from dutygraph.service.gaps.counts import facets, state_counts
from dutygraph.service.gaps.filters import gap_filter
from dutygraph.service.gaps.models import FacetValue, StateCounts
from dutygraph.service.gaps.rows import rows_of

_MOST = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows at once."""

    figures: Sequence[Figure]
    counts: StateCounts
    severities: Sequence[FacetValue]
    departments: Sequence[FacetValue]
    rules: Sequence[FacetValue]
    since: Since | None
    totals: Sequence[TotalRow]


async def build(visit: Visit) -> None:
    """Build the page."""
    view = await visit.work(visit.view)
    found = await visit.work(_overview, visit, view)
    Fragment(visit, "overview", found=found, agrees=agrees, most=_MOST)
    _coverage(visit, await visit.work(_axis, visit, view, Axis.DEPARTMENT))
    _trend(visit, view)
    if view.reach(Data.METRICS) in (Reach.ALL, Reach.COUNTS):
        _concentration(visit, view)


def _overview(visit: Visit, view: View) -> Overview:
    rows = rows_of(view, visit.answers)
    there = list(gap_filter(None, None).chosen(rows))
    counted = facets(there, rows.placing)
    return Overview(
        figures=figures_of(view, visit.answers),
        counts=state_counts(there),
        severities=counted["severity"],
        departments=counted["department"],
        rules=counted["rule"],
        since=since_import(visit, view),
        totals=totals_of(view, visit.answers),
    )


@dataclass(frozen=True, slots=True)
class Covered:
    """Coverage by an axis; ``rows`` is None where the role may not know it."""

    axis: Axis
    rows: Sequence[CoverageRow] | None
    own: bool


def _axis(visit: Visit, view: View, axis: Axis) -> Covered:
    own = axis in {Axis.STAR, Axis.TIER} and view.reach(Data.WORK) is Reach.OWN
    try:
        return Covered(axis, coverage_of(view, visit.answers, axis), own)
    except ForbiddenError:
        return Covered(axis, None, own)


def _coverage(visit: Visit, first: Covered) -> None:
    async def choose(asked: Asked) -> None:
        view = await visit.work(visit.view)
        shown.show(axes=TITLES, covered=await visit.work(_axis, visit, view, Axis(asked.value)))

    shown = Fragment(visit, "overview-coverage", acts={"axis": choose}, axes=TITLES, covered=first)


def _trend(visit: Visit, view: View) -> None:
    """Show the gaps over the year; each point is a check of the whole bureau, so it is asked for."""

    async def draw(_asked: Asked) -> None:
        shown.show(points=[], waiting=True, as_of=view.as_of)
        points: list[Point] = []
        try:
            for day in quarters(view.as_of):
                points.append(await visit.work(point_of, visit, view, day))
                shown.show(points=points, waiting=True, as_of=view.as_of)
        finally:
            shown.show(points=points, waiting=False, as_of=view.as_of)

    shown = Fragment(visit, "overview-trend", acts={"draw": draw}, points=[], waiting=False, as_of=view.as_of)


def _concentration(visit: Visit, view: View) -> None:
    """Show how concentrated responsibility is, once the page stands: it takes a second after a change."""

    async def fill() -> None:
        shown.show(departments=await visit.work(_departments, visit, view))

    shown = Fragment(visit, "overview-concentration", departments=None)
    ui.timer(0.05, fill, once=True)


def _departments(visit: Visit, view: View) -> tuple[DepartmentCounts, ...]:
    return visit.answers.of(view, "department-metrics", lambda: view.department_counts)


PAGE = Page("overview", "/overview", icon="overview", build=build, may=has_bureau)
