"""Waivers: tier 1 leaves a gap open until a date, with a reason; it stays visible and is counted apart."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.conftest import ClientFor, StartSmall
from tests.service.running import Door

BUREAU = "/api/v1/bureaus/demo"
REASON = {"reason": "竞聘中，三月到岗", "until": "2026-03-31"}


@pytest.fixture
def door(start_small: StartSmall) -> Door:
    """A bureau with gaps, among them R12 at B04, judged on 2025-12-31; P001 is of tier 1."""
    return start_small()


@pytest.fixture
def tier_one(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.T1, "demo", person="P001"))


def gap_of(client: TestClient, rule: str) -> str:
    [gap] = client.get(f"{BUREAU}/gaps?rule={rule}").json()["items"]
    return str(gap["id"])


def counts(client: TestClient) -> dict[str, int]:
    found: dict[str, int] = client.get(f"{BUREAU}/gaps").json()["counts"]
    return found


def waive(client: TestClient, gap: str, **wanted: Any) -> Any:
    return client.post(f"{BUREAU}/gaps/{gap}/waiver", json={**REASON, **wanted})


def test_a_waived_gap_stays_visible_and_is_counted_apart(tier_one: TestClient) -> None:
    gap = gap_of(tier_one, "R12")
    before = counts(tier_one)

    made = waive(tier_one, gap)

    assert made.status_code == 201, made.text
    assert made.json() == {
        "id": "HM01",
        "rule": "R12",
        "focus": "B04",
        "reason": "竞聘中，三月到岗",
        "from": "2025-12-31",
        "until": "2026-03-31",
        "by": "A01",
        "state": "in-force",
        "gaps": [gap],
    }
    assert made.headers["Location"] == f"{BUREAU}/waivers/HM01"
    assert counts(tier_one) == {"open": before["open"] - 1, "waived": 1, "resolved": 0}
    told = tier_one.get(f"{BUREAU}/gaps/{gap}").json()
    assert told["state"] == "waived"
    assert told["waived"] == {"until": "2026-03-31", "by": "A01", "reason": "竞聘中，三月到岗"}
    assert told["history"]["resolved"] is None


def test_the_record_is_that_of_the_form(door: Door, tier_one: TestClient) -> None:
    waive(tier_one, gap_of(tier_one, "R12"))

    record = door.client_for(Grant("", Role.SO, "demo")).get(f"{BUREAU}/records/waiver/HM01").json()
    fields = record["fields"]
    assert fields["waivesRule"] == "R12"
    assert fields["waivesFocus"] == "B04"
    assert fields["validFrom"] == "2025-12-31"
    assert fields["validTo"] == "2026-03-31"


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"until": "2025-12-30"}, "/body/until"),
        ({"from": "2026-04-01"}, "/body/from"),
        ({"reason": "  "}, "/body/reason"),
        ({"reason": ""}, "/body/reason"),
        ({"until": None}, "/body/until"),
    ],
)
def test_a_waiver_needs_a_reason_and_an_end_to_come(
    tier_one: TestClient, wanted: dict[str, Any], pointer: str
) -> None:
    answer = waive(tier_one, gap_of(tier_one, "R12"), **wanted)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert counts(tier_one)["waived"] == 0
    assert tier_one.get(f"{BUREAU}/waivers").json()["total"] == 0


@pytest.mark.parametrize(
    ("role", "person"),
    [(Role.SO, None), (Role.T2, "P001"), (Role.T3, "P001"), (Role.POST_HOLDER, "P011"), (Role.TRAINEE, None)],
)
def test_tier_one_alone_waives(door: Door, role: Role, person: str | None) -> None:
    client = door.client_for(Grant("", role, "demo", person=person))
    gap = gap_of(client, "R12")

    assert waive(client, gap).status_code == 403
    assert client.delete(f"{BUREAU}/waivers/HM01").status_code == 403


def test_tier_one_without_an_appointment_in_force_waives_nothing(door: Door) -> None:
    client = door.client_for(Grant("", Role.T1, "demo", person="P011"))

    answer = waive(client, gap_of(client, "R12"))

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/no-appointment")


def test_a_gap_is_not_waived_twice_but_for_longer(tier_one: TestClient) -> None:
    gap = gap_of(tier_one, "R12")
    waive(tier_one, gap)

    assert waive(tier_one, gap).status_code == 409
    assert waive(tier_one, gap, until="2026-06-30").status_code == 201
    assert tier_one.get(f"{BUREAU}/gaps/{gap}").json()["waived"]["until"] == "2026-06-30"


def test_a_waiver_ends_on_a_day(tier_one: TestClient) -> None:
    gap = gap_of(tier_one, "R12")
    waive(tier_one, gap)

    assert tier_one.delete(f"{BUREAU}/waivers/HM01?on=2026-01-15").status_code == 204
    [waiver] = tier_one.get(f"{BUREAU}/waivers").json()["items"]
    assert (waiver["until"], waiver["state"]) == ("2026-01-14", "in-force")
    assert tier_one.delete(f"{BUREAU}/waivers/HM01?on=2026-02-01").status_code == 409
    assert tier_one.delete(f"{BUREAU}/waivers/HM01?on=2025-12-30").status_code == 422
    assert counts(tier_one)["waived"] == 1


def test_a_waiver_that_never_held_a_day_is_removed(tier_one: TestClient) -> None:
    before = counts(tier_one)
    waive(tier_one, gap_of(tier_one, "R12"))

    assert tier_one.delete(f"{BUREAU}/waivers/HM01").status_code == 204
    assert tier_one.get(f"{BUREAU}/waivers").json()["total"] == 0
    assert counts(tier_one) == before
    assert tier_one.delete(f"{BUREAU}/waivers/HM01").status_code == 404


def test_a_waiver_ends_by_itself(door: Door, tier_one: TestClient) -> None:
    gap = gap_of(tier_one, "R12")
    waive(tier_one, gap)
    office = door.client_for(Grant("", Role.SO, "demo"))

    judged = office.post(f"{BUREAU}/checks", json={"asOf": "2026-04-01"})

    assert judged.status_code == 201, judged.text
    # appointment A01 has ended by then too, so the waiver would be void besides
    [waiver] = office.get(f"{BUREAU}/waivers").json()["items"]
    assert waiver["state"] == "ended"
    assert office.get(f"{BUREAU}/gaps/{gap}").json()["state"] == "open"


def test_the_audit_log_names_who_waived(tier_one: TestClient) -> None:
    gap = gap_of(tier_one, "R12")
    waive(tier_one, gap)

    [entry] = tier_one.get("/api/v1/audit?action=gap.waive").json()["items"]
    assert (entry["target"], entry["person"], entry["commit"]) == ("waiver/HM01", "P001", 2)


def test_the_waivers_of_the_example(client_for: ClientFor) -> None:
    """HM01 holds, HM02 has ended, HM03 was approved at tier 2 (A07) and is void."""
    rows = client_for(Role.SO).get("/api/v1/bureaus/SL01/waivers").json()["items"]

    assert [(row["id"], row["state"], len(row["gaps"])) for row in rows] == [
        ("HM01", "in-force", 1),
        ("HM02", "ended", 0),
        ("HM03", "void", 0),
    ]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.T1, 200),
        (Role.SO, 200),
        (Role.T2, 200),
        (Role.T3, 200),
        (Role.POST_HOLDER, 403),
        (Role.FD, 403),
        (Role.TRAINEE, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_who_reads_waivers(client_for: ClientFor, role: Role, status: int) -> None:
    assert client_for(role).get("/api/v1/bureaus/SL01/waivers").status_code == status
