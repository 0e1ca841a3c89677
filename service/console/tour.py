"""The guided tour: point, line and plane on the example bureau, whose people and figures are invented."""

from __future__ import annotations

from functools import cache
from importlib import resources
from threading import Lock
from types import MappingProxyType
from typing import Final

from dutygraph.charts.double_key import ChartFilter, double_key_chart
from dutygraph.charts.line import line_chart
from dutygraph.charts.neighbourhood import neighbourhood
from dutygraph.charts.reading import Reading
from dutygraph.check import check
from dutygraph.pictures import (
    Heading,
    Look,
    Picture,
    double_key_picture,
    line_picture,
    responsibility_picture,
)
from dutygraph.sources import open_source

STEPS: Final = ("begin", "point", "line", "plane", "hole")
"""The steps, in order; those of ``_SHOWN`` have a picture."""
_BUSINESS, _RISK = "B04", "R04-05"
_HIGH_STAR = 3


def tour_picture(step: str, language: str) -> Picture | None:
    """Return the picture of a step; the first time it takes seconds, as the example bureau is checked."""
    with _one_at_a_time():
        return _pictures(language).get(step)


@cache
def _one_at_a_time() -> Lock:
    return Lock()


@cache
def _pictures(language: str) -> MappingProxyType[str, Picture]:
    """Return the pictures by step; posts are named, persons are not."""
    workbook = resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")
    with resources.as_file(workbook) as path:
        source = open_source([path])
    report = check(source.store, source.names)
    reading, gaps = Reading.of(source.store, source.names), report.findings
    look, heading = Look(language), Heading(report.bureau_label, report.as_of)
    points = double_key_chart(reading, gaps, ChartFilter(None, _HIGH_STAR))
    line = line_chart(reading, source.names.thing("business", _BUSINESS), None, gaps)
    plane = neighbourhood(reading, source.names.thing("risk", _RISK), gaps)
    return MappingProxyType(
        {
            "point": double_key_picture(points, gaps, look=look, heading=heading),
            "line": line_picture(line, gaps, look=look, heading=heading),
            "plane": responsibility_picture(plane, gaps, look=look, heading=heading),
        }
    )
