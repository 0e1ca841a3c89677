"""The example bureau gives exactly the gaps that were written down beforehand, and no others."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import pytest

from dutygraph.check import check
from dutygraph.examples.make_bureau import main as make_bureau
from dutygraph.model import CheckReport, Finding
from dutygraph.shapes import catalogue
from dutygraph.sources import open_source

BUREAU = Path(str(resources.files("dutygraph.examples").joinpath("bureau")))


def check_workbook(workbook: Path) -> CheckReport:
    source = open_source([workbook])
    return check(source.store, source.names, notices=source.notices)


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check_workbook(BUREAU / "bureau.xlsx")


def as_row(finding: Finding) -> tuple[str, str, str, str]:
    value = finding.value.id if finding.value is not None and finding.value.iri else ""
    return finding.rule, finding.severity.value, finding.focus.id, value


def expected_rows() -> list[tuple[str, str, str, str]]:
    with (BUREAU / "expected.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(r["rule"], r["severity"], r["focus"], r["value"]) for r in csv.DictReader(file)]


def test_the_gaps_are_exactly_the_expected_ones(report: CheckReport) -> None:
    expected = expected_rows()

    assert len(expected) == len(set(expected)) >= 60
    assert sorted(map(as_row, report.findings)) == sorted(expected)


def test_every_rule_that_a_workbook_can_break_is_broken(report: CheckReport) -> None:
    assert {f.rule for f in report.findings} == {shape.rule for shape in catalogue()} - {"R69"}


def test_every_rule_but_the_one_on_talks_examined_something(report: CheckReport) -> None:
    assert {outcome.rule for outcome in report.unexamined()} == {"R69"}


def test_the_unrated_business_and_the_wrong_total_are_named(report: CheckReport) -> None:
    assert "B33" in {f.focus.id for f in report.findings if f.rule == "R28"}
    total = next(f for f in report.findings if f.rule == "R30")
    assert "33" in total.message.zh


def test_every_gap_says_who_must_act_and_where_to_look(report: CheckReport) -> None:
    for finding in report.findings:
        assert finding.responsible.department, finding
        assert finding.cell is not None, finding
        assert finding.cell.row is not None, finding
        assert "{" not in finding.message.zh + finding.message.en + finding.remedy.zh + finding.remedy.en


def test_the_waived_gap_is_listed_and_counted_apart(report: CheckReport) -> None:
    waived = [f for f in report.findings if f.waived is not None]

    assert len(waived) == 1
    assert waived[0] not in report.open_findings
    assert sum(outcome.waived for outcome in report.rules) == 1


def test_the_same_input_gives_the_same_report(report: CheckReport) -> None:
    again = check_workbook(BUREAU / "bureau.xlsx")

    assert again.findings == report.findings
    assert again.rules == report.rules


def test_the_clean_bureau_has_no_gap(tmp_path: Path) -> None:
    make_bureau(["--clean", "-o", str(tmp_path)])

    report = check_workbook(next(tmp_path.glob("*.xlsx")))

    assert [as_row(finding) for finding in report.findings] == []
    assert {outcome.rule for outcome in report.unexamined()} == {"R69"}
    assert report.conforms
