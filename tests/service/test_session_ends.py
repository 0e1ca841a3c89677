"""When sessions end: by the hour, by disuse, and with what they stood on. The clock is the tests'."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dutygraph.commits import COMMAND_LINE, StoreFolder
from dutygraph.model import Text
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Account, Grant
from dutygraph.service.accounts.register import Accounts
from dutygraph.service.app import create_app
from dutygraph.service.running import open_service
from dutygraph.service.settings import load_settings
from dutygraph.store import StoreError
from tests.service.running import HOST, PASSWORD, Door

ME, TOKENS, SESSIONS = "/api/v1/me", "/api/v1/tokens", "/api/v1/sessions"
OTHER_PASSWORD = "another horse 电池 staple"


@dataclass
class Clock:
    now: datetime = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    begin: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.begin = self.now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **by: float) -> None:
        self.now += timedelta(**by)


CLOCK = Clock()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ends") / "store"


@pytest.fixture(scope="module")
def door(store: Path) -> Iterator[Door]:
    StoreFolder.open(store, create=True).close()
    settings = load_settings(store=store, allowed_hosts=(HOST,), session_hours=2, session_idle_minutes=20)
    with open_service(settings, clock=CLOCK) as service:
        service.accounts.create("root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
        app = create_app(settings, service)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Door(app, client)


@pytest.fixture
def name(door: Door, request: pytest.FixtureRequest) -> str:
    """Make an account of the supervision office for one test."""
    name = request.node.originalname.replace("_", "")[:60]
    door.service.accounts.create(name, PASSWORD, COMMAND_LINE, role=Grant("", Role.SO, "SL01"))
    return str(name)


def test_an_unused_session_ends_and_a_used_one_goes_on(door: Door, name: str) -> None:
    used, unused = (door.client_with(door.sign_in(name)) for _ in range(2))
    statuses = []
    for _ in range(3):
        CLOCK.passes(minutes=15)
        statuses.append(used.get(ME).status_code)

    assert statuses == [200, 200, 200]
    answer = unused.get(ME)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (401, "session-ended")
    assert "闲置" in answer.json()["text"]["zh"]
    # it is listed no more, and asking did not wake it
    assert [token["current"] for token in used.get(TOKENS).json()["items"]] == [True]
    assert unused.get(ME).status_code == 401


def test_use_does_not_put_off_the_end_by_the_hour(door: Door, name: str) -> None:
    client = door.client_with(door.sign_in(name))
    found = []
    for _ in range(8):
        CLOCK.passes(minutes=15)
        found.append(client.get(ME).status_code)

    assert found == [200] * 7 + [401]


def test_a_programs_token_may_rest(door: Door, name: str) -> None:
    session = door.client_with(door.sign_in(name))
    text = session.post(TOKENS, json={"label": "monthly", "days": 40, "scopes": ["read"]}).json()["token"]

    CLOCK.passes(days=39)

    assert door.client_with(text).get(ME).status_code == 200


def test_reading_writes_nothing_and_the_last_use_outlives_a_restart(
    door: Door, name: str, store: Path
) -> None:
    client = door.client_with(door.sign_in(name))

    watching = sqlite3.connect(store / "accounts.sqlite3")
    version = watching.execute("PRAGMA data_version").fetchone()
    CLOCK.passes(minutes=15)
    assert [client.get(ME).status_code for _ in range(5)] == [200] * 5
    assert watching.execute("PRAGMA data_version").fetchone() == version

    door.service.accounts.tokens.write_last_uses()  # the service does it each minute
    assert watching.execute("PRAGMA data_version").fetchone() != version
    watching.close()
    accounts = door.service.accounts
    assert accounts.tokens._used == {}
    CLOCK.passes(minutes=15)
    assert client.get(ME).status_code == 200


def test_last_uses_that_cannot_be_written_are_kept(
    door: Door, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = door.client_with(door.sign_in(name))
    CLOCK.passes(minutes=15)
    client.get(ME)
    database = door.service.accounts._database

    def full(*_: object) -> None:
        raise StoreError(Text("磁盘满", "The disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(database, "run_many", full)
        with pytest.raises(StoreError):
            door.service.accounts.tokens.write_last_uses()
    CLOCK.passes(minutes=15)
    assert client.get(ME).status_code == 200


def after(accounts: Accounts, monkeypatch: pytest.MonkeyPatch, happens: object) -> None:
    """Have something happen between the look at a password and the token that is given for it."""
    look = accounts.password_is

    def looked(name: str, password: str) -> Account | None:
        found = look(name, password)
        happens(accounts, name)  # type: ignore[operator]
        return found

    monkeypatch.setattr(accounts, "password_is", looked)


def changed(accounts: Accounts, name: str) -> None:
    CLOCK.passes(seconds=1)
    accounts.set_password(name, OTHER_PASSWORD, COMMAND_LINE)


def disabled(accounts: Accounts, name: str) -> None:
    accounts.disable(name, COMMAND_LINE)


def revoked(accounts: Accounts, name: str) -> None:
    accounts.revoke_grant(name, accounts.account(name).grants[0].id, COMMAND_LINE)


@pytest.mark.parametrize("happens", [changed, disabled, revoked])
def test_nobody_slips_in_while_the_account_changes(
    door: Door, monkeypatch: pytest.MonkeyPatch, happens: object
) -> None:
    name = f"slips.{happens.__name__}"  # type: ignore[attr-defined]
    door.service.accounts.create(name, PASSWORD, COMMAND_LINE, role=Grant("", Role.SO, "SL01"))
    after(door.service.accounts, monkeypatch, happens)

    answer = door.client.post(SESSIONS, json={"account": name, "password": PASSWORD})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (401, "session-ended")
    assert door.service.accounts.tokens.of_account(door.service.accounts.account(name).id) == ()


def test_an_ended_session_leaves_no_programs_token_behind(
    door: Door, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = door.service.accounts
    session = door.client_with(door.sign_in(name))
    look = accounts.account

    def looked(wanted: str) -> Account:
        monkeypatch.undo()  # this once, between the look at the session and the token
        changed(accounts, wanted)
        return look(wanted)

    monkeypatch.setattr(accounts, "account", looked)
    answer = session.post(TOKENS, json={"label": "kept", "scopes": ["read"]})

    assert answer.status_code == 401
    assert accounts.tokens.of_account(look(name).id) == ()


def test_a_programs_token_has_no_scope_that_its_role_has_not(door: Door, name: str, store: Path) -> None:
    session = door.client_with(door.sign_in(name))
    issued = session.post(TOKENS, json={"label": "old", "scopes": ["read"]}).json()
    with sqlite3.connect(store / "accounts.sqlite3") as connection:
        connection.execute("UPDATE tokens SET scopes = 'admin read' WHERE id = ?", (issued["id"],))
    connection.close()

    client = door.client_with(issued["token"])

    assert client.get("/api/v1/sessions/current").json()["scopes"] == ["read"]
    assert client.get("/api/v1/accounts").status_code == 403


def test_a_transaction_that_fails_at_its_end_is_undone_and_the_next_goes_on(door: Door, name: str) -> None:
    database = door.service.accounts._database

    def fail() -> None:
        with database.transaction():
            database.run("PRAGMA defer_foreign_keys = ON")
            database.run("INSERT INTO grants VALUES ('x', 'nobody', 'SO', 'SL01', NULL, NULL, '', NULL)")

    with pytest.raises(StoreError, match="doctor"):
        fail()
    assert database.row("SELECT 1 FROM grants WHERE id = 'x'") is None
    assert door.sign_in(name)
