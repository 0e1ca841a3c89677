"""The way of a write: seen at a commit, planned on it, committed only if nobody came between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dutygraph.commits.acts import Action
from dutygraph.commits.errors import StaleCommitError
from dutygraph.commits.gaps import Committed
from dutygraph.model import Delta
from dutygraph.service.access.roles import Caller
from dutygraph.service.access.view import View
from dutygraph.service.problems import ProblemError
from dutygraph.service.records.held import Held
from dutygraph.service.running import Service

Plan = TypeVar("Plan")
_ATTEMPTS = 8
_BUSY_SECONDS = 2


def whole(service: Service, view: View) -> Held:
    """Return all that the store holds of a view's bureau: what a write must respect, seen or not."""
    return Held(service.folder.store.oxigraph, view.names)


def visible(view: View) -> Held:
    """Return what the caller sees of a bureau."""
    return Held(view.store.oxigraph, view.names)


def write(
    service: Service,
    caller: Caller,
    code: str,
    action: Action,
    plan: Callable[[View], tuple[Delta, str, str]],
) -> Committed:
    """Commit what *plan* makes of the caller's view: a delta, its target, a note.

    Where another commit came between, the plan is made again: it refuses if what it rests on has changed.

    Raises:
        ProblemError: the plan refuses, or 503: others commit all the time.
        GateError: the record would not be of its form; nothing is stored.

    """
    for _ in range(_ATTEMPTS):
        view = service.views.of(caller, code)
        delta, target, note = plan(view)
        try:
            return service.committer.commit(
                delta, caller.actor, action, target=target, note=note, expected=view.commit
            )
        except StaleCommitError:
            continue
    raise ProblemError(503, "busy", seconds=_BUSY_SECONDS, headers={"Retry-After": str(_BUSY_SECONDS)})
