"""``/sparql``: the SPARQL 1.1 Protocol, queries only, for the supervision office."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from dutygraph.service.access.view import View
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import CallerDep, Service, ServiceDep
from dutygraph.service.sparql.asking import bureau_of, lease, note_query, outcome_of, read_asked
from dutygraph.service.sparql.description import describe
from dutygraph.service.sparql.documented import GET, POST
from dutygraph.service.sparql.formats import Format, formats_for, negotiate
from dutygraph.service.sparql.protocol import Asked, read_request
from dutygraph.service.sparql.refuse import Form
from dutygraph.service.sparql.service import Question, Sparql
from dutygraph.service.sparql.tags import has_already, headers_of, tag_of
from dutygraph.service.sparql.work import Outcome
from dutygraph.service.times import time_text

router = APIRouter(tags=["sparql"])

Found = TypeVar("Found")

_ALLOWED = "GET, HEAD, POST, OPTIONS"
_PIECE = 64 * 1024
_GONE = 499  # nobody is there to read it; it stands in the log


@router.get("/sparql", **GET)
@router.post("/sparql", **POST)
@router.head("/sparql", include_in_schema=False)
async def ask(request: Request, service: ServiceDep, caller: CallerDep) -> Response:
    """Answer a query over what the caller may see of its bureau, or describe the service."""
    bureau = bureau_of(caller)
    asked = await read_request(request)
    sparql = service.part(Sparql)
    view = await run_in_threadpool(service.views.of, caller, bureau)
    if asked is None:
        return await run_in_threadpool(_description, request, sparql, view)
    reading = await run_in_threadpool(read_asked, service, caller, bureau, asked)
    form, media = _format(request, reading.form)
    note = f"{_dataset(asked)}{asked.query}"
    await run_in_threadpool(note_query, service, caller, bureau, asked, note)
    tag = None if reading.passing else tag_of(request, view, asked, media, sparql.limits)
    known = has_already(request, tag, sparql.limits)
    if known is not None:
        return Response(status_code=304, headers={**_headers(view), **known})
    question = Question(caller.account, reading, asked, f"{view.names.bureau}/", form)
    found = await _outcome(request, service, view, question)
    if found is None:
        return Response(status_code=_GONE)
    headers = {**_headers(view), **headers_of(tag, found[0].cut, sparql.limits)}
    return await run_in_threadpool(_answer, found[1], headers, media)


@router.api_route("/sparql", methods=["OPTIONS"], include_in_schema=False)
async def options() -> Response:
    """Say which methods there are."""
    return Response(status_code=204, headers={"Allow": _ALLOWED})


@router.api_route("/sparql", methods=["PUT", "DELETE", "PATCH"], include_in_schema=False)
async def other_methods(request: Request) -> Response:
    """Refuse the methods that there are not, with the list of those that there are."""
    raise ProblemError(405, "method-not-allowed", method=request.method, headers={"Allow": _ALLOWED})


def _format(request: Request, form: Form) -> tuple[Format, str]:
    found = negotiate(request.headers.get("accept", ""), form)
    if found is None:
        offered = ", ".join(entry.media[0] for entry in formats_for(form))
        raise ProblemError(406, "not-acceptable", offered=offered)
    return found


def _dataset(asked: Asked) -> str:
    default = "".join(f"# default-graph-uri {graph}\n" for graph in asked.default_graphs or ())
    return default + "".join(f"# named-graph-uri {graph}\n" for graph in asked.named_graphs or ())


async def _outcome(
    request: Request, service: Service, view: View, question: Question
) -> tuple[Outcome, Path] | None:
    """Return what became of a query, None where the caller has gone.

    Raises:
        ProblemError: there is no answer.

    """
    return await outcome_of(service, view, question, lambda work: _unless_gone(request, work))


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Found]) -> Found | None:
    """Do the work; give it up, and return None, when the caller goes away meanwhile."""
    working, going = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, going}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, going):
            task.cancel()
        await asyncio.gather(working, going, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _answer(file: Path, headers: dict[str, str], media: str) -> Response:
    opened = file.open("rb")
    file.unlink()  # the open file stays until it is sent
    headers["Content-Length"] = str(os.fstat(opened.fileno()).st_size)
    return _FileResponse(opened, headers=headers, media_type=media)


class _FileResponse(StreamingResponse):
    """Sends an open file piece by piece, and closes it whatever becomes of the caller."""

    def __init__(self, opened: BinaryIO, *, headers: dict[str, str], media_type: str) -> None:
        super().__init__(_pieces(opened), headers=headers, media_type=media_type)
        self._opened = opened

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._opened.close()


def _pieces(opened: BinaryIO) -> Iterator[bytes]:
    while piece := opened.read(_PIECE):
        yield piece


def _description(request: Request, sparql: Sparql, view: View) -> Response:
    form, media = _format(request, Form.CONSTRUCT)
    tag = tag_of(request, view, None, media, sparql.limits)
    if known := has_already(request, tag, sparql.limits):
        return Response(status_code=304, headers={**_headers(view), **known})
    endpoint = str(request.url.replace(query="", fragment=""))
    with lease(sparql, view) as checkpoint:
        said = describe(endpoint, checkpoint.graphs, sparql.limits, form.key)
    headers = {**_headers(view), **headers_of(tag, None, sparql.limits)}
    return Response(said, headers=headers, media_type=media)


def _headers(view: View) -> dict[str, str]:
    return {
        "Vary": "Accept, Authorization",
        "Cache-Control": "private, no-cache",
        "X-Dutygraph-Commit": str(view.commit),
        "X-Dutygraph-As-Of": view.as_of.isoformat(),
        "X-Dutygraph-Computed-At": time_text(view.computed_at),
    }
