"""Coverage of the example bureau by every axis, beside the same counted from the workbook in plain Python."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, Literal, URIRef
from typer.testing import CliRunner

from dutygraph.check import prepare
from dutygraph.cli.app import app
from dutygraph.coverage import Axis, CoverageRow, coverage
from dutygraph.model import Delta, GraphKind, Statement, Text, Thing
from dutygraph.ontology import SV
from dutygraph.sources import OpenSource, open_source
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from tests.questions.workbook import AS_OF, PATH, Workbook, items

Counted = dict[str, tuple[int, int, tuple[str, ...]]]
STAGES = {"stage-before": "事前", "stage-during": "事中", "stage-after": "事后"}


@pytest.fixture(scope="module")
def source() -> OpenSource:
    opened = open_source([PATH])
    prepare(opened.store, opened.names, date.fromisoformat(AS_OF))
    return opened


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


def counted(rows: tuple[CoverageRow, ...]) -> Counted:
    return {row.group: (row.covered, row.total, tuple(thing.id for thing in row.missing)) for row in rows}


def expected(groups: Mapping[str, Mapping[str, bool]]) -> Counted:
    """Count groups of item → covered."""
    return {
        group: (sum(members.values()), len(members), tuple(sorted(i for i, ok in members.items() if not ok)))
        for group, members in groups.items()
    }


def controlled(book: Workbook) -> dict[str, bool]:
    """Active risks; covered with a control that has an owner post."""
    return {
        risk: any(book.control_values(control, "责任岗位") for control in book.risk_controls[risk])
        for risk in book.active_risks
    }


def test_by_department(source: OpenSource, book: Workbook) -> None:
    groups: dict[str, dict[str, bool]] = {name: {} for name in book.departments}
    for risk, covered in controlled(book).items():
        for business in book.businesses_of_risk(risk):
            for department in items(book.businesses[business]["主管部门"]):
                groups[department][risk] = covered
    found = coverage(source.store, source.names, Axis.DEPARTMENT)
    assert counted(found) == expected(groups)
    # R20-03 has no control (fault F01), R27-02's control no owner post (F03).
    assert {row.group: [thing.id for thing in row.missing] for row in found if row.missing} == {
        "规划建设部": ["R27-02"],
        "配电运维部": ["R20-03"],
    }


def test_by_business(source: OpenSource, book: Workbook) -> None:
    groups: dict[str, dict[str, bool]] = {business: {} for business in book.businesses}
    for risk, covered in controlled(book).items():
        for business in book.businesses_of_risk(risk):
            groups[business][risk] = covered
    found = coverage(source.store, source.names, Axis.BUSINESS)
    assert counted(found) == expected(groups)
    assert [row.group for row in found] == sorted(book.businesses)
    assert next(row for row in found if row.group == "B04").label.zh == "高压业扩报装管理"


def test_by_star(source: OpenSource, book: Workbook) -> None:
    groups: dict[str, dict[str, bool]] = {}
    for business in book.businesses:
        star = book.stars.effective(business) or 0
        needed = 3 if star == 3 else 2
        groups.setdefault(str(star), {})[business] = bool(book.supervisors(business, needed))
    found = coverage(source.store, source.names, Axis.STAR)
    assert counted(found) == expected(groups)
    # Nobody of tier 3 for B07 (fault F14) and B16 (F31), nobody of tier 2 for B08 and B32 (F18).
    missing = {row.group: [thing.id for thing in row.missing] for row in found}
    assert missing == {"0": [], "1": ["B32"], "2": ["B08"], "3": ["B07", "B16"]}


def test_by_tier(source: OpenSource, book: Workbook) -> None:
    groups = {
        str(tier): {business: bool(book.supervisors(business, tier)) for business in book.businesses}
        for tier in (1, 2, 3)
    }
    assert counted(coverage(source.store, source.names, Axis.TIER)) == expected(groups)


def test_by_stage(source: OpenSource, book: Workbook) -> None:
    three = [business for business in book.businesses if book.stars.effective(business) == 3]
    groups = {
        stage: {
            business: any(
                business in businesses and word in book.control_values(control, "环节")
                for control, businesses in book.control_businesses.items()
            )
            for business in three
        }
        for stage, word in STAGES.items()
    }
    found = coverage(source.store, source.names, Axis.STAGE)
    assert counted(found) == expected(groups)
    # Fault F07: all controls of B10 after the step were moved.
    assert groups["stage-after"]["B10"] is False


def test_ratio_of_nothing_is_not_all() -> None:
    thing = Thing("B01", "Business", "https://dutygraph.example/bureau/x/business/B01", "业务")
    assert CoverageRow("g", Text("组", "group"), 0, ()).ratio is None
    row = CoverageRow("g", Text("组", "group"), 3, (thing,))
    assert (row.covered, row.ratio) == (2, Fraction(2, 3))


@pytest.mark.parametrize(("axis", "groups"), [(Axis.TIER, "123"), (Axis.STAGE, "abd"), (Axis.STAR, "")])
def test_a_bureau_without_businesses(axis: Axis, groups: str) -> None:
    store, names = EmbeddedStore(), BureauGraphs(DEFAULT_BASE, "X")
    bureau = URIRef(names.bureau)
    statements = (
        Statement(bureau, RDF.type, SV.Bureau, GraphKind.PUBLIC),
        Statement(bureau, DCTERMS.identifier, Literal("X"), GraphKind.PUBLIC),
    )
    store.commit(Delta("X", DEFAULT_BASE, statements))
    prepare(store, names, date.fromisoformat(AS_OF))
    rows = coverage(store, names, axis)
    assert len(rows) == len(groups)
    assert all(row.total == 0 and row.ratio is None for row in rows)


def test_a_risk_of_no_department_stands_in_a_group_of_its_own() -> None:
    store, names = EmbeddedStore(), BureauGraphs(DEFAULT_BASE, "X")
    risk = URIRef(names.thing("risk", "R1"))
    department = URIRef(names.thing("department", "综合部"))
    statements = (
        Statement(risk, RDF.type, SV.IntegrityRisk, GraphKind.PUBLIC),
        Statement(risk, DCTERMS.identifier, Literal("R1"), GraphKind.PUBLIC),
        Statement(department, RDF.type, SV.Department, GraphKind.PUBLIC),
        Statement(department, DCTERMS.identifier, Literal("综合部"), GraphKind.PUBLIC),
    )
    store.commit(Delta("X", DEFAULT_BASE, statements))
    prepare(store, names, date.fromisoformat(AS_OF))
    rows = coverage(store, names, Axis.DEPARTMENT)
    assert counted(rows) == {"综合部": (0, 0, ()), "": (0, 1, ("R1",))}
    assert rows[-1].label.zh == "（未归口）"


def test_the_command_in_json() -> None:
    result = CliRunner().invoke(app, ["coverage", str(PATH), "--by", "star", "--format", "json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["by"], answer["asOf"]) == ("star", AS_OF)
    three = next(row for row in answer["rows"] if row["group"] == "3")
    assert (three["covered"], three["total"], three["ratio"]) == (5, 7, 0.7143)
    assert [thing["id"] for thing in three["missing"]] == ["B07", "B16"]


def test_the_command_in_csv(tmp_path: Path) -> None:
    file = tmp_path / "coverage.csv"
    words = ["coverage", str(PATH), "--by", "tier", "--format", "csv", "-o", str(file)]
    assert CliRunner().invoke(app, words).exit_code == 0
    head, *lines = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert head == ["分组", "已覆盖", "总数", "覆盖率", "未覆盖"]
    assert lines[1] == ["二级", "31", "33", "93.9%", "B08；B32"]


def test_the_command_in_a_table() -> None:
    result = CliRunner().invoke(app, ["coverage", str(PATH), "--by", "stage", "--lang", "en"])
    assert result.exit_code == 0
    assert "By stage" in result.stdout
    assert "B10" in result.stdout
