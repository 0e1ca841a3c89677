"""What the documents tell a reader to type works, in order, and prints what they show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest
from typer.models import OptionInfo
from typer.testing import CliRunner

from docs.generate.command_line import option_names, parameters
from dutygraph.cli.app import app, root
from dutygraph.loaders import sheet_forms
from tests.docs.documents import DOCUMENTS, ELISION, ROOT, Command, Edit, shell_lines, steps

READMES = (ROOT / "README.md", ROOT / "README.zh.md")
GUIDE = ROOT / "docs" / "guide.zh.md"


@pytest.mark.usefixtures("remembered_reading")
@pytest.mark.parametrize("document", [*READMES, GUIDE], ids=lambda path: path.name)
def test_every_step_of_a_document_works(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "40")
    monkeypatch.delenv("DUTYGRAPH_LANG", raising=False)
    found = steps(document)
    assert any(isinstance(step, Command) for step in found)
    for kind, together in groupby(found, lambda step: step.file if isinstance(step, Edit) else None):
        if kind is None:
            for step in together:
                run(step)
        else:
            make(list(together), tmp_path / kind)


def run(command: Command) -> None:
    result = CliRunner().invoke(app, command.words)
    assert result.exception is None or isinstance(result.exception, SystemExit), command.line
    assert result.exit_code == command.exit_code, f"{command.line}\n{result.output}"
    printed = [line.rstrip() for line in result.output.splitlines()]
    position = 0
    for shown in passages(command.output):
        position = after(shown, printed, position, command)


def passages(output: tuple[str, ...]) -> list[list[str]]:
    """Return the lines that a document shows, split where it leaves some out."""
    found: list[list[str]] = [[]]
    for line in output:
        if line == ELISION:
            found.append([])
        else:
            found[-1].append(line)
    return [passage for passage in found if passage]


def after(shown: list[str], printed: list[str], position: int, command: Command) -> int:
    for start in range(position, len(printed) - len(shown) + 1):
        if printed[start : start + len(shown)] == shown:
            return start + len(shown)
    text = "\n".join(printed[position:])
    raise AssertionError(f"{command.line} does not print\n" + "\n".join(shown) + f"\nbut\n{text}")


def make(edits: Sequence[Edit], book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    for edit in edits:
        cell = workbook[edit.sheet][edit.cell]
        value = cell.value.date().isoformat() if isinstance(cell.value, datetime) else str(cell.value or "")
        assert value == edit.before, edit
        cell.value = edit.after or None
    workbook.save(book)
    workbook.close()


def test_the_readmes_give_the_same_commands() -> None:
    english, chinese = (
        [re.sub(r" *#.*| --lang en", "", line) for line in shell_lines(document)] for document in READMES
    )
    assert english == chinese


@pytest.mark.parametrize("document", READMES, ids=lambda path: path.name)
def test_the_set_up_commands_are_those_of_the_gate(document: Path) -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(" --quiet", "")
    gate = gate.replace('"$work/user"', ".venv").replace('"$work/user/bin/', '".venv/bin/').replace('"', "")
    set_up = [line for line in shell_lines(document) if line.startswith("python3 -m venv")]
    assert set_up == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/dutygraph demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest",
    ]
    for line in set_up:
        environment, install, use = line.split(" && ")
        assert f"{environment} && {install}\n" in gate
        assert f"\n{use}\n" in gate


COMMANDS = {command.name: command.callback for command in app.registered_commands}


@pytest.mark.parametrize("name", sorted(name for name in COMMANDS if name))
def test_every_command_is_told_of(name: str) -> None:
    told = [document for document in DOCUMENTS if document.parent.name != "reference"]
    assert any(f"dutygraph {name}" in document.read_text(encoding="utf-8") for document in told)


def test_every_option_is_told_of() -> None:
    text = "".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    functions = [root, *(function for function in COMMANDS.values() if function)]
    names = {
        name
        for function in functions
        for parameter in parameters(function)
        if isinstance(parameter.info, OptionInfo)
        for name in option_names(parameter)
    }
    assert {"--as-of", "-o"} <= names
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_the_guide_names_every_sheet() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [form.name for form in sheet_forms() if form.name not in text] == []
