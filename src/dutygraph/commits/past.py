"""A bureau as it was: rebuilt from the files of its commits, judged by the rules of then or of now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from dutygraph.check import check
from dutygraph.commits.changes import read_changes
from dutygraph.commits.errors import UnknownCommitError
from dutygraph.commits.register import Register, read_register
from dutygraph.model import CheckReport
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.store.folder import StoreFolder


class Past:
    """The commits of one bureau of a store."""

    def __init__(self, folder: StoreFolder, base: str, names: BureauGraphs) -> None:
        """Read nothing yet."""
        self._folder, self._base, self._names = folder, base, names

    def rebuilt(self, *, commit: int | None = None, at: datetime | None = None) -> EmbeddedStore:
        """Return the asserted graphs and those of their cells after a commit (None: the last one by *at*).

        Raises:
            UnknownCommitError: there is no such commit, or none so early.
            StoreFolderError: a file of changes is missing or was altered.

        """
        number = self._number(commit, at)
        store = EmbeddedStore()
        for one in range(1, number + 1):
            changes = read_changes(self._folder.commit_file(self._names, one).read_bytes())
            for quad in changes.removed:
                store.oxigraph.remove(quad)
            store.oxigraph.extend(changes.added)
        return store

    def checked(self, commit: int, *, as_of: date | None, rules: Literal["then", "now"]) -> CheckReport:
        """Check the bureau as it was after a commit."""
        register = self._register()
        store = self.rebuilt(commit=commit)
        return check(store, self._names, as_of=as_of or register.marks[commit].seen.as_of)

    def _register(self) -> Register:
        return read_register(self._folder.store, self._names)

    def _number(self, commit: int | None, at: datetime | None) -> int:
        register = self._register()
        head = max(register.marks, default=0)
        if commit is not None:
            if commit not in register.marks:
                raise UnknownCommitError(self._names.code, commit, head)
            return commit
        if at is None:
            return head
        number = max((n for n, mark in register.marks.items() if mark.seen.at <= at), default=0)
        if not number:
            raise UnknownCommitError(self._names.code, at.isoformat(), head)
        return number
