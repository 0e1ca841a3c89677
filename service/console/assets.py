"""The files of the console: its style sheet and its mark."""

from __future__ import annotations

from importlib import resources
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from dutygraph.pictures import repainting, variables
from dutygraph.service.figures import cache_headers, content_tag, has_already, not_modified
from dutygraph.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
_KINDS: Final = MappingProxyType(
    {"console.css": "text/css", "charts.css": "text/css", "work.css": "text/css", "mark.svg": "image/svg+xml"}
)


@router.get("/console/palette.css")
def palette_sheet(request: Request) -> Response:
    """Give the palette of the pictures: its colours by name, and how a dark page repaints pictures."""
    repaint = repainting("dark", ".body--dark .picture")
    dark = f".body--dark {{ {variables('dark')} }}\n{repaint}"
    sheet = f":root {{ {variables('light')} }}\n@media screen {{\n{dark}\n}}\n"
    return _answer(sheet.encode(), "text/css", request)


@router.get("/console/{name}")
def asset(name: Annotated[str, Path(max_length=64)], request: Request) -> Response:
    """Give a file; asked about each time, since a page must never have the sheet of an older version."""
    kind = _KINDS.get(name)
    if kind is None:
        raise ProblemError(404, "not-found")
    content = resources.files("dutygraph.service.console").joinpath("static", name).read_bytes()
    return _answer(content, kind, request)


def _answer(content: bytes, kind: str, request: Request) -> Response:
    tag = content_tag(content)
    headers = {**cache_headers(tag), "Cache-Control": "public, no-cache"}
    return not_modified(tag) if has_already(request, tag) else Response(content, 200, headers, kind)
