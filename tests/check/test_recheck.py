"""A bureau under watch always says what a fresh check says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from random import Random

import pytest
from rdflib import DCTERMS, FOAF, RDF, RDFS, XSD, Literal, URIRef

from dutygraph.check import check
from dutygraph.model import Cell, CheckReport, Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.recheck import GapChange, Recheck
from dutygraph.sources import OpenSource, open_source
from dutygraph.store import EmbeddedStore

AS_OF = date(2025, 12, 31)
BUREAU = Path(str(resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")))


class Watch:
    """The example bureau under watch, and its statements by record."""

    def __init__(self, source: OpenSource) -> None:
        self.store, self.names = source.store, source.names
        self.recheck = Recheck(self.store, self.names, AS_OF)
        self.records: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.store.statements(self.names):
            self.records[str(statement.subject)].append(statement)

    def iri(self, kind: str, identifier: str) -> URIRef:
        return URIRef(f"{self.names.bureau}/{kind}/{identifier}")

    def commit(
        self, added: list[Statement] | tuple[()] = (), removed: list[Statement] | tuple[()] = ()
    ) -> GapChange:
        """Commit a change and hold what it says to a fresh check of the same store."""
        before = {finding.id: finding for finding in self.recheck.findings}
        change = self.restore(added, removed)
        report, fresh = self.recheck.report(), fresh_check(self)
        assert report.findings == fresh.findings
        assert (report.rules, report.counts) == (fresh.rules, fresh.counts)
        after = {finding.id: finding for finding in fresh.findings}
        assert {f.id: f for f in change.new} == {i: f for i, f in after.items() if i not in before}
        assert {f.id: f for f in change.persisting} == {i: f for i, f in after.items() if i in before}
        assert {f.id: f for f in change.resolved} == {i: f for i, f in before.items() if i not in after}
        return change

    def restore(
        self, added: list[Statement] | tuple[()] = (), removed: list[Statement] | tuple[()] = ()
    ) -> GapChange:
        """Commit a change; what all tests together left is judged at the end."""
        return self.recheck.commit(Delta(self.names.code, self.names.base, tuple(added), tuple(removed)))

    def of(self, record: URIRef, predicate: URIRef) -> list[Statement]:
        return [s for s in self.records[str(record)] if s.predicate == predicate]


def fresh_check(watch: Watch) -> CheckReport:
    """Check a copy, so that nothing which the watch forgot to write is written for it."""
    copy = EmbeddedStore()
    copy.oxigraph.extend(watch.store.oxigraph)
    found = check(copy, watch.names, as_of=AS_OF)
    made = (*watch.names.all_derived(), watch.names.run_graph)
    assert copy.triples(made) == watch.store.triples(made)
    return found


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watch = Watch(open_source([BUREAU]))
    began = watch.recheck.findings
    yield watch
    # What every test took away, it put back.
    assert watch.recheck.findings == began == fresh_check(watch).findings


@pytest.mark.parametrize("kind", ["appointment", "risk", "issue", "annual-plan", "waiver"])
def test_a_record_that_goes_and_comes_back(watch: Watch, kind: str) -> None:
    chosen = Random(kind).choice(sorted(r for r in watch.records if f"/{kind}/" in r))
    gone = watch.commit(removed=watch.records[chosen])
    back = watch.restore(added=watch.records[chosen])
    assert {f.id for f in gone.new} == {f.id for f in back.resolved}
    assert {f.id for f in gone.resolved} == {f.id for f in back.new}


def test_another_owner_post(watch: Watch) -> None:
    control = watch.iri("control", "C04-05")
    old = watch.of(control, SV.ownerPost)
    new = [Statement(control, SV.ownerPost, watch.iri("post", "G88"), GraphKind.PUBLIC, old[0].cell)]
    assert "R72" in {finding.rule for finding in watch.commit(new, old).new}
    assert "R72" in {finding.rule for finding in watch.restore(old, new).resolved}


def test_the_gap_of_a_renamed_node_is_told_by_its_new_name(watch: Watch) -> None:
    finding = next(f for f in watch.recheck.findings if f.focus.label != f.focus.id)
    old = watch.of(URIRef(finding.focus.iri), RDFS.label)
    new = [Statement(old[0].subject, RDFS.label, Literal("改名", lang="zh-hans"), old[0].graph)]
    change = watch.commit(new, old)
    told = next(f for f in change.persisting if f.id == finding.id)
    assert told.focus.label == "改名"
    watch.restore(old, new)


def test_a_statement_from_another_cell_moves_its_gap(watch: Watch) -> None:
    finding = next(f for f in watch.recheck.findings if f.cell and f.cell.row)
    old = [s for s in watch.records[finding.focus.iri] if s.cell]
    cell = Cell("other.xlsx", "别表", 5, None)
    new = [Statement(s.subject, s.predicate, s.object, s.graph, cell) for s in old]
    change = watch.commit(new, old)
    told = next(f for f in change.persisting if f.id == finding.id)
    assert told.cell is not None
    assert told.cell.file == "other.xlsx"
    watch.restore(old, new)


def test_a_second_plan_year_brings_its_periods(watch: Watch) -> None:
    plan = watch.iri("annual-plan", "2024")
    new = [
        Statement(plan, RDF.type, SV.AnnualPlan, GraphKind.BUSINESS),
        Statement(plan, DCTERMS.identifier, Literal("2024"), GraphKind.BUSINESS),
        Statement(plan, SV.year, Literal("2024", datatype=XSD.integer), GraphKind.BUSINESS),
    ]
    assert watch.commit(new).new
    watch.restore(removed=new)


def test_names_of_people_change_nothing(watch: Watch) -> None:
    person = watch.iri("person", "P001")
    new = [Statement(person, FOAF.name, Literal("某人"), GraphKind.IDENTITY)]
    change = watch.commit(new)
    assert (change.new, change.resolved, change.checks, change.rules) == ((), (), 0, 0)
    watch.restore(removed=new)


def test_a_talk_outside_the_restricted_graph(watch: Watch) -> None:
    talk = watch.iri("talk", "TX")
    new = [
        Statement(talk, RDF.type, SV.TalkRecord, GraphKind.PUBLIC),
        Statement(talk, DCTERMS.identifier, Literal("TX"), GraphKind.PUBLIC),
    ]
    assert "R69" in {finding.rule for finding in watch.commit(new).new}
    assert "R69" in {finding.rule for finding in watch.restore(removed=new).resolved}


def test_the_delta_of_another_bureau_is_refused(watch: Watch) -> None:
    with pytest.raises(ValueError, match="OTHER"):
        watch.recheck.commit(Delta("OTHER", watch.names.base, ()))
