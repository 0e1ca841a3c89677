"""Signing in and out, tokens, and what ends them, all by HTTP."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Event, Semaphore

import jwt
import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dutygraph.commits import COMMAND_LINE, StoreFolder
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.accounts.passwords import BusyError, Passwords
from dutygraph.service.app import create_app
from dutygraph.service.running import open_service
from dutygraph.service.settings import Settings, load_settings
from tests.service.conftest import StartSmall
from tests.service.running import HOST, PASSWORD, Door, running, with_accounts

SESSIONS, CURRENT, TOKENS, ME = (
    "/api/v1/sessions",
    "/api/v1/sessions/current",
    "/api/v1/tokens",
    "/api/v1/me",
)
OTHER_PASSWORD = "another horse 电池 staple"


@pytest.fixture(scope="module")
def running_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with running(tmp_path_factory.mktemp("sessions") / "store") as door:
        yield door


@pytest.fixture
def door(running_door: Door) -> Door:
    """The module's service with two accounts as if just made: without tokens, grants or failures before."""
    return with_accounts(
        running_door, root=Grant("", Role.ADMINISTRATOR), **{"li.ming": Grant("", Role.SO, "SL01")}
    )


def acts(door: Door) -> list[tuple[str, str, str]]:
    entries = reversed(list(door.service.committer.entries()))
    return [(entry.action.value, entry.actor.account, entry.note) for entry in entries]


def test_a_session_acts_in_the_one_role_of_an_account(door: Door) -> None:
    answer = door.client.post(SESSIONS, json={"account": "li.ming", "password": PASSWORD})

    said = answer.json()
    assert answer.status_code == 201
    assert (said["role"], said["bureau"], said["kind"]) == ("SO", "SL01", "session")
    assert said["scopes"] == ["read", "sparql", "write"]
    current = door.client_with(said["token"]).get(CURRENT)
    assert current.status_code == 200
    assert current.json()["account"] == "li.ming"
    assert answer.headers["cache-control"] == "no-store"


def test_an_account_of_several_roles_must_choose(door: Door) -> None:
    door.service.accounts.grant("li.ming", Grant("", Role.T2, "SL01", person="P006"), COMMAND_LINE)

    answer = door.client.post(SESSIONS, json={"account": "li.ming", "password": PASSWORD})

    assert answer.status_code == 409
    assert [(choice["role"], choice["person"]) for choice in answer.json()["choices"]] == [
        ("SO", None),
        ("T2", "P006"),
    ]
    chosen = {"account": "li.ming", "password": PASSWORD, "role": "T2"}
    assert door.client.post(SESSIONS, json=chosen).json()["person"] == "P006"
    not_held = {**chosen, "role": "T1"}
    assert door.client.post(SESSIONS, json=not_held).status_code == 403


@pytest.mark.parametrize("account", ["li.ming", "nobody"])
def test_a_wrong_password_and_an_unknown_account_are_answered_alike(door: Door, account: str) -> None:
    answer = door.client.post(SESSIONS, json={"account": account, "password": "wrong password 12"})

    said = answer.json()
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert said["type"].endswith("/wrong-password")
    assert account not in answer.text


def test_a_password_is_checked_as_long_for_an_account_that_is_not_there() -> None:
    passwords = Passwords(PasswordHash((Argon2Hasher(time_cost=2, memory_cost=8192, parallelism=1),)))
    kept = passwords.hash(PASSWORD)

    def seconds(of: str | None) -> float:
        taken = []
        for _ in range(5):
            started = time.perf_counter()
            assert not passwords.matches("wrong password 12", of)
            taken.append(time.perf_counter() - started)
        return min(taken)

    assert seconds(None) > 0.5 * seconds(kept)
    assert not passwords.matches(PASSWORD, None)
    assert passwords.matches(PASSWORD, kept)


def test_many_who_sign_in_at_once_leave_the_service_to_others(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, begun = Event(), Semaphore(0)

    def slow(*_: object) -> bool:
        begun.release()
        return going.wait(20)

    monkeypatch.setattr(door.service.accounts.passwords._hashing, "verify", slow)
    with ThreadPoolExecutor(12) as pool:
        bodies = [{"account": f"account-{n}", "password": PASSWORD} for n in range(12)]
        waiting = [pool.submit(door.client.post, SESSIONS, json=body) for body in bodies]
        for _ in range(2):
            assert begun.acquire(timeout=20)
        # two are checked, eight wait, and two are turned away at once
        done = [answer.result(20) for answer in islice(as_completed(waiting, timeout=20), 2)]
        assert [answer.status_code for answer in done] == [503, 503]
        assert done[0].headers["retry-after"] == "5"
        assert door.client.get("/health").status_code == 200
        going.set()
        assert sorted(answer.result().status_code for answer in waiting) == [401] * 10 + [503] * 2


def test_signing_out_ends_the_token_at_once(door: Door) -> None:
    client = door.client_with(door.sign_in("li.ming"))

    assert client.delete(CURRENT).status_code == 204
    answer = client.get(ME)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/session-ended")


def test_what_ends_tokens_ends_them_at_once(door: Door) -> None:
    root = door.client_with(door.sign_in("root"))
    account = "/api/v1/accounts/li.ming"
    grant = root.get(account).json()["grants"][0]["id"]
    ways = (
        lambda: root.put(f"{account}/password", json={"password": PASSWORD}),
        lambda: root.put(f"{account}/state", json={"disabled": True}),
        lambda: root.put(f"{account}/state", json={"disabled": False}),
        lambda: root.delete(f"{account}/grants/{grant}"),
    )
    ended = []
    for way in ways:
        client = None
        if door.client.post(SESSIONS, json={"account": "li.ming", "password": PASSWORD}).status_code == 201:
            client = door.client_with(door.sign_in("li.ming"))
            assert client.get(ME).status_code == 200
        assert way().status_code in {200, 204}
        ended.append(client.get(ME).status_code if client else None)

    # while the account is disabled nobody can sign in to it: the third way only enables it again
    assert ended == [401, 401, None, 401]


def test_a_token_of_another_key_or_without_signature_is_refused(door: Door) -> None:
    token = door.sign_in("li.ming")
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = (
        jwt.encode(claims, "0" * 32, algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        token[:-2],
        "nonsense",
        "",
    )

    for text in forged:
        assert door.client_with(text).get(ME).status_code == 401, text
    assert door.client_with(token).get(ME).status_code == 200


def test_a_programs_token_may_do_no_more_than_it_was_issued_for(door: Door) -> None:
    session = door.client_with(door.sign_in("li.ming"))

    issued = session.post(TOKENS, json={"label": "weekly", "days": 30, "scopes": ["read"]})

    assert issued.status_code == 201
    program = door.client_with(issued.json()["token"])
    assert program.get(CURRENT).json()["scopes"] == ["read"]
    assert program.get(TOKENS).status_code == 403
    assert program.post(TOKENS, json={"label": "more", "scopes": ["write"]}).status_code == 403
    change = {"current": PASSWORD, "password": OTHER_PASSWORD}
    assert program.put("/api/v1/me/password", json=change).status_code == 403
    beyond = session.post(TOKENS, json={"label": "all", "days": 3000, "scopes": ["admin"]})
    assert beyond.status_code == 403
    assert {error["pointer"] for error in beyond.json()["errors"]} == {"/body/days", "/body/scopes"}


def test_a_revoked_token_is_gone_from_the_list_and_refused(door: Door) -> None:
    session = door.client_with(door.sign_in("li.ming"))
    issued = session.post(TOKENS, json={"label": "weekly", "scopes": ["read"]}).json()
    program = door.client_with(issued["token"])
    assert program.get(ME).status_code == 200
    assert {token["label"] for token in session.get(TOKENS).json()["items"]} == {"", "weekly"}

    assert session.delete(f"{TOKENS}/{issued['id']}").status_code == 204

    assert program.get(ME).status_code == 401
    assert [token["current"] for token in session.get(TOKENS).json()["items"]] == [True]
    assert session.delete(f"{TOKENS}/{issued['id']}").status_code == 404


def test_nobody_revokes_the_token_of_another(door: Door) -> None:
    session = door.client_with(door.sign_in("li.ming"))
    own = session.get(TOKENS).json()["items"][0]["id"]

    assert door.client_with(door.sign_in("root")).delete(f"{TOKENS}/{own}").status_code == 404
    assert session.get(ME).status_code == 200


def test_a_changed_password_ends_all_but_the_session_it_was_changed_in(door: Door) -> None:
    first, second = (door.client_with(door.sign_in("li.ming")) for _ in range(2))

    wrong = first.put("/api/v1/me/password", json={"current": "not the one 12", "password": OTHER_PASSWORD})
    assert wrong.status_code == 403
    assert wrong.json()["type"].endswith("/wrong-current-password")
    right = first.put("/api/v1/me/password", json={"current": PASSWORD, "password": OTHER_PASSWORD})

    assert right.status_code == 204
    assert first.get(ME).status_code == 200
    assert second.get(ME).status_code == 401
    assert door.sign_in("li.ming", OTHER_PASSWORD)
    old = door.client.post(SESSIONS, json={"account": "li.ming", "password": PASSWORD})
    assert old.status_code == 401


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("short", 1),
        ("my li.ming password", 1),
        ("aaaaaaaaaaaaaaaa", 1),
        ("qwertyuiop1234567890", 1),
        ("password密码admin", 1),
        ("aaa", 3),
    ],
)
def test_weak_passwords_are_refused_with_every_reason(door: Door, password: str, reasons: int) -> None:
    client = door.client_with(door.sign_in("li.ming"))

    answer = client.put("/api/v1/me/password", json={"current": PASSWORD, "password": password})

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/weak-password")
    assert len(answer.json()["errors"]) == reasons
    assert door.sign_in("li.ming")


def test_guessing_is_slowed_down_longer_each_time_and_over_a_restart(tmp_path: Path) -> None:
    StoreFolder.open(tmp_path / "store", create=True).close()
    settings = load_settings(store=tmp_path / "store", allowed_hosts=(HOST,), sign_in_attempts=3)
    now = [datetime(2026, 1, 5, 8, 0, tzinfo=UTC)]
    wrong, right = ({"account": "li.ming", "password": word} for word in ("wrong password 12", PASSWORD))

    with started(settings, lambda: now[0]) as door:
        door.service.accounts.create("li.ming", PASSWORD, COMMAND_LINE, role=Grant("", Role.SO, "SL01"))
        assert [door.client.post(SESSIONS, json=wrong).status_code for _ in range(3)] == [401, 401, 401]
        delayed = door.client.post(SESSIONS, json=right)
        assert (delayed.status_code, delayed.headers["retry-after"]) == (429, "1")
        now[0] += timedelta(seconds=1)
        assert door.client.post(SESSIONS, json=wrong).status_code == 401
        delayed = door.client.post(SESSIONS, json=wrong)
        assert (delayed.status_code, delayed.headers["retry-after"]) == (429, "2")
    with started(settings, lambda: now[0]) as door:
        assert door.client.post(SESSIONS, json=right).status_code == 429
        now[0] += timedelta(seconds=2)
        assert door.client.post(SESSIONS, json=right).status_code == 201


@contextmanager
def started(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Door]:
    """Start a service whose accounts go by a clock of the test's."""
    with open_service(settings, clock=clock) as service:
        app = create_app(settings, service)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Door(app, client)


@pytest.mark.parametrize(
    "typed", ["LI.MING", "Li.Ming", "ｌｉ.ｍｉｎｇ", " li.ming", "li.ming\u200b", "li.ming\x00"]
)
def test_no_other_spelling_of_an_account_gets_round_its_delay(door: Door, typed: str) -> None:
    wrong = {"account": "li.ming", "password": "wrong password 12"}
    while door.client.post(SESSIONS, json=wrong).status_code == 401:
        pass

    # another spelling is another account, that nobody has: the right password does not help it
    answer = door.client.post(SESSIONS, json={"account": typed, "password": PASSWORD})

    assert answer.status_code == 401
    assert door.client.post(SESSIONS, json={**wrong, "password": PASSWORD}).status_code == 429


def test_an_attempt_that_was_turned_away_unchecked_does_not_count(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise BusyError

    wanted = {"account": "li.ming", "password": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(door.service.accounts.passwords, "matches", busy)
        assert [door.client.post(SESSIONS, json=wanted).status_code for _ in range(4)] == [503] * 4
    wrong = {**wanted, "password": "wrong password 12"}
    # five may fail freely: had the four counted, the third of these would be delayed
    assert [door.client.post(SESSIONS, json=wrong).status_code for _ in range(5)] == [401] * 5


def test_what_was_typed_as_an_account_cannot_be_worked_out_from_the_file(door: Door, tmp_path: Path) -> None:
    door.client.post(SESSIONS, json={"account": "horse9 typed in haste", "password": "li.ming"})

    door.service.accounts.backup(tmp_path / "copy.sqlite3")

    kept = (tmp_path / "copy.sqlite3").read_bytes()
    assert b"account:" in kept
    assert b"horse9" not in kept
    # not by trying words either: the hash is keyed, and no backup has the key
    assert hashlib.sha256(b"horse9 typed in haste").hexdigest().encode() not in kept


def test_a_token_given_at_sign_in_is_not_taken_over(door: Door) -> None:
    planted = door.sign_in("li.ming")
    body = {"account": "root", "password": PASSWORD}

    answer = door.client_with(planted).post(SESSIONS, json={**body})

    assert answer.status_code == 201
    assert answer.json()["token"] != planted
    assert door.client_with(planted).get(ME).json()["account"] == "li.ming"
    assert door.client.post(SESSIONS, json={**body, "token": planted}).status_code == 422


def test_one_address_is_slowed_down_over_many_accounts(start_empty: StartSmall) -> None:
    door = start_empty(sign_in_attempts=1)
    statuses = [
        door.client.post(
            SESSIONS, json={"account": f"account-{n}", "password": "wrong password 12"}
        ).status_code
        for n in range(5)
    ]

    # an address has four times the attempts of an account
    assert statuses == [401, 401, 401, 401, 429]


def test_signing_in_and_out_is_in_the_audit_log_without_what_was_typed_wrongly(door: Door) -> None:
    before = len(acts(door))
    door.client.post(SESSIONS, json={"account": PASSWORD, "password": "li.ming"})
    door.client.post(SESSIONS, json={"account": "li.ming", "password": "wrong password 12"})
    client = door.client_with(door.sign_in("li.ming"))
    client.post(TOKENS, json={"label": "weekly", "scopes": ["read"]})
    client.delete(CURRENT)

    entries = acts(door)[before:]
    assert [(action, account) for action, account, _ in entries] == [
        ("session.refused", "unknown"),
        ("session.refused", "li.ming"),
        ("session.start", "li.ming"),
        ("token.change", "li.ming"),
        ("session.end", "li.ming"),
    ]
    assert not any(PASSWORD in part for entry in entries for part in entry)


def test_a_bureau_of_others_is_answered_like_one_that_is_not_there(shared_small: Door) -> None:
    door = shared_small
    there, absent = "/api/v1/bureaus/demo/gaps", "/api/v1/bureaus/SL99/gaps"
    callers = (
        Grant("", Role.ADMINISTRATOR),
        Grant("", Role.SO, "SL99"),
        Grant("", Role.T1, "SL98", person="P001"),
    )

    def answer(grant: Grant, path: str) -> tuple[int, str]:
        code = path.split("/")[4]
        said = door.client_for(grant).get(path)
        shown = {key: value for key, value in said.json().items() if key != "requestId"}
        return said.status_code, str(shown).replace(code, "CODE")

    assert door.client_for(Grant("", Role.SO, "demo")).get(there).status_code == 200
    refused = [answer(grant, path) for grant in callers[1:] for path in (there, absent)]
    assert refused[0][0] == 404
    assert len(set(refused)) == 1
    # the administrator's token may read no data at all, whichever bureau it names
    assert answer(callers[0], there) == answer(callers[0], absent)
    assert answer(callers[0], there)[0] == 403
