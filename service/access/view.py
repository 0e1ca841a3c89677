"""What one caller may see of one bureau at one commit: all that answers a caller reads it, and only it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

import pyoxigraph as ox

from dutygraph.commits.gaps import BureauState, GapHistory, GapState
from dutygraph.model import Finding, Text
from dutygraph.service.access.cut import Cut
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.exposures import DepartmentCounts, department_counts
from dutygraph.service.access.roles import Caller, Data, Reach
from dutygraph.service.access.tables import access_tables
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.things import Things

_ORDER = (Reach.NONE, Reach.COUNTS, Reach.OWN, Reach.ALL)


class View:
    """One caller's part of one bureau at one commit. It never changes, and is made as far as it is asked for.

    Counts, charts, coverage and errors that are computed from it cannot tell what is not in it.
    """

    def __init__(self, caller: Caller, cut: Cut, state: BureauState) -> None:
        """Look at a cut with the gaps of a state of the same commit."""
        self.caller = caller
        self.names: BureauGraphs = state.names
        self.commit: int = state.head.commit
        self.as_of: date = state.head.as_of
        self.computed_at: datetime = state.head.at
        self._cut = cut
        self._state = state
        cut.readers.add(self)
        cut.contents.readers.add(self)

    @property
    def etag(self) -> str:
        """A tag that changes with every commit and differs between those who see different things."""
        # a store that was restored may come to a number again, but not at the same moment
        commit = (str(self.commit), str(self.as_of), self.computed_at.isoformat())
        told = "\n".join((*scope_key(self.caller), self.names.bureau, *commit))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def whose(self) -> tuple[str, ...]:
        """Whom the view is for: the same at every commit of the bureau, the same for who see the same."""
        return (self.names.bureau, *scope_key(self.caller))

    @property
    def graphs(self) -> tuple[str, ...]:
        """The graphs that questions about the bureau read, of the view's own store."""
        return self.names.checked()

    @property
    def store(self) -> EmbeddedStore:
        """A store in memory with the visible triples, in graphs of the real names. Not to be written to."""
        return self._cut.store

    def ends(self, query: str) -> Mapping[str, tuple[str, ...]]:
        """Return what a query selects as ``?to`` by what it selects as ``?from``, sorted."""
        return self._cut.store.ends(query, graphs=self.graphs)

    @property
    def measured(self) -> EmbeddedStore:
        """The store and, beside it, those network metrics that the caller may see one by one.

        They are computed over the whole bureau when first asked for, which takes a second.
        """
        return self._cut.measured

    @property
    def department_counts(self) -> tuple[DepartmentCounts, ...]:
        """Network metrics by department, over the whole bureau; for who sees all of them, or counts alone.

        Raises:
            ForbiddenError: the caller sees none, or the own ones alone.

        """
        if self.reach(Data.METRICS) not in (Reach.ALL, Reach.COUNTS):
            raise _not_seen()
        return department_counts(self._cut.contents)

    @property
    def things(self) -> Things:
        """What people call the visible nodes."""
        return self._cut.things

    @property
    def gaps(self) -> tuple[GapHistory, ...]:
        """The gaps whose focus is visible, less what is not; those resolved too."""
        return tuple(visible.gap for visible in self._cut.gaps(self._state))

    def registered_gaps(self, gap: str) -> tuple[str, ...]:
        """Return the ids that a visible gap goes by in the register, for an act on it; none if there is none.

        They differ from the visible id where the gap's value is hidden, and must not be told then.
        """
        found = (visible for visible in self._cut.gaps(self._state) if visible.gap.finding.id == gap)
        return next((visible.registered for visible in found), ())

    def told(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return gaps of another date or of a past commit as the caller may know them, like ``gaps``."""
        head = self._state.head
        gaps = {each.id: GapHistory(each, head, head, None, (), ()) for each in findings}
        return tuple(visible.gap.finding for visible in self._cut.told(replace(self._state, gaps=gaps)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The gaps there are now."""
        return tuple(gap.finding for gap in self.gaps if gap.state is not GapState.RESOLVED)

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the visible quads, in graphs of the real names; no cells, no gaps, no audit entries."""
        return self._cut.quads()

    def reach(self, data: Data) -> Reach:
        """Return how far the caller sees a kind of data."""
        return access_tables().reach(data, self.caller.role)

    def require(self, data: Data, at_least: Reach = Reach.OWN) -> None:
        """Refuse callers who do not see this kind of data so far.

        Raises:
            ForbiddenError: the caller's reach is less.

        """
        if _ORDER.index(self.reach(data)) < _ORDER.index(at_least):
            raise _not_seen()

    def sees(self, iri: str) -> bool:
        """Tell whether a node is in the view: a registered one, about which something is visible."""
        return self._cut.sees(iri)

    def in_scope(self, iri: str) -> bool:
        """Tell whether something visible is the caller's own; everything is, to who sees all of the work."""
        return self._cut.sees(iri) if self.reach(Data.WORK) is Reach.ALL else self._cut.owns(iri)


def _not_seen() -> ForbiddenError:
    return ForbiddenError(
        Text(
            "您的角色看不到这类数据，或者只能看到其中的一部分。需要时请联系监督办公室。",
            "Your role does not see this kind of data, or only part of it. If you need it, ask the "
            "supervision office.",
        )
    )


def scope_key(caller: Caller) -> tuple[str, ...]:
    """Return what decides what a caller sees of a bureau: callers with equal keys see the same."""
    return (caller.role.value, caller.person or "", caller.department or "")
