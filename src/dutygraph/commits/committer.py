"""The one writer of a store: every change goes through here, and is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import pyoxigraph as ox

from dutygraph.commits.acts import SYSTEM, Action, Actor, AuditEntry
from dutygraph.commits.broken import Broken
from dutygraph.commits.chain import Act, utcnow
from dutygraph.commits.changes import Changes
from dutygraph.commits.errors import StaleCommitError, UnknownBureauError, UnknownGapError
from dutygraph.commits.following import difference, followed
from dutygraph.commits.gaps import Assignment, BureauState, Committed, GapHistory, GapPreview, Seen
from dutygraph.commits.journal import base_of
from dutygraph.commits.past import Past, PastCommit
from dutygraph.commits.register import commit_of
from dutygraph.commits.shelf import Opened, Shelf
from dutygraph.commits.tidying import tidy
from dutygraph.commits.verifying import verify, verify_data
from dutygraph.commits.working import Followed
from dutygraph.commits.writing import Draft, Writer
from dutygraph.model import CheckReport, Delta
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from dutygraph.store.folder import StoreFolder

_NOTHING = Changes((), ())


class Committer:
    """Commits to an open store folder, and says what its bureaus are like. Safe to be called from threads.

    Writers to one bureau wait for each other; readers of a state never wait, but for its first making.
    """

    def __init__(
        self,
        folder: StoreFolder,
        *,
        clock: Callable[[], datetime] = utcnow,
        base: str = DEFAULT_BASE,
        copies: int = 4,
        tidying: bool = True,
    ) -> None:
        """Take over a folder, and remove what a process that was killed in it left behind, if *tidying*.

        *base* is for the entries of a store that has none yet. *copies* is the number of bureaus held in
        memory, so that they can be written to quickly.
        """
        self.folder, self.base = folder, base_of(folder) or base
        self._writer = Writer(folder, self.base, clock)
        self.recent = self._writer.recent  # what the last commits changed
        self._shelf = Shelf(folder, copies, lambda: clock().date(), self._settle)
        self._callbacks: list[Callable[[str], None]] = []
        if tidying:
            tidy(folder, self._shelf.bureaus())

    def bureaus(self) -> tuple[BureauGraphs, ...]:
        """Return the bureaus that the store holds, by code."""
        return self._shelf.bureaus()

    def names(self, code: str) -> BureauGraphs:
        """Return the names of a bureau's graphs. UnknownBureauError where the store has no such bureau."""
        return self._shelf.names(code)

    def state(self, code: str) -> BureauState:
        """Return what a bureau is like as of its latest commit.

        Raises:
            UnknownBureauError: the store has no such bureau.
            StoreError: the store cannot be read.

        """
        return self._shelf.state(code)

    def snapshot(self, code: str) -> tuple[int, list[ox.Quad]]:
        """Return all quads of a bureau as of one commit, and the number of that commit.

        Raises:
            UnknownBureauError: the store has no such bureau.

        """
        names = self.names(code)
        quads = self.folder.store.snapshot(names.whole())
        return commit_of(names, quads), quads

    def preview(self, delta: Delta) -> GapPreview:
        """Say what a change would do; nothing is written.

        Raises:
            GateError: the change would be refused; every reason at once.

        """
        with self._shelf.opened(delta.bureau, delta.base) as opened:
            changes = opened.copy.effect(delta)
            findings = opened.tried(changes)
            before = {finding.id: finding for finding in opened.findings}
            return difference(before, findings, changes.counted(opened.names))

    def commit(
        self,
        delta: Delta,
        actor: Actor,
        action: Action,
        *,
        target: str,
        note: str = "",
        expected: int | None = None,
    ) -> Committed:
        """Write a change of one bureau's data with all that follows from it.

        A change that changes nothing makes no commit, only an audit entry.

        Raises:
            GateError: the change would break the form of a record; every reason at once. Nothing is stored.
            StaleCommitError: the bureau is not at commit *expected* any more. Nothing is stored.
            StoreError: the disk does not take it; nothing is confirmed.

        """
        with self._shelf.opened(delta.bureau, delta.base) as opened:
            if expected is not None and expected != opened.head:
                raise StaleCommitError(delta.bureau, expected, opened.head)
            changes = opened.copy.effect(delta)
            act = Act(actor, action, delta.bureau, target, note)
            if not changes.removed and not changes.added:
                return self._unchanged(opened, act)
            done = self._write(opened, act, changes, opened.follow(changes))
        return self._told(done)

    def recheck(self, code: str, as_of: date | None, actor: Actor, note: str = "") -> Committed:
        """Judge a bureau by another date from now on (None: by that of its data, else today).

        Raises:
            UnknownBureauError: the store has no such bureau.
            StoreError: the disk does not take it; nothing is confirmed.

        """
        with self._shelf.opened(code, self.names(code).base) as opened:
            outcome = opened.judge(as_of)
            target = f"bureau/{code}@{opened.copy.as_of.isoformat()}"
            done = self._write(opened, Act(actor, Action.RECHECK, code, target, note), _NOTHING, outcome)
        return self._told(done)

    def assign(
        self, code: str, gap: str, person: str | None, due: date | None, remark: str, actor: Actor
    ) -> Committed:
        """Give a gap to a person to close (None: take the assignment back).

        Raises:
            UnknownBureauError: the store has no such bureau.
            UnknownGapError: the bureau never had such a gap.
            StoreError: the disk does not take it; nothing is confirmed.

        """
        with self._shelf.opened(code, self.names(code).base) as opened:
            if gap not in opened.gaps:
                raise UnknownGapError(code, gap)

            def assigned(gaps: dict[str, GapHistory], seen: Seen) -> None:
                made = Assignment(person, due, remark, actor, seen.at)
                gaps[gap] = replace(gaps[gap], assignments=(*gaps[gap].assignments, made))

            act = Act(actor, Action.GAP_ASSIGN, code, f"gap/{gap}")
            unchanged = Followed(opened.findings, (), ())
            done = self._write(opened, act, _NOTHING, unchanged, assigned)
        return self._told(done)

    def note(
        self, actor: Actor, action: Action, *, bureau: str | None, target: str, note: str = ""
    ) -> AuditEntry:
        """Enter an act that changes no data, such as a read; it is on disk when this returns.

        Raises:
            StoreError: the disk does not take it.

        """
        names = self._shelf.known(bureau)
        return self._writer.note(Act(actor, action, bureau, target, note), names)

    def entries(self, bureau: str | None = None) -> Iterator[AuditEntry]:
        """Yield audit entries, newest first: of one bureau (UnknownBureauError: there is none), or all."""
        return self._writer.journal.entries(None if bureau is None else self.names(bureau))

    def verify(self, *, data: bool = False) -> list[Broken]:
        """Return where audit chain, files of commits, rules and, if asked, the *data* are not as written."""
        bureaus = self.bureaus()
        broken = verify(self.folder, self.base, bureaus)
        return [*broken, *verify_data(self.folder, self.base, bureaus)] if data else broken

    def commits(self, code: str) -> tuple[PastCommit, ...]:
        """Return the commits of a bureau, latest first. UnknownBureauError where there is no such bureau."""
        return self._past(code).commits()

    def past(self, code: str, *, commit: int | None = None, at: datetime | None = None) -> EmbeddedStore:
        """Return a bureau's asserted graphs and those of their cells as of a commit or a time, in memory.

        Raises:
            UnknownBureauError, UnknownCommitError: there is no such bureau, no such commit, none so early.
            StoreError: a file of the commits up to then is missing or was altered.

        """
        return self._past(code).rebuilt(commit=commit, at=at)

    def check_past(
        self,
        code: str,
        commit: int,
        *,
        as_of: date | None = None,
        rules: Literal["then", "now"] = "then",
    ) -> CheckReport:
        """Check a bureau as it was, by the rules of then or of now; *as_of* is by default the date of then.

        Raises:
            UnknownBureauError, UnknownCommitError: there is no such bureau, no such commit.
            StoreError: a file of the commits up to then, or the rules of then, are missing or were altered.

        """
        return self._past(code).checked(commit, as_of=as_of, rules=rules)

    def on_commit(self, callback: Callable[[str], None]) -> None:
        """Have a function called after each commit, with the bureau's code, by the thread that committed."""
        self._callbacks.append(callback)

    def _past(self, code: str) -> Past:
        return Past(self.folder, self.base, self.names(code))

    def _unchanged(self, opened: Opened, act: Act) -> Committed:
        if opened.state is None:
            raise UnknownBureauError(opened.names.code)
        entry = self._writer.note(act, opened.names)
        nothing = difference({f.id: f for f in opened.findings}, opened.findings, (0, 0))
        return Committed(opened.head, opened.state, nothing, entry)

    def _write(
        self,
        opened: Opened,
        act: Act,
        changes: Changes,
        outcome: Followed,
        amend: Callable[[dict[str, GapHistory], Seen], None] = lambda _gaps, _seen: None,
    ) -> Committed:
        before = {finding.id: finding for finding in opened.findings}

        def histories(seen: Seen) -> Mapping[str, GapHistory]:
            previous = None if opened.state is None else opened.state.head
            gaps = followed(opened.gaps, outcome.findings, previous, seen)
            amend(gaps, seen)
            return gaps

        written = self._writer.write(
            Draft(
                names=opened.names,
                act=act,
                number=opened.head + 1,
                as_of=opened.copy.as_of,
                chosen=opened.copy.chosen is not None,
                stated=changes,
                derived=Changes(outcome.removed, outcome.added),
                gaps=opened.gaps,
                followed=histories,
                stands=opened.stands,
            )
        )
        state = opened.publish(written)
        change = difference(before, outcome.findings, changes.counted(opened.names))
        return Committed(state.head.commit, state, change, written.entry)

    def adopt(self, names: BureauGraphs, actor: Actor) -> Committed | None:
        """Make the first commit of a bureau whose data the store has without one; None where it has one.

        Raises:
            StoreError: the disk does not take it; nothing is confirmed.

        """
        with self._shelf.opened(names.code, names.base) as opened:
            if not opened.stands:
                return None
            changes, outcome = Changes((), list(opened.copy.store.oxigraph)), opened.adopted()
            act = Act(actor, Action.UPGRADE, names.code, f"bureau/{names.code}")
            done = self._write(opened, act, changes, outcome)
        return self._told(done)

    def _settle(self, opened: Opened, outcome: Followed) -> None:
        """Commit what other rules than those of the latest commit make of the same data."""
        act = Act(SYSTEM, Action.RECHECK, opened.names.code, f"bureau/{opened.names.code}", "rules changed")
        self._told(self._write(opened, act, _NOTHING, outcome))

    def _told(self, done: Committed) -> Committed:
        for callback in self._callbacks:
            callback(done.state.names.code)
        return done
