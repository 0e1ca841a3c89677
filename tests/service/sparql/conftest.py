"""One running service for the tests of SPARQL that only read, and one with narrow limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.sparql.door import Office, running

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A service over the bureaus "demo" and "other"."""
    with running(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="session")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The same with little room for memory, bytes and queries, and much for time."""
    with running(
        tmp_path_factory.mktemp("narrow"),
        sparql_seconds=20,
        sparql_rows=1_000_000,
        sparql_bytes=4096,
        sparql_memory=64 * 1024 * 1024,
        sparql_waiting=3,
    ) as found:
        yield found
