"""Entity tags of answers: a caller who has the answer to the same query, of the same state, is told so.

A tag is made from what decides the answer, so that nothing need be evaluated to know it: what the caller
sees at which commit, the query, its dataset, the format, the limits. It is weak: without ORDER BY two
evaluations may give the rows in another order. An answer that was cut says so in its tag; so does the 304.
"""

from __future__ import annotations

import hashlib

from starlette.requests import Request

from dutygraph import __version__
from dutygraph.service.access.view import View
from dutygraph.service.sparql.description import Limits
from dutygraph.service.sparql.protocol import Asked

TRUNCATED = "X-Dutygraph-Truncated"
_CUTS = ("rows", "bytes")
_METHODS = ("GET", "HEAD")  # a POST selects no representation that a caller might have (RFC 9110, 13.2.1)


def tag_of(request: Request, view: View, asked: Asked | None, media: str, limits: Limits) -> str | None:
    """Return the tag of an answer, without its quotes; None where the request is no GET."""
    if request.method not in _METHODS:
        return None
    said = ("", (), ()) if asked is None else (asked.query, asked.default_graphs, asked.named_graphs)
    parts = (__version__, str(request.url.path), view.etag, *map(repr, said), media, repr(limits))
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def headers_of(tag: str | None, cut: str | None, limits: Limits) -> dict[str, str]:
    """Return the headers of an answer: its tag, and at which limit it was cut."""
    headers = {} if cut is None else {TRUNCATED: f"{cut}={limits.rows if cut == 'rows' else limits.bytes}"}
    if tag is not None:
        headers["ETag"] = f'W/"{tag}"' if cut is None else f'W/"{tag}-{cut}"'
    return headers


def has_already(request: Request, tag: str | None, limits: Limits) -> dict[str, str] | None:
    """Return the headers of a 304 where If-None-Match names the tag, None where it does not.

    ``*`` names none: whether there is an answer is not known before the query is evaluated.
    """
    named = {
        part.strip().removeprefix("W/").strip('"')
        for part in request.headers.get("if-none-match", "").split(",")
    }
    if tag is None:
        return None
    for cut in (None, *_CUTS):
        if (tag if cut is None else f"{tag}-{cut}") in named:
            return headers_of(tag, cut, limits)
    return None
