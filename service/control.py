"""The control socket: what the command line asks of a running service, as its own user on this machine.

``control.sock`` in the store folder, mode 0600. One line of JSON is asked, one answered: ``status``; or
``backup``, where the service lays out a copy of one moment inside the store folder, and keeps it until the
caller, who writes the archive with their own rights, hangs up. So the service never writes elsewhere, and no
path reaches it.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any, cast

from dutygraph import __version__
from dutygraph.model import Text
from dutygraph.service.logs import log
from dutygraph.service.running import Service
from dutygraph.service.times import time_text
from dutygraph.store import StoreError
from dutygraph.upkeep.reaching import LONGEST_LINE
from dutygraph.upkeep.socket_path import CONTROL_SOCKET, socket_address
from dutygraph.upkeep.staging import staged

_SILENCE = 3600.0
"""Seconds after which a caller who neither asks nor hangs up is dropped."""
_CREDENTIALS = struct.Struct("3i")


class Control(socketserver.ThreadingUnixStreamServer):
    """Answers on the control socket until it is shut down."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, service: Service) -> None:
        """Listen in the service's store folder; a socket that a killed process left is replaced."""
        self.service = service
        self.backing_up = Lock()
        self.path: Path = service.folder.path / CONTROL_SOCKET
        # the folder is locked: whoever made a socket that is there is gone
        self.path.unlink(missing_ok=True)
        with socket_address(service.folder.path) as address:
            super().__init__(address, _Caller, bind_and_activate=False)
            os.fchmod(self.socket.fileno(), 0o600)  # before it has a name that others could connect to
            self.server_bind()
            self.path.chmod(0o600)
            self.server_activate()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a caller."""
        del request, client_address
        log("control.failed")


class _Caller(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server = cast("Control", self.server)
        self.request.settimeout(_SILENCE)
        if not _is_ours(self.request):
            return
        with suppress(OSError):  # the caller has hung up
            for line in iter(lambda: self.rfile.readline(LONGEST_LINE), b""):
                self._answer(server, line)

    def _answer(self, server: Control, line: bytes) -> None:
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            asked = None
        match asked:
            case {"do": "status"}:
                self._say(status(server.service))
            case {"do": "backup", "secret": bool(secret)}:
                self._backup(server, secret=secret)
            case _:
                self._say(_error(Text("不认识的请求。", "Not a question that is answered here.")))

    def _backup(self, server: Control, *, secret: bool) -> None:
        if not server.backing_up.acquire(blocking=False):
            self._say(
                _error(Text("另一个备份正在进行，请稍后再试。", "Another backup is being made; try later."))
            )
            return
        service, finished = server.service, b""
        try:
            key = service.settings.secret_path if secret else None
            with staged(service.committer, secret=key) as stage:
                log("backup.staged", bytes=stage.manifest.size)
                self._say({"stage": stage.path.relative_to(service.folder.path).as_posix()})
                finished = self.rfile.readline(LONGEST_LINE)  # or the caller hangs up
        except StoreError as error:
            self._say(_error(error.text))
        finally:
            server.backing_up.release()
        if finished:
            self._say({"removed": True})

    def _say(self, answer: Mapping[str, object]) -> None:
        self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


def status(service: Service) -> dict[str, object]:
    """Return what may be said of the running service: nothing of any bureau's data."""
    last = next(iter(service.committer.entries()), None)
    return {
        "version": __version__,
        "process": os.getpid(),
        "address": f"{service.settings.host}:{service.settings.port}",
        "bureaus": len(service.committer.bureaus()),
        "entries": 0 if last is None else last.sequence,
        "lastEntryAt": None if last is None else time_text(last.at),
        "administrator": service.accounts.has_administrator(),
        "backupFolder": None
        if service.settings.backup_folder is None
        else str(service.settings.backup_folder),
    }


@contextmanager
def open_control(service: Service) -> Iterator[Control]:
    """Answer on the control socket while the service runs."""
    server = Control(service)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="control", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.path.unlink(missing_ok=True)


def _error(text: Text) -> dict[str, object]:
    return {"error": {"zh": text.zh, "en": text.en}}


def _is_ours(peer: socket.socket) -> bool:
    """Tell whether the caller is this process's user, or root, where the system says who it is."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    _, user, _ = _CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return user in {0, os.geteuid()}
