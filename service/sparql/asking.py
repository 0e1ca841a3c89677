"""A query of the supervision office, from its words to the file of its answer: for the endpoint and pages.

Every way to ask goes through here: the role, the words that may run, the audit log, the copy of what the
caller sees, the worker processes and their limits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool

from dutygraph.commits import Action
from dutygraph.service.access.roles import Caller, Role, Scope
from dutygraph.service.access.view import View, scope_key
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.running import Service, check_scope
from dutygraph.service.settings import Settings
from dutygraph.service.sparql.checkpoints import Checkpoint
from dutygraph.service.sparql.formats import formats_for
from dutygraph.service.sparql.protocol import Asked
from dutygraph.service.sparql.refuse import Form, QueryRefusedError, Reading, Refusal, read_query
from dutygraph.service.sparql.service import PREFIXES, Question, Sparql
from dutygraph.service.sparql.texts import text
from dutygraph.service.sparql.wording import of_refusal, of_syntax
from dutygraph.service.sparql.work import Failure, Outcome
from dutygraph.service.sparql.workers import Trouble, TroubleError

_LONGEST_NOTE = 4000
_MEBIBYTE = 1024 * 1024
Found = tuple[Outcome, Path] | None
Waiting = Callable[[Coroutine[Any, Any, tuple[Outcome, Path]]], Awaitable[Found]]


def bureau_of(caller: Caller) -> str:
    """Return the bureau of a caller who may ask freely.

    Raises:
        ProblemError: 403, the role or the token may not.

    """
    if caller.role is not Role.SO or caller.bureau is None:
        raise ProblemError(403, "forbidden", detail=text("request.role", code=caller.bureau or "{code}"))
    check_scope(caller, Scope.SPARQL)
    return caller.bureau


def read_asked(service: Service, caller: Caller, bureau: str, asked: Asked) -> Reading:
    """Return a query that may run; what is refused is noted in the audit log.

    Raises:
        ProblemError: 400, it is no SPARQL; 403, it may not run here.

    """
    try:
        return read_query(asked.query, PREFIXES)
    except QueryRefusedError as error:
        said = of_refusal(error, asked.query)
        if error.refusal is Refusal.REFUSED:
            note_query(service, caller, bureau, asked, f"refused: {said.en}\n{asked.query}")
            raise ProblemError(403, "sparql-refused", errors=[ErrorItem(said)], detail=said) from error
        raise ProblemError(400, "sparql-malformed", errors=[ErrorItem(said)], detail=said) from error


def note_query(service: Service, caller: Caller, bureau: str, asked: Asked, note: str) -> None:
    """Enter a query in the audit log, by its digest, and its beginning if it is long."""
    digest = hashlib.sha256(asked.query.encode(errors="surrogatepass")).hexdigest()
    service.committer.note(
        caller.actor, Action.QUERY, bureau=bureau, target=f"sparql/{digest}", note=note[:_LONGEST_NOTE]
    )


def lease(sparql: Sparql, view: View) -> AbstractContextManager[Checkpoint]:
    """Have a copy of what the caller sees, for as long as it is needed."""
    return sparql.checkpoints.lease(view, "/".join(scope_key(view.caller)))


async def outcome_of(service: Service, view: View, question: Question, wait: Waiting | None = None) -> Found:
    """Return what became of a query and the file of its answer, which is the caller's to remove.

    *wait* may give the work up, and return None.

    Raises:
        ProblemError: there is no answer.

    """
    fields = _limits(service.settings)
    sparql = service.part(Sparql)
    with ExitStack() as stack:
        try:
            checkpoint = await run_in_threadpool(stack.enter_context, lease(sparql, view))
            work = sparql.ask(question, checkpoint)
            found = await (work if wait is None else wait(work))
        except TroubleError as error:
            raise _of_trouble(error.trouble, fields) from error
        except OSError as error:
            raise ProblemError(503, "sparql-failed", detail=text("trouble.space")) from error
    if found is not None and found[0].failure is not None:
        raise _of_failure(found[0], question, fields)
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a query: its form, its content in the format asked for, the limit that it was cut at."""

    form: Form
    content: bytes
    cut: str | None


async def answer_query(service: Service, caller: Caller, query: str, formats: tuple[str, ...]) -> Answered:
    """Return the answer to a query, in the first of some *formats* that its form can have.

    Raises:
        ProblemError: the caller may not ask, the query may not run, or there is no answer.

    """
    bureau = bureau_of(caller)
    asked = Asked(query, None, None)
    view = await run_in_threadpool(service.views.of, caller, bureau)
    reading = await run_in_threadpool(read_asked, service, caller, bureau, asked)
    form = next(one for one in formats_for(reading.form) if one.key in formats)
    await run_in_threadpool(note_query, service, caller, bureau, asked, query)
    question = Question(caller.account, reading, asked, f"{view.names.bureau}/", form)
    found = await outcome_of(service, view, question)
    if found is None:
        raise _of_trouble(Trouble.CRASH, _limits(service.settings))
    outcome, file = found
    try:
        return Answered(reading.form, await run_in_threadpool(file.read_bytes), outcome.cut)
    finally:
        file.unlink(missing_ok=True)


def _limits(settings: Settings) -> dict[str, Any]:
    return {
        "seconds": f"{settings.sparql_seconds:g}",
        "most": settings.sparql_waiting,
        "memory": settings.sparql_memory // _MEBIBYTE,
    }


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
