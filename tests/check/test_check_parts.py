"""The parts of the check: the calendar, dates, waivers, stable ids, R69, the gate, and the two engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, RDF, XSD, Literal, URIRef

from dutygraph.bureaus import Bureau
from dutygraph.check import CheckError, check, date_of_check
from dutygraph.dataset_check import check_dataset
from dutygraph.gate import pass_gate
from dutygraph.model import Cell, CheckReport, Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.run import run_graph
from dutygraph.shapes import load_dataset_shapes, rule_folders
from dutygraph.sources import open_source
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from dutygraph.store.terms import to_rdflib
from tests.cli.door import APPOINTMENTS, BUSINESSES, NODES, RISKS, ledger
from tests.conftest import EXAMPLE
from tests.loaders.ledgers import Rows
from tests.shapes.examples import EXPECTATIONS

NAMES = BureauGraphs(DEFAULT_BASE, "demo")


def checked(
    folder: Path, as_of: date | None = None, rules: Sequence[str] | None = None, **sheets: Rows
) -> CheckReport:
    source = open_source([ledger(folder / "book.xlsx", **sheets)])
    return check(source.store, source.names, as_of=as_of, rules=rules)


def ids(report: CheckReport) -> dict[str, tuple[str, str]]:
    return {finding.id: (finding.rule, finding.focus.id) for finding in report.findings}


# ---- the calendar


def days(year: int, period: str) -> tuple[str, str]:
    graph = run_graph(NAMES, date(year, 6, 1), (), policy=False)
    node = URIRef(NAMES.period(period))
    return str(graph.value(node, SV.firstDay)), str(graph.value(node, SV.lastDay))


def test_the_calendar_of_a_leap_year_and_of_another() -> None:
    assert days(2024, "2024-02") == ("2024-02-01", "2024-02-29")
    assert days(2025, "2025-02") == ("2025-02-01", "2025-02-28")
    assert days(2100, "2100-02") == ("2100-02-01", "2100-02-28")
    assert days(2024, "2024-H1") == ("2024-01-01", "2024-06-30")
    assert days(2024, "2024-Q4") == ("2024-10-01", "2024-12-31")
    assert days(2024, "2024") == ("2024-01-01", "2024-12-31")


def test_every_period_is_part_of_the_longer_ones() -> None:
    graph = run_graph(NAMES, date(2025, 6, 1), (), policy=False)
    wholes = {
        str(o).rpartition("/")[2] for o in graph.objects(URIRef(NAMES.period("2025-08")), SV.partOfPeriod)
    }

    assert wholes == {"2025-Q3", "2025-H2", "2025"}
    assert len(list(graph.subjects(RDF.type, SV.Period))) == 1 + 2 + 4 + 12


def test_the_years_are_that_of_the_date_and_those_of_the_plans() -> None:
    graph = run_graph(NAMES, date(2026, 1, 1), (2024, 2025), policy=False)

    found = {str(graph.value(year, DCTERMS.identifier)) for year in graph.subjects(RDF.type, SV.Year)}
    assert found == {"2024", "2025", "2026"}


def test_the_default_policy_stands_in_only_where_asked() -> None:
    assert set(run_graph(NAMES, date(2025, 1, 1), (), policy=True).subjects(RDF.type, SV.RatingPolicy))
    assert not set(run_graph(NAMES, date(2025, 1, 1), (), policy=False).subjects(RDF.type, SV.RatingPolicy))


def test_the_date_is_the_one_asked_for_else_the_datas_else_today() -> None:
    stated, silent = Bureau("demo", "demo", date(2025, 12, 31)), Bureau("demo", "demo", None)

    assert date_of_check(stated, date(2024, 1, 1)) == date(2024, 1, 1)
    assert date_of_check(stated, None) == date(2025, 12, 31)
    assert date_of_check(silent, None) == datetime.now(tz=UTC).date()


def test_an_unknown_rule_is_named_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(CheckError) as refused:
        checked(tmp_path, rules=["R01", "R00"])

    assert refused.value.text.zh.startswith("没有规则R00")
    assert "R00" in refused.value.text.en


# ---- waivers

WAIVERS = ("豁免编号", "规则", "对象", "理由", "批准人", "起", "止")
TIER_2 = ("A02", "P002", "二级", "B05", "2025-01-01", "2025-12-31")


def waived(folder: Path, *row: object, as_of: date = date(2025, 6, 30)) -> bool:
    report = checked(
        folder, as_of, ["R01"], 规则豁免=(WAIVERS, ("W1", *row)), 监督员任命=(*APPOINTMENTS, TIER_2)
    )
    [gap] = report.findings
    assert (gap.waived is None) == (gap in report.open_findings)
    assert report.rules[0].gaps + report.rules[0].waived == 1
    return gap.waived is not None


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("R01", "R04-01", "正在制定", "A01", "2025-06-01", "2025-06-30"), True),
        (("R01", "R04-01", "正在制定", "A01", "2025-06-30", None), True),
        (("R01", "R04-01", "正在制定", "A01", "2025-06-01", "2025-06-29"), False),  # over
        (("R01", "R04-01", "正在制定", "A01", "2025-07-01", "2025-12-31"), False),  # not begun
        (("R01", "R04-01", "正在制定", "A01", None, "2025-12-31"), False),  # no start
        (("R01", "R04-01", "正在制定", "A02", "2025-06-01", "2025-06-30"), False),  # tier 2 approves
        (("R01", "R04-01", "正在制定", "A09", "2025-06-01", "2025-06-30"), False),  # nobody approves
        (("R01", "R04-01", None, "A01", "2025-06-01", "2025-06-30"), False),  # no reason
        (("R01", "R04-02", "正在制定", "A01", "2025-06-01", "2025-06-30"), False),  # another thing
        (("R71", "R04-01", "正在制定", "A01", "2025-06-01", "2025-06-30"), False),  # another rule
    ],
)
def test_who_may_waive_what_and_when(tmp_path: Path, row: tuple[object, ...], expected: bool) -> None:  # noqa: FBT001
    assert waived(tmp_path, *row) is expected


# ---- ids of gaps


def test_ids_do_not_change_with_what_else_is_registered(tmp_path: Path) -> None:
    before = ids(checked(tmp_path))
    more = ("B06", "车辆管理", "营销部", 1, "2025年评定表")

    after = ids(checked(tmp_path, 业务清单=(*BUSINESSES[:1], more, *reversed(BUSINESSES[1:]))))

    assert before.items() <= after.items()


def test_ids_do_not_change_with_names_or_measures(tmp_path: Path) -> None:
    renamed = (RISKS[0], ("R04-01", "B04-N01", "另一种说法", None, None, None, None))
    totals = ("编号", "口径", "统计对象", "数值")

    assert ids(checked(tmp_path)) == ids(checked(tmp_path, 风险与措施=renamed))
    ours, theirs = (
        checked(tmp_path, None, ["R30"], 申报总数=(totals, ("Z1", "重点业务", "重点业务", number)))
        for number in (33, 34)
    )
    assert ours.findings[0].message != theirs.findings[0].message
    assert ids(ours) == ids(theirs)


def test_another_thing_or_another_reference_is_another_gap(tmp_path: Path) -> None:
    dangling = [(NODES[0], (*NODES[1][:5], post)) for post in ("G98", "G99", "G98；G99")]

    one, other, both = (set(ids(checked(tmp_path, None, ["R72"], 流程节点=rows))) for rows in dangling)

    assert len(one) == len(other) == 1
    assert one != other
    assert both == one | other


# ---- R69, asked of the dataset


@pytest.mark.parametrize("example", ["valid", "invalid"])
def test_talk_records_are_looked_for_outside_the_restricted_graph(example: str) -> None:
    [folder] = [folder for folder in rule_folders() if folder.dataset]
    store, expected = EmbeddedStore(), set()
    quads = list(ox.parse(getattr(folder, example), ox.RdfFormat.TRIG))
    gaps = {q.object for q in quads if q.predicate.value == str(SV.expectedGap)}
    for gap in gaps:
        told = {q.predicate.value: q.object for q in quads if q.subject == gap}
        expected.add(tuple(to_rdflib(told[str(name)]) for name in (SV.expectedFocus, SV.expectedValue)))
    kept = [q for q in quads if URIRef(q.predicate.value) not in EXPECTATIONS]
    run = ox.NamedNode(NAMES.run_graph)
    store.oxigraph.extend(
        q if isinstance(q.graph_name, ox.NamedNode) else ox.Quad(q.subject, q.predicate, q.object, run)
        for q in kept
    )

    results, examined = check_dataset(store, load_dataset_shapes(), NAMES.checked())

    assert {(result.focus_node, result.value) for result in results} == expected
    assert bool(expected) == (example == "invalid")
    assert sum(examined.values()) > 0


# ---- the gate


def statement(property_: URIRef, value: Literal | URIRef) -> Statement:
    cell = Cell("book.xlsx", "表5 监督员任命", 4, "级别")
    return Statement(URIRef(NAMES.thing("appointment", "A01")), property_, value, GraphKind.BUSINESS, cell)


def test_the_gate_refuses_what_has_not_the_form_of_a_record_and_names_the_cell() -> None:
    good = (
        statement(RDF.type, SV.SupervisorAppointment),
        statement(DCTERMS.identifier, Literal("A01")),
        statement(SV.tier, Literal("1", datatype=XSD.integer)),
    )
    wrong = replace(good[2], object=Literal("一级"))

    assert pass_gate(Delta("demo", DEFAULT_BASE, good)).problems == ()
    problems = pass_gate(Delta("demo", DEFAULT_BASE, (*good[:2], wrong))).problems
    assert problems
    assert {problem.cell for problem in problems} == {wrong.cell}
    assert all("A01" in problem.message.zh and "一级" in problem.message.en for problem in problems)
    assert pass_gate(Delta("demo", DEFAULT_BASE, ())).problems == ()


# ---- the engines


@pytest.mark.usefixtures("hastened_reference")
def test_both_engines_find_the_same_gaps_on_the_example(example_report: CheckReport) -> None:
    """Slow: the reference engine takes a quarter of a minute."""
    source = open_source([EXAMPLE])

    reference = check(source.store, source.names, engine="pyshacl", notices=source.notices)

    assert reference.findings == example_report.findings
    assert reference.rules == example_report.rules
