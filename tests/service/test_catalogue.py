"""The service gives the catalogue, and nothing of any bureau."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from dutygraph import __version__
from dutygraph.queries import questions
from dutygraph.service import create_app
from dutygraph.shapes import catalogue


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app())


def test_health_names_the_version(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "version": __version__}


def test_every_rule_is_listed_with_its_reason(client: TestClient) -> None:
    rules = client.get("/api/v1/rules").json()

    assert {rule["rule"] for rule in rules} == {shape.rule for shape in catalogue()}
    assert all(rule["rationale"]["zh"] and rule["remedy"]["en"] for rule in rules)


def test_a_rule_of_two_severities_comes_twice(client: TestClient) -> None:
    severities = [rule["severity"] for rule in client.get("/api/v1/rules/r27").json()]

    assert severities == ["Violation", "Info"]


def test_an_unknown_rule_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/v1/rules/R99")

    assert answer.status_code == 404
    assert "R99" in answer.json()["detail"]


def test_every_question_is_listed(client: TestClient) -> None:
    listed = client.get("/api/v1/questions").json()

    assert [question["id"] for question in listed] == [question.id for question in questions()]


def test_no_page_loads_scripts_from_outside(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
