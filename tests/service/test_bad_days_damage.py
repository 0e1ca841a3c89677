"""A data file that is damaged while the service runs over it: each request says so, and so does /ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import ledger
from tests.service.running import Door, again, running
from tests.service.test_operations import measured
from tests.store.damage import damage_everywhere, data_files

HOME = "/api/v1/bureaus/demo"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A service over a store the blocks of which are read when they are asked for."""
    with running(tmp_path / "store", ledger(tmp_path / "ledger.xlsx")):
        pass
    data_files(tmp_path / "store" / "graph")
    with again(tmp_path / "store") as door:
        yield door


def test_a_damaged_store_is_told_by_every_answer_and_by_ready(door: Door) -> None:
    office = door.client_for(Grant("", Role.SO, "demo"))
    assert door.client.get("/ready").json() == {"status": "ready"}
    damage_everywhere((door.service.folder.path / "graph").glob("*.sst"))

    refused = [
        office.get(f"{HOME}/gaps"),
        office.get(f"{HOME}/coverage?by=tier", headers={"Accept-Language": "en"}),
        office.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}),
        office.get(f"{HOME}/records/risk"),
        office.post(f"{HOME}/checks", json={"asOf": "2026-03-31"}),
        door.client.get("/ready"),
    ]

    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["type"].endswith("/store-damaged")
        assert "dutygraph doctor" in told["text"]["zh"]
        assert "restore the latest backup" in told["text"]["en"]
        assert str(door.service.folder.path) not in answer.text
    assert refused[0].json()["title"] == "图库的数据文件已损坏"
    assert refused[1].json()["title"] == "A data file of the store is damaged"
    counted = measured(door.client.get("/metrics").text, "dutygraph_store_failures_total", kind="damaged")
    assert counted >= len(refused) - 1
    assert door.client.get("/health").status_code == 200


def test_ready_tells_of_a_store_that_took_no_write_until_it_takes_one(
    shared_small: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, client = shared_small.service.folder.store, TestClient(shared_small.app)
    monkeypatch.setattr(store.trouble, "unwritten", object())

    told = client.get("/ready")

    assert told.status_code == 503
    assert told.json()["type"].endswith("/store-not-written")
    assert "磁盘" in told.json()["text"]["zh"]
    store.change([], [])
    assert client.get("/ready").status_code == 200
