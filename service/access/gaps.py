"""The gaps one caller may see, less what the caller may not."""

from __future__ import annotations

from typing import Protocol

import pyoxigraph as ox

from dutygraph.commits.gaps import BureauState, GapHistory
from dutygraph.service.access.contents import Contents
from dutygraph.service.access.reading import Reading
from dutygraph.service.access.roles import Caller
from dutygraph.service.access.tables import AccessTables
from dutygraph.store import EmbeddedStore
from dutygraph.things import Things


class Visible(Protocol):
    """The part of a cut that gaps are told from."""

    @property
    def store(self) -> EmbeddedStore:
        """The visible triples."""

    @property
    def things(self) -> Things:
        """What people call the visible nodes."""


class VisibleGaps:
    """Takes from a bureau's gaps those, and of those what, one caller may see."""

    def __init__(
        self, reading: Reading, contents: Contents, caller: Caller, tables: AccessTables, seen: Visible
    ) -> None:
        """Keep what is visible."""
        self._reading = reading
        self._contents = contents
        self._caller = caller
        self._tables = tables
        self._seen = seen

    def of(self, state: BureauState) -> tuple[GapHistory, ...]:
        """Return the visible gaps, gravest first as in the state."""
        return tuple(gap for gap in state.gaps.values() if self._sees(gap.finding.focus.iri))

    def _sees(self, iri: str) -> bool:
        node = ox.NamedNode(iri)
        return node not in self._reading.hidden and self._contents.registers(node)
