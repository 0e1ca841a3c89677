"""Answering with one figure: its dates beside it, an ETag on it, 304 where the caller has it already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel

from dutygraph import __version__
from dutygraph.service.languages import language_of
from dutygraph.service.times import time_text


class DatedSource(Protocol):
    """What a figure was computed from: a View, for one."""

    @property
    def commit(self) -> int:
        """Return the number of the bureau's commit."""

    @property
    def as_of(self) -> date:
        """Return the date judged by."""

    @property
    def computed_at(self) -> datetime:
        """Return when the bureau was judged."""

    @property
    def etag(self) -> str:
        """Return what changes whenever anything that the caller sees may have changed."""


FigureData = BaseModel | Mapping[str, Any]


def answer_figure(
    data: FigureData | Callable[[], FigureData], view: DatedSource | None, request: Request
) -> Response:
    """Return *data* as JSON with ``asOf``, ``computedAt`` and ``commit`` of *view* beside it.

    *data* may be a function: it is called only where the caller does not have the figure already.
    *view* is None for what depends on no bureau; its ETag is then made from the content.
    """
    tag = None if view is None else etag_of(view, request)
    if tag is not None and has_already(request, tag):
        return not_modified(tag)
    found = data() if callable(data) else data
    content = dated(jsonable_encoder(found, custom_encoder={datetime: time_text}), view)
    body = json_bytes(content)
    tag = tag or content_tag(body)
    if has_already(request, tag):
        return not_modified(tag)
    return Response(body, media_type="application/json", headers=cache_headers(tag))


def dated(content: dict[str, Any], view: DatedSource | None) -> dict[str, Any]:
    """Return *content* with the dates of *view*, null where there is none."""
    return {
        **content,
        "asOf": None if view is None else view.as_of.isoformat(),
        "computedAt": None if view is None else time_text(view.computed_at),
        "commit": None if view is None else view.commit,
    }


def json_bytes(content: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def etag_of(view: DatedSource, request: Request, form: str = "json") -> str:
    """Return the entity tag of what *request* asks of *view* in this form and language."""
    parts = (__version__, view.etag, request.url.path, request.url.query, form, language_of(request))
    return content_tag("\n".join(parts).encode())


def content_tag(content: bytes) -> str:
    """Return an entity tag made from content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def has_already(request: Request, tag: str) -> bool:
    """Tell whether If-None-Match names this tag (compared weakly, RFC 9110 section 13.1.2)."""
    header = request.headers.get("if-none-match", "").strip()
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return header == "*" or tag in named


def not_modified(tag: str) -> Response:
    """Return 304, without a body."""
    return Response(status_code=304, headers=cache_headers(tag))


def cache_headers(tag: str) -> dict[str, str]:
    """Return the headers of what may be kept by the caller alone, and asked about each time."""
    return {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Language, Authorization, Cookie",
    }
