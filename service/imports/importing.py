"""An import from its file to its commit: read in a process of its own, tried, kept, committed once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Literal

from dutygraph.commits.acts import Action, Actor
from dutygraph.commits.committer import Committer
from dutygraph.commits.errors import GateError, StaleCommitError, UnknownBureauError
from dutygraph.commits.gaps import GapPreview
from dutygraph.model import Cell, Delta, Problem, Text
from dutygraph.service.imports.online import KEEPING, removed_online
from dutygraph.service.imports.outcome import ReadOutcome, read_outcome
from dutygraph.service.imports.people import unknown_people
from dutygraph.service.imports.planning import Plan, planned
from dutygraph.service.imports.reading import NAMES, READ
from dutygraph.service.imports.trials import refuse_undoing, trial_json
from dutygraph.service.imports.uploads import Upload, Uploads, now
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service
from dutygraph.service.times import time_text
from dutygraph.store import BureauGraphs

_SECONDS = 300.0
_ATTEMPTS = 5

Online = Literal["keep", "overwrite"]
"""What becomes of that which was changed online and a file states otherwise: it stays, or the file wins."""


class Imports:
    """The imports of a running service. Any number of threads may use it; one file is read at a time."""

    def __init__(self, committer: Committer, uploads: Uploads) -> None:
        """Use a store's committer and its folder of uploads."""
        self._committer = committer
        self.uploads = uploads
        self._reading = Lock()
        self._locks: dict[str, Lock] = {}
        self._guard = Lock()

    def take(self, upload: Upload) -> tuple[Upload, bool]:
        """Try an uploaded file and keep it as an import; False where it was there already."""
        self.uploads.clean(now())
        with self._reading:
            head = self._head(upload.bureau)
            same = self._same(upload, head)
            if same is not None:
                self.uploads.abandon(upload.id)
                return same, False
            # until it is kept nobody else looks: the same file sent twice at once is one import
            tried = self._tried(upload, self._read(upload))
            self.uploads.finish(tried)
        return tried, True

    def mine(self, account: str, bureau: str, kinds: tuple[str, ...]) -> list[Upload]:
        """Return an account's imports at a bureau, the latest first."""
        return [
            upload
            for upload in self.uploads.all()
            if (upload.account, upload.bureau) == (account, bureau) and upload.kind in kinds
        ]

    def commit(self, identifier: str, actor: Actor, online: Online | None = None) -> Upload:
        """Commit an import as it was tried. Asked again, it answers the same and commits nothing.

        *online* says what becomes of that which was changed online and the file states otherwise.

        Raises:
            ProblemError: 409, it was refused, or another commit came between: it has been tried anew; or
                it would undo what was done online, and nobody has said whether it shall.
            GateError: the structure gate refuses what it makes of the bureau; nothing is stored.

        """
        with self._locked(identifier):
            upload = self.uploads.find(identifier)
            if upload is None:
                raise ProblemError(404, "unknown-import", id=identifier)
            upload = self._recovered(upload)
            if upload.status == "committed":
                return upload
            outcome = read_outcome(self.uploads.read(identifier))
            if upload.status == "refused":
                raise ProblemError(409, "import-refused", count=len(outcome.problems))
            plan, note = self._plan(upload, outcome), ""
            if plan.undone and self._head(upload.bureau) == upload.head:
                refuse_undoing(plan, online)
                if online == "keep":
                    plan, note = self._plan(upload, outcome, keep=True), KEEPING
            return self._committed(upload, outcome, plan, actor, note)

    def _committed(self, upload: Upload, outcome: ReadOutcome, plan: Plan, actor: Actor, note: str) -> Upload:
        self.uploads.save(replace(upload, status="committing"))
        target = f"import/{upload.id}"
        try:
            committed = self._committer.commit(
                plan.delta, actor, _action(upload), target=target, note=note, expected=upload.head
            )
        except StaleCommitError as error:
            self.uploads.save(self._tried(upload, outcome))
            raise ProblemError(409, "import-stale", head=error.head, expected=upload.head) from error
        except BaseException:
            self.uploads.save(upload)
            raise
        done = {"commit": committed.commit, "at": time_text(committed.entry.at)}
        return self.uploads.save(replace(upload, status="committed", outcome=done))

    def delete(self, identifier: str) -> None:
        """Throw an import away; what it committed stays."""
        with self._locked(identifier):
            self.uploads.delete(identifier)
        with self._guard:
            self._locks.pop(identifier, None)

    def _recovered(self, upload: Upload) -> Upload:
        """Find out what became of a commit that was under way when the service stopped."""
        if upload.status != "committing":
            return upload
        try:
            entries = self._committer.entries(upload.bureau)
        except UnknownBureauError:
            entries = iter(())
        for entry in entries:
            if entry.target == f"import/{upload.id}":
                done = {"commit": entry.commit or self._head(upload.bureau), "at": time_text(entry.at)}
                return self.uploads.save(replace(upload, status="committed", outcome=done))
        return self.uploads.save(replace(upload, status="ready"))

    def _same(self, upload: Upload, head: int) -> Upload | None:
        wanted = (upload.sha256, upload.kind, upload.mode, upload.name, head)
        for known in self.mine(upload.account, upload.bureau, (upload.kind,)):
            if (known.sha256, known.kind, known.mode, known.name, known.head) == wanted:
                return known
        return None

    def _read(self, upload: Upload) -> ReadOutcome:
        folder = self.uploads.working(upload.id)
        command = [sys.executable, "-I", "-m", "dutygraph.service.imports.reading", str(folder)]
        command += [self._committer.base, upload.bureau, upload.kind]
        try:
            subprocess.run(  # noqa: S603 - our own module, the arguments are data
                command, check=True, timeout=_SECONDS, capture_output=True, stdin=subprocess.DEVNULL
            )
            return read_outcome((folder / READ).read_bytes())
        except (subprocess.SubprocessError, OSError, ValueError, KeyError):
            outcome = ReadOutcome(0, (), (Problem(Cell(upload.name), _UNREADABLE),), barred=True)
            (folder / READ).write_bytes(outcome.as_bytes())
            return outcome

    def _tried(self, upload: Upload, outcome: ReadOutcome) -> Upload:
        """Say what taking the good rows would do; nothing is written to the bureau."""
        for _ in range(_ATTEMPTS):
            head = self._head(upload.bureau)
            plan = self._plan(upload, outcome)
            kept = self._plan(upload, outcome, keep=True) if plan.undone else None
            preview, found = self._preview(plan.delta) if outcome.statements else (None, ())
            keeping, _ = self._preview(kept.delta) if kept is not None else (None, ())
            if self._head(upload.bureau) == head:
                break
        problems = (*outcome.problems, *found)
        if upload.kind == NAMES:
            names, store = self._names(upload.bureau), self._committer.folder.store
            unknown = tuple(unknown_people(store, names, outcome.statements))
            outcome = replace(outcome, notices=(*outcome.notices, *unknown))
        taken = bool(outcome.statements) and preview is not None and not outcome.barred
        ready = taken and (upload.mode == "partial" or not problems)
        trial = trial_json(outcome, problems, (plan, preview), (kept, keeping))
        return replace(upload, head=head, status="ready" if ready else "refused", trial=trial)

    def _preview(self, delta: Delta) -> tuple[GapPreview | None, tuple[Problem, ...]]:
        try:
            return self._committer.preview(delta), ()
        except GateError as error:
            return None, error.problems

    def _plan(self, upload: Upload, outcome: ReadOutcome, *, keep: bool = False) -> Plan:
        names = self._names(upload.bureau)
        removed = removed_online(self._committer, names, _action(upload))
        return planned(self._committer.folder.store, names, outcome.statements, removed, keep=keep)

    def _head(self, bureau: str) -> int:
        try:
            return self._committer.state(bureau).head.commit
        except UnknownBureauError:
            return 0

    def _names(self, bureau: str) -> BureauGraphs:
        return BureauGraphs(self._committer.base, bureau)

    @contextmanager
    def _locked(self, identifier: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(identifier, Lock())
        with lock:
            yield


_UNREADABLE = Text(
    "文件无法读取：读取时出错、超时，或占用内存过多。请用 Excel 打开后另存为 .xlsx，或拆成几个文件再传。",
    "The file cannot be read: it failed, took too long, or too much memory. Save it anew from Excel as "
    ".xlsx, or split it into several files.",
)


@contextmanager
def open_imports(service: Service) -> Iterator[Imports]:
    """Have imports while the service runs."""
    yield Imports(service.committer, Uploads(Path(service.folder.path) / "uploads"))


def _action(upload: Upload) -> Action:
    return Action.NAMES if upload.kind == NAMES else Action.IMPORT
