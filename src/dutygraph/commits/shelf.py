"""The bureaus of a store: their latest states, and the few working copies held in memory."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

from dutygraph.commits.changes import Changes
from dutygraph.commits.errors import UnknownBureauError, damaged_register
from dutygraph.commits.gaps import BureauState, GapHistory, GapState
from dutygraph.commits.register import Register, read_register
from dutygraph.commits.working import Followed, WorkingCopy
from dutygraph.commits.writing import Written
from dutygraph.model import Finding, GraphKind, Text
from dutygraph.store import BureauGraphs, StoreError
from dutygraph.store.errors import StoreFolderError
from dutygraph.store.folder import StoreFolder

_GRAPH = re.compile(r"^(?P<base>.+/)bureau/(?P<code>[^/]+)/findings$")


class Opened:
    """A bureau while its lock is held: its working copy, and its state (None before the first commit)."""

    def __init__(
        self, names: BureauGraphs, copy: WorkingCopy, state: BureauState | None, *, stands: bool
    ) -> None:
        """Take a copy that is as the store is. *stands*: the store has its data, but no commit of them."""
        self.names, self.copy, self.state, self.stands = names, copy, state, stands
        self.unsettled = False
        self._publish: Callable[[BureauState], None] = lambda _state: None
        self._adopt: Callable[[], Followed] = lambda: Followed((), (), ())

    @property
    def head(self) -> int:
        """The number of the latest commit; 0 before the first."""
        return 0 if self.state is None else self.state.head.commit

    @property
    def gaps(self) -> Mapping[str, GapHistory]:
        """The histories of all gaps that there ever were."""
        return {} if self.state is None else self.state.gaps

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The gaps after the latest commit."""
        return () if self.state is None else self.state.report.findings

    def follow(self, changes: Changes) -> Followed:
        """Make a change in the copy, which is of no use until the change is published."""
        self.unsettled = True
        return self.copy.follow(changes)

    def judge(self, as_of: date | None) -> Followed:
        """Judge the copy by another date; it is of no use until that is published."""
        self.unsettled = True
        return self.copy.judge(as_of)

    def tried(self, changes: Changes) -> tuple[Finding, ...]:
        """Return the gaps that a change would leave."""
        self.unsettled = True
        findings = self.copy.tried(changes)
        self.unsettled = False
        return findings

    def adopted(self) -> Followed:
        """Judge data that the store has without a commit."""
        self.unsettled = True
        self.copy.watch(None)
        return self._adopt()

    def publish(self, written: Written) -> BureauState:
        """Show readers the state after a commit that is in the store."""
        seen = written.mark.seen
        report = replace(self.copy.report(), computed_at=seen.at)
        self.state = BureauState(self.names, seen, report, written.gaps)
        self.stands, self.unsettled = False, False
        self._publish(self.state)
        return self.state

    def on_publish(self, callback: Callable[[BureauState], None]) -> None:
        """Have a function called with each state that is published."""
        self._publish = callback

    def on_adopt(self, callback: Callable[[], Followed]) -> None:
        """Have a function tell how what follows from the data differs from what the store says."""
        self._adopt = callback


class Shelf:
    """All bureaus of a store folder."""

    def __init__(
        self,
        folder: StoreFolder,
        copies: int,
        today: Callable[[], date],
        settle: Callable[[Opened, Followed], None],
    ) -> None:
        """Find the bureaus. *settle* commits what changed rules make of a bureau when it is first opened."""
        self._folder, self._most, self._today, self._settle = folder, copies, today, settle
        found = (_GRAPH.match(graph.value) for graph in folder.store.oxigraph.named_graphs())
        self._names = {
            unquote(match["code"]): BureauGraphs(match["base"], unquote(match["code"]))
            for match in found
            if match
        }
        self._guard = threading.Lock()
        self._locks: dict[str, threading.RLock] = {}
        self._copies: OrderedDict[str, WorkingCopy] = OrderedDict()
        self._states: dict[str, BureauState] = {}

    def bureaus(self) -> tuple[BureauGraphs, ...]:
        """Return the bureaus by code."""
        with self._guard:
            return tuple(self._names[code] for code in sorted(self._names))

    def known(self, code: str | None) -> BureauGraphs | None:
        """Return a bureau's names, or None where there is no such bureau."""
        return None if code is None else self._names.get(code)

    def names(self, code: str) -> BureauGraphs:
        """Return a bureau's names.

        Raises:
            UnknownBureauError: there is no such bureau.

        """
        names = self._names.get(code)
        if names is None:
            raise UnknownBureauError(code)
        return names

    def state(self, code: str) -> BureauState:
        """Return a bureau's latest state; only its first making waits for writers.

        Raises:
            UnknownBureauError: there is no such bureau.

        """
        state = self._states.get(code)
        if state is None:
            with self.opened(code, self.names(code).base) as opened:
                state = opened.state
        if state is None:
            raise UnknownBureauError(code)
        return state

    @contextmanager
    def opened(self, code: str, base: str) -> Iterator[Opened]:
        """Hold a bureau's lock; a copy that was changed without being published is thrown away.

        Raises:
            StoreFolderError: the bureau is known under another base, or its register is damaged.

        """
        with self._guard:
            lock = self._locks.setdefault(code, threading.RLock())
        with lock:
            names = self._names.get(code, BureauGraphs(base, code))
            if names.base != base:
                raise _other_base(names, base)
            opened = self._open(names)
            try:
                yield opened
            finally:
                if opened.unsettled:
                    self._forget(code)

    def _open(self, names: BureauGraphs) -> Opened:
        with self._guard:
            copy = self._copies.get(names.code)
            if copy is not None:
                self._copies.move_to_end(names.code)
        state = self._states.get(names.code)
        if copy is not None and state is not None:
            opened = Opened(names, copy, state, stands=False)
            opened.on_publish(lambda published: self._keep(copy, published))
            return opened
        return self._loaded(names)

    def _loaded(self, names: BureauGraphs) -> Opened:
        register = self._register(names)
        cells = tuple(names.cells(kind) for kind in GraphKind)
        quads = list(self._folder.store.quads((*names.all_asserted(), *cells)))
        head = register.head
        chosen = head.seen.as_of if head is not None and head.chosen else None
        copy = WorkingCopy(names, quads, chosen, self._today)
        if head is None:
            opened = Opened(names, copy, None, stands=bool(quads))
            opened.on_publish(lambda published: self._keep(copy, published))
            opened.on_adopt(lambda: self._difference(copy))
            return opened
        copy.watch(head.seen.as_of)
        report = replace(copy.report(), computed_at=head.seen.at)
        opened = Opened(names, copy, BureauState(names, head.seen, report, register.gaps), stands=False)
        opened.on_publish(lambda published: self._keep(copy, published))
        outcome = self._drift(copy, register)
        if outcome is not None:
            self._settle(opened, outcome)
        elif opened.state is not None:
            self._keep(copy, opened.state)
        return opened

    def _drift(self, copy: WorkingCopy, register: Register) -> Followed | None:
        """Return what the rules of now make of a bureau, where that is not what the store says."""
        outcome = self._difference(copy)
        registered = {
            gap: history.finding
            for gap, history in register.gaps.items()
            if history.state is not GapState.RESOLVED
        }
        same = registered == {finding.id: finding for finding in outcome.findings}
        return None if same and not outcome.removed and not outcome.added else outcome

    def _difference(self, copy: WorkingCopy) -> Followed:
        """Return what of that which follows from a bureau's data the store lacks, or should not have."""
        names = copy.names
        there = set(self._folder.store.quads((*names.all_derived(), names.run_graph)))
        derived = copy.derived()
        return Followed(copy.findings, there - derived, derived - there)

    def _register(self, names: BureauGraphs) -> Register:
        try:
            return read_register(self._folder.store, names)
        except ValueError as error:
            raise damaged_register(names.code, error) from error

    def _keep(self, copy: WorkingCopy, state: BureauState) -> None:
        code = state.names.code
        with self._guard:
            self._names.setdefault(code, state.names)
            self._states[code] = state
            self._copies[code] = copy
            self._copies.move_to_end(code)
            while len(self._copies) > self._most:
                self._copies.popitem(last=False)

    def _forget(self, code: str) -> None:
        with self._guard:
            self._copies.pop(code, None)
            self._states.pop(code, None)


def _other_base(names: BureauGraphs, base: str) -> StoreError:
    return StoreFolderError(
        Text(
            f"图库中单位“{names.code}”的标识前缀是{names.base}，不是{base}。请用 --base {names.base}。",
            f"In the store, bureau “{names.code}” has the base {names.base}, not {base}. "
            f"Use --base {names.base}.",
        )
    )
