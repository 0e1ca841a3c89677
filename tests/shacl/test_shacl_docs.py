"""The page on the validator: every block of code in it is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.documents import Command, steps
from tests.docs.test_docs_commands import run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "shacl.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for kind, text in BLOCKS:
        if kind == "turtle":
            (tmp_path / text.split("\n", 1)[0].removeprefix("# ")).write_text(text, encoding="utf-8")


def test_the_page_has_no_block_that_is_not_run() -> None:
    assert {kind for kind, _ in BLOCKS} == {"turtle", "console", "python"}


def test_the_python_of_the_page() -> None:
    known: dict[str, object] = {}
    for number, (kind, text) in enumerate(BLOCKS):
        if kind == "python":
            exec(compile(text, f"docs/shacl.md, block {number}", "exec"), known)
    assert "explanation" in known


def test_the_commands_of_the_page() -> None:
    commands = [step for step in steps(PAGE) if isinstance(step, Command)]
    assert len(commands) == 6
    for command in commands:
        run(command)
