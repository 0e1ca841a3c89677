"""A query parameter or a member of a body that is not known is refused: never a false answer."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.service.running import Door

GAPS = "/api/v1/bureaus/demo/gaps"


@pytest.fixture
def door(shared_small: Door) -> Door:
    return shared_small


@pytest.fixture
def so(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.SO, "demo"))


def test_a_misspelt_filter_is_refused_and_the_closest_named(so: TestClient) -> None:
    answer = so.get(f"{GAPS}?departement=营销部&size=5")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("/wrong-parameters")
    (error,) = problem["errors"]
    assert error["pointer"] == "/query/departement"
    assert error["text"]["zh"].startswith("没有参数“departement”。是否指：department")
    assert error["text"]["en"].startswith("There is no parameter “departement”. Is department")


def test_what_is_like_no_parameter_is_answered_with_all_there_are(so: TestClient) -> None:
    (error,) = so.get("/api/v1/questions?zzzzzz=1").json()["errors"]
    assert (
        error["text"]["en"] == "There is no parameter “zzzzzz”. There are contains, format, page, size, sort."
    )
    (error,) = so.get("/api/v1/me?lang=en").json()["errors"]
    assert error["text"]["zh"] == "没有参数“lang”。此处不用参数，请去掉。"


def test_a_parameter_taken_once_is_not_repeated(so: TestClient) -> None:
    answer = so.get(f"{GAPS}?text=a&text=b&page=1")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/query/text"
    assert error["text"] == {"zh": "参数“text”只能写一次。", "en": "The parameter “text” is taken once only."}


def test_what_may_be_repeated_may(so: TestClient) -> None:
    kind = "/api/v1/bureaus/demo/records/business"
    one, other = "where=label:高压业扩报装管理", "where=label:临时用电管理"
    assert [so.get(f"{kind}?{asked}").json()["total"] for asked in (one, f"{one}&{other}")] == [1, 0]


def test_every_endpoint_holds_to_its_parameters(door: Door) -> None:
    let_through = []
    for path, operations in door.app.openapi()["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for method in operations:
            answer = door.client.request(method, f"{path}?departement=x".replace("{code}", "demo"))
            if answer.status_code != 422 or not answer.json()["type"].endswith("/wrong-parameters"):
                let_through.append((method, path, answer.status_code))
    assert let_through == []


def test_no_body_takes_members_that_it_does_not_know(door: Door) -> None:
    """Every object that a body may be says in the document that it takes no more members."""
    document = door.app.openapi()
    schemas = document["components"]["schemas"]
    open_ones = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            for option in schema.get("anyOf", [schema]):
                body = schemas.get(option.get("$ref", "").rpartition("/")[2], {})
                if body.get("type") == "object" and body.get("additionalProperties") is not False:
                    open_ones.append((method, path))
    assert open_ones == []


def test_an_unknown_member_of_a_body_is_refused(door: Door, so: TestClient) -> None:
    wanted = {"asOf": "2025-06-30", "asof": "2025-07-01"}
    before = so.get(GAPS).json()["commit"]
    answer = so.post("/api/v1/bureaus/demo/checks", json=wanted)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/body/asof"
    assert error["text"]["en"] == "There is no such member; leave it out."
    assert so.get(GAPS).json()["commit"] == before
    assert door.service.committer.state("demo").head.commit == before
