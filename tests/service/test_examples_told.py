"""The example answers of the OpenAPI document: whole, of the form promised, and as the service gives them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from docs.generate.api import Operation, openapi, operations
from dutygraph.service.access.roles import Role
from dutygraph.service.problems import MEDIA_TYPE, problem_texts
from tests.docs.example_answers import FILE, READ, address
from tests.service.conftest import ClientFor

EXAMPLES: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS = {operation.id: operation for operation in operations()}
NO_TEXT = {"read_rejected": "a workbook"}
"""What cannot be shown."""


def answers_of(operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the content of each answer that is no problem and has one, by status."""
    responses = operation.said["responses"]
    return {
        status: said["content"] for status, said in responses.items() if status < "3" and "content" in said
    }


def valid(schema: dict[str, Any], body: Any) -> list[str]:
    whole = {**schema, "components": openapi()["components"]}
    return [error.message for error in jsonschema_rs.validator_for(whole).iter_errors(body)]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_answer_has_an_example_of_its_form(operation: Operation) -> None:
    if operation.id in NO_TEXT:
        return
    for status, content in answers_of(operation).items():
        shown = {media: said["example"] for media, said in content.items() if "example" in said}
        assert list(shown.values()) == [EXAMPLES[operation.id][status]]
        for media, body in shown.items():
            assert valid(content[media].get("schema", {}), body) == []


def test_there_are_no_examples_of_what_is_not_there() -> None:
    assert set(EXAMPLES) <= set(OPERATIONS)
    assert len(EXAMPLES) > 90


def test_the_form_is_looked_at() -> None:
    schema = answers_of(OPERATIONS["read_record"])["200"]["application/json"]["schema"]
    assert valid(schema, EXAMPLES["read_record"]["200"]) == []
    assert valid(schema, {**EXAMPLES["read_record"]["200"], "weight": 1}) != []


@pytest.mark.parametrize("operation", READ)
def test_an_example_has_the_shape_of_what_is_answered(client_for: ClientFor, operation: str) -> None:
    if operation in CHANGED:
        return
    answer = client_for(Role.SO).get(address(READ[operation]))
    assert answer.status_code == 200, answer.text
    if "json" in answer.headers["content-type"]:
        assert differences(EXAMPLES[operation]["200"], answer.json(), "") == []
    else:
        assert EXAMPLES[operation]["200"].splitlines()[0] in answer.text


CHANGED = {"list_names", "list_imports"}
"""What the script has before it that the service of the other tests has not: an import over HTTP."""


def differences(shown: Any, found: Any, path: str) -> list[str]:
    """Return where two answers differ in members or kinds of value; lists are compared item by item."""
    if isinstance(shown, dict) and isinstance(found, dict):
        told = [] if shown.keys() == found.keys() else [f"{path}: {sorted(shown.keys() ^ found.keys())}"]
        both = shown.keys() & found.keys()
        return told + [one for key in both for one in differences(shown[key], found[key], f"{path}/{key}")]
    if isinstance(shown, list) and isinstance(found, list):
        if shown and not found:
            return [f"{path}: nothing there"]
        return [one for item in zip(shown, found, strict=False) for one in differences(*item, f"{path}/0")]
    same = type(shown) is type(found) or None in {str(shown), str(found)} or shown is None or found is None
    numbers = isinstance(shown, int | float) and isinstance(found, int | float)
    return [] if same or numbers else [f"{path}: {shown!r}, {found!r}"]


def test_a_shape_is_compared() -> None:
    assert differences({"a": [{"b": 1}]}, {"a": [{"b": 2}, {"b": 3}]}, "") == []
    assert differences({"a": [{"b": 1}]}, {"a": [{"c": 2}]}, "") == ["/a/0: ['b', 'c']"]
    assert differences({"a": 1}, {"a": "1"}, "") == ["/a: 1, '1'"]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_problem_has_an_example_in_both_languages(operation: Operation) -> None:
    problems = {
        status: said["content"][MEDIA_TYPE]
        for status, said in operation.said["responses"].items()
        if MEDIA_TYPE in said.get("content", {})
    }
    assert "default" in problems
    for status, said in problems.items():
        shown = {lang: example(one["$ref"]) for lang, one in said["examples"].items()}
        assert list(shown) == ["zh", "en"]
        for lang, body in shown.items():
            assert valid(said["schema"], body) == []
            assert body["detail"] == body["text"][lang]
            assert status in {"default", str(body["status"])}
            texts = problem_texts()[body["type"].rpartition("/")[2]]
            assert body["title"] == texts["title"].in_language(lang)


def example(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = openapi()["components"]["examples"][reference.rpartition("/")[2]]["value"]
    return found
