"""The way of a write: seen at a commit, planned on it, committed only if nobody came between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from dutygraph.commits.acts import Action
from dutygraph.commits.errors import StaleCommitError
from dutygraph.commits.gaps import Committed
from dutygraph.model import Delta
from dutygraph.service.access.roles import Caller, Data, Reach, Role
from dutygraph.service.access.tables import access_tables
from dutygraph.service.access.view import View
from dutygraph.service.problems import ProblemError
from dutygraph.service.records.held import Held
from dutygraph.service.running import Service
from dutygraph.store import BureauGraphs

_ATTEMPTS = 8
_BUSY_SECONDS = 2
_TALK = "talk"


@dataclass(frozen=True, slots=True)
class Sight:
    """A bureau at a commit: what a caller sees of it, and all of it, which a write must respect."""

    caller: Caller
    names: BureauGraphs
    commit: int
    as_of: date
    visible: Held
    whole: Held
    view: View | None

    def in_scope(self, iri: str) -> bool:
        """Tell whether something is the caller's own; to those who see everything, all is."""
        return True if self.view is None else self.view.in_scope(iri)


Seen = TypeVar("Seen", View, Sight)


def sight_of(service: Service, caller: Caller, code: str, kind: str) -> Sight:
    """Return what a caller sees of a kind of record.

    Making a view costs more than a commit, so none is made for those who see all of the kind.

    Raises:
        UnknownBureauError: there is no such bureau.

    """
    store = service.folder.store.oxigraph
    if sees_all(caller.role, kind):
        state = service.committer.state(code)
        whole = Held(store, state.names)
        return Sight(caller, state.names, state.head.commit, state.head.as_of, whole, whole, None)
    view = service.views.of(caller, code)
    return Sight(caller, view.names, view.commit, view.as_of, visible(view), Held(store, view.names), view)


def sees_all(role: Role, kind: str) -> bool:
    """Tell whether nothing of a kind of record is hidden from a role; talks alone are a row of one kind."""
    rows = [row for row in Data if row is not Data.TALKS or kind == _TALK]
    return all(access_tables().reach(row, role) is Reach.ALL for row in rows)


def visible(view: View) -> Held:
    """Return what the caller sees of a bureau."""
    return Held(view.store.oxigraph, view.names)


def whole(service: Service, seen: View | Sight) -> Held:
    """Return all that the store holds of a bureau: what a write must respect, seen or not."""
    return Held(service.folder.store.oxigraph, seen.names)


def write(
    service: Service,
    caller: Caller,
    code: str,
    action: Action,
    plan: Callable[[View], tuple[Delta, str, str]],
) -> Committed:
    """Commit what *plan* makes of the caller's view (``write_on``)."""
    return write_on(service, lambda: service.views.of(caller, code), action, plan)


def write_on(
    service: Service,
    look: Callable[[], Seen],
    action: Action,
    plan: Callable[[Seen], tuple[Delta, str, str]],
) -> Committed:
    """Commit what *plan* makes of what the caller sees: a delta, its target, a note.

    Where another commit came between, the plan is made again: it refuses if what it rests on has changed.

    Raises:
        ProblemError: the plan refuses, or 503: others commit all the time.
        GateError: the record would not be of its form; nothing is stored.

    """
    for _ in range(_ATTEMPTS):
        seen = look()
        delta, target, note = plan(seen)
        actor = seen.caller.actor
        try:
            return service.committer.commit(
                delta, actor, action, target=target, note=note, expected=seen.commit
            )
        except StaleCommitError:
            continue
    raise ProblemError(503, "busy", seconds=_BUSY_SECONDS, headers={"Retry-After": str(_BUSY_SECONDS)})
