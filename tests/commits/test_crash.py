"""Kill -9 at any moment: what was confirmed is there whole, and nothing is there by half."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import IO, Any

import pytest

from dutygraph.commits import Committer
from dutygraph.model import Delta, GraphKind

from .bureaus import NAMES, agrees_with_a_fresh_check, commit, opened

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 22
pytestmark = pytest.mark.xdist_group("crash")


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
    assert confirmed > ROUNDS


def test_the_first_import_survives_a_kill(victims: Victims, imported: Delta, tmp_path: Path) -> None:
    chance, halves = Random(4), 0
    for number in range(8):
        folder = tmp_path / str(number)
        told = victims.killed("import", folder, 0, after=0, wait=chance.uniform(0, 0.6))
        committer = opened(folder)
        if told:
            assert [names.code for names in committer.bureaus()] == ["demo"]
        if not committer.bureaus():
            halves += 1
            assert committer.folder.commit_files() == []
            assert committer.folder.store.graphs() == ()
            assert commit(committer, imported).commit == 1
        is_whole(committer)
        committer.folder.close()
    assert halves
