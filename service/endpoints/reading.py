"""A view, as the charts read it."""

from __future__ import annotations

from dutygraph.charts.reading import Reading, UnknownThingError
from dutygraph.model import Text
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
        said = Text(
            f"没有“{identifier}”，或者您看不到。", f"There is no “{identifier}”, or you do not see it."
        )
        raise ProblemError(404, "not-found", detail=said) from error
