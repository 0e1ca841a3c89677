"""From layout 1 (RocksDB straight in the folder, without commits) to layout 2.

The new layout is built whole in a folder of its own beside the old files, which stay as they are until it is
done; then it is moved into place, and the old files go. Killed at any moment, the next run goes on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dutygraph.bureaus import bureaus_in
from dutygraph.commits.acts import COMMAND_LINE
from dutygraph.commits.chain import utcnow
from dutygraph.commits.committer import Committer
from dutygraph.model import Text
from dutygraph.store import DEFAULT_BASE, EmbeddedStore, StoreFolder, StoreFolderError, not_written
from dutygraph.store.files import sync_folder, write_whole
from dutygraph.store.folder import (
    AUDIT_HEAD,
    COMMITS,
    FORMAT,
    GRAPH,
    LAYOUT,
    RULESETS,
    UPGRADING,
    is_store_folder,
    lock_folder,
)

_DONE = "done"
_OLD = (
    "*.sst",
    "*.log",
    "*.blob",
    "*.dbtmp",
    "LOG*",
    "MANIFEST-*",
    "OPTIONS-*",
    "IDENTITY",
    "LOCK",
    "CURRENT",
)
"""The files of RocksDB; CURRENT, by which layout 1 is told, goes last."""


@dataclass(frozen=True, slots=True)
class UpgradedBureau:
    """A bureau of the store, and how many statements it has."""

    code: str
    statements: int


def planned(path: Path) -> tuple[UpgradedBureau, ...] | None:
    """Return the bureaus that an upgrade would take over; None where there is nothing to upgrade.

    Raises:
        StoreFolderError: no store, in use, or damaged.

    """
    if not _is_due(path):
        return None
    lock = lock_folder(path)
    try:
        if not EmbeddedStore.is_store(path):
            return ()
        store = EmbeddedStore(path)
        found = _bureaus(store)
        store.close()
    finally:
        os.close(lock)
    return found


def upgrade(path: Path, *, clock: Callable[[], datetime] = utcnow) -> tuple[UpgradedBureau, ...] | None:
    """Upgrade a store folder, or go on where an upgrade was cut off; None where there is nothing to do.

    Raises:
        StoreError: no store, in use, damaged, or the disk is full. The old data are as they were.

    """
    if not _is_due(path):
        return None
    lock = lock_folder(path)
    try:
        building = path / UPGRADING
        if EmbeddedStore.is_store(path) and not (building / _DONE).exists():
            _build(path, building, clock)
        _move(building, path)
        _remove_old(path)
        (building / _DONE).unlink(missing_ok=True)
        if building.exists():
            building.rmdir()
        sync_folder(path)
    except OSError as error:
        raise not_written(error) from error
    finally:
        os.close(lock)
    with StoreFolder.open(path) as folder:
        return _bureaus(folder.store)


def _is_due(path: Path) -> bool:
    if not is_store_folder(path) and not (path / UPGRADING).exists():
        raise StoreFolderError(Text(f"“{path}”不是图库。", f"{path} is no store."))
    return EmbeddedStore.is_store(path) or (path / UPGRADING).exists()


def _build(path: Path, building: Path, clock: Callable[[], datetime]) -> None:
    """Make a folder of layout 2 out of the store in the old one, with a first commit for each bureau."""
    if building.exists():
        shutil.rmtree(building)
    building.mkdir()
    old = EmbeddedStore(path)
    try:
        # RocksDB links its files: the copy takes no time and no room
        old.oxigraph.backup(building / GRAPH)
    finally:
        old.close()
    write_whole(building / FORMAT, f"{LAYOUT}\n".encode())
    with StoreFolder.open(building) as folder:
        bureaus = bureaus_in(folder.store)
        base = bureaus[0].base if bureaus else DEFAULT_BASE
        committer = Committer(folder, clock=clock, base=base)
        for names in bureaus:
            committer.adopt(names, COMMAND_LINE)
    write_whole(building / _DONE, b"")


def _move(building: Path, path: Path) -> None:
    # The file that tells the layout comes last: before it is there, the folder is not taken for layout 2.
    for name in (GRAPH, COMMITS, RULESETS, AUDIT_HEAD, FORMAT):
        if (building / name).exists():
            (building / name).rename(path / name)
    sync_folder(path)


def _remove_old(path: Path) -> None:
    for pattern in _OLD:
        for file in path.glob(pattern):
            if file.is_file():
                file.unlink()


def _bureaus(store: EmbeddedStore) -> tuple[UpgradedBureau, ...]:
    return tuple(
        UpgradedBureau(names.code, sum(1 for _ in store.quads(names.all_asserted())))
        for names in bureaus_in(store)
    )
