"""The catalogue of rules and questions, open to all."""

from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from dutygraph import __version__
from dutygraph.queries import questions
from dutygraph.shapes import catalogue
from tests.service.running import Door


@pytest.fixture
def client(example_door: Door) -> TestClient:
    return example_door.client


def test_health_names_the_version(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok", "version": __version__}


def test_every_rule_is_listed_with_its_reason(client: TestClient) -> None:
    page = client.get("/api/v1/rules?size=500").json()

    assert [rule["rule"] for rule in page["items"]] == [shape.rule for shape in catalogue()]
    assert page["total"] == len(catalogue())
    assert all(rule["rationale"]["zh"] and rule["remedy"]["en"] for rule in page["items"])


def test_a_rule_of_two_severities_comes_twice(client: TestClient) -> None:
    severities = [rule["severity"] for rule in client.get("/api/v1/rules/r27").json()["items"]]

    assert severities == ["Violation", "Info"]


def test_an_unknown_rule_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/v1/rules/R99")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "R99" in answer.json()["text"]["en"]


def test_every_question_is_listed(client: TestClient) -> None:
    listed = client.get("/api/v1/questions").json()["items"]

    assert [question["id"] for question in listed] == [question.id for question in questions()]


def exported(client: TestClient, path: str) -> list[dict[str, str]]:
    text = client.get(f"/api/v1/{path}?format=csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_exported_rules_are_in_words(client: TestClient) -> None:
    rows = exported(client, "rules")

    assert {row["等级"] for row in rows} == {"严重", "警告", "提示"}
    for row in rows:
        assert re.match("[\u4e00-\u9fff]+", row["方面"]), row["规则"]
        assert "{" not in row["缺口说明"] + row["改正办法"], row["规则"]


def test_exported_questions_are_in_words(client: TestClient) -> None:
    for row in exported(client, "questions"):
        assert not re.search("[A-Za-z]", row["涉及数据"]), row["编号"]
        assert all("（" in each for each in row["参数"].split("；") if each), row["编号"]


def test_what_a_rule_says_has_blanks_where_a_gap_has_names(client: TestClient) -> None:
    told = [rule["message"] for rule in client.get("/api/v1/rules?size=500").json()["items"]]

    assert not [text for text in told if "{" in text["zh"] + text["en"]]
    assert "〔…〕" in client.get("/api/v1/rules/R01").json()["items"][0]["message"]["zh"]
