"""The last step of a commit: its file, then one update of the store that holds everything."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyoxigraph as ox

from dutygraph.commits.acts import AuditEntry
from dutygraph.commits.chain import Act
from dutygraph.commits.changes import Changes, Heading, changes_bytes, write_changes
from dutygraph.commits.gaps import GapHistory, Seen
from dutygraph.commits.journal import Journal
from dutygraph.commits.recent import RecentChanges
from dutygraph.commits.register import CommitMark, mark_quads, register_change
from dutygraph.commits.rulesets import keep_current
from dutygraph.model import Text
from dutygraph.store import BureauGraphs, DamagedStoreError, NoRoomError, StoreError, not_written
from dutygraph.store.folder import RULESETS, StoreFolder

_MEBI = 1024 * 1024
_RESERVE = 32 * _MEBI
"""Free bytes below which nothing is written any more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit about to be written.

    ``stated`` is what changes of the data, ``derived`` what follows from it. ``gaps`` are the histories
    before it; ``followed`` gives those after it, once its number and time are known.
    """

    names: BureauGraphs
    act: Act
    number: int
    as_of: date
    chosen: bool
    stated: Changes
    derived: Changes
    gaps: Mapping[str, GapHistory]
    followed: Callable[[Seen], Mapping[str, GapHistory]]
    stands: bool = False
    """True where the data of ``stated`` are in the store already (an upgrade)."""


@dataclass(frozen=True, slots=True)
class Written:
    """A commit that is in the store for good."""

    entry: AuditEntry
    mark: CommitMark
    gaps: Mapping[str, GapHistory]


class Writer:
    """Writes commits and audit entries, one after the other, into one chain."""

    def __init__(self, folder: StoreFolder, base: str, clock: Callable[[], datetime]) -> None:
        """Find the end of the chain."""
        self._folder = folder
        self._lock = folder.writing
        self.journal = Journal(folder, base, clock)
        self.recent = RecentChanges()
        self._waiting: deque[_Note] = deque()

    def write(self, draft: Draft) -> Written:
        """Write a commit: first its file, then all the rest in one atomic update.

        Raises:
            StoreError: the disk does not take it; nothing of it is confirmed.

        """
        self._require_room()
        try:
            ruleset = keep_current(self._folder.path / RULESETS)
            heading = Heading(draft.as_of.isoformat(), ruleset).line(draft.act.bureau, draft.number)
            path = self._folder.commit_file(draft.names, draft.number)
            digest = write_changes(path, changes_bytes(heading, draft.stated))
        except OSError as error:
            raise not_written(error) from error
        act = replace(draft.act, commit=draft.number, digest=digest)
        with self._lock:
            entry = self.journal.next(act)
            mark = CommitMark(Seen(draft.number, entry.at, draft.as_of), ruleset, draft.chosen)
            gaps = draft.followed(mark.seen)
            removed, added = register_change(draft.names, draft.gaps, gaps)
            stated = Changes((), ()) if draft.stands else draft.stated
            self._update(
                (*stated.removed, *draft.derived.removed, *removed),
                (
                    *stated.added,
                    *draft.derived.added,
                    *added,
                    *mark_quads(draft.names, mark),
                    *self.journal.quads(draft.names, entry),
                ),
                [entry],
            )
        self._remember(draft)
        return Written(entry, mark, gaps)

    def _remember(self, draft: Draft) -> None:
        if draft.stands:  # what stood there before is in no commit
            self.recent.forget(draft.names.code)
            return
        stated, derived = draft.stated, draft.derived
        self.recent.keep(
            draft.names.code,
            draft.number,
            (*stated.removed, *derived.removed),
            (*stated.added, *derived.added),
        )

    def note(self, act: Act, names: BureauGraphs | None) -> AuditEntry:
        """Enter an act that changes no bureau; those that wait together are written together.

        Raises:
            StoreError: the disk does not take it.

        """
        mine = _Note(act, names)
        self._waiting.append(mine)
        with self._lock:
            if mine.entry is None and mine.error is None:
                self._write_notes([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.entry is None:
            raise mine.error or not_written(OSError("interrupted"))
        return mine.entry

    def _write_notes(self, notes: Iterable[_Note]) -> None:
        before, quads, entries = self.journal.last, list[ox.Quad](), list[tuple[_Note, AuditEntry]]()
        for note in notes:
            entry = self.journal.next(note.act)
            quads.extend(self.journal.quads(note.names, entry))
            entries.append((note, entry))
            self.journal.took(entry)
        self.journal.last = before
        try:
            self._update((), quads, [entry for _, entry in entries])
        except StoreError as error:
            for note, _ in entries:
                note.error = error
            return
        for note, entry in entries:
            note.entry = entry

    def _update(
        self, removed: Iterable[ox.Quad], added: Iterable[ox.Quad], entries: Iterable[AuditEntry]
    ) -> None:
        store = self._folder.store
        self._require_room()
        self._begin_head()
        try:
            store.change(removed, added)
            store.sync()
        except StoreError as error:
            # whether it was written is not known: what the store says is what counts
            with suppress(StoreError):
                self.journal.look_again()
            raise _not_confirmed(error) from error
        for entry in entries:
            self.journal.took(entry)
        # The note of the head may lag behind the chain: it is found again from there.
        with suppress(OSError):
            self.journal.write_head()

    def _begin_head(self) -> None:
        """Note the empty chain before its first entry: a head that is missing later was taken away."""
        if self.journal.last.sequence:
            return
        try:
            self.journal.write_head()
        except OSError as error:
            raise not_written(error) from error

    def _require_room(self) -> None:
        # RocksDB that has once met a full disk takes nothing more until it is opened again.
        free = shutil.disk_usage(self._folder.path).free
        if free < _RESERVE:
            raise NoRoomError(
                Text(
                    f"磁盘快满了（剩余{free // _MEBI}MB），未作任何改动。请清理磁盘空间后重试。",
                    f"The disk is nearly full ({free // _MEBI} MB left); nothing was written. "
                    "Make room, then try again.",
                )
            )


def _not_confirmed(error: StoreError) -> StoreError:
    if isinstance(error, DamagedStoreError):
        said = error.text
        return DamagedStoreError(
            Text(f"这次改动未得到确认。{said.zh}", f"This change is not confirmed. {said.en}")
        )
    why = error.__cause__ or error
    return StoreError(
        Text(
            f"写入图库失败，这次改动未得到确认：{why}。请检查磁盘空间和权限，重启服务，再核对这次改动是否已在。",
            f"The store could not be written to, and this change is not confirmed: {why}. Check disk space "
            "and permissions, start the service again, and see whether the change is there.",
        )
    )


@dataclass
class _Note:
    """An act that waits to be entered, and what became of it."""

    act: Act
    names: BureauGraphs | None
    entry: AuditEntry | None = None
    error: StoreError | None = None
