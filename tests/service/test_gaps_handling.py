"""Handing a gap to a person: who may, based on what was read, and what stays of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import APPOINTMENTS, BUSINESSES, DEPARTMENTS, ledger
from tests.loaders.ledgers import Rows
from tests.service.running import Door, running

GAPS = "/api/v1/bureaus/demo/gaps"
SUPERVISORS: Rows = (*APPOINTMENTS, ("A02", "P002", "二级", "B04", "2025-01-01", "2025-12-31"))
MORE: Rows = (*BUSINESSES, ("B06", "工程结算管理", "规建部", 3, "2025年评定表"))
UNITS: Rows = (*DEPARTMENTS, ("规建部", "部门"))
WANTED = {"person": "P011", "due": "2026-03-31", "remark": "请补登措施"}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A bureau where tier 2 (P002) supervises B04, which lacks tier 3, and nobody B06 of another unit."""
    book = ledger(tmp_path / "ledger.xlsx", 监督员任命=SUPERVISORS, 业务清单=MORE, 部门=UNITS)
    with running(tmp_path / "store", book) as door:
        yield door


def client(door: Door, role: Role, person: str | None = None) -> TestClient:
    return door.client_for(Grant("", role, "demo", person=person))


def gap_at(one: TestClient, rule: str, focus: str) -> tuple[str, str]:
    """Return a gap's address and entity tag."""
    items = one.get(f"{GAPS}?rule={rule}").json()["items"]
    [gap] = [item["id"] for item in items if item["focus"]["id"] == focus]
    return f"{GAPS}/{gap}", one.get(f"{GAPS}/{gap}").headers["ETag"]


def put(one: TestClient, address: str, tag: str | None, **wanted: Any) -> Any:
    headers = {} if tag is None else {"If-Match": tag}
    return one.put(f"{address}/assignment", json={**WANTED, **wanted}, headers=headers)


def test_an_assignment_is_told_listed_and_kept(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")

    given = put(office, address, tag)
    assert given.status_code == 200, given.text
    assert {key: given.json()["assignment"][key] for key in WANTED} == WANTED
    assert given.json()["assignment"]["byRole"] == "SO"
    [listed] = office.get(f"{GAPS}?assignee=P011").json()["items"]
    assert listed["focus"]["id"] == "B04"
    assert listed["assignment"]["due"] == "2026-03-31"

    back = office.delete(f"{address}/assignment", headers={"If-Match": given.headers["ETag"]})
    assert back.status_code == 200
    assert back.json()["assignment"] is None
    history = office.get(address).json()["history"]["assignments"]
    assert [one["person"] for one in history] == ["P011", None]
    assert office.get(f"{GAPS}?assignee=P011").json()["total"] == 0


def test_the_gap_must_be_as_it_was_read(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")

    assert put(office, address, None).status_code == 428
    assert put(office, address, '"stale"').status_code == 412
    assert put(office, address, tag).status_code == 200
    assert put(office, address, tag, person="P001").status_code == 412
    assert office.get(address).json()["assignment"]["person"] == "P011"


def test_another_commit_does_not_make_a_tag_stale(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")
    other, other_tag = gap_at(office, "R01", "R04-01")

    assert put(office, other, other_tag).status_code == 200
    assert put(office, address, tag).status_code == 200


def test_of_two_who_assign_at_once_one_is_told_so(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda person: put(office, address, tag, person=person), ["P011", "P001"]))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(office.get(address).json()["history"]["assignments"]) == 1


@pytest.mark.parametrize(
    ("wanted", "pointer"), [({"person": "P999"}, "/body/person"), ({"due": "2025-12-30"}, "/body/due")]
)
def test_what_does_not_fit_is_refused(door: Door, wanted: dict[str, str], pointer: str) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")

    answer = put(office, address, tag, **wanted)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert office.get(address).json()["assignment"] is None


def test_tier_two_assigns_what_it_supervises_alone(door: Door) -> None:
    office, tier_two = client(door, Role.SO), client(door, Role.T2, "P002")
    own, own_tag = gap_at(tier_two, "R12", "B04")
    other, other_tag = gap_at(tier_two, "R12", "B06")

    assert put(tier_two, own, own_tag, person="P002").status_code == 200
    assert put(tier_two, other, other_tag, person="P002").status_code == 403
    assert office.get(other).json()["assignment"] is None


@pytest.mark.parametrize(
    ("role", "person"), [(Role.T3, "P011"), (Role.POST_HOLDER, "P011"), (Role.TRAINEE, None)]
)
def test_others_assign_nothing(door: Door, role: Role, person: str | None) -> None:
    one = client(door, role, person)
    address, tag = gap_at(one, "R12", "B04")

    assert put(one, address, tag).status_code == 403
    assert one.delete(f"{address}/assignment", headers={"If-Match": tag}).status_code == 403


def test_who_sees_no_persons_sees_no_assignment_but_the_own(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")
    put(office, address, tag)

    assert client(door, Role.TRAINEE).get(address).json()["assignment"] is None
    own = client(door, Role.POST_HOLDER, "P011").get(address).json()["assignment"]
    assert own["person"] == "P011"
    assert own["byPerson"] is None


def test_nothing_is_taken_back_twice(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")

    assert office.delete(f"{address}/assignment", headers={"If-Match": tag}).status_code == 409


def test_an_assignment_stands_in_the_audit_log_without_data(door: Door) -> None:
    office = client(door, Role.SO)
    address, tag = gap_at(office, "R12", "B04")
    put(office, address, tag)

    [entry] = office.get("/api/v1/audit?action=gap.assign").json()["items"]
    assert entry["target"] == "gap/" + address.rpartition("/")[2]
    assert "请补登措施" not in str(entry)
