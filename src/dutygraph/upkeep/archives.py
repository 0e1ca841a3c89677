"""A backup as one file: a gzipped tar, its manifest first, there whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dutygraph.model import Text
from dutygraph.store.files import sync_folder
from dutygraph.upkeep.errors import BackupError, not_whole
from dutygraph.upkeep.manifest import MANIFEST, Manifest, read_manifest

SUFFIXES = (".tar.gz", ".tgz")
_NAME = "dutygraph-"
_BLOCK = 1024 * 1024
_LARGEST_MANIFEST = 256 * _BLOCK
_COMPRESSION = 3  # the graphs and the files of commits are compressed already


def place_for(to: Path, made_at: str) -> Path:
    """Return the file to write: *to* itself where it is named like an archive, else a new name in it.

    Raises:
        BackupError: the file is there already.

    """
    if not to.name.endswith(SUFFIXES):
        stamp = "".join(c for c in made_at.partition(".")[0] if c not in "-:")
        to = to / f"{_NAME}{stamp}Z{SUFFIXES[0]}"
    if to.exists():
        raise BackupError(
            Text(
                f"“{to}”已经存在，备份不会覆盖任何文件。请换一个文件名。",
                f"{to} is there already; a backup never replaces a file. Choose another name.",
            )
        )
    return to


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest *keep* backups that ``place_for`` named in a folder; return what went."""
    found = sorted(folder.glob(f"{_NAME}????????T??????Z{SUFFIXES[0]}"), reverse=True)
    for old in found[keep:]:
        old.unlink()
    return found[keep:]


def write_archive(stage: Path, manifest: Manifest, target: Path) -> None:
    """Write a stage into a file that only its owner can read; forced to disk when this returns.

    Raises:
        BackupError: the place does not take it; no file is left.

    """
    unfinished = target.with_name(f".{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _pack(stage, manifest, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, target)  # refuses where a rename would replace
        unfinished.unlink()
        sync_folder(target.parent)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise BackupError(
            Text(
                f"备份无法写入“{target}”：{error.strerror or error}。请检查空间和权限；未留下任何文件。",
                f"The backup cannot be written to {target}: {error.strerror or error}. "
                "Check space and permissions; no file was left.",
            )
        ) from error


def _pack(stage: Path, manifest: Manifest, file: IO[bytes]) -> None:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=_COMPRESSION) as tar:
        for name in (MANIFEST, *manifest.files):
            member = tarfile.TarInfo(name)
            member.mode = 0o600
            with (stage / name).open("rb") as content:
                member.size = os.fstat(content.fileno()).st_size
                tar.addfile(member, content)


@dataclass(frozen=True, slots=True)
class Archive:
    """An open backup; ``files`` yields each file once, whose content must be read to its end in turn."""

    manifest: Manifest
    files: Iterator[tuple[str, Iterator[bytes]]]


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup to read. What is not as the manifest has it is found while it is read.

    Raises:
        BackupError: it is no backup, is not whole, or was altered; also raised while it is read.

    """
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            manifest = _manifest(path, tar)
            yield Archive(manifest, _members(path, tar, manifest))
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None and error.filename != str(path):
            raise  # of what is written while this is read
        raise not_whole(path, str(error), str(error)) from error


def _manifest(path: Path, tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    file = None if first is None or first.name != MANIFEST else tar.extractfile(first)
    if first is None or file is None or first.size > _LARGEST_MANIFEST:
        raise not_whole(path, f"开头没有{MANIFEST}", f"it does not begin with {MANIFEST}")
    try:
        return read_manifest(file.read())
    except ValueError as error:
        raise not_whole(
            path, f"{MANIFEST}不可用（{error}）", f"its {MANIFEST} is of no use ({error})"
        ) from error


def _members(path: Path, tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[str, Iterator[bytes]]]:
    missing = dict(manifest.files)
    while (member := tar.next()) is not None:
        note = missing.pop(member.name, None)
        content = tar.extractfile(member) if note is not None and member.isfile() else None
        if note is None or content is None:
            raise not_whole(path, f"多出“{member.name}”", f"{member.name} does not belong in it")
        yield member.name, _checked(path, member.name, content, note.sha256)
    if missing:
        name = next(iter(missing))
        raise not_whole(path, f"缺少“{name}”", f"{name} is missing")


def _checked(path: Path, name: str, content: IO[bytes] | io.BufferedReader, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    while block := content.read(_BLOCK):
        digest.update(block)
        yield block
    if digest.hexdigest() != sha256:
        raise not_whole(path, f"“{name}”的SHA-256不符", f"{name} has another SHA-256")
