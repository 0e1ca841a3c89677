"""Asking a running service through its control socket: a line of JSON each way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dutygraph.model import Text
from dutygraph.store import StoreError
from dutygraph.upkeep.errors import BackupError
from dutygraph.upkeep.manifest import MANIFEST, read_manifest
from dutygraph.upkeep.socket_path import socket_address
from dutygraph.upkeep.staging import Stage

_SECONDS = 600.0
LONGEST_LINE = 64 * 1024


class NotRunningError(Exception):
    """No service runs over this store folder."""


class Connection:
    """A connection to the control socket."""

    def __init__(self, peer: socket.socket) -> None:
        """Use a connected socket."""
        self._peer = peer
        self._lines = peer.makefile("rb")

    def close(self) -> None:
        """Let go of the socket."""
        self._lines.close()

    def ask(self, **question: Any) -> dict[str, Any]:
        """Send a question and return the answer.

        Raises:
            BackupError: the service says that it cannot, and why.
            NotRunningError: the service has gone away.

        """
        try:
            self._peer.sendall(json.dumps(question).encode() + b"\n")
            answer = json.loads(self._lines.readline(LONGEST_LINE) or b"null")
        except (OSError, ValueError) as error:
            raise NotRunningError(str(error)) from error
        if not isinstance(answer, dict):
            raise NotRunningError("no answer")
        if "error" in answer:
            raise BackupError(Text(answer["error"]["zh"], answer["error"]["en"]))
        return answer


@contextmanager
def connected(folder: Path) -> Iterator[Connection]:
    """Connect to the service that runs over a store folder.

    Raises:
        NotRunningError: none does.
        StoreError: it may not be asked by this user.

    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(_SECONDS)
        try:
            with socket_address(folder) as address:
                peer.connect(address)
        except PermissionError as error:
            raise StoreError(
                Text(
                    f"没有权限联系图库“{folder}”上的服务。请以运行服务的用户（或root）执行。",
                    f"You may not ask the service over {folder}. Run this as the user of the service, or "
                    "root.",
                )
            ) from error
        except OSError as error:
            raise NotRunningError(str(error)) from error
        connection = Connection(peer)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def staged_by_service(folder: Path, *, secret: bool) -> Iterator[Stage]:
    """Have the running service lay out a backup; it removes that when the block is left.

    Raises:
        NotRunningError: no service runs.
        BackupError: it cannot; says why.

    """
    with connected(folder) as connection:
        answer = connection.ask(do="backup", secret=secret)
        place = folder / str(answer["stage"])
        try:
            yield Stage(place, read_manifest((place / MANIFEST).read_bytes()))
        finally:
            with suppress(NotRunningError):
                connection.ask(do="finish")
