"""What the last commits changed, for those who follow a bureau in memory instead of reading it anew."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from dutygraph.store.cells import as_stored

_COMMITS = 16
_MOST_QUADS = 2000
"""A change of more is not kept: a bureau is read anew about as fast as it is followed."""


@dataclass(frozen=True, slots=True)
class Recent:
    """What one commit took from a bureau's graphs and put into them: its data and what follows from them.

    Terms are as a store gives them. The register of gaps and the audit log are left out.
    """

    commit: int
    removed: frozenset[ox.Quad]
    added: frozenset[ox.Quad]


class RecentChanges:
    """The changes of the last commits of the bureaus written to last. Any number of threads may ask."""

    def __init__(self, *, bureaus: int = 32) -> None:
        """Keep the changes of so many bureaus."""
        self._bureaus = bureaus
        self._kept: OrderedDict[str, deque[Recent]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(
        self, bureau: str, commit: int, removed: Collection[ox.Quad], added: Collection[ox.Quad]
    ) -> None:
        """Remember a commit that is in the store; what is both removed and added, stays."""
        if len(removed) + len(added) > _MOST_QUADS:
            self.forget(bureau)
            return
        new = as_stored(added)
        change = Recent(commit, frozenset(as_stored(removed) - new), frozenset(new))
        with self._lock:
            self._kept.setdefault(bureau, deque(maxlen=_COMMITS)).append(change)
            self._kept.move_to_end(bureau)
            while len(self._kept) > self._bureaus:
                self._kept.popitem(last=False)

    def forget(self, bureau: str) -> None:
        """Let go of a bureau's changes: one of them is not known in full."""
        with self._lock:
            self._kept.pop(bureau, None)

    def between(self, bureau: str, after: int, last: int) -> Sequence[Recent] | None:
        """Return the changes from one commit (not with it) to another, in order; None unless all are kept."""
        with self._lock:
            kept = {change.commit: change for change in self._kept.get(bureau, ())}
        wanted = range(after + 1, last + 1)
        if after >= last or not all(number in kept for number in wanted):
            return None
        return [kept[number] for number in wanted]
