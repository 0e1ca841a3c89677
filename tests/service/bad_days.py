"""A service in a process of its own, as it is left running, and what is done to it on bad days."""

from __future__ import annotations

import gc
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from typer.testing import CliRunner

from dutygraph.cli.app import app
from dutygraph.commits import Action, Committer, StoreFolder
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.running import open_accounts
from dutygraph.service.settings import load_settings
from tests.commits.bureaus import NAMES, SO, commit, first_delta
from tests.service.running import PASSWORD

COMMAND = Path(sys.executable).with_name("dutygraph")
HOME = "/api/v1/bureaus/demo"
STARTING_SECONDS = 90.0
OFFICE, ROOT = "office", "root"


def make_store(place: Path) -> Path:
    """Make a store of the small bureau "demo", with an administrator and one of the supervision office."""
    store = place / "store"
    with StoreFolder.open(store, create=True) as folder:
        committer = Committer(folder)
        commit(committer, first_delta(place), Action.IMPORT)
        accounts = open_accounts(load_settings(store=store), committer)
        accounts.create(ROOT, PASSWORD, SO, role=Grant("", Role.ADMINISTRATOR))
        accounts.create(OFFICE, PASSWORD, SO, role=Grant("", Role.SO, NAMES.code))
        accounts.close()
    return store


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: http.client.HTTPMessage


@dataclass
class Running:
    """A service that runs."""

    process: subprocess.Popen[bytes]
    port: int
    token: str = ""

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """Send a request; *content* is bytes, or what is to be JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body=body, headers={**sent, **headers})
            answer = connection.getresponse()
            data = answer.read()
            return Answer(answer.status, json.loads(data) if data else {}, answer.headers)
        finally:
            connection.close()

    def sign_in(self) -> str:
        """Sign in as the supervision office; the token holds over restarts."""
        told = self.ask("POST", "/api/v1/sessions", {"account": OFFICE, "password": PASSWORD})
        assert told.status == 201, told
        self.token = str(told.body["token"])
        return self.token

    def add_control(self, identifier: str) -> Answer:
        """Commit one new record: a control of the one risk."""
        fields = {"label": "双人勘查", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-01"]}
        return self.ask("POST", f"{HOME}/records/control", {"id": identifier, "fields": fields})

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def serving(
    store: Path, *words: str, token: str = "", before: Callable[[], None] | None = None
) -> Iterator[Running]:
    """Run ``dutygraph serve``; *before* is called in its process first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (store.parent / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--store", store, "--port", str(port), *words],
            stderr=log,
            env={**os.environ, "COLUMNS": "200"},
            preexec_fn=before,  # noqa: PLW1509 - it sets a limit and does nothing else
        )
        try:
            _wait(process, port)
            yield Running(process, port, token)
        finally:
            process.kill()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = monotonic() + STARTING_SECONDS
    while monotonic() < end and process.poll() is None:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                connection.close()
                return
            connection.close()
        sleep(0.05)
    raise AssertionError("the service did not start")


def symptoms(store: Path) -> set[str]:
    """Return what ``dutygraph doctor`` finds."""
    said = CliRunner().invoke(app, ["doctor", str(store), "--json"])
    gc.collect()  # lets go of the lock that the command holds on the store folder
    return {one["key"] for one in json.loads(said.stdout)["symptoms"]}


def controls(store: Path) -> dict[str, int]:
    """Return the controls that a store holds by id, with the number of triples of each."""
    found: dict[str, int] = {}
    with StoreFolder.open(store) as folder:
        for quad in folder.store.quads(NAMES.all_asserted()):
            subject = getattr(quad.subject, "value", "")
            if "/control/" in subject:
                identifier = subject.rpartition("/")[2]
                found[identifier] = found.get(identifier, 0) + 1
    return found


def copy_of(store: Path, place: Path) -> Path:
    return shutil.copytree(store, place / "store")
