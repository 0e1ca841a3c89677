"""Two dates compared: by what the register held then, or by the data of now."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.conftest import StartSmall
from tests.service.running import Door

BUREAU = "/api/v1/bureaus/demo"
CONTROL = {
    "id": "C04-01",
    "fields": {"label": "双人勘查并留存影像", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-01"]},
}
TODAY = datetime.now(tz=UTC).date()


@pytest.fixture
def door(start_small: StartSmall) -> Door:
    return start_small()


@pytest.fixture
def office(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.SO, "demo"))


def compared(client: TestClient, query: str) -> dict[str, Any]:
    answer = client.get(f"{BUREAU}/gaps/comparison?size=500&{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def by_change(page: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"new": set(), "persisting": set(), "resolved": set()}
    for item in page["items"]:
        found[item["change"]].add(item["id"])
    assert page["counts"] == {change: len(ids) for change, ids in found.items()}
    return found


def as_judged(client: TestClient, day: str) -> set[str]:
    """The gaps there are when the bureau itself is judged by a date."""
    assert client.post(f"{BUREAU}/checks", json={"asOf": day}).status_code == 201
    return {item["id"] for item in client.get(f"{BUREAU}/gaps?size=500").json()["items"]}


def test_the_data_of_now_judged_by_two_dates(office: TestClient) -> None:
    """A01 is appointed for 2025: on a day of 2024 nobody is, on one of 2025 she is."""
    page = compared(office, "from=2024-06-30&to=2025-06-30")
    assert page["basis"] == "data"
    assert page["from"] == {"asked": "2024-06-30", "day": "2024-06-30", "commit": None}

    before, after = as_judged(office, "2024-06-30"), as_judged(office, "2025-06-30")

    assert before != after
    assert by_change(page) == {
        "new": after - before,
        "persisting": after & before,
        "resolved": before - after,
    }


def test_a_year_is_its_last_day_and_the_datas_year_their_date(office: TestClient) -> None:
    office.post(f"{BUREAU}/checks", json={"asOf": "2025-11-30"})

    page = compared(office, "from=2024&to=2025")

    assert (page["from"]["day"], page["to"]["day"]) == ("2024-12-31", "2025-11-30")


def test_history_is_what_the_register_held(office: TestClient) -> None:
    """Both days are today's, so the last commit of today stands on both sides."""
    office.post(f"{BUREAU}/records/control", json=CONTROL)
    there = {item["id"] for item in office.get(f"{BUREAU}/gaps?size=500").json()["items"]}

    page = compared(office, f"from={TODAY}&to={TODAY + timedelta(days=1)}")

    assert page["basis"] == "history"
    assert (page["from"]["commit"], page["to"]["commit"]) == (2, 2)
    assert by_change(page) == {"new": set(), "persisting": there, "resolved": set()}


def test_history_before_the_first_commit_is_refused_with_the_cure(office: TestClient) -> None:
    answer = office.get(f"{BUREAU}/gaps/comparison?from=2024&to=2025&basis=history")

    assert answer.status_code == 422
    assert "basis=data" in answer.json()["errors"][0]["text"]["en"]


@pytest.mark.parametrize(
    "query", ["from=2025&to=2024", "from=20x5&to=2025", "from=1800&to=2025", "from=2024-02-30&to=2025"]
)
def test_dates_that_are_none_are_refused(office: TestClient, query: str) -> None:
    answer = office.get(f"{BUREAU}/gaps/comparison?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/from"


def test_one_change_is_asked_for_and_exported(office: TestClient) -> None:
    page = compared(office, "from=2024-06-30&to=2025-06-30&change=new")
    assert {item["change"] for item in page["items"]} <= {"new"}
    assert page["total"] == page["counts"]["new"]

    text = office.get(f"{BUREAU}/gaps/comparison?from=2024-06-30&to=2025-06-30&format=csv").content
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) == sum(page["counts"].values())
    assert {row["变化"] for row in rows} <= {"新增", "持续", "已消除"}


def test_a_caller_compares_what_the_caller_sees(door: Door, office: TestClient) -> None:
    trainee = door.client_for(Grant("", Role.TRAINEE, "demo"))
    query = "from=2024-06-30&to=2025-06-30"

    whole, part = compared(office, query), compared(trainee, query)

    kinds = {item["focus"]["kind"] for item in part["items"]}
    assert part["items"]
    assert "SupervisorAppointment" not in kinds
    places = {(item["rule"], item["focus"]["id"]) for item in whole["items"]}
    assert {(item["rule"], item["focus"]["id"]) for item in part["items"]} <= places
    assert "/appointment/" not in str(part)
    assert "/person/" not in str(part)
