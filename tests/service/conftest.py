"""A service over the example bureau, started once a session; a small one for each test that writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from tests.cli.door import ledger
from tests.conftest import EXAMPLE
from tests.passwords import cheap_passwords
from tests.service.restoring import read_here, restored
from tests.service.running import GRANTS, STORES, Door, running


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    with cheap_passwords():
        yield


@pytest.fixture(scope="session", autouse=True)
def _stores_filled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fill the store of the same ledgers once, for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORES, str(folder / "stores"))
        yield


ClientFor = Callable[[Role], TestClient]


@pytest.fixture(scope="session")
def example_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over the example bureau SL01, to be read from alone."""
    store = tmp_path_factory.mktemp("example") / "store"
    with running(store, EXAMPLE) as door:
        yield door


@pytest.fixture(scope="session")
def client_for(example_door: Door) -> ClientFor:
    """Give the client of a role at the example bureau, signed in; to be read with alone."""
    clients: dict[Role, TestClient] = {}

    def client_of(role: Role) -> TestClient:
        if role not in clients:
            clients[role] = example_door.client_for(GRANTS[role])
        return clients[role]

    return client_of


StartSmall = Callable[..., Door]


@pytest.fixture
def start_small(tmp_path: Path) -> Iterator[StartSmall]:
    """Start a service over a small bureau "demo" of three gaps, to be written to; settings as keywords."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Door:
            book = ledger(tmp_path / "ledger.xlsx")
            return stack.enter_context(running(tmp_path / "store", book, **settings))

        yield start


@pytest.fixture(scope="session")
def shared_small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over the same small bureau for all tests of what is refused: none may change its data."""
    folder = tmp_path_factory.mktemp("small")
    with running(folder / "store", ledger(folder / "ledger.xlsx")) as door:
        yield door


@pytest.fixture
def small(shared_small: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The same service, to be written to: afterwards its bureau is as it was. Uploads are read in-process."""
    monkeypatch.setattr("dutygraph.service.imports.importing.subprocess.run", read_here)
    with restored(shared_small):
        yield shared_small


@pytest.fixture
def start_empty(tmp_path: Path) -> Iterator[StartSmall]:
    """Start a service over a store without any bureau; settings as keywords."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Door:
            return stack.enter_context(running(tmp_path / "store", **settings))

        yield start
