"""One gap whole: why it is there, what proves it, who answers for it, what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from tests.service.conftest import ClientFor

GAPS = "/api/v1/bureaus/SL01/gaps"
PARTIAL = [Role.T2, Role.T3, Role.POST_HOLDER, Role.TRAINEE]


def gap_of(client: TestClient, rule: str, focus: str) -> dict[str, Any]:
    items = client.get(f"{GAPS}?rule={rule}&size=500").json()["items"]
    [gap] = [item for item in items if item["focus"]["id"] == focus]
    answer = client.get(f"{GAPS}/{gap['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_gap_is_told_whole(client_for: ClientFor) -> None:
    gap = gap_of(client_for(Role.SO), "R01", "R20-03")

    assert gap["message"]["zh"].startswith("风险点“消缺时收受运维商礼品”（R20-03）没有任何防控措施")
    assert gap["requirement"] == {"zh": "风险点须有防控措施", "en": "A risk has a control"}
    assert "线图" in gap["rationale"]["zh"]
    assert gap["cell"]["sheet"] == "表4 风险与措施"
    assert gap["businesses"] == ["B20"]
    assert [(step["step"], step["thing"]["id"], step["person"]) for step in gap["path"]] == [
        ("post", "G28", None),
        ("tier2", "A08", "P008"),
        ("tier1", "A03", "P003"),
    ]
    assert gap["history"]["firstSeen"]["commit"] == 1
    assert gap["history"]["resolved"] is None
    assert gap["asOf"] == "2025-12-31"


def test_the_proof_names_things_by_name_and_gives_their_cell(client_for: ClientFor) -> None:
    proof = gap_of(client_for(Role.SO), "R01", "R20-03")["proof"]

    assert proof["shown"]
    assert not proof["limited"]
    assert "消缺时收受运维商礼品（R20-03）" in proof["text"]["zh"]
    assert "http" not in proof["text"]["zh"]
    [fact] = proof["facts"]
    assert fact["subject"]["zh"] == "消缺时收受运维商礼品（R20-03）"
    assert fact["object"] == {"zh": "廉洁风险点", "en": "integrity risk point"}
    assert fact["cell"]["sheet"] == "表4 风险与措施"


@pytest.mark.parametrize("role", PARTIAL)
def test_no_proof_rests_on_what_the_caller_does_not_see(client_for: ClientFor, role: Role) -> None:
    """Every node of every fact must be one of which the caller's records say something."""
    client = client_for(role)
    seen = told_by_records(client)
    proofs = 0
    for item in client.get(f"{GAPS}?size=500").json()["items"][::5]:
        proof = client.get(f"{GAPS}/{item['id']}").json()["proof"]
        proofs += proof["shown"]
        for fact in proof["facts"]:
            for term in (fact["triple"][0], fact["triple"][2]):
                kind, _, identifier = term.strip("<>").partition("/bureau/SL01/")[2].partition("/")
                if kind in {"appointment", "person", "issue", "task-sheet", "score", "talk", "plan-item"}:
                    assert identifier in seen[kind], (item["rule"], term)
    assert proofs > 3


def told_by_records(client: TestClient) -> dict[str, set[str]]:
    kinds = ("appointment", "person", "issue", "task-sheet", "score", "talk", "plan-item")
    found: dict[str, set[str]] = {}
    for kind in kinds:
        found[kind] = set()
        page = 1
        while True:
            answer = client.get(f"/api/v1/bureaus/SL01/records/{kind}?size=500&page={page}")
            assert answer.status_code == 200, answer.text
            found[kind] |= {item["id"] for item in answer.json()["items"]}
            if page * 500 >= answer.json()["total"]:
                break
            page += 1
    return found


def test_hidden_and_unknown_gaps_are_answered_alike(client_for: ClientFor) -> None:
    """R65 falls on an incentive (JL06): none of the trainee's business."""
    office, trainee = client_for(Role.SO), client_for(Role.TRAINEE)
    [hidden] = office.get(f"{GAPS}?rule=R65").json()["items"]
    answers = [trainee.get(f"{GAPS}/{gap}") for gap in (hidden["id"], "0" * 12)]

    assert [answer.status_code for answer in answers] == [404, 404]
    told = [answer.json() for answer in answers]
    for one in told:
        del one["requestId"], one["instance"]
    assert str(told[0]).replace(hidden["id"], "0" * 12) == str(told[1])


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.FD, Role.POST_HOLDER, Role.T3, Role.T2])
def test_others_see_part_of_what_the_office_sees(client_for: ClientFor, role: Role) -> None:
    every = client_for(Role.SO).get(f"{GAPS}?size=500").json()["items"]
    part = client_for(role).get(f"{GAPS}?size=500").json()
    places = {(item["rule"], item["focus"]["id"]) for item in every}

    assert 0 < part["total"] < len(every)
    assert {(item["rule"], item["focus"]["id"]) for item in part["items"]} <= places


def test_the_trainee_sees_no_person(client_for: ClientFor) -> None:
    items = client_for(Role.TRAINEE).get(f"{GAPS}?size=500&state=all").json()["items"]

    assert all(item[tier] == [] for item in items for tier in ("tier1", "tier2", "tier3"))
    assert "/person/" not in str(items)
    assert "/appointment/" not in str(items)


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.T3])
def test_counts_are_of_what_the_caller_sees(client_for: ClientFor, role: Role) -> None:
    client = client_for(role)
    total = client.get(f"{GAPS}?size=1").json()["total"]
    counts = client.get(f"{GAPS}/counts").json()

    assert sum(counts["total"].values()) == total
    assert sum(one["open"] + one["waived"] for one in counts["by"]["rule"]) == total


def test_the_administrator_sees_no_gap(client_for: ClientFor) -> None:
    for path in ("", "/counts", "/bb9a3f62d8fb", "/comparison?from=2024&to=2025"):
        assert client_for(Role.ADMINISTRATOR).get(GAPS + path).status_code in {403, 404}, path
