"""Views over a real store folder: they follow the commits, and never see half of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, RDF, RDFS, Literal, URIRef

from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.model import Cell, Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from dutygraph.store import DEFAULT_BASE, BureauGraphs

NAMES = BureauGraphs(DEFAULT_BASE, "KL")
OFFICE = Caller("so", Role.SO, "KL")
TRAINEE = Caller("tr", Role.TRAINEE, "KL")
CELL = Cell("book.xlsx", "表1 业务清单", 2, "业务名称")


def said(kind: str, identifier: str, a_class: URIRef, label: str, graph: GraphKind) -> tuple[Statement, ...]:
    node = URIRef(NAMES.thing(kind, identifier))
    return (
        Statement(node, RDF.type, a_class, graph, CELL),
        Statement(node, DCTERMS.identifier, Literal(identifier), graph, CELL),
        Statement(node, RDFS.label, Literal(label, lang="zh-hans"), graph, CELL),
    )


BUREAU = (
    Statement(URIRef(NAMES.bureau), RDF.type, SV.Bureau, GraphKind.PUBLIC),
    Statement(URIRef(NAMES.bureau), DCTERMS.identifier, Literal("KL"), GraphKind.PUBLIC),
)


def labels(view: View) -> set[str]:
    label = ox.NamedNode(str(RDFS.label))
    quads = view.store.oxigraph.quads_for_pattern(None, label, None, None)
    return {quad.object.value for quad in quads if quad.graph_name.value != NAMES.run_graph}


@pytest.fixture
def committer(tmp_path: Path) -> Iterator[Committer]:
    folder = StoreFolder.open(tmp_path / "store", create=True)
    try:
        yield Committer(folder)
    finally:
        folder.close()


def commit(committer: Committer, added: tuple[Statement, ...], removed: tuple[Statement, ...] = ()) -> int:
    delta = Delta("KL", DEFAULT_BASE, added, removed)
    return committer.commit(delta, COMMAND_LINE, Action.IMPORT, target="bureau/KL").commit


def test_a_view_has_the_latest_commit_the_cells_and_the_gaps(committer: Committer) -> None:
    business = said("business", "B1", SV.Business, "业扩", GraphKind.PUBLIC)
    issue = said("issue", "I1", SV.Issue, "问题", GraphKind.ISSUE)
    commit(committer, (*BUREAU, *business))
    views = Views(committer)
    before = views.of(OFFICE, "KL")
    number = commit(committer, issue)
    after, trainee = views.of(OFFICE, "KL"), views.of(TRAINEE, "KL")
    assert (labels(before), labels(after), labels(trainee)) == ({"业扩"}, {"业扩", "问题"}, {"业扩"})
    assert after.commit == number > before.commit
    triple = ox.Triple(
        ox.NamedNode(NAMES.thing("issue", "I1")),
        ox.NamedNode(str(RDFS.label)),
        ox.Literal("问题", language="zh-hans"),
    )
    assert (after.store.cell(triple), trainee.store.cell(triple)) == (CELL, None)
    # R49: an issue has an owner; R17: a business has a department
    assert {("R49", "I1"), ("R17", "B1")} <= {(gap.rule, gap.focus.id) for gap in after.findings}
    assert {gap.focus.id for gap in trainee.findings} == {"B1", "KL"}


def test_an_assignment_is_in_the_next_view(committer: Committer) -> None:
    commit(committer, (*BUREAU, *said("business", "B1", SV.Business, "业扩", GraphKind.PUBLIC)))
    views = Views(committer)
    gap = views.of(OFFICE, "KL").findings[0]
    committer.assign("KL", gap.id, "P1", None, "请处理", COMMAND_LINE)
    told = {each.finding.id: each.assignment for each in views.of(OFFICE, "KL").gaps}
    assert told[gap.id] is not None
    assert told[gap.id].person == "P1"


def test_no_view_has_half_a_commit(committer: Committer) -> None:
    """Every commit exchanges a label in two graphs at once; whoever reads meanwhile sees them alike."""

    def pair(number: int) -> tuple[Statement, ...]:
        return (
            *said("business", "B1", SV.Business, f"版{number}", GraphKind.PUBLIC),
            *said("issue", "I1", SV.Issue, f"版{number}", GraphKind.ISSUE),
        )

    commit(committer, (*BUREAU, *pair(0)))
    views, done = Views(committer), threading.Event()

    def look() -> list[tuple[int, frozenset[str]]]:
        seen = []
        while not done.is_set():
            view = views.of(OFFICE, "KL")
            seen.append((view.commit, frozenset(labels(view))))
        return seen

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(look) for _ in range(3)]
        try:
            for number in range(1, 9):
                commit(committer, pair(number), pair(number - 1))
        finally:
            done.set()
        seen = [each for reader in readers for each in reader.result()]
    assert {len(told) for _, told in seen} == {1}
    assert len({told for _, told in seen}) > 1
    assert all(told == frozenset({f"版{number - 1}"}) for number, told in seen)
