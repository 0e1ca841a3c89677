"""Records through the API: read, created, replaced, deleted; locked, gated, protected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.loaders.fields import kind_forms
from dutygraph.model import GraphKind
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.restoring import head
from tests.service.running import Door

RECORDS = "/api/v1/bureaus/demo/records"
CONTROL = {"label": "双人勘查", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-01"]}
SO = Grant("", Role.SO, "demo")


@pytest.fixture
def door(small: Door) -> Door:
    return small


@pytest.fixture
def so(door: Door) -> TestClient:
    return door.client_for(SO)


def gaps(change: dict[str, Any], which: str) -> set[tuple[str, str]]:
    return {(gap["rule"], gap["focus"]["id"]) for gap in change[which]}


def exported(door: Door) -> bytes:
    store = door.service.folder.store
    return store.export([graph for graph in store.graphs() if "/audit" not in graph])


def test_the_kinds_are_told_with_their_fields_and_life_cycles(so: TestClient) -> None:
    kinds = {kind["kind"]: kind for kind in so.get(RECORDS).json()["kinds"]}

    assert set(kinds) == set(kind_forms())
    assert [field["name"] for field in kinds["control"]["fields"]] == ["risk", "label", "stage", "ownerPost"]
    assert kinds["control"]["lifeCycle"] is None
    assert kinds["issue"]["lifeCycle"]["initial"] == "已发现"
    assert (kinds["risk"]["total"], kinds["control"]["total"]) == (1, 0)


def test_a_record_is_read_as_the_ledger_states_it(so: TestClient, door: Door) -> None:
    found = so.get(f"{RECORDS}/node/B04-N01").json()

    assert found["fields"] == {
        "business": ["B04"],
        "sequence": 1,
        "label": "现场勘查",
        "isKey": True,
        "performedBy": ["G12"],
    }
    assert found["classes"] == ["KeyNode", "ProcessNode"]
    assert (found["graph"], found["commit"], found["asOf"]) == ("public", head(door), "2025-12-31")


def test_what_has_not_changed_is_not_sent_again(so: TestClient) -> None:
    tag = so.get(f"{RECORDS}/risk/R04-01").headers["etag"]

    assert so.get(f"{RECORDS}/risk/R04-01", headers={"If-None-Match": tag}).status_code == 304


def test_a_control_for_a_risk_without_one_closes_its_gap(so: TestClient) -> None:
    answer = so.post(f"{RECORDS}/control", json={"id": "C04-01", "fields": CONTROL})

    assert answer.status_code == 201
    assert ("R01", "R04-01") in gaps(answer.json()["change"], "resolvedGaps")
    assert ("R05", "C04-01") in gaps(answer.json()["change"], "newGaps")
    assert answer.headers["location"] == f"{RECORDS}/control/C04-01"
    assert so.get(f"{RECORDS}/control/C04-01").json()["fields"] == CONTROL
    assert so.get(f"{RECORDS}/risk/R04-01").json()["fields"]["hasControl"] == ["C04-01"]


def test_a_record_that_is_there_is_not_created_again(so: TestClient, door: Door) -> None:
    before = exported(door)

    assert so.post(f"{RECORDS}/risk", json={"id": "R04-01", "fields": {}}).status_code == 409
    put = so.put(f"{RECORDS}/risk/R04-01", json={"fields": {}}, headers={"If-None-Match": "*"})
    assert put.status_code == 412
    assert exported(door) == before


def test_put_creates_where_it_is_told_that_nothing_is_there(so: TestClient) -> None:
    answer = so.put(f"{RECORDS}/control/C2", json={"fields": {"label": "甲"}}, headers={"If-None-Match": "*"})

    assert answer.status_code == 201
    assert so.get(f"{RECORDS}/control/C2").json()["label"] == "甲"


def test_replacing_replaces_the_whole_record(so: TestClient) -> None:
    tag = so.post(f"{RECORDS}/control", json={"id": "C1", "fields": CONTROL}).headers["etag"]

    answer = so.put(f"{RECORDS}/control/C1", json={"fields": {"label": "新"}}, headers={"If-Match": tag})

    assert answer.status_code == 200
    assert answer.json()["record"]["fields"] == {"label": "新"}
    assert ("R01", "R04-01") in gaps(answer.json()["change"], "newGaps")
    assert answer.headers["etag"] == so.get(f"{RECORDS}/control/C1").headers["etag"] != tag


def test_a_write_says_what_it_is_based_on(so: TestClient) -> None:
    url = f"{RECORDS}/risk/R04-01"

    assert so.put(url, json={"fields": {}}).status_code == 428
    assert so.delete(url).status_code == 428
    assert so.put(url, json={"fields": {}}, headers={"If-Match": '"old"'}).status_code == 412
    assert so.delete(url, headers={"If-Match": '"old"'}).status_code == 412


def test_of_two_writers_on_one_record_one_is_refused(so: TestClient) -> None:
    tag = so.post(f"{RECORDS}/control", json={"id": "C1", "fields": CONTROL}).headers["etag"]

    def put(label: str) -> int:
        fields = {**CONTROL, "label": label}
        return so.put(f"{RECORDS}/control/C1", json={"fields": fields}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(put, ("甲", "乙")))

    assert codes == [200, 412]
    assert so.get(f"{RECORDS}/control/C1").json()["label"] in ("甲", "乙")


def test_writers_on_different_records_do_not_disturb_each_other(so: TestClient) -> None:
    def post(number: int) -> int:
        return so.post(f"{RECORDS}/control", json={"id": f"C{number}", "fields": CONTROL}).status_code

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(post, range(6))) == {201}
    assert so.get(f"{RECORDS}/control").json()["total"] == 6


def test_every_bad_value_is_told_at_once_and_nothing_is_stored(so: TestClient, door: Door) -> None:
    before = exported(door)

    fields = {"stage": ["某时"], "ownerPost": "G1；G2", "foo": 1, "risk": [{"kind": "post", "id": "G12"}]}
    answer = so.post(f"{RECORDS}/control", json={"id": "C1", "fields": fields})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/body/fields/foo",
        "/body/fields/stage/0",
        "/body/fields/ownerPost",
        "/body/fields/risk/0",
    }
    assert all(error["text"]["zh"] and error["text"]["en"] for error in answer.json()["errors"])
    assert exported(door) == before


def test_what_others_refer_to_is_not_deleted(so: TestClient, door: Door) -> None:
    before = exported(door)

    answer = so.delete(f"{RECORDS}/post/G12", headers={"If-Match": "*"})

    assert answer.status_code == 409
    assert {(one["kind"], one["id"], one["property"]) for one in answer.json()["choices"]} == {
        ("holding", "G12-P011", "heldPost"),
        ("node", "B04-N01", "performedBy"),
    }
    assert {one["text"]["zh"] for one in answer.json()["errors"]} == {
        "任职“G12-P011”的“岗位编号”",
        "流程节点“现场勘查”（B04-N01）的“执行岗位”",
    }
    assert "process node “现场勘查” (B04-N01): performed by" in {
        one["text"]["en"] for one in answer.json()["errors"]
    }
    assert exported(door) == before
    assert so.delete(f"{RECORDS}/business/B04", headers={"If-Match": "*"}).status_code == 409
    assert so.delete(f"{RECORDS}/bureau/demo", headers={"If-Match": "*"}).status_code == 409


def test_what_only_a_hidden_record_refers_to_is_not_deleted_and_nothing_is_told_of_that(
    so: TestClient, door: Door
) -> None:
    """The office sees that there was a talk, not what it was about."""
    issue = {"foundOn": "2025-06-01", "label": "缺照片", "evidence": ["照片"]}
    assert so.post(f"{RECORDS}/issue", json={"id": "I1", "fields": issue}).status_code == 201
    talk = {"aboutIssue": "I1", "heldOn": "2025-06-05"}
    assert so.post(f"{RECORDS}/talk", json={"id": "TH1", "fields": talk}).status_code == 201
    before = exported(door)

    answer = so.delete(f"{RECORDS}/issue/I1", headers={"If-Match": "*"})

    told = answer.json()
    assert (answer.status_code, told["type"].rpartition("/")[2]) == (409, "not-deletable")
    assert (told["errors"], told.get("choices")) == ([], None)
    assert not [word for word in ("谈话", "talk", "引用", "refer", "1", "TH1") if word in told["detail"]]
    assert exported(door) == before


def test_a_deleted_record_is_gone_with_what_pointed_at_it_by_its_own_field(so: TestClient) -> None:
    fields = {"business": ["B05"], "sequence": 1, "label": "受理", "isKey": False}
    so.post(f"{RECORDS}/node", json={"id": "B05-N01", "fields": fields})

    assert so.delete(f"{RECORDS}/node/B05-N01", headers={"If-Match": "*"}).status_code == 204
    assert so.get(f"{RECORDS}/node/B05-N01").status_code == 404
    assert so.delete(f"{RECORDS}/business/B05", headers={"If-Match": "*"}).status_code == 409  # its star
    assert so.delete(f"{RECORDS}/declared-star/B05", headers={"If-Match": "*"}).status_code == 204
    assert so.delete(f"{RECORDS}/business/B05", headers={"If-Match": "*"}).status_code == 204


def test_creating_and_deleting_leaves_the_store_as_it_was(so: TestClient, door: Door) -> None:
    names = door.service.committer.names("demo")
    graphs = [*names.all_asserted(), *names.all_derived(), *(names.cells(kind) for kind in GraphKind)]
    before = door.service.folder.store.export(graphs)

    so.post(f"{RECORDS}/control", json={"id": "C1", "fields": CONTROL})
    so.put(f"{RECORDS}/control/C1", json={"fields": {}}, headers={"If-Match": "*"})
    assert door.service.folder.store.export(graphs) != before
    so.delete(f"{RECORDS}/control/C1", headers={"If-Match": "*"})

    assert door.service.folder.store.export(graphs) == before


def test_lists_are_filtered_sorted_paged_and_exported(so: TestClient) -> None:
    for number in (1, 2, 3):
        so.post(
            f"{RECORDS}/control",
            json={"id": f"C{number}", "fields": {**CONTROL, "label": f"措施{4 - number}"}},
        )
    so.post(f"{RECORDS}/control", json={"id": "C9", "fields": {"label": "=1+1"}})

    def ids(query: str) -> list[str]:
        return [item["id"] for item in so.get(f"{RECORDS}/control?{query}").json()["items"]]

    assert ids("text=措施") == ["C1", "C2", "C3"]
    assert ids("sort=label&text=措施") == ["C3", "C2", "C1"]
    assert ids("where=ownerPost:G12&size=2&page=2") == ["C3"]
    assert so.get(f"{RECORDS}/control?where=foo:1").status_code == 422
    lines = so.get(f"{RECORDS}/control?format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "措施编号,风险编号,措施内容,环节,责任岗位"
    assert lines[1] == "C1,R04-01,措施3,事中,G12"
    assert "=1+1" not in lines[4].split(",")


def test_unknown_kinds_and_records_are_not_found(shared_small: Door) -> None:
    so = shared_small.client_for(SO)
    assert so.get(f"{RECORDS}/foo").status_code == 404
    assert so.get(f"{RECORDS}/risk/R99").status_code == 404
    assert so.put(f"{RECORDS}/risk/R99", json={"fields": {}}, headers={"If-Match": "*"}).status_code == 404
    assert so.get("/api/v1/bureaus/other/records/risk").status_code == 404


@pytest.mark.parametrize(
    "grant",
    [
        Grant("", Role.T1, "demo", person="P001"),
        Grant("", Role.POST_HOLDER, "demo", person="P011"),
        Grant("", Role.TRAINEE, "demo"),
    ],
)
def test_other_roles_do_not_write_records(shared_small: Door, grant: Grant) -> None:
    door, client = shared_small, shared_small.client_for(grant)
    before = exported(door)

    assert client.post(f"{RECORDS}/control", json={"id": "C1", "fields": CONTROL}).status_code == 403
    put = client.put(f"{RECORDS}/risk/R04-01", json={"fields": {}}, headers={"If-Match": "*"})
    assert put.status_code == 403
    assert client.delete(f"{RECORDS}/risk/R04-01", headers={"If-Match": "*"}).status_code == 403
    assert exported(door) == before


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "C1", "fields": {"label": "\xff\xfe"}}',
        b"[" * 100_000,
        b'{"fields": ' * 3000,
        b'{"id": "C1", "fields": {"label": "\\ud800"}}',
        b'{"id": "C1", "fields": {"\\ud800": "x"}}',
        b'{"id": "\\ud800", "fields": {}}',
        b"",
        b"null",
    ],
)
def test_bodies_that_are_no_record_are_refused(shared_small: Door, body: bytes) -> None:
    door, so = shared_small, shared_small.client_for(SO)
    before = exported(door)

    answer = so.post(f"{RECORDS}/control", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert exported(door) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("written", ['"label": {}', '"label": "x", "stage": ["事中", {}]'])
def test_a_number_that_json_does_not_have_is_refused_where_it_stands(
    shared_small: Door, number: str, written: str
) -> None:
    so, before = shared_small.client_for(SO), exported(shared_small)
    body = '{"id": "C1", "fields": {' + written.format(number) + "}}"

    for url in (f"{RECORDS}/control", f"{RECORDS}/issue/I1/moves"):
        sent = body if url.endswith("control") else body.replace('"id": "C1"', '"to": "x"')
        answer = so.post(url, content=sent.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        field = "stage" if "stage" in written else "label"
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/body/fields/{field}"]
        assert "NaN" in answer.json()["errors"][0]["text"]["zh"]
    assert exported(shared_small) == before


def test_the_audit_log_names_the_record_and_the_deed(so: TestClient, door: Door) -> None:
    number = head(door)
    so.post(f"{RECORDS}/control", json={"id": "C1", "fields": CONTROL})
    so.put(f"{RECORDS}/control/C1", json={"fields": {}}, headers={"If-Match": "*"})
    so.delete(f"{RECORDS}/control/C1", headers={"If-Match": "*"})

    entries = [(e.action.value, e.target, e.commit) for e in door.service.committer.entries("demo")][:3]
    assert entries == [
        ("record.delete", "control/C1", number + 3),
        ("record.replace", "control/C1", number + 2),
        ("record.create", "control/C1", number + 1),
    ]
    assert door.service.committer.verify() == []


def test_an_appointment_that_is_deleted_leaves_its_business_without_tier_three(so: TestClient) -> None:
    """B04 has three stars, and nobody supervises it at tier 3."""
    new = {"appointee": "P900", "tier": 3, "supervises": ["B04"], "validFrom": "2025-01-01"}
    made = so.post(f"{RECORDS}/appointment", json={"id": "A900", "fields": new})
    assert made.status_code == 201
    assert ("R12", "B04") in gaps(made.json()["change"], "resolvedGaps")

    before = so.get(f"{RECORDS}/appointment/A900").json()["commit"]
    assert so.delete(f"{RECORDS}/appointment/A900", headers={"If-Match": "*"}).status_code == 204

    assert so.get(f"{RECORDS}/business/B04").json()["commit"] == before + 1
    again = so.post(f"{RECORDS}/appointment", json={"id": "A900", "fields": new})
    assert ("R12", "B04") in gaps(again.json()["change"], "resolvedGaps")


def test_an_unannounced_inspection_moves_out_of_the_restricted_graph_when_it_was_held(so: TestClient) -> None:
    item = {"inPlan": "2025", "supervisionKind": "飞行监督", "cadence": "每半年", "planBusiness": ["B04"]}
    inspection = {"carriesOut": "J1", "class": "飞行监督", "covers": ["B04"]}
    assert (
        so.post(f"{RECORDS}/plan-item", json={"id": "J1", "fields": item}).json()["record"]["graph"]
        == "restricted"
    )
    made = so.post(f"{RECORDS}/inspection", json={"id": "J1", "fields": inspection})
    assert made.json()["record"]["graph"] == "restricted"

    held = so.put(
        f"{RECORDS}/inspection/J1",
        json={"fields": {**inspection, "heldOn": "2025-05-20"}},
        headers={"If-Match": made.headers["etag"]},
    )

    assert held.json()["record"]["graph"] == "issue"
    assert so.get(f"{RECORDS}/plan-item/J1").json()["graph"] == "business"


def test_reading_what_is_restricted_is_noted(so: TestClient, door: Door) -> None:
    so.post(f"{RECORDS}/scheme", json={"id": "S1", "fields": {"year": 2025}})
    score = {"scoreOf": "营销部", "year": 2025, "scoreValue": 92, "underScheme": "S1"}
    so.post(f"{RECORDS}/score", json={"id": "F1", "fields": score})

    assert so.get(f"{RECORDS}/score/F1").json()["graph"] == "restricted"
    assert so.get(f"{RECORDS}/score").json()["total"] == 1
    assert so.get(f"{RECORDS}/scheme").json()["total"] == 1

    noted = [(e.action.value, e.target) for e in door.service.committer.entries("demo")][:3]
    assert noted == [
        ("restricted.read", "score"),
        ("restricted.read", "score/F1"),
        ("record.create", "score/F1"),
    ]


def test_waivers_are_written_by_tier_one(door: Door, so: TestClient) -> None:
    waiver = {"waivesRule": "R12", "waivesFocus": "B04", "reason": "年内补任", "approvedBy": "A01"}
    dates = {"validFrom": "2025-01-01", "validTo": "2025-12-31"}
    body = {"id": "HM1", "fields": {**waiver, **dates}}
    t1 = door.client_for(Grant("", Role.T1, "demo", person="P001"))

    assert so.post(f"{RECORDS}/waiver", json=body).status_code == 403
    assert t1.post(f"{RECORDS}/waiver", json=body).status_code == 201


_SAMPLED = (
    "holding",
    "declared-part",
    "line-chart",
    "supervision-step",
    "chart-cell",
    "annual-plan",
    "inspection",
    "focus-item",
    "daily-supervision",
    "submission",
    "score",
    "incentive",
    "state-change",
    "talk",
    "case",
    "scheme",
)
"""Kinds whose ids, graphs or links are made in different ways."""


def test_records_of_unlike_kinds_are_created_read_and_deleted(so: TestClient) -> None:
    """A record with only its id and what it must have; ``test_fields`` enters every kind."""
    for kind in (kind_forms()[name] for name in _SAMPLED):
        fields = {
            field.name: _value(field.name, field.column.type) for field in kind.fields if field.required
        }
        words = {f.name: f.column.words[0] for f in kind.fields if f.required and f.column.words}
        body = {
            "id": None if kind.id_column is None else _identifier(kind.kind),
            "fields": {**fields, **words},
        }
        made = so.post(f"{RECORDS}/{kind.kind}", json=body)
        assert made.status_code == 201, (kind.kind, made.text)
        url = f"{RECORDS}/{kind.kind}/{made.json()['record']['id']}"
        assert so.delete(url, headers={"If-Match": made.headers["etag"]}).status_code == 204, kind.kind


@pytest.mark.parametrize("identifier", ["G12/1", "A 1", "100%", "a?b#c", "=1"])
def test_ids_may_hold_what_has_a_meaning_in_addresses(so: TestClient, identifier: str) -> None:
    made = so.post(f"{RECORDS}/scheme", json={"id": identifier, "fields": {"label": "方案"}})
    if identifier == "=1":
        assert made.status_code == 422
        return

    assert made.status_code == 201
    url = made.headers["location"]
    assert so.get(url).json()["id"] == identifier
    assert so.get(f"{url}/moves").json()["state"] == "草案"
    assert so.delete(url, headers={"If-Match": "*"}).status_code == 204


def test_an_id_that_is_not_written_as_ids_are_is_told_how(so: TestClient) -> None:
    answer = so.put(f"{RECORDS}/scheme/营销 1", json={"fields": {}}, headers={"If-None-Match": "*"})

    assert answer.status_code == 422
    assert "营销1" in answer.json()["errors"][0]["text"]["zh"]


def _identifier(kind: str) -> str:
    return "2031" if kind == "annual-plan" else f"Z-{kind}"


def _value(name: str, kind: str) -> object:
    plain = {"date": "2025-03-01", "star": 2, "decimal": 1, "year": 2025, "parts": "三星5", "label": "文字"}
    return plain.get(kind, f"Z{name}")
