"""A bureau of a few rows for the tests of commits, and ways to change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rdflib import DCTERMS, RDF, RDFS, Literal, URIRef

from dutygraph.check import check
from dutygraph.commits import Action, Actor, Committed, Committer, StoreFolder
from dutygraph.model import Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.sources import read
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from tests.cli.door import ledger

SO = Actor("office", "SO")
NAMES = BureauGraphs(DEFAULT_BASE, "demo")
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that goes on by a second each time it is read, or is put back by hand."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def first_delta(folder: Path) -> Delta:
    """Return the small ledger as a delta: R01, R12 and R71 are among its gaps."""
    book = ledger(folder / "book.xlsx")
    return read([book], base=DEFAULT_BASE, bureau=None, partial=False, engine="compiled").delta


def iri(kind: str, identifier: str) -> URIRef:
    return URIRef(NAMES.thing(kind, identifier))


def delta(added: Iterable[Statement] = (), removed: Iterable[Statement] = ()) -> Delta:
    return Delta("demo", DEFAULT_BASE, tuple(added), tuple(removed))


def control(identifier: str = "C1", risk: str = "R04-01") -> tuple[Statement, ...]:
    """Return a control of a risk: its commit closes R01 of that risk."""
    node = iri("control", identifier)
    said = {
        RDF.type: SV.Control,
        DCTERMS.identifier: Literal(identifier),
        RDFS.label: Literal("两人到场", lang="zh-hans"),
    }
    own = [Statement(node, predicate, value, GraphKind.PUBLIC) for predicate, value in said.items()]
    return (*own, Statement(iri("risk", risk), SV.hasControl, node, GraphKind.PUBLIC))


def risk(identifier: str) -> tuple[Statement, ...]:
    """Return a risk without a control: a gap of R01, and more."""
    node = iri("risk", identifier)
    said = {
        RDF.type: SV.IntegrityRisk,
        DCTERMS.identifier: Literal(identifier),
        SV.atNode: iri("node", "B04-N01"),
    }
    return tuple(Statement(node, predicate, value, GraphKind.PUBLIC) for predicate, value in said.items())


def opened(path: Path, clock: Clock | None = None) -> Committer:
    return Committer(StoreFolder.open(path, create=True), clock=clock or Clock())


def commit(committer: Committer, change: Delta, action: Action = Action.RECORD_REPLACE) -> Committed:
    return committer.commit(change, SO, action, target="test")


def reopened(committer: Committer, clock: Clock | None = None) -> Committer:
    """Close a store and open it again, as after a restart."""
    path = committer.folder.path
    committer.folder.close()
    return opened(path, clock)


def agrees_with_a_fresh_check(committer: Committer) -> None:
    """Hold what the store says of a bureau to what a check of its data from nothing says."""
    state = committer.state("demo")
    copy = EmbeddedStore()
    cells = [NAMES.cells(kind) for kind in GraphKind]
    copy.oxigraph.extend(committer.folder.store.quads((*NAMES.all_asserted(), *cells)))
    fresh = check(copy, NAMES, as_of=state.head.as_of)
    assert state.report.findings == fresh.findings
    assert (state.report.rules, state.report.counts) == (fresh.rules, fresh.counts)
    made = (*NAMES.all_derived(), NAMES.run_graph)
    assert committer.folder.store.triples(made) == copy.triples(made)
    there = {gap for gap, history in state.gaps.items() if history.resolved is None}
    assert there == {finding.id for finding in fresh.findings}
    assert {history.last_seen for gap, history in state.gaps.items() if gap in there} <= {state.head}


def moved(statements: Iterable[Statement], **changes: object) -> tuple[Statement, ...]:
    return tuple(replace(statement, **changes) for statement in statements)  # type: ignore[arg-type]
