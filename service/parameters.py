"""Refusing query parameters that an endpoint does not have: a misspelt filter gives no false answer."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dutygraph.model import Text
from dutygraph.service.problems import ErrorItem, ProblemError

_MOST_SHOWN = 60
_MOST_ERRORS = 20
_CLOSEST = 3
_CLOSE = 0.5


async def only_known_parameters(request: Request) -> None:
    """Hold a request to the query parameters that its endpoint and what that depends on declare.

    Raises:
        ProblemError: 422, a parameter is not known, or one that is taken once is repeated.

    """
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known = dict(_declared(route.dependant))
    errors = []
    for name in dict.fromkeys(request.query_params):
        if name not in known:
            errors.append(_unknown(name, sorted(known)))
        elif not known[name] and len(request.query_params.getlist(name)) > 1:
            text = Text(f"参数“{name}”只能写一次。", f"The parameter “{name}” is taken once only.")
            errors.append(ErrorItem(text, pointer=f"/query/{name}"))
    if errors:
        raise ProblemError(422, "wrong-parameters", count=len(errors), errors=errors[:_MOST_ERRORS])


def _declared(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the names of all query parameters, and whether each may be repeated."""
    for field in dependant.query_params:
        yield field.alias, _is_list(field.field_info.annotation)
    for needed in dependant.dependencies:
        yield from _declared(needed)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(_is_list(part) for part in get_args(annotation))


def _unknown(name: str, known: list[str]) -> ErrorItem:
    shown = name[:_MOST_SHOWN]
    close = get_close_matches(shown.lower(), known, n=_CLOSEST, cutoff=_CLOSE)
    if close:
        more = Text(f"是否指：{'、'.join(close)}？", f"Is {' or '.join(close)} meant?")
    elif known:
        more = Text(f"可用的参数：{'、'.join(known)}。", f"There are {', '.join(known)}.")
    else:
        more = Text("此处不用参数，请去掉。", "None are taken here; leave it out.")
    text = Text(f"没有参数“{shown}”。{more.zh}", f"There is no parameter “{shown}”. {more.en}")
    return ErrorItem(text, pointer=f"/query/{shown}")
