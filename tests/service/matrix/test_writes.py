"""Who may write what; whoever may not changes nothing, and nobody is told of what is hidden on the way."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.service.matrix.asking import answer_of, filled
from tests.service.matrix.bureau import mark, whole
from tests.service.matrix.conftest import OUTSIDERS, READERS, client_of, open_door
from tests.service.matrix.test_markers import allowed, found_in
from tests.service.running import Door

BUREAU = "/api/v1/bureaus/SY"
# one's own session and password: tests/service/test_sessions.py; queries: in the table of what is read
ELSEWHERE = {
    "POST /api/v1/sessions",
    "DELETE /api/v1/sessions/current",
    "PUT /api/v1/me/password",
    "POST /sparql",
}
WRITES: Mapping[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("writes.toml").read_text(encoding="utf-8")
)
CALLERS = (*READERS, *OUTSIDERS, "read-only")
REFUSED = {"nobody": 401, "expired": 401, "foreign": 404}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over the bureau of two sides and another, to be written to."""
    with open_door(tmp_path_factory.mktemp("matrix") / "store", whole(), whole("OT", "w")) as door:
        yield door


@pytest.fixture(scope="module")
def clients(door: Door) -> dict[str, TestClient]:
    return {caller: client_of(door, caller) for caller in CALLERS}


@pytest.fixture(scope="module")
def gaps(clients: dict[str, TestClient]) -> dict[str, str]:
    """The gaps as the office sees them: "rule focus" by marker → id."""
    told = clients["SO"].get(f"{BUREAU}/gaps", params={"size": 500}).json()["items"]
    return {f"{gap['rule']} {gap['focus']['id']}": gap["id"] for gap in told}


def test_every_address_that_writes_is_tried(door: Door) -> None:
    there = {
        f"{method.upper()} {path}"
        for path, methods in door.app.openapi()["paths"].items()
        for method in methods
        if method in {"post", "put", "patch", "delete"}
    }
    assert set(WRITES) == there - ELSEWHERE


def content(door: Door) -> set[ox.Quad]:
    """Return all that is stored of bureaus; the audit log tells of refusals, too."""
    store = door.service.folder.store.oxigraph
    return {quad for quad in store if not str(quad.graph_name.value).endswith("/audit")}  # type: ignore[union-attr]


def sent(client: TestClient, what: str, row: Mapping[str, Any], gaps: Mapping[str, str]) -> Response:
    method, _, template = what.partition(" ")
    values = {name: value for name, value in row.items() if name not in {"told", "unseen", "body"}}
    if "gap" in values:
        rule, _, focus = values["gap"].partition(" ")
        values["gap"] = gaps[f"{rule} {mark(focus)}"]
    body = row.get("body")
    if body and "person" in body:
        body = {**body, "person": mark(body["person"])}
    headers = {"If-Match": "*"} if method != "POST" else {}
    return client.request(method, filled(template, values, "SY"), json=body, headers=headers)


@pytest.mark.parametrize(("what", "row"), [(what, row) for what, rows in WRITES.items() for row in rows])
def test_who_may_write_writes_and_nobody_else(
    what: str, row: dict[str, Any], door: Door, clients: dict[str, TestClient], gaps: dict[str, str]
) -> None:
    told: dict[str, int] = row["told"]
    before = content(door)
    statuses, leaks = {}, {}
    asked = found_in(f"{what} {row}") | {mark(str(v)) for v in row.values() if "/" in str(v)}
    for caller in sorted(CALLERS, key=lambda caller: (told.get(caller) == 409, told.get(caller, 499) < 300)):
        if told.get(caller, 499) < 300 and before is not None:
            assert content(door) == before, "a refused write has changed something"
            before = None  # type: ignore[assignment]
        answer = sent(clients[caller], what, row, gaps)
        statuses[caller] = answer.status_code
        more = found_in(answer_of(answer).text) - allowed(caller) - asked
        if more and not what.partition(" ")[2].startswith("/api/v1/accounts"):
            leaks[caller] = sorted(more)
    assert statuses == {
        caller: told.get(caller, 404 if caller in row.get("unseen", ()) else _refused(what, caller))
        for caller in CALLERS
    }
    assert leaks == {}
    assert before is None or content(door) == before


def _refused(what: str, caller: str) -> int:
    if caller == "foreign" and "{code}" not in what:
        return 404 if what.startswith("DELETE /api/v1/tokens") else 403
    return REFUSED.get(caller, 403)


def test_what_refers_to_a_record_is_told_as_far_as_it_is_seen(clients: dict[str, TestClient]) -> None:
    """Two talks are about issue I1, which the office is not to know (domain section 8: existence, date)."""
    office = clients["SO"]
    answer = office.delete(f"{BUREAU}/records/issue/{mark('issue/I1')}", headers={"If-Match": "*"})
    assert answer.status_code == 409
    assert "talk/" not in answer.text
    assert not [one for one in answer.json()["choices"] if one["kind"] == "talk"]
    assert f"有{len(answer.json()['choices'])}处引用" in answer.json()["text"]["zh"]


@pytest.mark.parametrize("field", ["issueOwner", "foundIn", "repeatOf", "responsiblePost"])
def test_a_hidden_reference_is_taken_like_one_that_is_nobody_s(
    field: str, clients: dict[str, TestClient]
) -> None:
    """T3 makes issues: what is entered must not tell which ids there are."""
    hidden = {
        "issueOwner": ("person/P6", "person/P98"),
        "foundIn": ("task-sheet/T2", "task-sheet/T98"),
        "repeatOf": ("issue/I2", "issue/I98"),
        "responsiblePost": ("person/P6", "person/P98"),
    }[field]
    told = []
    for node in hidden:
        fields = {field: mark(node), "foundOn": "2025-06-01"}
        answer = clients["T3"].post(f"{BUREAU}/records/issue", json={"id": "I97", "fields": fields})
        assert answer.status_code >= 400
        told.append(answer_of(answer).masked.replace(mark(node), "…"))
    assert told[0] == told[1]


def test_a_hidden_person_is_assigned_like_one_that_is_not_there(
    clients: dict[str, TestClient], gaps: dict[str, str]
) -> None:
    address = f"{BUREAU}/gaps/{gaps['R04 ' + mark('control/C1')]}/assignment"
    told = []
    for person in ("person/P6", "person/P98"):
        answer = clients["T2"].put(address, json={"person": mark(person)}, headers={"If-Match": "*"})
        assert answer.status_code == 422
        told.append(answer_of(answer).masked.replace(mark(person), "…"))
    assert told[0] == told[1]
