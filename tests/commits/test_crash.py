"""Kill -9 at any moment: what was confirmed is there whole, and nothing is there by half.

A kill leaves the files as they are at that moment. So a copy of the folder, taken before each step that
reaches the disk, is what a kill at that step leaves; every step is looked at. Beside them a few real kills.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import IO, Any

import pytest

from dutygraph.commits import Action, AuditEntry, Committer
from dutygraph.model import Delta, GraphKind
from dutygraph.store import EmbeddedStore

from .bureaus import NAMES, SO, agrees_with_a_fresh_check, commit, control, delta, opened

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 22


class Victims:
    """Processes that do a deed and are killed at it."""

    def __init__(self, into: IO[str], out: IO[str]) -> None:
        self._into, self._out = into, out

    def killed(self, deed: str, folder: Path, seed: int, *, after: int, wait: float) -> list[dict[str, Any]]:
        """Kill a child *wait* seconds after it has confirmed *after* things; return all it confirmed."""
        self._into.write(f"{deed} {folder} {seed}\n")
        self._into.flush()
        child = self._told()["process"]
        while "ready" not in self._told():
            pass
        confirmed = [told for told in (self._told() for _ in range(after)) if "sequence" in told]
        time.sleep(wait)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        while "ended" not in (told := self._told()):
            confirmed.append(told)
        return confirmed

    def _told(self) -> dict[str, Any]:
        line = self._out.readline()
        assert line, "the process to be killed died by itself"
        told: dict[str, Any] = json.loads(line)
        return told


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    ledger = str(tmp_path_factory.mktemp("victim"))
    with subprocess.Popen(
        [sys.executable, "-m", "tests.commits.crashing", ledger],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Victims(process.stdin, process.stdout)
        process.stdin.close()


def is_whole(committer: Committer) -> None:
    """Data, what follows from them, register, files and audit entries agree with each other."""
    assert committer.verify() == []
    agrees_with_a_fresh_check(committer)
    cells = [NAMES.cells(kind) for kind in GraphKind]
    graphs = (*NAMES.all_asserted(), *cells)
    assert committer.past("demo").export(graphs) == committer.folder.store.export(graphs)
    commits = [entry.commit for entry in committer.entries("demo") if entry.commit]
    assert commits == list(range(committer.state("demo").head.commit, 0, -1))
    left = [path for path in committer.folder.path.rglob("*.tmp") if "graph" not in path.parts]
    assert left == []


class Moments:
    """Copies of a store folder, one before each step to the disk; what had been confirmed by then."""

    def __init__(self, folder: Path, place: Path) -> None:
        self._folder, self._place = folder, place
        self.confirmed: list[AuditEntry] = []
        self.kept: list[tuple[Path, list[AuditEntry]]] = []
        self._known: set[bytes] = set()

    def take(self) -> None:
        """Copy the folder, unless it is as it was at an earlier moment."""
        copy = shutil.copytree(self._folder, self._place / str(len(self.kept)))
        digest = hashlib.sha256()
        for path in sorted(copy.rglob("*")):
            if path.is_file() and path.name not in {"LOG", "LOCK"}:
                digest.update(
                    f"{path.relative_to(copy)} {path.stat().st_size}\n".encode() + path.read_bytes()
                )
        if digest.digest() in self._known:
            shutil.rmtree(copy)
            return
        self._known.add(digest.digest())
        self.kept.append((copy, list(self.confirmed)))

    def before(self, place: Any, name: str, patch: pytest.MonkeyPatch) -> None:
        """Take a copy before each call of a function."""
        step = getattr(place, name)

        def watched(*words: Any, **named: Any) -> Any:
            self.take()
            return step(*words, **named)

        patch.setattr(place, name, watched)


@contextmanager
def watched(folder: Path, place: Path) -> Iterator[Moments]:
    """Take copies of a folder while something is done to it, and one at the end."""
    moments = Moments(folder, place)
    with pytest.MonkeyPatch.context() as patch:
        moments.before(os, "fsync", patch)
        moments.before(Path, "replace", patch)
        moments.before(Path, "mkdir", patch)
        moments.before(EmbeddedStore, "_update", patch)
        moments.before(EmbeddedStore, "sync", patch)
        yield moments
    moments.take()


def survives(moment: Path, confirmed: list[AuditEntry], first: int) -> int:
    """Open what a kill left, hold it to what was confirmed, return how many entries are there."""
    committer = opened(moment)
    entries = {entry.sequence: entry for entry in committer.entries()}
    for entry in confirmed:
        assert entries[entry.sequence] == entry
    # one more may have been written and not yet told
    assert first + len(confirmed) <= len(entries) <= first + len(confirmed) + 1
    if committer.bureaus():
        is_whole(committer)
    committer.folder.close()
    return len(entries)


def test_a_kill_at_each_step_of_commits(committer: Committer, tmp_path: Path) -> None:
    committer.state("demo")
    gap = min(committer.state("demo").gaps)
    with watched(committer.folder.path, tmp_path / "moments") as moments:
        moments.confirmed.append(commit(committer, delta(control())).entry)
        moments.confirmed.append(committer.assign("demo", gap, "P001", None, "", SO).entry)
        moments.confirmed.append(
            committer.note(SO, Action.READ_IDENTITY, bureau="demo", target="person/P001")
        )

    there = [survives(moment, confirmed, 1) for moment, confirmed in moments.kept]

    assert there == sorted(there)
    assert set(there) == {1, 2, 3, 4}
    # of two: the file is there, has its name, the update is made, the head is there, has its name; of a note
    # the last three
    assert len(there) == 2 * 5 + 3


def test_a_kill_at_each_step_of_the_first_import(imported: Delta, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    (tmp_path / "moments").mkdir()
    folder.mkdir()
    with watched(folder, tmp_path / "moments") as moments:
        committer = opened(folder)
        moments.confirmed.append(commit(committer, imported).entry)
    committer.folder.close()

    there = [survives(moment, confirmed, 0) for moment, confirmed in moments.kept]

    assert there == sorted(there)
    assert set(there) == {0, 1}
    halves = [moment for moment, entries in zip(moments.kept, there, strict=True) if not entries]
    committer = opened(halves[-1][0])  # the file of the import was written, its update not
    assert committer.folder.commit_files() == []
    assert committer.folder.store.graphs() == ()
    assert commit(committer, imported).commit == 1
    is_whole(committer)
    committer.folder.close()


def test_commits_survive_a_kill(victims: Victims, imported: Delta, tmp_path: Path) -> None:
    committer = opened(tmp_path / "store")
    commit(committer, imported)
    committer.folder.close()
    chance, confirmed = Random(20261123), 0
    for number in range(ROUNDS):
        told = victims.killed(
            "commit",
            tmp_path / "store",
            number,
            after=chance.randrange(4),
            wait=chance.uniform(0, 0.05),
        )
        confirmed += len(told)
        committer = opened(tmp_path / "store")
        entries = {entry.sequence: entry for entry in committer.entries()}
        for one in told:
            entry = entries[one["sequence"]]
            assert (entry.hash, entry.commit) == (one["hash"], one["commit"])
        last = max((one["sequence"] for one in told), default=0)
        # one more may have been written and not yet told
        assert not told or len(entries) <= last + 1
        is_whole(committer)
        committer.folder.close()
    assert confirmed >= ROUNDS


def test_the_first_import_survives_a_kill(victims: Victims, imported: Delta, tmp_path: Path) -> None:
    chance = Random(4)
    for number in range(2):
        folder = tmp_path / str(number)
        told = victims.killed("import", folder, 0, after=0, wait=chance.uniform(0, 0.6))
        committer = opened(folder)
        if told:
            assert [names.code for names in committer.bureaus()] == ["demo"]
        if not committer.bureaus():
            assert committer.folder.commit_files() == []
            assert committer.folder.store.graphs() == ()
            assert commit(committer, imported).commit == 1
        is_whole(committer)
        committer.folder.close()
