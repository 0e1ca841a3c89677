"""A bureau of two sides, and whom the views are made for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from dutygraph.check import check
from dutygraph.commits.entries import COMMIT_NUMBER
from dutygraph.commits.gaps import BureauState, GapHistory, Seen
from dutygraph.commits.recent import RecentChanges
from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from dutygraph.store import BureauGraphs, EmbeddedStore

NAMES = BureauGraphs("https://dutygraph.example/", "SY")
IDENTIFIER = ox.NamedNode("http://purl.org/dc/terms/identifier")
REIFIES = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")

# name in the tests → who: bare of side 1, "other" of side 2, "lapsed" of side 1 once
CALLERS = {
    "T1": Caller("t1", Role.T1, "SY", "P1"),
    "T1-other": Caller("t1b", Role.T1, "SY", "P8"),
    "T1-lapsed": Caller("t1c", Role.T1, "SY", "P9"),
    "T2": Caller("t2", Role.T2, "SY", "P2"),
    "T2-other": Caller("t2b", Role.T2, "SY", "P5"),
    "T2-lapsed": Caller("t2c", Role.T2, "SY", "P9"),
    "T3": Caller("t3", Role.T3, "SY", "P3"),
    "T3-other": Caller("t3b", Role.T3, "SY", "P6"),
    "T3-lapsed": Caller("t3c", Role.T3, "SY", "P9"),
    "holder": Caller("ph", Role.POST_HOLDER, "SY", "P4"),
    "holder-other": Caller("phb", Role.POST_HOLDER, "SY", "P7"),
    "holder-lapsed": Caller("phc", Role.POST_HOLDER, "SY", "P9"),
    "SO": Caller("so", Role.SO, "SY"),
    "FD": Caller("fd", Role.FD, "SY", department="F1"),
    "FD-other": Caller("fdb", Role.FD, "SY", department="F2"),
    "trainee": Caller("tr", Role.TRAINEE, "SY"),
}


@dataclass
class OneBureau:
    """Stands in for the committer: one bureau, checked, each triple from a cell of its own."""

    store: EmbeddedStore
    state_now: BureauState
    recent: RecentChanges = field(default_factory=RecentChanges)

    @property
    def folder(self) -> OneBureau:
        return self

    def state(self, code: str) -> BureauState:
        assert code == "SY"
        return self.state_now

    def snapshot(self, code: str) -> tuple[int, list[ox.Quad]]:
        assert code == "SY"
        return self.state_now.head.commit, list(self.store.oxigraph)


def checked(store: EmbeddedStore, commit: int = 1) -> OneBureau:
    """Check a bureau and keep its gaps as a committer would."""
    report = check(store, NAMES, as_of=date(2025, 6, 30))
    number = ox.Literal(str(commit), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    node, graph = ox.NamedNode(NAMES.thing("commit", str(commit))), ox.NamedNode(NAMES.findings)
    store.oxigraph.add(ox.Quad(node, COMMIT_NUMBER, number, graph))
    head = Seen(commit, datetime(2025, 7, 1, tzinfo=UTC), report.as_of)
    gaps = {f.id: GapHistory(f, head, head, None, (), ()) for f in report.findings}
    return OneBureau(store, BureauState(NAMES, head, report, gaps))


def load_bureau(*files: str) -> EmbeddedStore:
    """Read ``bureau.trig`` and these files; give every node its id and every triple a cell."""
    store = EmbeddedStore()
    for file in ("bureau.trig", *files):
        store.oxigraph.load(path=str(Path(__file__).with_name(file)), format=ox.RdfFormat.TRIG)
    quads = list(store.oxigraph)
    named = {quad.subject for quad in quads if quad.predicate == IDENTIFIER}
    graphs = {quad.subject: quad.graph_name for quad in quads if quad.graph_name.value[-8:] != "identity"}
    for subject, graph in graphs.items():
        if subject not in named:
            identifier = ox.Literal(subject.value.rpartition("/")[2])
            store.oxigraph.add(ox.Quad(subject, IDENTIFIER, identifier, graph))
    for row, quad in enumerate(list(store.oxigraph), start=2):
        cell = ox.NamedNode(f"{NAMES.bureau}/cell/book.xlsx/sheet/{row}/column")
        cells = ox.NamedNode(f"{NAMES.bureau}/cells-{quad.graph_name.value.rpartition('/')[2]}")
        store.oxigraph.add(ox.Quad(cell, REIFIES, quad.triple, cells))
    return store


@pytest.fixture(scope="session")
def bureau() -> OneBureau:
    """The bureau of two sides, as a committer gives it."""
    return checked(load_bureau())


@pytest.fixture(scope="session")
def views(bureau: OneBureau) -> dict[str, View]:
    """The view of every caller."""
    made = Views(bureau)
    return {name: made.of(caller, "SY") for name, caller in CALLERS.items()}


def nodes(view: View) -> set[str]:
    """Return the registered nodes of the bureau that a view's store says something about: "kind/id"."""
    inside = f"{NAMES.bureau}/"
    found = {quad.subject.value for quad in view.store.oxigraph}
    return {iri.removeprefix(inside) for iri in found if iri.startswith(inside)}
