"""The audit log: who reads it, what it says, whether its chain holds."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.conftest import ClientFor, StartSmall
from tests.service.running import Door

AUDIT = "/api/v1/audit"


@pytest.fixture
def door(start_small: StartSmall) -> Door:
    return start_small()


@pytest.fixture
def office(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.SO, "demo"))


@pytest.mark.parametrize(
    ("role", "log", "verification"),
    [
        (Role.SO, 200, 200),
        (Role.T1, 200, 403),
        (Role.T2, 403, 403),
        (Role.T3, 403, 403),
        (Role.POST_HOLDER, 403, 403),
        (Role.FD, 403, 403),
        (Role.TRAINEE, 403, 403),
        (Role.ADMINISTRATOR, 403, 403),
    ],
)
def test_who_reads_the_log(client_for: ClientFor, role: Role, log: int, verification: int) -> None:
    assert client_for(role).get(AUDIT).status_code == log
    assert client_for(role).get(f"{AUDIT}/verification").status_code == verification


def test_the_log_is_a_chain_newest_first(office: TestClient) -> None:
    office.post("/api/v1/bureaus/demo/checks", json={"asOf": "2025-12-30"})

    entries = office.get(AUDIT).json()["items"]

    assert [entry["action"] for entry in entries] == [
        "bureau.recheck",
        "session.start",
        "account.change",
        "import",
    ]
    assert entries[0]["account"] == "so-demo"
    assert entries[0]["role"] == "SO"
    assert entries[0]["commit"] == 2
    assert entries[0]["sequence"] > entries[1]["sequence"] > entries[2]["sequence"]
    assert all(len(entry["hash"]) == 64 for entry in entries)


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("action=import", ["import"]),
        ("action=import&action=session.start", ["session.start", "import"]),
        ("account=so-demo", ["session.start"]),
        ("role=operator&action=import", ["import"]),
        ("role=operator", ["account.change", "import"]),
        ("target=import/", ["import"]),
        ("person=P001", []),
    ],
)
def test_the_log_is_filtered(office: TestClient, query: str, actions: list[str]) -> None:
    assert [entry["action"] for entry in office.get(f"{AUDIT}?{query}").json()["items"]] == actions


def test_the_log_is_filtered_by_time(office: TestClient) -> None:
    now = datetime.now(tz=UTC)
    later, earlier = (now + timedelta(hours=1)).isoformat(), (now - timedelta(hours=1)).isoformat()

    assert office.get(AUDIT, params={"from": later}).json()["total"] == 0
    assert office.get(AUDIT, params={"to": earlier}).json()["total"] == 0
    assert office.get(AUDIT, params={"from": earlier, "to": later}).json()["total"] == 3


def test_the_log_is_exported(office: TestClient) -> None:
    text = office.get(f"{AUDIT}?format=csv", headers={"Accept-Language": "en"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["Action"] for row in rows] == ["signed in", "account changed", "ledger imported"]


def test_the_exported_log_is_in_words(office: TestClient) -> None:
    text = office.get(f"{AUDIT}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [(row["角色"], row["事项"], row["对象"].split()[0]) for row in rows] == [
        ("监督办公室", "登录", "账号"),
        ("命令行", "变更账号", "账号"),
        ("命令行", "导入台账", "导入"),
    ]
    commits = office.get("/api/v1/bureaus/demo/commits?format=csv").content.decode("utf-8-sig")
    [first] = csv.DictReader(io.StringIO(commits))
    assert (first["角色"], first["事项"]) == ("命令行", "导入台账")


def test_another_bureau_is_not_in_the_log(door: Door, office: TestClient) -> None:
    other = Grant("", Role.SO, "other")
    door.client_for(other)

    assert "other" not in office.get(AUDIT).text


def test_tier_one_is_not_told_the_ids_of_talks(door: Door) -> None:
    """A record of a talk that P001 neither held nor approved stands in the log as talk/…."""
    office = door.client_for(Grant("", Role.SO, "demo"))
    issue = {"id": "I001", "fields": {"label": "勘查不到位", "foundOn": "2025-04-01"}}
    assert office.post("/api/v1/bureaus/demo/records/issue", json=issue).status_code == 201
    talk = {"id": "TH77", "fields": {"heldOn": "2025-04-03", "aboutIssue": "I001"}}
    made = office.post("/api/v1/bureaus/demo/records/talk", json=talk)
    assert made.status_code == 201, made.text
    tier_one = door.client_for(Grant("", Role.T1, "demo", person="P001"))

    assert "talk/TH77" in office.get(AUDIT).text
    told = tier_one.get(f"{AUDIT}?action=record.create").json()["items"]
    assert [entry["target"] for entry in told] == ["talk/…", "issue/I001"]
    assert tier_one.get(f"{AUDIT}?target=TH77").json()["total"] == 0
    assert "TH77" not in tier_one.get("/api/v1/bureaus/demo/commits").text


def test_the_chain_holds_until_an_entry_is_altered(door: Door, office: TestClient) -> None:
    assert office.get(f"{AUDIT}/verification").json() == {"holds": True, "broken": [], "elsewhere": 0}

    door.service.folder.store.oxigraph.update(
        "PREFIX sv: <https://w3id.org/dutygraph#> "
        'DELETE { GRAPH ?g { ?entry sv:byAccount ?who } } INSERT { GRAPH ?g { ?entry sv:byAccount "x" } } '
        'WHERE { GRAPH ?g { ?entry sv:auditAction "import" ; sv:byAccount ?who } }'
    )

    told = office.get(f"{AUDIT}/verification").json()
    assert not told["holds"]
    [broken] = told["broken"]
    [entry] = office.get(f"{AUDIT}?action=import").json()["items"]
    assert broken["sequence"] == entry["sequence"]
