"""A disk that takes no more: nothing confirmed is lost, and the process says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dutygraph.commits import Committer

from .bureaus import agrees_with_a_fresh_check, commit, delta, opened, reopened, risk

ROOT = Path(__file__).resolve().parents[2]
# A limit on the size of files, which the system refuses to write beyond, stands in for a full disk.
FILLING = """
import resource, signal, sys
from pathlib import Path
from dutygraph.store import StoreError
from tests.commits.bureaus import commit, delta, opened, risk
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
committer = opened(Path(sys.argv[1]))
committer.state("demo")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for number in range(400):
    try:
        done = commit(committer, delta(risk(f"R9-{number}")))
    except StoreError as error:
        print(error.text.zh, "|", error.text.en, flush=True)
        break
    print(done.entry.sequence, done.entry.hash, flush=True)
"""


@pytest.mark.parametrize("limit", [500, 60_000])
def test_a_full_disk(committer: Committer, limit: int) -> None:
    """At 500 bytes the file of changes is too long already, at 60,000 the log of the store is."""
    path = committer.folder.path
    committer.folder.close()

    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(path), str(limit)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    *confirmed, refused = done.stdout.splitlines()
    assert "磁盘空间" in refused
    assert "disk space" in refused
    assert bool(confirmed) == (limit > 500)
    again = opened(path)
    entries = {entry.sequence: entry.hash for entry in again.entries()}
    assert [entries[int(line.split()[0])] for line in confirmed] == [line.split()[1] for line in confirmed]
    assert len(entries) == len(confirmed) + 1
    assert again.verify() == []
    agrees_with_a_fresh_check(again)
    commit(again, delta(risk("R8")))
    agrees_with_a_fresh_check(reopened(again))
