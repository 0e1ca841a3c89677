"""What a request to ``/sparql`` asks for (SPARQL 1.1 Protocol, section 2.1: the query operation).

GET with ``?query=``, POST of a form, POST of the query itself. Parameters that the protocol does not know are
passed over, as it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request

from dutygraph.service.problems import ProblemError
from dutygraph.service.sparql.texts import text

LONGEST = 128 * 1024
"""The longest query with its parameters, in bytes."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_MOST_PARAMETERS = 1000
_OF_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the graphs that the request names; None where it names none of either kind."""

    query: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None


async def read_request(request: Request) -> Asked | None:
    """Return what is asked, or None for the description of the service (a GET that asks nothing).

    Raises:
        ProblemError: 400, 403 (an update), 413 or 415.

    """
    in_address = _parameters(request.scope["query_string"])
    if request.method in {"GET", "HEAD"}:
        known = ("query", "default-graph-uri", "named-graph-uri", *_OF_UPDATES)
        return _asked(in_address) if any(name in in_address for name in known) else None
    kind, charset = _content_type(request)
    if kind == UPDATE:
        raise ProblemError(403, "sparql-refused", detail=text("request.update"))
    if kind not in {FORM, QUERY}:
        raise ProblemError(415, "unsupported-media-type", expected=f"{QUERY}, {FORM}")
    if charset not in {"", "utf-8", "utf8"}:
        raise ProblemError(400, "sparql-request", detail=text("request.encoding"))
    body = await _body(request)
    if kind == FORM:
        in_body = _parameters(body)
        names = {*in_body, *in_address}
        return _asked({name: [*in_address.get(name, ()), *in_body.get(name, ())] for name in names})
    return _asked({**in_address, "query": [*in_address.get("query", ()), _decoded(body)]})


def _asked(given: Mapping[str, Sequence[str]]) -> Asked:
    if any(name in given for name in _OF_UPDATES):
        raise ProblemError(403, "sparql-refused", detail=text("request.update"))
    queries = given.get("query", ())
    if len(queries) > 1:
        raise ProblemError(400, "sparql-request", detail=text("request.several"))
    if not queries or not queries[0].strip():
        raise ProblemError(400, "sparql-request", detail=text("request.missing"))
    default, named = _graphs(given, "default-graph-uri"), _graphs(given, "named-graph-uri")
    return Asked(queries[0], default, named)


def _graphs(given: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...] | None:
    graphs = tuple(dict.fromkeys(given.get(name, ())))
    for graph in graphs:
        try:
            ox.NamedNode(graph)
        except ValueError as error:
            raise ProblemError(400, "sparql-request", detail=text("request.graph", parameter=name)) from error
    return graphs or None


def _content_type(request: Request) -> tuple[str, str]:
    kind, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charsets = [part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")]
    return kind, charsets[0] if charsets else ""


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise ProblemError(413, "too-large", detail=text("request.long", limit=LONGEST))
    return bytes(body)


def _parameters(encoded: bytes) -> dict[str, list[str]]:
    if len(encoded) > LONGEST:
        raise ProblemError(413, "too-large", detail=text("request.long", limit=LONGEST))
    try:
        pairs = parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError as error:  # also: not UTF-8 once it is decoded
        raise ProblemError(400, "sparql-request", detail=text("request.encoding")) from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, "sparql-request", detail=text("request.encoding")) from error
