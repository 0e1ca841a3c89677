"""The service is killed while it commits, again and again: what it confirmed is there, nothing half done."""

from __future__ import annotations

import http.client
from pathlib import Path
from random import Random
from threading import Thread, Timer
from time import sleep

import pytest

from dutygraph.commits import Committer, StoreFolder
from tests.cli.door import RISKS, ledger
from tests.service.bad_days import HOME, Answer, Running, controls, make_store, serving, symptoms

ROUNDS = 2
OF_A_CONTROL = 5
"""Triples of a control as these tests write it: class, id, label, stage, owner."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("killed"))


def commit_until_killed(service: Running, round_number: int, confirmed: list[str]) -> None:
    number = 0
    while True:
        identifier = f"K{round_number}-{number}"
        try:
            answer = service.add_control(identifier)
        except (OSError, http.client.HTTPException, ValueError):
            return
        assert answer.status == 201, answer
        confirmed.append(identifier)
        number += 1


def test_records_survive_kills_during_commits(store: Path) -> None:
    chance, token, confirmed = Random(4), "", list[str]()
    for number in range(ROUNDS):
        with serving(store, token=token) as service:
            token = token or service.sign_in()
            service.token = token
            # the first commit of a process makes the bureau's state: the kill is to come in later ones
            confirmed_before = len(confirmed)
            writing = Thread(target=commit_until_killed, args=(service, number, confirmed))
            writing.start()
            while len(confirmed) == confirmed_before and writing.is_alive():
                sleep(0.01)
            sleep(chance.random() * 0.5)
            service.kill()
            writing.join(60)

        assert symptoms(store) <= {"left-by-a-kill"}
        there = controls(store)
        assert set(confirmed) <= set(there)
        # beside what was confirmed: at most the one that each kill cut the answer of
        assert len(there) - len(confirmed) <= number + 1
        assert set(there.values()) == {OF_A_CONTROL}
    assert len(confirmed) >= ROUNDS


def test_an_import_survives_kills(tmp_path: Path) -> None:
    """Each round is killed at another moment; in the end the import is committed, once."""
    store = make_store(tmp_path)
    row = ("R04-01", "B04-N01", "勘查时暗示施工单位", "C1", "双人勘查", "事中", "G12")
    book = ledger(tmp_path / "new.xlsx", 风险与措施=(*RISKS[:1], row)).read_bytes()
    token = ""
    for delay in (0.0, 0.3):
        with serving(store, token=token) as service:
            token = service.token = token or service.sign_in()
            made = upload(service, book)
            Timer(delay, service.kill).start()
            answer = commit_import(service, made)
            service.process.wait(30)
        assert symptoms(store) <= {"left-by-a-kill"}
        assert set(controls(store).values()) <= {OF_A_CONTROL}
        if answer is not None and answer.status == 200:
            assert set(controls(store)) == {"C1"}

    with serving(store, token=token) as service:
        made = upload(service, book)
        done = commit_import(service, made)
        assert done is not None
        assert done.status == 200
    assert controls(store) == {"C1": OF_A_CONTROL}
    with StoreFolder.open(store) as folder:
        committer = Committer(folder)
        assert committer.verify() == []
        imports = [entry for entry in committer.entries("demo") if entry.action.value == "import"]
        # the ledger of the fixture, and the one import that changed something
        assert sum(entry.commit is not None for entry in imports) == 2


def upload(service: Running, book: bytes) -> str:
    kind = "application/octet-stream"
    answer = service.ask("POST", f"{HOME}/imports?name=new.xlsx", book, **{"Content-Type": kind})
    assert answer.status in {200, 201}, answer
    return str(answer.body["id"])


def commit_import(service: Running, identifier: str) -> Answer | None:
    try:
        return service.ask("POST", f"{HOME}/imports/{identifier}/commit")
    except (OSError, http.client.HTTPException, ValueError):
        return None
