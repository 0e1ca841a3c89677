"""How the parameters of saved questions are read and described, each by its type."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query

from dutygraph.queries import Parameter
from dutygraph.service.endpoints.paths import LONGEST_ID

_PERIOD = r"^\d{4}(-(H[12]|Q[1-4]|(0[1-9]|1[0-2])))?$"
_TERM = "^[a-z][a-z0-9-]*$"
_MOST = 1_000_000
_EXAMPLES = {
    "business": "B04",
    "department": "市场营销部",
    "issue": "I014",
    "period": "2025",
    "person": "P003",
    "risk": "R04-05",
}


def argument_of(parameter: Parameter) -> str:
    """Return the name of the endpoint's argument, which never is one that every list has."""
    return f"asked_{parameter.name}"


def annotation_of(parameter: Parameter) -> object:
    """Return how FastAPI reads and describes a parameter of a question."""
    shown = parameter.default or _EXAMPLES.get(parameter.kind)
    said = f"{parameter.meaning.zh} / {parameter.meaning.en}"
    if parameter.default:
        said += f"；缺省 default {parameter.default}"
    described: dict[str, Any] = {
        "alias": parameter.name,
        "description": said,
        "examples": None if shown is None else [shown],
    }
    if parameter.kind == "integer":
        return Annotated[int | None, Query(ge=0, le=_MOST, **described)]
    if parameter.kind == "date":
        return Annotated[date | None, Query(**described)]
    pattern = {"period": _PERIOD, "term": _TERM}.get(parameter.kind)
    return Annotated[str | None, Query(max_length=LONGEST_ID, pattern=pattern, **described)]
