"""``/sparql``: the SPARQL 1.1 Protocol, queries only, for the supervision office."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from dutygraph.commits import Action
from dutygraph.service.access.roles import Caller, Role, Scope
from dutygraph.service.access.view import View, scope_key
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.running import CallerDep, Service, ServiceDep, check_scope
from dutygraph.service.sparql.checkpoints import Checkpoint
from dutygraph.service.sparql.description import describe
from dutygraph.service.sparql.documented import GET, POST
from dutygraph.service.sparql.formats import Format, formats_for, negotiate
from dutygraph.service.sparql.protocol import Asked, read_request
from dutygraph.service.sparql.refuse import Form, QueryRefusedError, Reading, Refusal, read_query
from dutygraph.service.sparql.service import PREFIXES, Question, Sparql
from dutygraph.service.sparql.tags import has_already, headers_of, tag_of
from dutygraph.service.sparql.texts import text
from dutygraph.service.sparql.wording import of_refusal, of_syntax
from dutygraph.service.sparql.work import Failure, Outcome
from dutygraph.service.sparql.workers import Trouble, TroubleError
from dutygraph.service.times import time_text

router = APIRouter(tags=["sparql"])

Found = TypeVar("Found")

_ALLOWED = "GET, HEAD, POST, OPTIONS"
_PIECE = 64 * 1024
_LONGEST_NOTE = 4000
_MEBIBYTE = 1024 * 1024
_GONE = 499  # nobody is there to read it; it stands in the log


@router.get("/sparql", **GET)
@router.post("/sparql", **POST)
@router.head("/sparql", include_in_schema=False)
async def ask(request: Request, service: ServiceDep, caller: CallerDep) -> Response:
    """Answer a query over what the caller may see of its bureau, or describe the service."""
    bureau = _bureau(caller)
    asked = await read_request(request)
    sparql = service.part(Sparql)
    view = await run_in_threadpool(service.views.of, caller, bureau)
    if asked is None:
        return await run_in_threadpool(_description, request, sparql, view)
    reading = await run_in_threadpool(_read, service, caller, bureau, asked)
    form, media = _format(request, reading.form)
    note = f"{_dataset(asked)}{asked.query}"[:_LONGEST_NOTE]
    await run_in_threadpool(_note, service, caller, bureau, asked, note)
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


def _bureau(caller: Caller) -> str:
    """Return the bureau of a caller who may ask freely."""
    if caller.role is not Role.SO or caller.bureau is None:
        raise ProblemError(403, "forbidden", detail=text("request.role", code=caller.bureau or "{code}"))
    check_scope(caller, Scope.SPARQL)
    return caller.bureau


def _read(service: Service, caller: Caller, bureau: str, asked: Asked) -> Reading:
    try:
        return read_query(asked.query, PREFIXES)
    except QueryRefusedError as error:
        said = of_refusal(error, asked.query)
        if error.refusal is Refusal.REFUSED:
            _note(service, caller, bureau, asked, f"refused: {said.en}\n{asked.query}"[:_LONGEST_NOTE])
            raise ProblemError(403, "sparql-refused", errors=[ErrorItem(said)], detail=said) from error
        raise ProblemError(400, "sparql-malformed", errors=[ErrorItem(said)], detail=said) from error


def _format(request: Request, form: Form) -> tuple[Format, str]:
    found = negotiate(request.headers.get("accept", ""), form)
    if found is None:
        offered = ", ".join(entry.media[0] for entry in formats_for(form))
        raise ProblemError(406, "not-acceptable", offered=offered)
    return found


def _dataset(asked: Asked) -> str:
    default = "".join(f"# default-graph-uri {graph}\n" for graph in asked.default_graphs or ())
    return default + "".join(f"# named-graph-uri {graph}\n" for graph in asked.named_graphs or ())


def _note(service: Service, caller: Caller, bureau: str, asked: Asked, note: str) -> None:
    """Enter a query in the audit log, by its digest, and its beginning if it is long."""
    digest = hashlib.sha256(asked.query.encode(errors="surrogatepass")).hexdigest()
    service.committer.note(caller.actor, Action.QUERY, bureau=bureau, target=f"sparql/{digest}", note=note)


async def _outcome(
    request: Request, service: Service, view: View, question: Question
) -> tuple[Outcome, Path] | None:
    """Return what became of a query, None where the caller has gone.

    Raises:
        ProblemError: there is no answer.

    """
    settings = service.settings
    fields = {
        "seconds": f"{settings.sparql_seconds:g}",
        "most": settings.sparql_waiting,
        "memory": settings.sparql_memory // _MEBIBYTE,
    }
    sparql = service.part(Sparql)
    with ExitStack() as stack:
        try:
            checkpoint = await run_in_threadpool(stack.enter_context, _lease(sparql, view))
            found = await _unless_gone(request, sparql.ask(question, checkpoint))
        except TroubleError as error:
            raise _of_trouble(error.trouble, fields) from error
        except OSError as error:
            raise ProblemError(503, "sparql-failed", detail=text("trouble.space")) from error
    if found is not None and found[0].failure is not None:
        raise _of_failure(found[0], question, fields)
    return found


def _lease(sparql: Sparql, view: View) -> AbstractContextManager[Checkpoint]:
    return sparql.checkpoints.lease(view, "/".join(scope_key(view.caller)))


def _of_trouble(trouble: Trouble, fields: dict[str, Any]) -> ProblemError:
    said = text(f"trouble.{trouble}", **fields)
    if trouble is Trouble.TIME:
        return ProblemError(504, "sparql-time", detail=said)
    if trouble is Trouble.CRASH:
        return ProblemError(503, "sparql-failed", detail=said)
    status = 429 if trouble is Trouble.CROWD else 503
    return ProblemError(status, "sparql-busy", detail=said, headers={"Retry-After": "5"})


def _of_failure(outcome: Outcome, question: Question, fields: dict[str, Any]) -> ProblemError:
    if outcome.failure is Failure.SYNTAX:
        said = of_syntax(question.reading, outcome.said)
        return ProblemError(400, "sparql-malformed", errors=[ErrorItem(said)], detail=said)
    said = text(f"trouble.{outcome.failure}", said=outcome.said, **fields)
    # SPARQL 1.1 Protocol, section 2.1.7: 500 where a query that is well formed cannot be executed
    status = 500 if outcome.failure is Failure.EVALUATION else 503
    return ProblemError(status, "sparql-failed", detail=said)


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
    with _lease(sparql, view) as checkpoint:
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
