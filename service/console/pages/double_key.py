"""双关键监督图: key businesses across, key posts down, stars and gaps; a cell opens what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nicegui import ui

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import ChartFilter, DoubleKeyCell
from dutygraph.model import Thing
from dutygraph.pictures.double_key_axes import by_department, order_of_departments
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import filter_of
from dutygraph.service.console.fragments import Asked, Drawer, Fragment
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.showing import add_chart_sheets, print_on_a3
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.chart_models import CellDetailModel
from dutygraph.service.endpoints.charts import PARTS, cell_detail, chart_of, check_filter
from dutygraph.service.endpoints.lines import STAGES
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.problems import ProblemError

PATH = "/double-key"
_FIELDS = ("department", "star", "tier", "posts")


@dataclass(frozen=True, slots=True)
class Heat:
    """The chart as a table: businesses and posts by department, the cells by id, what one can filter by."""

    businesses: Sequence[BusinessAxis]
    heads: Sequence[tuple[str, int]]
    posts: Sequence[tuple[str, Sequence[PostAxis]]]
    cells: Mapping[tuple[str, str], DoubleKeyCell]
    edges: frozenset[str]
    departments: Sequence[Thing]
    tiers: bool
    by_star: Mapping[int, int]
    gaps: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing crosses."""
        return not self.businesses or not self.posts


def heat_of(view: View, visit: Visit, shown: ChartFilter) -> Heat:
    """Return the chart that a caller sees, as it stands on the page.

    Raises:
        ForbiddenError: a tier is asked for by a caller who sees no supervisors.

    """
    check_filter(view, shown)
    chart, whole = chart_of(view, visit.answers, shown), chart_of(view, visit.answers, ChartFilter())
    order = order_of_departments((*chart.businesses, *chart.posts))
    businesses = by_department(chart.businesses, order)
    posts = by_department(chart.posts, order)
    stars = [cell.star or 0 for cell in chart.cells if cell.nodes]
    return Heat(
        businesses=businesses,
        heads=[(name, len(list(each))) for name, each in groupby(businesses, _departments)],
        posts=[(name, tuple(each)) for name, each in groupby(posts, _departments)],
        cells={(cell.business.id, cell.post.id): cell for cell in chart.cells},
        edges=frozenset(_last(businesses)),
        departments=sorted({one for each in whole.businesses for one in each.departments}, key=_id),
        tiers=view.reach(Data.WORK) in (Reach.ALL, Reach.OWN),
        by_star={star: stars.count(star) for star in (3, 2, 1, 0)},
        gaps=len({gap for cell in chart.cells for gap in cell.gaps}),
    )


def _departments(one: BusinessAxis | PostAxis) -> str:
    return "、".join(department.label for department in one.departments)


def _last(businesses: Sequence[BusinessAxis]) -> Iterator[str]:
    """Yield the last business of each department."""
    for _name, each in groupby(businesses, _departments):
        yield list(each)[-1].thing.id


def _id(thing: Thing) -> str:
    return thing.id


async def build(visit: Visit) -> None:
    """Build the page."""
    await DoubleKeyPage(visit).build()


class DoubleKeyPage:
    """The chart, the fields above it, and the cell that is open beside it."""

    def __init__(self, visit: Visit) -> None:
        """Read from the address what is wanted."""
        self._visit = visit
        self._query = {name: visit.query[name] for name in _FIELDS if visit.query.get(name)}

    async def build(self) -> None:
        """Put it on the page; open the cell that the address names."""
        visit = self._visit
        add_chart_sheets(visit)
        print_on_a3()
        acts = {"field": self._limit, "open": self._open, "clear": self._clear}
        self._shown = Fragment(visit, "double-key", acts=acts, **await self._values())
        self._drawer = Drawer(visit, "double-key.cell")
        named = visit.query.get("cell")
        if named:
            await self._open(Asked(named[:400]))

    async def _values(self) -> dict[str, Any]:
        visit, shown = self._visit, filter_of(self._query)
        view = await visit.work(visit.view)
        heat = await visit.work(heat_of, view, visit, shown)
        return {"heat": heat, "shown": shown, "query": self._query, "limited": shown.narrows}

    async def _show(self) -> None:
        self._shown.show(**await self._values())
        ui.navigate.history.replace(self._visit.url(PATH, **self._query))

    async def _limit(self, asked: Asked) -> None:
        if asked.name in _FIELDS:
            rest = {name: value for name, value in self._query.items() if name != asked.name}
            self._query = {**rest, asked.name: asked.value[:200]} if asked.value else rest
        await self._show()

    async def _clear(self, _asked: Asked) -> None:
        self._query = {}
        await self._show()

    async def _open(self, asked: Asked) -> None:
        visit = self._visit
        cell = await visit.work(_cell, visit, asked.value)
        words = {"parts": PARTS, "stages": STAGES, "severity_word": severity_word}
        self._drawer.show("double-key-cell", {}, detail=cell, **words)


def _cell(visit: Visit, named: str) -> CellDetailModel:
    view = visit.view()
    reading = reading_of(view)
    business, _, post = named.partition("/")
    if not post:
        raise ProblemError(404, "not-found")
    place = registered(reading, "business", business), registered(reading, "post", post)
    detail = visit.answers.of(view, ("cell-shown", place), lambda: cell_detail(view, visit.answers, place))
    nodes = [
        node.model_copy(update={"risks": [one for one in node.risks if not one.retired]})
        for node in detail.nodes
    ]
    return detail.model_copy(update={"nodes": nodes})


PAGE = Page("double-key", PATH, icon="double-key", build=build, may=has_bureau)
