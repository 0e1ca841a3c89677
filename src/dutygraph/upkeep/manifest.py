"""What a backup says of itself: when it was made, of what, and the SHA-256 of every file in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

MANIFEST = "manifest.json"
VERSION = 1
"""The version of this form. A reader refuses a later one."""
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file of a backup: its size in bytes, its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``bureaus`` has the number of the latest commit of each; ``sequence`` and ``hash`` end the audit chain.

    ``made_at`` is in UTC (``2026-01-31T08:00:00.000000Z``). ``with_secret``: the key of tokens is in it.
    """

    id: str
    made_at: str
    product: str
    layout: str
    sequence: int
    hash: str
    bureaus: Mapping[str, int]
    with_secret: bool
    files: Mapping[str, FileNote]

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(note.size for note in self.files.values())

    def to_json(self) -> bytes:
        """Return it as the file ``manifest.json``."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """Return what ``to_json`` gave.

    Raises:
        ValueError: it is no manifest of a version known here, or names files outside the folder.

    """
    try:
        said: dict[str, Any] = json.loads(data)
        if said.pop("version") != VERSION:
            raise ValueError("version")
        files = {
            str(name): FileNote(int(note["size"]), str(note["sha256"]))
            for name, note in said.pop("files").items()
        }
        manifest = Manifest(**{**said, "files": files})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    strange = [name for name in files if not is_inside(name)]
    if strange:
        raise ValueError(strange[0])
    return manifest


def is_inside(name: str) -> bool:
    """Tell whether a name leads to a file inside the folder that it is read from."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and str(path) == name


def note_of(path: Path) -> FileNote:
    """Return the size and digest of a file.

    Raises:
        OSError: it cannot be read.

    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return FileNote(size, digest.hexdigest())
