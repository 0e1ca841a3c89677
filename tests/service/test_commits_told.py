"""Commits as the office reads them, the bureau as it was, and judging by another date."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.conftest import ClientFor, StartSmall
from tests.service.running import Door

BUREAU = "/api/v1/bureaus/demo"
CONTROL: dict[str, Any] = {
    "id": "C04-01",
    "fields": {"label": "双人勘查并留存影像", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-01"]},
}


@pytest.fixture
def door(start_small: StartSmall) -> Door:
    return start_small()


@pytest.fixture
def office(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.SO, "demo"))


def there(client: TestClient, path: str = "gaps", query: str = "") -> set[str]:
    answer = client.get(f"{BUREAU}/{path}?size=500{query}")
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


def commit(client: TestClient, number: int) -> dict[str, Any]:
    answer = client.get(f"{BUREAU}/commits/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["change"]
    return found


def test_a_commit_says_what_it_changed(office: TestClient) -> None:
    before = there(office)
    made = office.post(f"{BUREAU}/records/control", json=CONTROL)
    assert made.status_code == 201, made.text
    after = there(office)

    change = commit(office, 2)

    assert (change["account"], change["role"], change["action"], change["target"]) == (
        "so-demo",
        "SO",
        "record.create",
        "control/C04-01",
    )
    assert (change["added"], change["removed"]) == (made.json()["change"]["added"], 0)
    assert {gap["id"] for gap in change["newGaps"]} == after - before
    assert {gap["id"] for gap in change["resolvedGaps"]} == before - after
    assert "R01" in {gap["rule"] for gap in change["resolvedGaps"]}


def test_commits_are_listed_latest_first(office: TestClient) -> None:
    office.post(f"{BUREAU}/records/control", json=CONTROL)
    office.post(f"{BUREAU}/checks", json={"asOf": "2025-06-30"})

    listed = office.get(f"{BUREAU}/commits").json()["items"]

    assert [(one["number"], one["action"], one["asOf"]) for one in listed] == [
        (3, "bureau.recheck", "2025-06-30"),
        (2, "record.create", "2025-12-31"),
        (1, "import", "2025-12-31"),
    ]
    assert [one["number"] for one in office.get(f"{BUREAU}/commits?action=import").json()["items"]] == [1]


@pytest.mark.parametrize("rules", ["then", "now"])
def test_the_bureau_as_it_was(office: TestClient, rules: str) -> None:
    before = there(office)
    office.post(f"{BUREAU}/records/control", json=CONTROL)
    assert there(office) != before

    assert there(office, "commits/1/report", f"&rules={rules}") == before
    assert there(office, "commits/2/report", f"&rules={rules}") == there(office)


def test_an_unknown_commit_is_not_found(office: TestClient) -> None:
    for path in ("commits/9", "commits/9/report"):
        answer = office.get(f"{BUREAU}/{path}")
        assert answer.status_code == 404
        assert "1 to 1" in answer.json()["text"]["en"]


def test_a_gap_that_came_back_is_told_for_each_commit(office: TestClient) -> None:
    """Resolved in commit 2, reopened in commit 3: the register keeps no trace of the resolution."""
    [gap] = office.get(f"{BUREAU}/gaps?rule=R01").json()["items"]
    made = office.post(f"{BUREAU}/records/control", json=CONTROL)
    tag = made.headers["ETag"]
    fields = {key: value for key, value in CONTROL["fields"].items() if key != "risk"}
    address = f"{BUREAU}/records/control/C04-01"
    undone = office.put(address, json={"fields": fields}, headers={"If-Match": tag})
    assert undone.status_code == 200, undone.text

    assert gap["id"] in {one["id"] for one in commit(office, 1)["newGaps"]}
    assert gap["id"] in {one["id"] for one in commit(office, 2)["resolvedGaps"]}
    assert gap["id"] in {one["id"] for one in commit(office, 3)["newGaps"]}
    history = office.get(f"{BUREAU}/gaps/{gap['id']}").json()["history"]
    assert [seen["commit"] for seen in history["reopened"]] == [3]
    assert history["resolved"] is None


def test_judging_by_another_date(office: TestClient) -> None:
    """Appointment A01 ends with 2025: the day after, nobody supervises B04."""
    assert office.get(f"{BUREAU}/gaps").json()["asOf"] == "2025-12-31"

    judged = office.post(f"{BUREAU}/checks", json={"asOf": "2026-01-01"})

    assert judged.status_code == 201, judged.text
    assert judged.json()["asOf"] == "2026-01-01"
    assert judged.json()["change"]["added"] == 0
    page = office.get(f"{BUREAU}/gaps?size=500").json()
    assert page["asOf"] == "2026-01-01"
    assert all(item["tier1"] == [] for item in page["items"])
    back = office.post(f"{BUREAU}/checks", json={"asOf": None})
    assert back.json()["asOf"] == "2025-12-31"


def test_dates_beyond_reason_are_refused(office: TestClient) -> None:
    for day in ("1999-12-31", "9999-12-31"):
        answer = office.post(f"{BUREAU}/checks", json={"asOf": day})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/body/asOf"


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_commits(client_for: ClientFor, role: Role) -> None:
    client = client_for(role)
    statuses = {client.get(f"/api/v1/bureaus/SL01/{path}").status_code for path in ("commits", "commits/1")}
    assert statuses == ({200} if role in {Role.SO, Role.T1} else {403})


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SO}))
def test_the_office_alone_judges_by_another_date(client_for: ClientFor, role: Role) -> None:
    answer = client_for(role).post("/api/v1/bureaus/SL01/checks", json={"asOf": "2026-01-31"})
    assert answer.status_code == 403


def test_the_report_of_the_example_is_what_was_stated(client_for: ClientFor) -> None:
    page = client_for(Role.T1).get("/api/v1/bureaus/SL01/commits/1/report?size=500").json()
    assert page["counts"] == {"open": 92, "waived": 1, "resolved": 0}
    assert Counter(item["rule"] for item in page["items"])["R12"] == 2
