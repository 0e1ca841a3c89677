"""A bureau as it was: rebuilt from the files of its commits, judged by the rules of then or of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import pyoxigraph as ox

from dutygraph.check import check
from dutygraph.commits.acts import AuditEntry
from dutygraph.commits.changes import Changes, ChangesFileError, read_changes
from dutygraph.commits.entries import COMMIT_NUMBER, MalformedEntryError, entry_node, graph_of, read_entry
from dutygraph.commits.errors import UnknownCommitError, damaged_register
from dutygraph.commits.gaps import Seen
from dutygraph.commits.register import CommitMark, read_marks
from dutygraph.commits.rulesets import current_digest, unpack
from dutygraph.commits.then import check_then
from dutygraph.model import CheckReport, Text
from dutygraph.store import BureauGraphs, EmbeddedStore, StoreFolder, StoreFolderError
from dutygraph.store.folder import RULESETS


@dataclass(frozen=True, slots=True)
class PastCommit:
    """A commit as its bureau remembers it; ``entry`` is None where its audit entry is missing or damaged."""

    seen: Seen
    ruleset: str
    entry: AuditEntry | None


class Past:
    """The commits of one bureau of a store."""

    def __init__(self, folder: StoreFolder, base: str, names: BureauGraphs) -> None:
        """Read which commits there are; *base* is that of the audit entries.

        Raises:
            StoreFolderError: the register of the bureau is damaged.

        """
        self._folder, self._base, self._names = folder, base, names
        try:
            self.marks = read_marks(folder.store, names)
        except ValueError as error:
            raise damaged_register(names.code, error) from error
        self._head = max(self.marks, default=0)

    def entries(self) -> dict[int, AuditEntry]:
        """Return the audit entry of each commit; of one whose entry is damaged, none."""
        store, prefix = self._folder.store.oxigraph, entry_node(self._base, 0).value[:-1]
        found: dict[int, AuditEntry] = {}
        for quad in store.quads_for_pattern(None, COMMIT_NUMBER, None, graph_of(self._base, self._names)):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(prefix):
                number = quad.subject.value.removeprefix(prefix)
                try:
                    entry = read_entry(store, self._base, int(number))
                except (MalformedEntryError, ValueError):
                    continue
                if entry is not None and entry.commit is not None:
                    found[entry.commit] = entry
        return found

    def commits(self) -> tuple[PastCommit, ...]:
        """Return all commits, latest first."""
        entries = self.entries()
        marks = sorted(self.marks.values(), key=lambda mark: -mark.seen.commit)
        return tuple(PastCommit(mark.seen, mark.ruleset, entries.get(mark.seen.commit)) for mark in marks)

    def rebuilt(self, *, commit: int | None = None, at: datetime | None = None) -> EmbeddedStore:
        """Return the asserted graphs and those of their cells after a commit (None: the last one by *at*).

        Raises:
            UnknownCommitError: there is no such commit, or none so early.
            StoreFolderError: a file of changes is missing or was altered.

        """
        number, entries = self._number(commit, at), self.entries()
        there: set[ox.Quad] = set()
        for one in range(1, number + 1):
            changes = self._changes(one, entries.get(one))
            there.difference_update(changes.removed)
            there.update(changes.added)
        store = EmbeddedStore()
        store.oxigraph.bulk_extend(there)
        return store

    def checked(self, commit: int, *, as_of: date | None, rules: Literal["then", "now"]) -> CheckReport:
        """Check the bureau as it was after a commit.

        Raises:
            UnknownCommitError: there is no such commit.
            StoreFolderError: a file of changes, or the archive of the rules, is missing or was altered.

        """
        store = self.rebuilt(commit=commit)
        mark = self.mark(commit)
        day = as_of or mark.seen.as_of
        if rules == "now" or mark.ruleset == current_digest():
            return check(store, self._names, as_of=day)
        return check_then(store, self._names, day, unpack(self._folder.path / RULESETS, mark.ruleset))

    def mark(self, commit: int) -> CommitMark:
        """Return when a commit was made, by which date it was judged, under which rules.

        Raises:
            UnknownCommitError: there is no such commit.

        """
        if commit not in self.marks:
            raise UnknownCommitError(self._names.code, commit, self._head)
        return self.marks[commit]

    def _number(self, commit: int | None, at: datetime | None) -> int:
        if commit is not None:
            return self.mark(commit).seen.commit
        if at is None:
            return self._head
        number = max((n for n, mark in self.marks.items() if mark.seen.at <= at), default=0)
        if not number:
            raise UnknownCommitError(self._names.code, at.isoformat(), self._head)
        return number

    def _changes(self, number: int, entry: AuditEntry | None) -> Changes:
        path = self._folder.commit_file(self._names, number)
        try:
            return read_changes(path.read_bytes(), None if entry is None else entry.digest)
        except (OSError, ChangesFileError) as error:
            raise StoreFolderError(
                Text(
                    f"改动文件“{path}”缺失或已被改动（{error}），无法还原当时的数据。"
                    "请运行 dutygraph audit verify，并用备份恢复。",
                    f"The file of changes {path} is missing or was altered ({error}): the data of then "
                    "cannot be rebuilt. Run dutygraph audit verify, and restore a backup.",
                )
            ) from error
