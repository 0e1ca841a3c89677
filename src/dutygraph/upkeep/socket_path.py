"""The control socket of a running service: where it stands, and how to get at it by a path of any length."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTROL_SOCKET = "control.sock"
_DESCRIPTORS = Path("/proc/self/fd")


@contextmanager
def socket_address(folder: Path) -> Iterator[str]:
    """Give the address of the control socket of a store folder.

    A socket's address may have 107 bytes; where the path is longer, it is named by way of the open folder.

    Raises:
        OSError: the folder cannot be opened.

    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        through = _DESCRIPTORS / str(descriptor)
        yield str((through if through.exists() else folder) / CONTROL_SOCKET)
    finally:
        os.close(descriptor)
