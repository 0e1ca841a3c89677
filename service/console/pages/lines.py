"""线图: which businesses have a line chart; one as a flow on a sheet, its holes told; versions compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nicegui import ui

from dutygraph.charts.line import LineSummary
from dutygraph.pictures import Picture
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import LineWanted, draw_line, line_wanted
from dutygraph.service.console.fragments import Act, Asked, Fragment
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.showing import Showing, add_chart_sheets, print_on_a3
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.chart_models import LineModel
from dutygraph.service.endpoints.line_reading import line_model, line_of, lines_of
from dutygraph.service.endpoints.reading import reading_of, registered

PATH = "/lines"
_LEAST = 0.68


@dataclass(frozen=True, slots=True)
class Sheet:
    """One line chart as the page shows it."""

    wanted: LineWanted
    model: LineModel
    picture: Picture


async def build(visit: Visit) -> None:
    """Build the page."""
    add_chart_sheets(visit)
    view = await visit.work(visit.view)
    lines = await visit.work(lines_of, view, visit.answers)
    wanted = line_wanted(visit.query)
    if not wanted.business:
        Fragment(visit, "lines", acts={"choose": _chooser(visit, wanted)}, lines=lines)
        return
    sheet = await visit.work(_sheet, visit, view)
    print_on_a3()
    _build_sheet(visit, sheet, lines)


def _sheet(visit: Visit, view: View) -> Sheet:
    wanted = line_wanted(visit.query)
    iri = registered(reading_of(view), "business", wanted.business)
    chart = line_of(view, visit.answers, iri, wanted.version or None)
    return Sheet(wanted, line_model(view, chart), draw_line(visit, view, visit.query))


def _chooser(visit: Visit, wanted: LineWanted) -> Act:
    async def choose(asked: Asked) -> None:
        if asked.name == "business":
            ui.navigate.to(visit.url(PATH, business=asked.value[:200]))
        elif asked.name == "version":
            kept = replace(wanted, version=asked.value[:200], older="", newer="")
            ui.navigate.to(visit.url(PATH, **kept.address))

    return choose


def _build_sheet(visit: Visit, sheet: Sheet, lines: tuple[LineSummary, ...]) -> None:
    values: dict[str, Any] = {
        "sheet": sheet,
        "lines": lines,
        "query": sheet.wanted.address,
        "severity_word": severity_word,
    }

    async def compare(asked: Asked) -> None:
        older, newer = asked.fields.get("from", ""), asked.fields.get("to", "")
        kept = LineWanted(sheet.wanted.business, "", older[:200], newer[:200])
        ui.navigate.to(visit.url(PATH, **kept.address))

    acts = {"choose": _chooser(visit, sheet.wanted), "compare": compare}
    Fragment(visit, "line-fields", acts=acts, **values)
    with ui.element("div").classes("sheet-page"):
        with ui.element("div").classes("sheet"):
            Showing(visit, sheet.picture, least=_LEAST)
        Fragment(visit, "line-holes", **values).element.classes("before")
        Fragment(visit, "line-versions", **values)


PAGE = Page("lines", PATH, icon="lines", build=build, may=has_bureau)
