"""What is wrong with a store folder: what can be told from outside, then from within."""

from __future__ import annotations

import shutil
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dutygraph.commits import Committer
from dutygraph.commits.chain import instant
from dutygraph.commits.tidying import confirmed_head
from dutygraph.store import StoreError, StoreFolder, StoreFolderError
from dutygraph.upkeep.bureau_examined import bureau_symptoms
from dutygraph.upkeep.reaching import NotRunningError, connected
from dutygraph.upkeep.staging import ACCOUNTS, SECRET
from dutygraph.upkeep.symptoms import Symptom, symptom

_MEBI = 1024 * 1024
_LOW = 1024 * _MEBI
_LEAST = 32
_OTHERS = 0o077

Accounts = Callable[[Path], Iterator[Symptom]]
"""Tells what is wrong with the accounts of a folder; the service knows them."""


def examine(path: Path, now: datetime, accounts: Accounts) -> Iterator[Symptom]:
    """Yield what is wrong with a store folder, whether a service runs over it or not; nothing is changed."""
    if not path.exists():
        yield symptom("missing", path=path)
        return
    if path.is_dir():
        yield from _from_outside(path)
    try:
        with connected(path) as service:
            told = service.ask(do="status")
    except NotRunningError:
        yield from _stopped(path, now, accounts)
    except StoreError as error:
        yield symptom("unusable", reason_zh=error.text.zh, reason_en=error.text.en)
    else:
        last = told["lastEntryAt"]
        yield from _clock(now, None if last is None else datetime.fromisoformat(last))
        if not told["administrator"]:
            yield symptom("no-administrator", path=path)


def is_running(path: Path) -> bool:
    """Tell whether a service answers over this folder."""
    with suppress(NotRunningError, StoreError), connected(path) as service:
        service.ask(do="status")
        return True
    return False


def _from_outside(path: Path) -> Iterator[Symptom]:
    free = shutil.disk_usage(path).free
    if free < _LOW:
        yield symptom("disk-low", free=free // _MEBI, least=_LEAST)
    for place, wanted in ((path, "700"), (path / SECRET, "600"), (path / ACCOUNTS, "600")):
        with suppress(FileNotFoundError):
            mode = stat.S_IMODE(place.stat().st_mode)
            # what stands in a folder that is closed to others is closed too
            closed = (
                place != path and not stat.S_IMODE(path.stat().st_mode) & _OTHERS and place.name != SECRET
            )
            if mode & _OTHERS and not closed:
                name, shown = place.name, f"{mode:o}"
                yield symptom("open-to-others", name=name, mode=shown, wanted=wanted, path=place)


def _stopped(path: Path, now: datetime, accounts: Accounts) -> Iterator[Symptom]:
    try:
        folder = StoreFolder.open(path)
    except StoreFolderError as error:
        holder = _holder(path)
        if holder is None:
            yield symptom("unusable", reason_zh=error.text.zh, reason_en=error.text.en)
        else:
            yield symptom("locked", holder=holder)
        return
    except StoreError as error:
        yield symptom("damaged", reason=error.text.en)
        return
    with folder:
        try:
            _read_all(folder.store.oxigraph)
            yield from _within(folder, now)
        # a block whose checksum is wrong is a RuntimeError of pyoxigraph
        except (OSError, RuntimeError, StoreError) as error:
            yield symptom("damaged", reason=error)
    yield from accounts(path)


_Pattern = tuple[Any, Any, Any, Any]


def _read_all(graphs: ox.Store) -> None:
    """Read every index of the quads, and so the checksum of every block.

    Raises:
        RuntimeError: a block is damaged.

    """
    in_use: tuple[Callable[[ox.Quad], _Pattern], ...] = (
        lambda quad: (None, None, None, quad.graph_name),
        lambda quad: (quad.subject, None, None, None),
        lambda quad: (None, quad.predicate, None, None),
        lambda quad: (None, None, quad.object, None),
        lambda quad: (None, quad.predicate, None, quad.graph_name),
        lambda quad: (None, None, quad.object, quad.graph_name),
    )
    for pattern_of in in_use:
        for pattern in {pattern_of(quad) for quad in graphs}:
            deque(graphs.quads_for_pattern(*pattern), maxlen=0)


def _within(folder: StoreFolder, now: datetime) -> Iterator[Symptom]:
    committer = Committer(folder, tidying=False)
    last = next(iter(committer.entries()), None)
    yield from _clock(now, None if last is None else last.at)
    yield from _chain(folder, committer)
    for names in committer.bureaus():
        yield from bureau_symptoms(folder, names, now.date())


def _chain(folder: StoreFolder, committer: Committer) -> Iterator[Symptom]:
    for names in committer.bureaus():
        left = folder.commit_file(names, confirmed_head(folder, names) + 1)
        if left.exists():
            yield symptom("left-by-a-kill", name=left.relative_to(folder.path).as_posix())
    for broken in committer.verify():
        if broken.ruleset is not None and broken.bureau is not None:
            yield symptom(
                "ruleset-missing", bureau=broken.bureau, commit=broken.commit, digest=broken.ruleset
            )
            continue
        yield symptom("audit-broken", reason_zh=broken.text.zh, reason_en=broken.text.en)


def _clock(now: datetime, last: datetime | None) -> Iterator[Symptom]:
    if last is not None and now < last:
        yield symptom("clock-behind", now=instant(now), last=instant(last))


def _holder(path: Path) -> str | None:
    """Return which process holds the lock on a folder, as the system tells it; None where nobody does."""
    with suppress(OSError):
        inode = path.stat().st_ino
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()
            if "FLOCK" in words and words[5].rpartition(":")[2] == str(inode):
                process = words[4]
                with suppress(OSError):
                    name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
                    return f"{name}, PID {process}"
                return f"PID {process}"
    return None
