"""The store folder as of one moment, beside the live one: hard links where files never change, else copies.

While the graphs are checkpointed no commit is written: the writer's lock is held for that long (tens of
milliseconds), so graphs, files of commits and the end of the audit chain belong together.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from dutygraph import __version__
from dutygraph.commits import COMMAND_LINE, Action, Committer
from dutygraph.commits.chain import Link, instant
from dutygraph.commits.journal import find_last, head_bytes
from dutygraph.commits.tidying import confirmed_head
from dutygraph.model import Text
from dutygraph.store.folder import AUDIT_HEAD, FORMAT, GRAPH, LAYOUT, RULESETS, StoreFolder
from dutygraph.upkeep.errors import BackupError
from dutygraph.upkeep.manifest import MANIFEST, Manifest, note_of

STAGES = "backup.new"
"""Where stages stand in the store folder; what a killed process left there is removed by the next backup."""
ACCOUNTS = "accounts.sqlite3"
SECRET = "secret.key"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder that holds what a backup will hold, the manifest included."""

    path: Path
    manifest: Manifest


@contextmanager
def staged(committer: Committer, *, secret: Path | None = None) -> Iterator[Stage]:
    """Lay out a backup of an open store, and remove it at the end; *secret* is the key to put in.

    That it is made is in the audit log before anything is read, so in the backup too. One at a time.

    Raises:
        BackupError: the disk does not take it, or a file is missing.
        StoreError: it cannot be entered into the audit log.

    """
    folder = committer.folder
    note = "with the key of tokens" if secret else ""
    entry = committer.note(COMMAND_LINE, Action.BACKUP, bureau=None, target="store", note=note)
    shutil.rmtree(folder.path / STAGES, ignore_errors=True)
    place = folder.path / STAGES / uuid4().hex
    try:
        try:
            place.mkdir(mode=0o700, parents=True)
            stage = Stage(place, _lay_out(folder, place, entry.at, secret))
        except (OSError, sqlite3.Error) as error:
            raise BackupError(
                Text(
                    f"备份未能完成：{error}。请检查磁盘空间和权限，或运行 dutygraph doctor。",
                    f"The backup could not be made: {error}. Check disk space and permissions, or run "
                    "dutygraph doctor.",
                )
            ) from error
        yield stage
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _lay_out(folder: StoreFolder, place: Path, at: datetime, secret: Path | None) -> Manifest:
    with folder.writing:
        committer = Committer(folder, tidying=False)
        end = find_last(folder, committer.base)
        heads = {names.code: confirmed_head(folder, names) for names in committer.bureaus()}
        folder.store.oxigraph.backup(place / GRAPH)
        _copy_accounts(folder.path / ACCOUNTS, place / ACCOUNTS)
    for names in committer.bureaus():
        for number in range(1, heads[names.code] + 1):
            _link(folder, folder.commit_file(names, number), place)
    for archive in sorted((folder.path / RULESETS).glob("*.zip")):
        _link(folder, archive, place)
    (place / AUDIT_HEAD).write_bytes(head_bytes(end))
    (place / FORMAT).write_text(f"{LAYOUT}\n", encoding="utf-8")
    if secret is not None:
        (place / SECRET).write_bytes(secret.read_bytes())
    manifest = _manifest(place, at, end, heads, with_secret=secret is not None)
    (place / MANIFEST).write_bytes(manifest.to_json())
    return manifest


def _manifest(place: Path, at: datetime, end: Link, heads: dict[str, int], *, with_secret: bool) -> Manifest:
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    files = {path.relative_to(place).as_posix(): note_of(path) for path in paths}
    return Manifest(
        id=place.name,
        made_at=instant(at),
        product=__version__,
        layout=LAYOUT,
        sequence=end.sequence,
        hash=end.hash,
        bureaus=heads,
        with_secret=with_secret,
        files=files,
    )


def _link(folder: StoreFolder, path: Path, place: Path) -> None:
    target = place / path.relative_to(folder.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, target)  # such a file is never written to again, only removed or replaced
    except OSError:
        shutil.copyfile(path, target)


def _copy_accounts(source: Path, target: Path) -> None:
    if not source.is_file():
        return
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
