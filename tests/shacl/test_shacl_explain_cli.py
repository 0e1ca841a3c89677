"""``--explain`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutygraph.cli.app import app

DATA = """@prefix ex: <http://example.org/> .
ex:a a ex:T ; ex:p 1, 2 .
ex:b a ex:T ; ex:p [ ex:q "x" ] .
"""
SHAPES = """@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:S a sh:NodeShape ; sh:targetClass ex:T ;
  sh:property [ sh:path ex:p ; sh:maxCount 1 ] , [ sh:path ( ex:p ex:q ) ; sh:maxCount 0 ] .
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return [str(tmp_path / "data.ttl"), "--shapes", str(tmp_path / "shapes.ttl")]


def test_validate_tells_why_under_each_result(files: list[str]) -> None:
    result = CliRunner().invoke(app, ["validate", *files, "--explain", "--lang", "en"])
    assert result.exit_code == 1
    text = result.stdout
    assert "    why: at most 1 ex:p allowed, found 2\n    read:\n      ex:a — ex:p — 1\n" in text
    # Blank nodes are the same in the result and in what is said of it.
    assert "    why: no ex:p → ex:q allowed, found 1\n    read:\n      ex:b — ex:p — _:" in text
    assert "    smallest change (verified):\n      remove: _:" in text


def test_validate_tells_why_as_data(files: list[str]) -> None:
    result = CliRunner().invoke(app, ["validate", *files, "--explain", "--format", "json"])
    told = [each["explanation"] for each in json.loads(result.stdout)["results"]]
    assert [each["cause"]["zh"] for each in told] == [
        "最多只能有1个 ex:p，实际2个",
        "不应有 ex:p → ex:q，实际1个",
    ]
    assert [len(each["repair"]["removed"]) for each in told] == [1, 1]


@pytest.mark.parametrize("form", ["text", "json", "turtle"])
def test_without_being_asked_validate_explains_nothing(files: list[str], form: str) -> None:
    plain = CliRunner().invoke(app, ["validate", *files, "--format", form]).stdout
    assert "why" not in plain
    assert "explanation" not in plain


def test_check_tells_why_of_one_rule() -> None:
    book = Path(__file__).parents[2] / "examples" / "bureau" / "bureau.xlsx"
    asked = ["check", str(book), "--rule", "R69", "--rule", "R09", "--format", "json", "--explain"]
    [gap] = json.loads(CliRunner().invoke(app, asked).stdout)["gaps"]
    told = gap["explanation"]
    assert told["text"]["zh"].splitlines()[0] == "为什么：至少要有1个 执行岗位，实际0个"
    assert told["repair"]["says"][0]["zh"] == "新增：工器具报废（B28-N04） — 执行岗位 — 〔待填：岗位〕"
    [plain] = json.loads(CliRunner().invoke(app, asked[:-1]).stdout)["gaps"]
    assert "explanation" not in plain
    assert plain["id"] == gap["id"]
