"""The audit log of a store: one chain over all bureaus, kept in the graphs ``audit``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyoxigraph as ox

from dutygraph.commits.acts import AuditEntry
from dutygraph.commits.chain import START, Act, Link, entered, link_of, read_instant
from dutygraph.commits.chain import instant as written_instant
from dutygraph.commits.entries import SEQUENCE, graph_of, quads_of, read_entry
from dutygraph.store import BureauGraphs
from dutygraph.store.files import write_whole
from dutygraph.store.folder import AUDIT_HEAD, StoreFolder


class Journal:
    """Where the chain ends, and what comes next. The caller holds the writer's lock."""

    def __init__(self, folder: StoreFolder, base: str, clock: Callable[[], datetime]) -> None:
        """Find the end of the chain."""
        self._folder, self.base, self._clock = folder, base, clock
        self.last = find_last(folder, base)

    def next(self, act: Act) -> AuditEntry:
        """Return the entry that comes next; it stands in the chain once ``took`` has been told of it."""
        return entered(act, self.last, self._clock())

    def quads(self, names: BureauGraphs | None, entry: AuditEntry) -> Iterator[ox.Quad]:
        """Yield the quads to be written for an entry."""
        return quads_of(self.base, names, entry)

    def took(self, entry: AuditEntry) -> None:
        """Take an entry that is in the store now for the end of the chain."""
        self.last = link_of(entry)

    def write_head(self) -> None:
        """Note the end of the chain in a file beside the store, to find a tail that was cut off.

        Raises:
            OSError: the disk does not take it.

        """
        write_whole(self._folder.path / AUDIT_HEAD, head_bytes(self.last), may_lag=True)

    def look_again(self) -> None:
        """Find the end of the chain again, after a write of which it is not known whether it was made."""
        self.last = find_last(self._folder, self.base)

    def entries(self, names: BureauGraphs | None = None) -> Iterator[AuditEntry]:
        """Yield the entries newest first: of one bureau, or all."""
        store = self._folder.store.oxigraph
        numbers: Iterator[int] = iter(range(self.last.sequence, 0, -1))
        if names is not None:
            graph = graph_of(self.base, names)
            numbers = iter(sorted(_sequences(store, graph), reverse=True))
        for number in numbers:
            entry = read_entry(store, self.base, number)
            if entry is not None:
                yield entry


def base_of(folder: StoreFolder) -> str | None:
    """Return the base IRI under which a store's entries stand, None where it has none yet."""
    for quad in folder.store.oxigraph.quads_for_pattern(None, SEQUENCE, None, None):
        if isinstance(quad.subject, ox.NamedNode) and "audit/" in quad.subject.value:
            return quad.subject.value.rpartition("audit/")[0]
    return None


def find_last(folder: StoreFolder, base: str) -> Link:
    """Return where the chain ends: at the head noted beside the store, or further on in the store."""
    noted = read_head(folder.path / AUDIT_HEAD)
    store = folder.store.oxigraph
    if noted is None:
        numbers = _sequences(store, None)
        last = max(numbers, default=0)
        entry = read_entry(store, base, last) if last else None
        return START if entry is None else link_of(entry)
    # The entry that was noted may have been cut off: the chain goes on from the note, and the gap shows.
    found = noted
    while (entry := read_entry(store, base, found.sequence + 1)) is not None:
        found = link_of(entry)
    return found


def head_bytes(link: Link) -> bytes:
    """Return what stands in the file of the chain's head."""
    at = None if link.at is None else written_instant(link.at)
    return f"{json.dumps({'at': at, 'hash': link.hash, 'sequence': link.sequence})}\n".encode()


def read_head(path: Path) -> Link | None:
    """Return the head noted beside the store, or None where none is, or what is there is no such note."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        at = None if said["at"] is None else read_instant(said["at"])
        return Link(int(said["sequence"]), str(said["hash"]), at)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sequences(store: ox.Store, graph: ox.NamedNode | None) -> Iterator[int]:
    for quad in store.quads_for_pattern(None, SEQUENCE, None, graph):
        if isinstance(quad.object, ox.Literal):
            yield int(quad.object.value)
