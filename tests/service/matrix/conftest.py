"""The stores of the matrix, and everything asked of them by everybody, once a session."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from dutygraph.commits import COMMAND_LINE, Action
from dutygraph.model import Delta
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.accounts import Grant, TokenKind
from dutygraph.service.logs import JsonLines
from tests.access.conftest import CALLERS
from tests.service.matrix.asking import CSV, JSON, Answer, Question, ask_all, questions, readable
from tests.service.matrix.bureau import mark, otherwise, seen_by, whole
from tests.service.running import PASSWORD, Door, running

READERS = ("T1", "T2", "T3", "holder", "SO", "FD", "trainee", "T2-lapsed")
"""A caller of each role that sees data, by the names of ``tests/access``, and one who has left."""
OF_OTHERS = frozenset({"issue/I1", "business/B1", "person/P3"})
"""Of which nodes outsiders ask, beside one of each kind."""
OUTSIDERS = ("administrator", "foreign", "nobody", "expired")


def grant_of(caller: str) -> Grant:
    """Return the grant of a caller of ``tests/access``, by marker."""
    if caller == "administrator":
        return Grant("", Role.ADMINISTRATOR)
    if caller == "foreign":
        return Grant("", Role.SO, "OT")
    one = CALLERS[caller]
    person = mark(f"person/{one.person}") if one.person else None
    department = mark(f"department/{one.department}") if one.department else None
    return Grant("", one.role, one.bureau, person=person, department=department)


@contextmanager
def open_door(store: Path, *deltas: Delta) -> Iterator[Door]:
    """Run a service over these bureaus, with an account for everybody, who are named as the caller is."""
    with running(store) as door:
        for delta in deltas:
            door.service.committer.commit(delta, COMMAND_LINE, Action.IMPORT, target="import/test")
        for caller in (*READERS, "administrator", "foreign"):
            door.service.accounts.create(caller.lower(), PASSWORD, COMMAND_LINE, role=grant_of(caller))
        yield door


def client_of(door: Door, caller: str) -> TestClient:
    """Return the client of a caller, signed in where that caller can."""
    if caller == "nobody":
        return door.client
    if caller in {"expired", "read-only"}:
        ends = timedelta(seconds=-1) if caller == "expired" else timedelta(days=1)
        account = door.service.accounts.account("so")
        text, _ = door.service.accounts.tokens.issue(
            account,
            account.grants[0],
            TokenKind.PROGRAM,
            ends,
            label="test",
            scopes=frozenset({Scope.READ}),
        )
        return door.client_with(text)
    return door.client_with(door.sign_in(caller.lower()))


@dataclass(frozen=True)
class Matrix:
    """All answers by caller: of the whole store, and of the one where what is hidden is otherwise."""

    door: Door
    asked: tuple[Question, ...]
    whole: Mapping[str, Mapping[Question, Answer]]
    otherwise: Mapping[str, Mapping[Question, Answer]]
    log: str
    measures: str


@pytest.fixture(scope="session")
def whole_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over the whole bureau, and beside it another with other markers."""
    store = tmp_path_factory.mktemp("matrix") / "store"
    with open_door(store, whole(), whole("OT", "w")) as door:
        yield door


def plainly(asked: Iterable[Question], *more: str) -> Iterator[Question]:
    """Leave out what is the same again in another form; the files of records have columns of their own."""
    for one in asked:
        if one.form == JSON or (one.form in more and one.template.endswith(("/gaps", "/records/{kind}"))):
            yield one


def seldom(asked: Iterable[Question], seen: frozenset[str]) -> Iterator[Question]:
    """Ask of the nodes that are not *seen* one a kind: they are answered alike, as not being there."""
    seen_ids, asked_kinds = {mark(node) for node in seen}, set()
    for one in asked:
        if one.template.endswith("/records/{kind}/{id}"):
            kind, identifier = one.address.split("/")[-2:]
            if unquote(identifier) not in seen_ids:
                if kind in asked_kinds:
                    continue
                asked_kinds.add(kind)
        yield one


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Keep what is logged, as the service writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.fixture(scope="session")
def matrix(whole_door: Door, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """Ask everything of everybody."""
    office = client_of(whole_door, "SO")
    path = "/api/v1/bureaus/SY"
    gaps = office.get(f"{path}/gaps", params={"state": "all", "size": 500}).json()["items"]
    kinds = office.get(f"{path}/records").json()["kinds"]
    each = {
        "gap": sorted({gap["rule"]: gap["id"] for gap in gaps}.values()),
        "kind": sorted(kind["kind"] for kind in kinds),
        "import": [],
    }
    asked = tuple(questions(readable(whole_door.app), "SY", each))
    with logged() as log:
        told = {
            caller: ask_all(
                client_of(whole_door, caller),
                asked if caller in READERS else seldom(plainly(asked), OF_OTHERS),
            )
            for caller in (*READERS, *OUTSIDERS, "read-only")
        }
    measures = whole_door.client.get("/metrics").text
    others = {}
    for caller in READERS:
        store = tmp_path_factory.mktemp("matrix") / "store"
        with open_door(store, otherwise(caller)) as door:
            others[caller] = ask_all(client_of(door, caller), seldom(plainly(asked, CSV), seen_by(caller)))
    return Matrix(whole_door, asked, told, others, log.getvalue(), measures)
