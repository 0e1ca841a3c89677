"""A backup made into a store folder again: verified, in an empty place, recognisable while half done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dutygraph.commits import COMMAND_LINE, Action, Broken, Committer
from dutygraph.model import Text
from dutygraph.store.files import sync_folder, write_whole
from dutygraph.store.folder import FORMAT, LAYOUT, RESTORING, StoreFolder, is_unused
from dutygraph.upkeep.archives import open_archive
from dutygraph.upkeep.errors import BackupError
from dutygraph.upkeep.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where its audit chain does not hold (it did not in the backup either)."""

    manifest: Manifest
    broken: tuple[Broken, ...]


def verify_archive(archive: Path) -> Manifest:
    """Read a whole backup, and return what it says of itself.

    Raises:
        BackupError: it is not whole, was altered, or is of another layout.

    """
    with open_archive(archive) as opened:
        _refuse_other_layout(archive, opened.manifest)
        for _, blocks in opened.files:
            for _ in blocks:
                pass
        return opened.manifest


def restore(archive: Path, to: Path) -> Restored:
    """Restore a backup into a folder that is empty or not there yet, and enter that into its audit log.

    The backup is read twice: it is whole before anything is written.

    Raises:
        BackupError: the backup is of no use, or the folder is not empty: nothing was changed; or the disk
            does not take it: the folder is then marked as half restored, and nothing opens it.
        StoreError: the restored store cannot be opened.

    """
    if not is_unused(to) or (to.exists() and any(to.iterdir())):
        raise BackupError(
            Text(
                f"“{to}”不是空文件夹；恢复不会覆盖任何内容。请指定一个空的或尚不存在的文件夹。",
                f"{to} is not empty; restoring never replaces anything. Name a folder that is empty or "
                "not there yet.",
            )
        )
    manifest = verify_archive(archive)
    _refuse_without_room(to, manifest)
    try:
        _write(archive, to)
    except OSError as error:
        raise BackupError(
            Text(
                f"恢复到“{to}”时出错：{error}。请检查空间和权限，删除该文件夹后重新恢复。",
                f"Restoring to {to} failed: {error}. Check space and permissions, remove the folder, "
                "restore again.",
            )
        ) from error
    with StoreFolder.open(to) as folder:
        committer = Committer(folder)
        broken = tuple(committer.verify())
        target, said = f"backup/{manifest.id}", f"made {manifest.made_at}"
        committer.note(COMMAND_LINE, Action.RESTORE, bureau=None, target=target, note=said)
    return Restored(manifest, broken)


def _refuse_other_layout(archive: Path, manifest: Manifest) -> None:
    if manifest.layout != LAYOUT:
        raise BackupError(
            Text(
                f"备份“{archive}”的布局是{manifest.layout}，本版本只能恢复布局{LAYOUT}。"
                f"请用 dutygraph {manifest.product} 恢复。",
                f"The backup {archive} is of layout {manifest.layout}; this version restores "
                f"layout {LAYOUT}. "
                f"Restore it with dutygraph {manifest.product}.",
            )
        )


def _refuse_without_room(to: Path, manifest: Manifest) -> None:
    there = next(path for path in (to.absolute(), *to.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < manifest.size:
        raise BackupError(
            Text(
                f"“{there}”所在磁盘空间不足：需要{manifest.size}字节，只剩{free}字节。未作任何改动。",
                f"The disk of {there} is too small: {manifest.size} bytes are needed, {free} are free. "
                "Nothing was changed.",
            )
        )


def _write(archive: Path, to: Path) -> None:
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    to.chmod(0o700)
    write_whole(to / RESTORING, f"{archive.name}\n".encode())
    made: set[Path] = {to}
    with open_archive(archive) as opened:
        for name, blocks in opened.files:
            target = to / name
            # the layout's mark comes last: without it nothing takes the folder for a store
            target = to / f"{FORMAT}.tmp" if name == FORMAT else target
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.add(target.parent)
            _write_file(target, blocks)
    (to / f"{FORMAT}.tmp").replace(to / FORMAT)
    for folder in made:
        sync_folder(folder)
    (to / RESTORING).unlink()
    sync_folder(to)


def _write_file(target: Path, blocks: Iterator[bytes]) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
