"""The example answers of the OpenAPI document are the service's own, and of the form that it promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from docs.generate.api import openapi, operations
from tests.docs.example_answers import FILE, as_text, taken

pytestmark = pytest.mark.long

MOST_USED = {
    "list_coverage",
    "list_gaps",
    "read_gap",
    "upload_ledger",
    "read_import",
    "commit_import",
    "list_records",
    "read_record",
    "create_record",
}
EXAMPLES: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
SAID = {operation.id: operation.said for operation in operations()}


def test_the_most_used_endpoints_show_a_whole_answer() -> None:
    assert set(EXAMPLES) >= MOST_USED
    assert set(EXAMPLES) <= set(SAID)


@pytest.mark.parametrize("operation", EXAMPLES)
def test_an_example_stands_in_the_document_and_is_of_its_form(operation: str) -> None:
    for status, body in EXAMPLES[operation].items():
        content = SAID[operation]["responses"][status]["content"]["application/json"]
        assert content["example"] == body
        schema = {**content["schema"], "components": openapi()["components"]}
        assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(body)] == []


def test_the_form_is_looked_at() -> None:
    schema = SAID["read_record"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema_rs.validator_for({**schema, "components": openapi()["components"]})
    assert not validator.is_valid({**EXAMPLES["read_record"]["200"], "weight": 1})


def test_the_examples_are_what_the_service_answers_now(tmp_path: Path) -> None:
    committed = FILE.read_text(encoding="utf-8")
    assert committed == as_text(taken(tmp_path)), "run: python -m tests.docs.example_answers"
