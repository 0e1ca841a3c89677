"""Handing a gap to a person to close; based on the gap as it was read, so that nobody overwrites another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from dutygraph.commits.acts import Action
from dutygraph.commits.gaps import GapState
from dutygraph.model import Text
from dutygraph.service.access.roles import Caller
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import require_write
from dutygraph.service.answers import Answers
from dutygraph.service.gaps.models import WholeGap
from dutygraph.service.gaps.whole import gap_there, is_based_on, whole_gap
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.running import Service


@dataclass(frozen=True, slots=True)
class Handling:
    """What is asked: the gap, who shall close it (None: nobody any more), by when, the tag that was read."""

    gap: str
    person: str | None
    due: date | None
    remark: str
    if_match: str | None


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """Lets one assignment through at a time: between looking at a gap and writing nobody else may write."""

    lock: Lock = field(default_factory=Lock)


@contextmanager
def keep_in_turn(_service: Service) -> Iterator[OneAtATime]:
    """Keep the lock while the service runs."""
    yield OneAtATime()


def assign(service: Service, caller: Caller, code: str, asked: Handling, answers: Answers) -> View:
    """Assign a gap, or take its assignment back; return the caller's view of after it.

    Raises:
        ProblemError: 404 no such gap, 409 it is resolved or not assigned, 412 or 428 the tag is not that of
            the gap as it is, 422 there is no such person.
        ForbiddenError: the gap is not within the caller's scope.

    """
    with service.part(OneAtATime).lock:
        view = service.views.of(caller, code)
        row = gap_there(view, asked.gap, answers)
        require_write(caller, Action.GAP_ASSIGN, own=view.in_scope(row.finding.focus.iri))
        _check_based(whole_gap(view, asked.gap, answers), asked.if_match)
        if asked.person is None and row.history.assignment is None:
            raise ProblemError(409, "conflict", detail=_NOT_ASSIGNED)
        if asked.person is not None and row.history.state is GapState.RESOLVED:
            raise ProblemError(409, "conflict", detail=_RESOLVED)
        if asked.person is not None:
            _check(view, asked.person, asked.due)
        for gap in view.registered_gaps(asked.gap):
            service.committer.assign(code, gap, asked.person, asked.due, asked.remark, caller.actor)
    return service.views.of(caller, code)


def _check_based(found: WholeGap, given: str | None) -> None:
    if given is None:
        raise ProblemError(428, "precondition-required")
    if not is_based_on(found, given):
        raise ProblemError(412, "stale")


def _check(view: View, person: str, due: date | None) -> None:
    errors = []
    if not view.sees(view.names.thing("person", person)):
        text = Text(
            f"人员“{person}”没有登记，或以当前身份不可见；请填可见的人员编号。",
            f"Person “{person}” is not registered, or not visible to this role; give the id of one who is.",
        )
        errors.append(ErrorItem(text, pointer="/body/person"))
    if due is not None and due < view.as_of:
        text = Text(
            f"期限 {due} 早于数据日期 {view.as_of}；请填不早于它的日期。",
            f"The due date {due} is before the date of the data, {view.as_of}; give one that is not.",
        )
        errors.append(ErrorItem(text, pointer="/body/due"))
    if errors:
        raise ProblemError(422, "unfit", count=len(errors), errors=errors)


_NOT_ASSIGNED = Text(
    "这个缺口没有派给任何人，无可撤回。", "The gap is assigned to nobody; there is nothing to take back."
)
_RESOLVED = Text("这个缺口已经消除，无须派办。", "The gap is resolved; there is nothing to assign.")
