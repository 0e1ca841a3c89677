"""The views of all callers, made once for each commit and scope, kept while they are used."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

import pyoxigraph as ox

from dutygraph.commits.entries import COMMIT_NUMBER
from dutygraph.commits.errors import UnknownBureauError
from dutygraph.commits.gaps import BureauState
from dutygraph.commits.recent import RecentChanges
from dutygraph.commits.register import commit_of
from dutygraph.service.access.carried import Carried
from dutygraph.service.access.contents import Contents
from dutygraph.service.access.cut import Cut
from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.tables import access_tables
from dutygraph.service.access.view import View, scope_key
from dutygraph.store import BureauGraphs, EmbeddedStore

Key = TypeVar("Key")


class Weighty(Protocol):
    """What takes memory."""

    def weight(self) -> int:
        """Return about how many bytes."""


Value = TypeVar("Value", bound=Weighty)


class Folder(Protocol):
    """The part of a store folder that is read."""

    @property
    def store(self) -> EmbeddedStore:
        """All bureaus' graphs."""


class Readable(Protocol):
    """What views are made from: the part of ``Committer`` that reads one bureau."""

    @property
    def folder(self) -> Folder:
        """The folder that is committed to."""

    @property
    def recent(self) -> RecentChanges:
        """What the last commits changed."""

    def state(self, code: str) -> BureauState:
        """Return the latest state of a bureau."""

    def snapshot(self, code: str) -> tuple[int, list[ox.Quad]]:
        """Return all quads of a bureau, read at once, with the number of its latest commit then."""


class Views:
    """Gives each caller the view of the latest commit. Any number of threads may ask."""

    def __init__(self, committer: Readable, *, most_bytes: int = 1024 * 1024 * 1024) -> None:
        """Keep so many bytes in memory, as is estimated; the longest unused goes first."""
        self._committer = committer
        self._most_bytes = most_bytes
        self._cuts: OrderedDict[tuple[str, ...], Cut] = OrderedDict()
        self._carried: OrderedDict[tuple[str, ...], Carried] = OrderedDict()
        self._contents: OrderedDict[str, Contents] = OrderedDict()
        self._making: dict[str, Lock] = {}
        self._lock = Lock()

    def of(self, caller: Caller, code: str) -> View:
        """Return what a caller may see of a bureau at its latest commit.

        Raises:
            UnknownBureauError: there is no such bureau, or it is not the caller's, which is answered alike;
                an administrator has none.

        """
        if caller.role is Role.ADMINISTRATOR or caller.bureau != code:
            raise UnknownBureauError(code)
        state, contents = self._latest(code)
        key = (code, *scope_key(caller))
        with self._lock:
            cut = self._cuts.get(key)
            if cut is None or cut.contents is not contents:
                cut = self._cut(key, contents, caller)
                self._limit(code)
            if key in self._cuts:
                self._cuts.move_to_end(key)
            return View(caller, cut, state)

    def _cut(self, key: tuple[str, ...], contents: Contents, caller: Caller) -> Cut:
        """Return a cut of contents that are new, or that a thread has held for longer than others."""
        if self._contents.get(key[0]) is not contents:
            return Cut(contents, caller, access_tables())
        cut = self._cuts[key] = Cut(contents, caller, access_tables(), self._carried.pop(key, None))
        return cut

    def _carry(self, code: str) -> None:
        """Let go of the cuts of earlier contents, but for what those of the new ones can be made from."""
        head = self._contents[code].head.commit
        for key in [key for key, old in self._carried.items() if key[0] == code and head - old.commit > _LAG]:
            del self._carried[key]
        for key in [key for key in self._cuts if key[0] == code]:
            carried = self._cuts.pop(key).carried()
            if carried is not None:
                self._carried[key] = carried

    def _limit(self, code: str) -> None:
        """Let go of what is kept beyond the limit: what is carried on, other bureaus, other cuts of this one.

        The longest unused goes first. The cut that was made last stays, whatever it takes.
        """
        total = self.weight()
        if total <= self._most_bytes:
            return
        others = [other for other in self._contents if other != code]
        for forget in (
            *(partial(_forget, self._carried, key) for key in self._carried),
            *(partial(self._forget_bureau, other) for other in others),
            *(partial(_forget, self._cuts, key) for key in list(self._cuts)[:-1] if key[0] == code),
        ):
            total -= forget()
            if total <= self._most_bytes:
                return

    def weight(self) -> int:
        """Return about how many bytes of memory is taken by all that is kept."""
        kept: tuple[Weighty, ...] = (
            *self._contents.values(),
            *self._cuts.values(),
            *self._carried.values(),
        )
        return sum(one.weight() for one in kept)

    def _forget_bureau(self, code: str) -> int:
        cuts = [key for key in self._cuts if key[0] == code]
        return _forget(self._contents, code) + sum(_forget(self._cuts, key) for key in cuts)

    def _latest(self, code: str) -> tuple[BureauState, Contents]:
        with self._lock:
            making = self._making.setdefault(code, Lock())
        # one thread reads a new commit, the others wait for what it has read
        with making:
            state, contents = self._read(code)
            with self._lock:
                if self._contents.get(code) is not contents:
                    self._contents[code] = contents
                    self._carry(code)
                self._contents.move_to_end(code)
        return state, contents

    def _read(self, code: str) -> tuple[BureauState, Contents]:
        with self._lock:
            known = self._contents.get(code)
        tries = 0
        while True:
            state = self._committer.state(code)
            if known is not None and known.head == state.head:
                return state, known
            followed = None if known is None else self._followed(known, state)
            if followed is not None:
                return state, followed
            tries += 1
            commit, quads = self._quads(state.names) if tries <= _TRIES else self._committer.snapshot(code)
            # a commit may come between the two
            if commit == state.head.commit:
                return state, Contents(state.names, state.head, quads, self._committer.folder.store)

    def _followed(self, known: Contents, state: BureauState) -> Contents | None:
        """Return the contents as of a state by what was changed since those known, where that is kept."""
        changes = self._committer.recent.between(state.names.code, known.head.commit, state.head.commit)
        return None if changes is None else known.after(state.head, changes)

    def _quads(self, names: BureauGraphs) -> tuple[int, list[ox.Quad]]:
        """Read graph by graph, five times as fast as a snapshot; 0 if a commit came in between.

        A commit and its number are written in one update: the same number before and after, the same data.
        """
        store = self._committer.folder.store.oxigraph
        before = _commit(store, names)
        quads = [
            quad
            for word in row_rules().graphs
            for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(f"{names.bureau}/{word}"))
        ]
        return (before if before == _commit(store, names) else 0), quads


_TRIES = 3
_LAG = 8
"""Commits after which nobody has come back for a view, and nothing of it is carried on any more."""


def _commit(store: ox.Store, names: BureauGraphs) -> int:
    return commit_of(names, store.quads_for_pattern(None, COMMIT_NUMBER, None, ox.NamedNode(names.findings)))


def _forget(kept: dict[Key, Value], key: Key) -> int:
    return kept.pop(key).weight()
