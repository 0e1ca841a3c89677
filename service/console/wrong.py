"""What went wrong, as a page tells it: the service's own problems, and never a traceback."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from dutygraph.model import Text
from dutygraph.service.failures import problem_of
from dutygraph.service.problems import ErrorItem, ProblemError


@dataclass(frozen=True, slots=True)
class Wrong:
    """Title, what happened and what to do, each reason; ``unforeseen`` where it is for the log as well."""

    status: int
    title: Text
    detail: Text
    reasons: tuple[Text, ...]
    unforeseen: bool


def wrong_of(error: Exception, request_id: str) -> Wrong:
    """Return what to tell of an exception."""
    found = problem_of(_NOWHERE, error)
    problem = found or ProblemError(500, "internal", request=request_id)
    reasons = tuple(_with_place(item) for item in problem.errors)
    return Wrong(problem.status_code, problem.title, problem.text, reasons, unforeseen=found is None)


def _with_place(item: ErrorItem) -> Text:
    cell = item.cell
    if cell is None:
        return item.text
    places = [part for part in (cell.sheet, cell.row and str(cell.row), cell.column) if part]
    place = " · ".join(places)
    return Text(f"{place}：{item.text.zh}", f"{place}: {item.text.en}") if place else item.text


_NOWHERE = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})
"""Problems of the API are told with its request; on a page there is none."""
