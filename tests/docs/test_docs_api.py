"""docs/api.md: its commands work in order, and answer what it shows; its lists are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from typer.testing import CliRunner

from docs.generate.api import openapi, operations
from dutygraph.cli.app import app
from dutygraph.service.problems import problem_texts
from tests.docs.api_page import SHOWN, Block, Shell, compare, parts
from tests.docs.documents import ROOT, Edit, shell_lines, steps
from tests.docs.test_docs_commands import make
from tests.service.restoring import read_here
from tests.service.running import again

PAGE = ROOT / "docs" / "api.md"
TEXT = PAGE.read_text(encoding="utf-8")
STARTING = 5
"""How many commands start the service, itself the last."""
REFERENCE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


@contextmanager
def started(folder: Path) -> Iterator[Shell]:
    """Do what the page says to start with; run its service without a port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(PasswordHash, "recommended", lambda: cheap)
        patch.setattr("dutygraph.service.imports.importing.subprocess.run", read_here)
        *prepare, serve = steps(PAGE)[:STARTING]
        for command in prepare:
            assert not isinstance(command, Edit)
            password = re.search(r'"password": "(.+?)"', TEXT)
            assert password
            result = CliRunner().invoke(app, command.words, input=f"{password[1]}\n")
            assert result.exit_code == 0, result.output
        assert not isinstance(serve, Edit)
        assert serve.words[:2] == ("serve", "--store")
        with again(folder / serve.words[2], allowed_hosts=("127.0.0.1",)) as door:
            yield Shell(door.client, folder)


def test_every_example_works_and_answers_what_is_shown(tmp_path: Path) -> None:
    answer: httpx2.Response | None = None
    compared = 0
    with started(tmp_path) as shell:
        for part in parts(PAGE):
            if isinstance(part, Edit):
                make([part], tmp_path / part.file)
            elif part.language == "bash":
                answer = shell.run(part.text)
            elif part.language in SHOWN:
                assert answer is not None, part.text
                compare(part, answer)
                compared += 1
    assert compared == sum(TEXT.count(f"```{language}\n") for language in SHOWN)
    assert compared > 20


def test_the_page_shows_no_block_that_is_not_tested() -> None:
    languages = {part.language for part in parts(PAGE) if isinstance(part, Block)}
    assert languages == {"sh", "bash", *SHOWN}
    assert len([line for line in shell_lines(PAGE) if line.startswith("dutygraph ")]) == STARTING


def test_every_endpoint_stands_in_the_reference() -> None:
    told = re.findall(r"^(?:### |\|)`((?:GET|POST|PUT|DELETE) /[^`…]*)`", REFERENCE, re.MULTILINE)
    assert sorted(told) == sorted(f"{one.method} {one.path}" for one in operations())
    assert len(told) > 100


def test_every_problem_stands_in_the_reference() -> None:
    section = REFERENCE.split("## 问题类型 Problem types")[1].split("## 数据结构")[0]
    assert re.findall(r"^\|`([a-z-]+)`\|", section, re.MULTILINE) == list(problem_texts())


def test_every_endpoint_has_both_languages_and_an_id_of_its_own() -> None:
    found = operations()
    assert [one.id for one in found if not re.fullmatch(r"[a-zA-Z]\w+", one.id)] == []
    assert len({one.id for one in found}) == len(found)
    assert [one.id for one in found if not re.search(r"[\u4e00-\u9fff].*[a-zA-Z]", one.said["summary"])] == []


def test_every_schema_has_one_clear_name() -> None:
    schemas = openapi()["components"]["schemas"]
    assert [name for name in schemas if "__" in name or not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []
    named = set(re.findall(r'"#/components/schemas/(.+?)"', json.dumps(openapi())))
    assert named <= set(schemas)
    # a page is called by what it lists, and by nothing else's name
    pages = {name: said for name, said in schemas.items() if name.endswith("Page")}
    listed = {name: said["properties"]["items"]["items"].get("$ref", "") for name, said in pages.items()}
    assert listed["BureauPage"].endswith("/BureauModel")
    assert listed["QuestionPage"].endswith("/QuestionModel")
    assert (
        len(pages) == len({said for said in listed.values() if said}) + 1
    )  # answers have columns of their own


def test_every_problem_that_the_page_names_is_one() -> None:
    named = set(re.findall(r"w3id\.org/dutygraph/problem/([a-z-]+)", TEXT))
    assert named
    assert named <= set(problem_texts())
