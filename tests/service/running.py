"""A running service for the tests, entered by its public door: HTTP, with a token that was signed in for."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.loaders import load
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.app import create_app
from dutygraph.service.running import Service
from dutygraph.service.serving import configuration
from dutygraph.service.settings import load_settings

PASSWORD = "correct horse 电池 staple"
HOST = "testserver"


@dataclass(frozen=True)
class Door:
    """A service that runs. ``client`` has not signed in; ``client_for`` has."""

    app: FastAPI
    client: TestClient

    @property
    def service(self) -> Service:
        """What runs behind the door, to arrange what a test needs; not to read answers from."""
        service: Service = self.app.state.service
        return service

    def client_with(self, token: str) -> TestClient:
        """Return a client that sends a token."""
        client = TestClient(
            self.app, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False
        )
        client.portal = self.client.portal  # the same event loop
        return client

    def sign_in(self, account: str, password: str = PASSWORD, **chosen: str) -> str:
        """Return the token that an account is given."""
        answer = self.client.post(
            "/api/v1/sessions", json={"account": account, "password": password, **chosen}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def client_for(self, grant: Grant) -> TestClient:
        """Return a client signed in to an account made for a grant, and kept for the next who asks."""
        parts = (grant.role.value, grant.bureau, grant.person, grant.department)
        name = "-".join(part.encode().hex() if not part.isascii() else part for part in parts if part)
        name = name.lower()[:60]
        accounts = self.service.accounts
        if accounts.id_of(name) is None:
            accounts.create(name, PASSWORD, COMMAND_LINE, role=grant)
        return self.client_with(self.sign_in(name))


def with_accounts(door: Door, **accounts: Grant) -> Door:
    """Put accounts in the place of all that there are, as if the service had just been started."""
    held = door.service.accounts
    for table in ("attempts", "tokens", "grants", "accounts"):
        held._database.run(f"DELETE FROM {table}")
    for name, grant in accounts.items():
        held.create(name, PASSWORD, COMMAND_LINE, role=grant)
    return door


STORES = "DUTYGRAPH_TEST_STORES"
"""Names the folder where stores are kept for all tests of a run, in whichever process they are."""


@contextmanager
def running(store: Path, *ledgers: Path, **settings: Any) -> Iterator[Door]:
    """Run a service over a new store with the bureau of these ledgers (none: an empty store).

    The store of the same ledgers is filled once in a run and copied after that.
    """
    fill(store, *ledgers)
    with again(store, **settings) as door:
        yield door


def fill(store: Path, *ledgers: Path) -> None:
    """Make a new store with the bureau of these ledgers."""
    kept = os.environ.get(STORES)
    if ledgers and kept:
        shutil.copytree(_kept_store(Path(kept), ledgers), store)
    else:
        _fill(store, ledgers)


def _fill(store: Path, ledgers: Sequence[Path]) -> None:
    with StoreFolder.open(store, create=True) as folder:
        if ledgers:
            loaded = load(list(ledgers))
            assert loaded.problems == ()
            Committer(folder).commit(loaded.delta, COMMAND_LINE, Action.IMPORT, target="import/test")


def _kept_store(kept: Path, ledgers: Sequence[Path]) -> Path:
    """Return a closed store of these ledgers; the first who asks fills it, others wait for that."""
    kept.mkdir(exist_ok=True)
    name = hashlib.sha256()
    for book in ledgers:
        name.update(book.name.encode())
        with zipfile.ZipFile(book) as parts:
            for part in sorted(set(parts.namelist()) - {"docProps/core.xml"}):  # it has the time of writing
                name.update(part.encode() + parts.read(part))
    store = kept / name.hexdigest()[:16]
    with (kept / f"{store.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not store.exists():
            filling = kept / f"{store.name}.filling"
            _fill(filling, ledgers)
            filling.rename(store)
    return store


@contextmanager
def again(store: Path, **settings: Any) -> Iterator[Door]:
    """Run a service over a store that is there."""
    app = create_app(load_settings(store=store, **{"allowed_hosts": (HOST,), **settings}))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Door(app, client)


GRANTS: Mapping[Role, Grant] = {
    Role.T1: Grant("", Role.T1, "SL01", person="P001"),
    Role.T2: Grant("", Role.T2, "SL01", person="P006"),
    Role.T3: Grant("", Role.T3, "SL01", person="P013"),
    Role.POST_HOLDER: Grant("", Role.POST_HOLDER, "SL01", person="P014"),
    Role.SO: Grant("", Role.SO, "SL01"),
    Role.FD: Grant("", Role.FD, "SL01", department="市场营销职能部门"),
    Role.TRAINEE: Grant("", Role.TRAINEE, "SL01"),
    Role.ADMINISTRATOR: Grant("", Role.ADMINISTRATOR),
}
"""One caller for each role at the example bureau: appointments A01, A06, A11, post G02, a department."""


@dataclass(frozen=True)
class Served:
    """A service that listens on a port of this machine."""

    url: str
    port: int


@contextmanager
def served(door: Door) -> Iterator[Served]:
    """Let a service that runs listen as ``dutygraph serve`` has it listen, in a thread."""
    settings = door.service.settings
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = uvicorn.Server(configuration(settings, door.service))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = listener.getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", port)
    finally:
        server.should_exit = True
        thread.join()
