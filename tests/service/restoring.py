"""A running service that many tests write to, each of which finds it as the first one did."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dutygraph.commits import COMMAND_LINE, Action
from dutygraph.model import Delta, Statement
from dutygraph.service.imports import reading
from dutygraph.store import BureauGraphs
from tests.service.running import Door

BUREAU = "demo"


@contextmanager
def restored(door: Door) -> Iterator[Door]:
    """Undo what is done to the bureau meanwhile, by one more import; throw away what was uploaded."""
    names = door.service.committer.names(BUREAU)
    before = _statements(door, names)
    yield door
    now = _statements(door, names)
    if now != before:
        back = Delta(BUREAU, names.base, tuple(before - now), tuple(now - before))
        door.service.committer.commit(back, COMMAND_LINE, Action.IMPORT, target="import/test")
        assert _statements(door, names) == before
    for upload in (door.service.folder.path / "uploads").iterdir():
        shutil.rmtree(upload)


def _statements(door: Door, names: BureauGraphs) -> frozenset[Statement]:
    return frozenset(door.service.folder.store.statements(names))


def read_here(command: list[str], **_: object) -> None:
    """Read an upload as the process apart does, in this one: starting it takes a second."""
    folder, *rest = command[-4:]
    try:
        reading.read_into(Path(folder), *rest)
    except Exception as error:
        raise subprocess.CalledProcessError(1, command) from error


def head(door: Door) -> int:
    """Return the number of the bureau's last commit."""
    return door.service.committer.state(BUREAU).head.commit
