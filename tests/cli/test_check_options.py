"""``dutygraph check``: exit codes, and what each option does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dutygraph.model import Severity
from dutygraph.shapes import catalogue

from .door import RISKS, gaps, ledger, process, report, run

R01_FIXED = (RISKS[0], ("R04-01", "B04-N01", "勘查时暗示施工单位", "C1", "双人勘查", "事前", "G12"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger(tmp_path_factory.mktemp("ledger") / "book.xlsx")


@pytest.mark.parametrize("level", ["violation", "warning", "info"])
def test_gaps_at_or_above_the_threshold_give_1(book: Path, level: str) -> None:
    run("check", book, "--rule", "R01", "--fail-on", level, code=1)


@pytest.mark.parametrize(
    ("rule", "severity"), [("R09", None), ("R10", None), ("R73", "Warning"), ("R78", "Info")]
)
def test_less_grave_gaps_count_only_where_asked(book: Path, rule: str, severity: str | None) -> None:
    order = ["violation", "warning", "info"]
    data = json.loads(run("check", book, "--rule", rule, "--fail-on", "never", "--format", "json").stdout)

    assert {gap["severity"] for gap in data["gaps"]} == ({severity} if severity else set())
    for level in order:
        fails = severity is not None and order.index(level) >= order.index(severity.lower())
        run("check", book, "--rule", rule, "--fail-on", level, code=1 if fails else 0)


def test_never_gives_0_whatever_is_found(book: Path) -> None:
    run("check", book, "--fail-on", "never")


def test_only_the_rules_asked_for_are_checked(book: Path) -> None:
    data = report(book, "--rule", "R01", "--rule", "r12")

    assert gaps(data) == {("R01", "R04-01", None), ("R12", "B04", None)}
    assert [rule["rule"] for rule in data["rules"]] == ["R01", "R12"]


def test_only_the_severities_asked_for_are_listed(book: Path) -> None:
    data = report(book, "--severity", "warning")

    assert {gap["severity"] for gap in data["gaps"]} == {Severity.WARNING}
    assert {rule["severity"] for rule in data["rules"]} == {Severity.WARNING}


def test_every_rule_says_how_much_it_examined(book: Path) -> None:
    data = report(book)

    assert {rule["rule"] for rule in data["rules"]} == {shape.rule for shape in catalogue()}
    examined = {rule["rule"]: rule["examined"] for rule in data["rules"]}
    assert (examined["R01"], examined["R12"], examined["R49"]) == (1, 1, 0)
    table = run("check", book, code=1).stdout
    assert "没有结论的规则" in table
    assert "R49" in table


def test_the_gaps_of_the_small_bureau(book: Path) -> None:
    assert {("R01", "R04-01", None), ("R12", "B04", None), ("R71", "R04-01", None)} <= gaps(report(book))


def test_the_date_is_the_one_asked_for_else_the_ledgers(book: Path) -> None:
    assert report(book)["asOf"] == "2025-12-31"
    assert report(book, "--as-of", "2026-02-28")["asOf"] == "2026-02-28"
    assert "2026-02-28" in run("check", book, "--as-of", "2026-02-28", code=1).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "R99"), "没有规则R99"),
        (("--rule", "R01", "--rule", "X"), "没有规则X"),
        (("--lang", "fr"), "--lang"),
        (("--format", "pdf"), "--format"),
        (("--severity", "grave"), "--severity"),
        (("--fail-on", "sometimes"), "--fail-on"),
        (("--as-of", "2025-02-30"), "--as-of"),
        (("--as-of", "yesterday"), "--as-of"),
        (("--engine", "magic"), "--engine"),
        (("--bureau", "other"), "要求的“other”不同"),
        (("--format", "xlsx"), "-o gaps.xlsx"),
    ],
)
def test_what_cannot_be_done_gives_2_and_says_so(book: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run("check", book, *words, code=2).stderr


def test_errors_are_said_in_the_language_asked_for(book: Path) -> None:
    chinese = run("check", book, "--rule", "R99", code=2).stderr
    english = run("check", book, "--rule", "R99", code=2, env={"DUTYGRAPH_LANG": "en"}).stderr

    assert "There is no rule R99" in english
    assert "There is" not in chinese
    assert "没有" not in english


def test_the_language_is_that_of_the_whole_report(book: Path) -> None:
    english = run("check", book, "--lang", "en", "--rule", "R12", code=1).stdout

    assert english.startswith("Supervision gaps  示例区供电局（demo）  As of 2025-12-31")
    assert "has no tier-3 supervisor in office" in " ".join(english.split())


def test_a_source_is_needed() -> None:
    assert "SOURCE" in run("check", code=2).stderr


def test_the_form_follows_the_name_of_the_file(book: Path, tmp_path: Path) -> None:
    run("check", book, "-o", tmp_path / "gaps.json", code=1)
    run("check", book, "-o", tmp_path / "gaps.xlsx", code=1)
    run("check", book, "--format", "csv", "-o", tmp_path / "gaps.txt", code=1)

    assert json.loads((tmp_path / "gaps.json").read_text(encoding="utf-8"))["bureau"] == "demo"
    assert (tmp_path / "gaps.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "gaps.txt").read_bytes().startswith("\ufeff序号".encode())


def test_the_ledger_is_never_replaced_by_its_report(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx")
    before = book.read_bytes()

    assert "台账本身" in run("check", book, "-o", book, code=2).stderr
    assert book.read_bytes() == before


def test_a_file_that_cannot_be_written(book: Path, tmp_path: Path) -> None:
    assert "无法写入" in run("check", book, "-o", tmp_path / "no" / "where.json", code=2).stderr


def test_nothing_examined_is_not_green(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx")

    result = run("check", book, "--rule", "R49", "--fail-on", "info", code=1)

    assert "没有检查到任何对象" in result.stdout
    assert report(book, "--rule", "R49")["conforms"] is False


def test_without_gaps_the_exit_code_is_0(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 风险与措施=R01_FIXED)

    result = run("check", book, "--rule", "R01")

    assert "没有发现缺口" in result.stdout
    assert report(book, "--rule", "R01", code=0)["conforms"] is True


def test_the_installed_command_keeps_results_and_errors_apart(book: Path) -> None:
    found = process("check", book, "--rule", "R01")
    wrong = process("check", "nowhere.xlsx")

    assert (found.returncode, wrong.returncode) == (1, 2)
    assert "R04-01" in found.stdout.decode()
    assert wrong.stdout == b""
    assert wrong.stderr.decode().splitlines()[0] == "nowhere.xlsx：找不到这个文件或文件夹。请检查路径。"
    assert b"Traceback" not in wrong.stderr


FORMS = ("table", "json", "csv", "html", "turtle", "junit")
IN_EVERY_FORM = """
import sys
from pathlib import Path
from typer.testing import CliRunner
from dutygraph.cli.app import app

book, folder, *forms = sys.argv[1:]
for form in forms:
    Path(folder, form).write_bytes(CliRunner().invoke(app, ["check", book, "--format", form]).stdout_bytes)
"""


@pytest.fixture(scope="module")
def by_two_processes(book: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two folders, each of what a process of its own writes in every form."""
    folders = [tmp_path_factory.mktemp(f"seed-{seed}-") for seed in "12"]
    for seed, folder in zip("12", folders, strict=True):
        environment = {**os.environ, "COLUMNS": "80", "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", IN_EVERY_FORM, book, folder, *FORMS],
            check=True,
            timeout=120,
            env=environment,
        )
    return folders


@pytest.mark.parametrize("form", FORMS)
def test_two_processes_write_the_same_bytes(by_two_processes: list[Path], form: str) -> None:
    runs = [(folder / form).read_text(encoding="utf-8").splitlines() for folder in by_two_processes]

    assert runs[0]
    when = ("computedAt", "计算时间", "timestamp=")
    assert [line for line in runs[0] if not any(mark in line for mark in when)] == [
        line for line in runs[1] if not any(mark in line for mark in when)
    ]
