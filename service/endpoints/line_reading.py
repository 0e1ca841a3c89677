"""Line charts as a caller sees them: the list, one chart, two versions compared, one as the API gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dutygraph.charts.difference import ChartDifference, chart_difference
from dutygraph.charts.line import LineChart, LineSummary, line_chart, line_charts
from dutygraph.charts.reading import UnknownThingError
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.endpoints.chart_models import (
    ControlModel,
    LineModel,
    NodeModel,
    RiskModel,
    VersionModel,
    gap_notes,
    gaps_in,
)
from dutygraph.service.endpoints.knowledge import as_known
from dutygraph.service.endpoints.reading import reading_of
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ProblemError

Found = TypeVar("Found")


def lines_of(view: View, answers: Answers) -> tuple[LineSummary, ...]:
    """Return a line for every business that the caller sees."""
    return answers.of(view, "lines", lambda: line_charts(reading_of(view), view.findings))


def difference_of(view: View, answers: Answers, business: str, older: str, newer: str) -> ChartDifference:
    """Return how two versions of a business's (by IRI) line chart differ.

    Raises:
        ProblemError: 404, there is no such version.

    """
    return _known(
        lambda: answers.of(
            view,
            ("difference", business, older, newer),
            lambda: chart_difference(reading_of(view), business, older, newer),
        )
    )


def line_of(view: View, answers: Answers, business: str, version: str | None = None) -> LineChart:
    """Return the line chart of a business (by IRI), or a version of it.

    Raises:
        ProblemError: 404, there is no such version.

    """
    return _known(
        lambda: answers.of(
            view,
            ("line", business, version),
            lambda: line_chart(reading_of(view), business, version, view.findings),
        )
    )


def _known(compute: Callable[[], Found]) -> Found:
    try:
        return compute()
    except UnknownThingError as error:
        raise ProblemError(404, "not-found", detail=error.text) from error


def line_model(view: View, chart: LineChart) -> LineModel:
    """Return a line chart as the API gives it, with supervisors as far as the caller may know them."""

    def models(kind: type[ApiModel], values: tuple[object, ...]) -> list[ApiModel]:
        return [kind.model_validate(value, from_attributes=True) for value in values]

    business = as_known(view, chart.business)
    nodes, versions = models(NodeModel, chart.nodes), models(VersionModel, chart.versions)
    risks = models(RiskModel, chart.unplaced_risks)
    controls = models(ControlModel, chart.unplaced_controls)
    return LineModel.model_validate(
        {
            "business": business,
            "nodes": nodes,
            "unplaced_risks": risks,
            "unplaced_controls": controls,
            "shown": next(iter(models(VersionModel, (chart.shown,))), None) if chart.shown else None,
            "versions": versions,
            "gaps": gap_notes(view.findings, gaps_in(business, nodes, risks, controls, versions)),
        }
    )
