"""The charts as a caller sees them, drawn: for a page, or as a file to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dutygraph.bureaus import describe_bureau
from dutygraph.charts.chain import Chain
from dutygraph.charts.double_key import ChartFilter
from dutygraph.charts.neighbourhood import Neighbourhood
from dutygraph.pictures import (
    Heading,
    Look,
    Picture,
    double_key_picture,
    line_difference_picture,
    line_picture,
    responsibility_picture,
)
from dutygraph.service.access.view import View
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.charts import chart_of, check_filter
from dutygraph.service.endpoints.knowledge import wholly_known
from dutygraph.service.endpoints.line_reading import difference_of, line_of
from dutygraph.service.endpoints.neighbourhood import around, known_chain
from dutygraph.service.endpoints.paths import LONGEST_ID
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.problems import ProblemError

NEAR, FAR = (1, 12), (2, 6)
"""Steps and neighbours of each: one step, or two."""
WIDEST, MOST = 36, 60
"""Neighbours shown of one thing at most, things drawn at most: more is no picture any longer."""


def look_of(visit: Visit, *, interactive: bool = False) -> Look:
    """Return how pictures look: light, since a page repaints them, and names as the caller sees them."""
    return Look(visit.language, interactive=interactive, people=True)


def heading_of(visit: Visit, view: View) -> Heading:
    """Return whose picture it is, and of when."""
    label = visit.answers.of(view, "bureau-name", lambda: describe_bureau(view.store, view.names).label)
    return Heading(label, view.as_of)


def filter_of(query: Mapping[str, str]) -> ChartFilter:
    """Return what an address wants of the double-key chart; what it cannot mean limits nothing."""

    def number(name: str, least: int) -> int | None:
        given = query.get(name, "")
        return int(given) if given in {str(one) for one in range(least, 4)} else None

    department = query.get("department", "")[:LONGEST_ID] or None
    return ChartFilter(
        department, number("star", 0), number("tier", 1), all_posts=query.get("posts") == "all"
    )


def draw_double_key(visit: Visit, view: View, query: Mapping[str, str]) -> Picture:
    """Draw the double-key chart.

    Raises:
        ForbiddenError: a tier is asked for by a caller who sees no supervisors.

    """
    shown = filter_of(query)
    check_filter(view, shown)
    chart = chart_of(view, visit.answers, shown)
    known = replace(chart, businesses=tuple(wholly_known(view, one) for one in chart.businesses))
    return double_key_picture(known, view.findings, look=look_of(visit), heading=heading_of(visit, view))


@dataclass(frozen=True, slots=True)
class LineWanted:
    """Which line chart: a business, a version of it, or two versions compared. It stands in the address."""

    business: str = ""
    version: str = ""
    older: str = ""
    newer: str = ""

    @property
    def compares(self) -> bool:
        """Whether two versions are compared."""
        return bool(self.older and self.newer)

    @property
    def address(self) -> dict[str, str]:
        """The parameters of the page."""
        told = {"business": self.business, "version": self.version, "from": self.older, "to": self.newer}
        return {name: value for name, value in told.items() if value}


def line_wanted(query: Mapping[str, str]) -> LineWanted:
    """Return which line chart an address asks for."""
    return LineWanted(*(query.get(name, "")[:LONGEST_ID] for name in ("business", "version", "from", "to")))


def draw_line(visit: Visit, view: View, query: Mapping[str, str]) -> Picture:
    """Draw a line chart, a version of it, or two versions compared.

    Raises:
        ProblemError: 404, the business or a version is not there, or not visible.

    """
    wanted, answers = line_wanted(query), visit.answers
    iri = registered(reading_of(view), "business", wanted.business)
    look, heading = look_of(visit), heading_of(visit, view)
    if not wanted.compares:
        chart = line_of(view, answers, iri, wanted.version or None)
        known = replace(chart, business=wholly_known(view, chart.business))
        return line_picture(known, view.findings, look=look, heading=heading)
    difference = difference_of(view, answers, iri, wanted.older, wanted.newer)
    older, newer = (
        replace(chart, business=wholly_known(view, chart.business))
        for chart in (line_of(view, answers, iri, name) for name in (wanted.older, wanted.newer))
    )
    return line_difference_picture(older, newer, difference, view.findings, look=look, heading=heading)


@dataclass(frozen=True, slots=True)
class NetWanted:
    """From which thing the net is seen ("risk/R04-05"), how many steps, how many neighbours of each."""

    start: str
    depth: int = NEAR[0]
    width: int = NEAR[1]

    @property
    def address(self) -> dict[str, str]:
        """The parameters of the page."""
        far = {"depth": str(self.depth)} if self.depth != NEAR[0] else {}
        usual = (NEAR if self.depth == NEAR[0] else FAR)[1]
        return {"of": self.start, **far, **({"width": str(self.width)} if self.width != usual else {})}


def net_wanted(query: Mapping[str, str]) -> NetWanted:
    """Return from where an address wants the net seen; a start without a kind is none."""
    start = query.get("of", "")[: LONGEST_ID + 40]
    depth, usual = FAR if query.get("depth") == str(FAR[0]) else NEAR
    width = query.get("width", "")
    wide = min(max(int(width), 1), WIDEST) if width.isascii() and width.isdigit() else usual
    return NetWanted(start if "/" in start else "", depth, wide)


def net_of(visit: Visit, view: View, wanted: NetWanted) -> Neighbourhood:
    """Return the net around a thing, its chain as far as the caller may know it.

    Raises:
        ProblemError: 404, there is no such thing, or the caller does not see it.

    """
    kind, _, identifier = wanted.start.partition("/")
    if not identifier:
        raise ProblemError(404, "not-found")
    iri = registered(reading_of(view), kind, identifier)
    found = visit.answers.of(
        view,
        ("net", iri, wanted.depth, wanted.width),
        lambda: around(view, iri, depth=wanted.depth, width=wanted.width, most=MOST),
    )
    return replace(found, chain=known_chain(view, found) or Chain((), None))


def draw_net(visit: Visit, view: View, query: Mapping[str, str], *, interactive: bool = False) -> Picture:
    """Draw the net around a thing.

    Raises:
        ProblemError: 404, there is no such thing, or the caller does not see it.

    """
    found = net_of(visit, view, net_wanted(query))
    return responsibility_picture(
        found,
        view.findings,
        look=look_of(visit, interactive=interactive),
        heading=heading_of(visit, view),
    )
