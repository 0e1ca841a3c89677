"""Files that are there whole or not at all, even after a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, *, may_lag: bool = False) -> None:
    """Write a file under a temporary name, force it to disk, and give it its name in one step.

    With *may_lag* a power cut may leave what stood there before.

    Raises:
        OSError: the disk is full or not writable; the file is then as it was, or absent.

    """
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    if not may_lag:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to disk.

    Raises:
        OSError: the folder cannot be opened.

    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
