"""The administrator's endpoints, and that they are the administrator's alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dutygraph.model import Text
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.store import StoreError
from tests.service.conftest import StartSmall
from tests.service.running import PASSWORD, Door, again, running, with_accounts

ACCOUNTS = "/api/v1/accounts"


@pytest.fixture(scope="module")
def running_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with running(tmp_path_factory.mktemp("accounts") / "store") as door:
        yield door


@pytest.fixture
def door(running_door: Door) -> Door:
    """The module's service, with no account but the administrator's."""
    return with_accounts(running_door, root=Grant("", Role.ADMINISTRATOR))


@pytest.fixture
def door_of_its_own(start_empty: StartSmall) -> Door:
    """A service for one test, which stops it or looks at its files."""
    return with_accounts(start_empty(), root=Grant("", Role.ADMINISTRATOR))


@pytest.fixture
def root(door: Door) -> TestClient:
    return door.client_with(door.sign_in("root"))


def test_an_account_is_made_granted_a_role_and_signs_in(door: Door, root: TestClient) -> None:
    made = root.post(ACCOUNTS, json={"name": "li.ming", "password": PASSWORD})
    assert made.status_code == 201
    assert made.headers["location"] == f"{ACCOUNTS}/li.ming"
    assert made.json()["grants"] == []
    without = door.client.post("/api/v1/sessions", json={"account": "li.ming", "password": PASSWORD})
    assert without.json()["type"].endswith("/no-such-grant")

    granted = root.post(f"{ACCOUNTS}/li.ming/grants", json={"role": "T2", "bureau": "SL01", "person": "P006"})

    assert granted.status_code == 201
    session = door.client_with(door.sign_in("li.ming")).get("/api/v1/sessions/current").json()
    assert (session["role"], session["bureau"], session["person"]) == ("T2", "SL01", "P006")


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        ({"role": "T2", "person": "P006"}, "bureau"),
        ({"role": "T2", "bureau": "SL01"}, "person"),
        ({"role": "T1", "bureau": "SL01"}, "person"),
        ({"role": "T3", "bureau": "SL01"}, "person"),
        ({"role": "post-holder", "bureau": "SL01"}, "person"),
        ({"role": "FD", "bureau": "SL01"}, "department"),
        ({"role": "administrator", "bureau": "SL01"}, "bureau"),
        ({"role": "trainee", "bureau": "SL01", "person": "P006"}, "person"),
        ({"role": "SO", "bureau": "SL01", "department": "D01"}, "department"),
        ({"role": "king", "bureau": "SL01"}, "role"),
    ],
)
def test_a_grant_whose_parts_do_not_fit_is_refused(
    root: TestClient, grant: dict[str, str], field: str
) -> None:
    answer = root.post(f"{ACCOUNTS}/root/grants", json=grant)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/body/{field}"]
    assert len(root.get(f"{ACCOUNTS}/root").json()["grants"]) == 1


def test_a_bureau_is_looked_for_but_not_a_person(shared_small: Door) -> None:
    root = shared_small.client_for(Grant("", Role.ADMINISTRATOR))
    root.post(ACCOUNTS, json={"name": "placed", "password": PASSWORD})
    grants = f"{ACCOUNTS}/placed/grants"

    refused = root.post(grants, json={"role": "SO", "bureau": "NOPE"})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/body/bureau"]
    assert "demo" not in refused.text
    # the administrator may not know who is in a ledger: a person who is not is taken alike
    taken = root.post(grants, json={"role": "T2", "bureau": "demo", "person": "P999"})
    assert (taken.status_code, taken.json()["notices"]) == (201, [])


def test_before_the_first_import_a_grant_says_that_its_bureau_was_not_looked_for(root: TestClient) -> None:
    granted = root.post(f"{ACCOUNTS}/root/grants", json={"role": "SO", "bureau": "SL01"})

    assert granted.status_code == 201
    assert ["没有任何局" in notice["zh"] for notice in granted.json()["notices"]] == [True]


def test_the_last_administrator_stays(root: TestClient) -> None:
    grant = root.get(f"{ACCOUNTS}/root").json()["grants"][0]["id"]

    for answer in (
        root.put(f"{ACCOUNTS}/root/state", json={"disabled": True}),
        root.delete(f"{ACCOUNTS}/root/grants/{grant}"),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/last-administrator")
    assert root.get(f"{ACCOUNTS}/root").json()["disabled"] is False

    root.post(ACCOUNTS, json={"name": "second", "password": PASSWORD})
    root.post(f"{ACCOUNTS}/second/grants", json={"role": "administrator"})
    assert root.put(f"{ACCOUNTS}/root/state", json={"disabled": True}).status_code == 200
    assert root.get(ACCOUNTS).status_code == 401


def test_names_are_taken_once_and_grants_given_once(root: TestClient) -> None:
    body = {"name": "li.ming", "password": PASSWORD}
    assert [root.post(ACCOUNTS, json=body).status_code for _ in range(2)] == [201, 409]
    grant = {"role": "SO", "bureau": "SL01"}
    assert [root.post(f"{ACCOUNTS}/li.ming/grants", json=grant).status_code for _ in range(2)] == [201, 409]
    assert root.get(f"{ACCOUNTS}/nobody").status_code == 404
    assert root.delete(f"{ACCOUNTS}/li.ming/grants/{'0' * 16}").status_code == 404
    bad = root.post(ACCOUNTS, json={"name": "Li Ming", "password": PASSWORD})
    assert [error["pointer"] for error in bad.json()["errors"]] == ["/body/name"]


def test_every_change_is_in_the_audit_log(door: Door, root: TestClient) -> None:
    root.post(ACCOUNTS, json={"name": "li.ming", "password": PASSWORD})
    grant = root.post(f"{ACCOUNTS}/li.ming/grants", json={"role": "SO", "bureau": "SL01"}).json()["id"]
    root.put(f"{ACCOUNTS}/li.ming/password", json={"password": PASSWORD + "!"})
    root.put(f"{ACCOUNTS}/li.ming/state", json={"disabled": True})
    root.put(f"{ACCOUNTS}/li.ming/state", json={"disabled": False})
    root.delete(f"{ACCOUNTS}/li.ming/grants/{grant}")
    account = root.get(f"{ACCOUNTS}/li.ming").json()["id"]

    entries = [e for e in door.service.committer.entries() if e.target == f"account/{account}"]
    assert [(entry.actor.account, entry.actor.role, entry.note) for entry in reversed(entries)] == [
        ("root", "administrator", "created"),
        ("root", "administrator", "granted SO SL01"),
        ("root", "administrator", "password changed"),
        ("root", "administrator", "disabled"),
        ("root", "administrator", "enabled"),
        ("root", "administrator", "revoked SO SL01"),
    ]


def test_an_entry_that_the_audit_log_did_not_take_is_entered_after_a_restart(
    door_of_its_own: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = door_of_its_own
    root = door.client_with(door.sign_in("root"))

    def full(*_: object, **__: object) -> None:
        raise StoreError(Text("磁盘已满", "The disk is full"))

    monkeypatch.setattr(door.service.accounts._outbox, "_note", full)
    assert root.post(ACCOUNTS, json={"name": "li.ming", "password": PASSWORD}).status_code == 201
    assert not any(entry.note == "created" and entry.actor.account == "root" for entry in entries_of(door))
    door.service.accounts.close()
    door.service.folder.close()

    with again(tmp_path / "store") as restarted:
        made = [entry for entry in entries_of(restarted) if entry.note == "created"]
        assert [entry.actor.account for entry in made] == ["root", "command-line"]


def entries_of(door: Door) -> list:  # type: ignore[type-arg]
    return list(door.service.committer.entries())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_reaches_the_accounts(door: Door, role: Role) -> None:
    person = "P001" if role in {Role.T1, Role.T2, Role.T3, Role.POST_HOLDER} else None
    department = "D01" if role is Role.FD else None
    client = door.client_for(Grant("", role, "SL01", person, department))

    for method, path in (
        ("GET", ACCOUNTS),
        ("POST", ACCOUNTS),
        ("GET", f"{ACCOUNTS}/root"),
        ("PUT", f"{ACCOUNTS}/root/state"),
        ("PUT", f"{ACCOUNTS}/root/password"),
        ("POST", f"{ACCOUNTS}/root/grants"),
        ("DELETE", f"{ACCOUNTS}/root/grants/{'0' * 16}"),
    ):
        answer = client.request(method, path, json={} if method in {"POST", "PUT"} else None)
        assert answer.status_code == 403, (method, path, answer.text)


def test_passwords_and_tokens_are_not_on_disk(door_of_its_own: Door, tmp_path: Path) -> None:
    token = door_of_its_own.sign_in("root")
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())

    assert PASSWORD.encode() not in written
    assert token.encode() not in written
    assert b"$argon2id$" in written
    for name in ("accounts.sqlite3", "secret.key"):
        assert (tmp_path / "store" / name).stat().st_mode & 0o077 == 0


def test_a_key_that_others_may_read_and_a_newer_file_of_accounts_are_refused(
    door_of_its_own: Door, tmp_path: Path
) -> None:
    door, store = door_of_its_own, tmp_path / "store"
    door.service.accounts.close()
    door.service.folder.close()
    (store / "secret.key").chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"), again(store):
        pass
    (store / "secret.key").chmod(0o600)
    connection = sqlite3.connect(store / "accounts.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"), again(store):
        pass
