"""A view, as the charts read it."""

from __future__ import annotations

from dutygraph.charts.reading import Reading, UnknownThingError
from dutygraph.service.access.view import View
from dutygraph.service.problems import ProblemError


def reading_of(view: View) -> Reading:
    """Return what a caller sees, as the charts read it."""
    return Reading.of(view.store, view.names, view.things)


def registered(reading: Reading, kind: str, identifier: str) -> str:
    """Return the IRI of a thing that the caller sees.

    Raises:
        ProblemError: 404, it is not there, or not visible, which is answered alike.

    """
    try:
        return reading.registered(kind, identifier)
    except UnknownThingError as error:
        raise ProblemError(404, "not-found", detail=error.text) from error
