"""The other commands: what they say, and that no text is cut off in any of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
import wcwidth

from dutygraph.cli.app import COMMANDS
from dutygraph.queries import questions
from dutygraph.shapes import catalogue
from tests.conftest import EXAMPLE

from .door import BUSINESSES, LEDGER, gaps, ledger, process, report, run


def narrow(text: str) -> None:
    """Assert that a text fits 80 columns and that nothing in it was cut off."""
    assert text
    assert "…" not in text.replace("〔…〕", "")
    assert max(wcwidth.wcswidth(line) for line in text.splitlines()) <= 80


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger(tmp_path_factory.mktemp("ledger") / "book.xlsx")


@pytest.mark.parametrize("axis", ["department", "tier", "star", "stage", "business"])
def test_coverage_by_every_axis(book: Path, axis: str) -> None:
    narrow(run("coverage", book, "--by", axis).stdout)
    data = json.loads(run("coverage", book, "--by", axis, "--format", "json").stdout)
    rows = list(csv.reader(io.StringIO(run("coverage", book, "--by", axis, "--format", "csv").stdout)))

    assert data["by"] == axis
    assert data["asOf"] == "2025-12-31"
    assert len(rows) == len(data["rows"]) + 1
    for row in data["rows"]:
        assert row["covered"] + len(row["missing"]) == row["total"]
        assert row["ratio"] == (round(row["covered"] / row["total"], 4) if row["total"] else None)


def test_coverage_names_what_is_missing(book: Path) -> None:
    data = json.loads(run("coverage", book, "--by", "star", "--format", "json").stdout)

    missing = {row["group"]: [thing["id"] for thing in row["missing"]] for row in data["rows"]}
    assert missing["3"] == ["B04"]
    assert missing["1"] == ["B05"]


def test_coverage_into_a_file(book: Path, tmp_path: Path) -> None:
    run("coverage", book, "--format", "csv", "-o", tmp_path / "c.csv")

    assert (tmp_path / "c.csv").read_bytes().startswith("\ufeff分组,".encode())
    assert "台账本身" in run("coverage", book, "--format", "csv", "-o", book, code=2).stderr


def test_brackets_in_names_are_no_markup(tmp_path: Path) -> None:
    rows = (BUSINESSES[0], ("B04", "[/bold]报装[red]", *BUSINESSES[1][2:]))
    odd = ledger(tmp_path / "book.xlsx", 业务清单=rows)

    assert "[/bold]报装[red]" in run("coverage", odd, "--by", "business").stdout
    assert "[/bold]报装[red]" in run("check", odd, code=1).stdout
    assert "[/bold]报装[red]" in run("ask", "Q05", odd).stdout


def test_the_questions_are_listed_with_their_parameters() -> None:
    said = run("ask").stdout

    narrow(said)
    assert all(question.id in said for question in questions())
    narrow(run("ask", "--lang", "en").stdout)


def test_a_question_in_every_form(book: Path, tmp_path: Path) -> None:
    narrow(run("ask", "q05", book).stdout)
    data = json.loads(run("ask", "Q05", book, "--format", "json").stdout)
    rows = list(csv.reader(io.StringIO(run("ask", "Q05", book, "--format", "csv").stdout.lstrip("\ufeff"))))

    assert data["question"] == "Q05"
    assert {row[data["columns"][0]]["id"] for row in data["rows"]} == {"B04", "B05"}
    assert len(rows) == 3
    run("ask", "Q05", book, "--format", "csv", "-o", tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Q99", "{book}"), "没有问题Q99"),
        (("Q05",), "请指明台账"),
        (("Q24", "{book}", "foo=1"), "没有参数“foo”"),
        (("Q24", "{book}", "person=P999"), "P999"),
        (("Q06", "{book}", "month=soon"), "soon"),
        (("Q05", "nowhere.xlsx"), "找不到"),
    ],
)
def test_questions_that_cannot_be_asked(book: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run("ask", *(word.format(book=book) for word in words), code=2).stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_catalogue_of_rules(lang: str) -> None:
    said = run("rules", "--lang", lang).stdout

    narrow(said)
    assert all(shape.rule in said for shape in catalogue())


@pytest.mark.parametrize("rule", ["R12", "r27", "R69"])
def test_one_rule_explained_with_its_fact_and_its_examples(rule: str) -> None:
    said = run("rules", rule).stdout
    shape = next(shape for shape in catalogue() if shape.rule == rule.upper())

    narrow(said)
    assert shape.label.zh in said
    assert f"出处：{' '.join(shape.sources)}" in said
    assert "— 合规的例子 —" in said
    assert "— 不合规的例子 —" in said
    assert "{$this}" not in said


def test_no_such_rule() -> None:
    assert "没有规则R99" in run("rules", "R99", code=2).stderr
    assert "No rule R99" in run("rules", "R99", "--lang", "en", code=2).stderr


def test_the_empty_forms_are_never_written_over(tmp_path: Path) -> None:
    forms = tmp_path / "forms.xlsx"
    run("template", "-o", forms)
    before = forms.read_bytes()

    assert "表1 业务清单" in "".join(openpyxl.load_workbook(forms).sheetnames) or forms.stat().st_size
    assert "已存在" in run("template", "-o", forms, code=2).stderr
    assert forms.read_bytes() == before
    assert "无法写入" in run("template", "-o", tmp_path / "no" / "forms.xlsx", code=2).stderr


def test_a_folder_of_csv_files_gives_the_same_gaps(book: Path, tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        folder = tmp_path / encoding
        folder.mkdir()
        for name, rows in LEDGER.items():
            with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])

        assert gaps(report(folder)) == gaps(report(book))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demo_shows_what_the_office_wants_to_see_first(lang: str) -> None:
    said = run("demo", "--lang", lang).stdout

    narrow(said)
    for word in ("33", "153", "35", "R01", "R12", "R71", "B16", "71.4%"):
        assert word in said
    for step in ("dutygraph demo --save", "dutygraph check", "dutygraph template"):
        assert step in said


def test_the_demo_workbook_can_be_kept(tmp_path: Path) -> None:
    target = tmp_path / "bureau.xlsx"

    run("demo", "--save", target)

    assert target.read_bytes() == EXAMPLE.read_bytes()
    assert "已存在" in run("demo", "--save", target, code=2).stderr
    assert "无法写入" in run("demo", "--save", tmp_path / "no" / "b.xlsx", code=2).stderr


@pytest.mark.parametrize("command", [*COMMANDS, None])
def test_every_command_explains_itself(command: str | None) -> None:
    said = run(*([command] if command else []), "--help").stdout

    assert said.strip()
    assert max(wcwidth.wcswidth(line) for line in said.splitlines()) <= 80


def test_the_version_in_a_process_of_its_own() -> None:
    assert process("--version").stdout.decode().startswith("dutygraph 0.")
