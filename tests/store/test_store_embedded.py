"""The embedded store: commits whole and once, bounded queries, cells, sorted exports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Literal, URIRef

from dutygraph.model import Cell, Delta, GraphKind, Statement
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore, StoreError

NAMES = BureauGraphs(DEFAULT_BASE, "demo")
P = URIRef("https://example.org/p")


def statement(
    name: str, value: str, kind: GraphKind = GraphKind.PUBLIC, cell: Cell | None = None
) -> Statement:
    return Statement(URIRef(NAMES.thing("risk", name)), P, Literal(value), kind, cell)


def delta(*added: Statement, removed: tuple[Statement, ...] = ()) -> Delta:
    return Delta("demo", DEFAULT_BASE, added, removed)


def test_a_commit_adds_and_removes_in_one_step() -> None:
    store = EmbeddedStore()
    old, new = statement("R1", "旧"), statement("R1", "新")
    store.commit(delta(old))

    store.commit(delta(new, removed=(old,)))

    assert list(store.statements(NAMES)) == [new]


def test_committing_twice_changes_nothing() -> None:
    store = EmbeddedStore()
    change = delta(statement("R1", "a", cell=Cell("b.xlsx", "表4", 2, "风险描述")), statement("R2", "b"))
    store.commit(change)
    before = store.export(store.graphs())

    store.commit(change)

    assert store.export(store.graphs()) == before


def test_what_is_both_removed_and_added_stays() -> None:
    store = EmbeddedStore()
    kept = statement("R1", "a")
    store.commit(delta(kept))

    store.commit(delta(kept, removed=(kept,)))

    assert list(store.statements(NAMES)) == [kept]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "\"quoted\" and 'quoted'",
        "line\nfeed\r\t",
        "a\\b \\u0041",
        "} } DROP ALL ; INSERT DATA {",
        "张三😀",
    ],
)
def test_any_text_survives_an_update(value: str, tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    first, cell = statement("R1", "x"), Cell("a b/台账#1.xlsx", "表'1'", 7, "列/栏 %20")
    store.commit(delta(first))
    written = statement("R1", value, cell=cell)

    store.commit(delta(written, removed=(first,)))

    assert list(store.statements(NAMES)) == [written]


def test_a_statement_remembers_every_cell_it_came_from() -> None:
    store = EmbeddedStore()
    cells = [Cell("b.xlsx", "表4", row, "风险描述") for row in (9, 2)]
    both = [statement("R1", "a", cell=cell) for cell in cells]
    store.commit(delta(*both))
    [triple] = store.triples([NAMES.asserted(GraphKind.PUBLIC)])

    assert store.cell(triple) == cells[1]
    assert set(store.statements(NAMES)) == set(both)

    store.commit(delta(both[0], removed=(both[1],)))
    assert store.cell(triple) == cells[0]


def test_a_triple_goes_with_the_last_cell_that_gave_it() -> None:
    store = EmbeddedStore()
    one, two = (statement("R1", "a", cell=Cell(file, "表4", 2, "风险描述")) for file in ("a.xlsx", "b.xlsx"))
    store.commit(delta(one, two))

    store.commit(delta(removed=(one,)))
    assert list(store.statements(NAMES)) == [two]
    store.commit(delta(removed=(one,)))  # that cell has nothing to take back any more
    assert list(store.statements(NAMES)) == [two]

    store.commit(delta(removed=(two,)))
    assert store.graphs() == ()


def test_a_triple_taken_out_without_a_cell_takes_its_cells_along() -> None:
    store = EmbeddedStore()
    store.commit(delta(statement("R1", "a", cell=Cell("a.xlsx", "表4", 2, "风险描述"))))

    store.commit(delta(removed=(statement("R1", "a"),)))

    assert store.graphs() == ()


def test_a_snapshot_is_what_the_graphs_hold_cells_included() -> None:
    store = EmbeddedStore()
    store.commit(delta(statement("R1", "a", cell=Cell("a.xlsx", "表4", 2, "风险描述")), statement("R2", "b")))
    graphs = (NAMES.asserted(GraphKind.PUBLIC), NAMES.cells(GraphKind.PUBLIC))

    assert len(store.snapshot(graphs)) == 3
    assert set(store.snapshot(graphs)) == set(store.quads(graphs)) == set(store.oxigraph)
    assert len(store.snapshot(graphs[:1])) == 2


def test_each_kind_has_a_graph_of_its_own_and_so_have_its_cells() -> None:
    store = EmbeddedStore()
    store.commit(delta(*(statement("R1", k.value, k, Cell("f", "s", 1, "c")) for k in GraphKind)))

    expected = {NAMES.asserted(k) for k in GraphKind} | {NAMES.cells(k) for k in GraphKind}
    assert set(store.graphs()) == expected
    for kind in GraphKind:
        [triple] = store.triples([NAMES.asserted(kind)])
        assert isinstance(triple.object, ox.Literal)
        assert triple.object.value == kind.value


def test_replace_makes_a_graph_hold_exactly_these_triples() -> None:
    store = EmbeddedStore()
    triples = [ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text)) for text in "abc"]
    store.replace("urn:g", triples[:2])
    store.replace("urn:other", triples)

    store.replace("urn:g", triples[1:])

    assert store.triples(["urn:g"]) == frozenset(triples[1:])
    assert store.triples(["urn:other"]) == frozenset(triples)
    store.replace("urn:g", ())
    assert store.graphs() == ("urn:other",)


def test_an_export_is_sorted_whatever_the_order_of_commits() -> None:
    one, two = EmbeddedStore(), EmbeddedStore()
    statements = [statement(f"R{number}", "x") for number in range(20)]
    one.commit(delta(*statements))
    for each in reversed(statements):
        two.commit(delta(each))

    exported = one.export(NAMES.all_asserted())
    assert exported == two.export(NAMES.all_asserted())
    assert exported.splitlines() == sorted(exported.splitlines())
    assert len(list(ox.parse(exported, ox.RdfFormat.N_QUADS))) == len(statements)


SECRET = NAMES.asserted(GraphKind.RESTRICTED)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o {{ ?s ?p ?o }}",
        "SELECT ?o FROM <{secret}> {{ ?s ?p ?o }}",
        "SELECT ?o FROM NAMED <{secret}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT ?o {{ GRAPH <{secret}> {{ ?s ?p ?o }} }}",
        "SELECT ?o {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT ?o {{ {{ SELECT ?o {{ GRAPH ?g {{ ?s ?p ?o }} }} }} }}",
    ],
)
def test_no_query_sees_more_than_the_graphs_given(query: str) -> None:
    store = EmbeddedStore()
    store.commit(delta(statement("R1", "open"), statement("R1", "secret", GraphKind.RESTRICTED)))
    asked = query.format(secret=SECRET)
    allowed = [NAMES.asserted(GraphKind.PUBLIC)]

    assert {row["o"].value for row in store.select(asked, graphs=allowed)} <= {"open"}
    where = asked[asked.index("{") :]
    assert store.ask(f"ASK {{ {where} FILTER(?o = 'secret') }}", graphs=allowed) is False
    built = store.construct(f"CONSTRUCT {{ <urn:x> <urn:y> ?o }} WHERE {where}", graphs=allowed)
    assert {t.object.value for t in built if isinstance(t.object, ox.Literal)} <= {"open"}


def test_queries_of_another_form_are_refused() -> None:
    store = EmbeddedStore()
    with pytest.raises(TypeError):
        store.select("ASK {}", graphs=["urn:g"])
    with pytest.raises(TypeError):
        store.construct("SELECT * {}", graphs=["urn:g"])


def test_a_store_is_open_once(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path / "store")

    with pytest.raises(StoreError) as refused:
        EmbeddedStore(tmp_path / "store")

    assert "正被另一个程序使用" in refused.value.text.zh
    assert "in use" in refused.value.text.en
    assert first.graphs() == ()


def test_a_file_or_a_full_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")

    assert not EmbeddedStore.is_store(tmp_path)
    for path in (tmp_path, tmp_path / "letter.txt"):
        with pytest.raises(StoreError):
            EmbeddedStore(path)


WRITER = """
import sys
from pathlib import Path
from rdflib import Literal, URIRef
from dutygraph.model import Cell, Delta, GraphKind, Statement
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
names, p = BureauGraphs(DEFAULT_BASE, "demo"), URIRef("https://example.org/p")
store = EmbeddedStore(Path(sys.argv[1]))
def pair(n):
    cell = Cell("b.xlsx", "s", n + 1, "c")
    value = Literal(str(n))
    return tuple(
        Statement(URIRef(names.thing("risk", side)), p, value, GraphKind.PUBLIC, cell) for side in "ab"
    )
number = int(sys.argv[2])
while True:
    number += 1
    store.commit(Delta("demo", DEFAULT_BASE, pair(number), pair(number - 1)))
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_what_was_confirmed_survives_a_kill_and_nothing_is_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    held = 0
    for round_ in range(10):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(held)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            confirmed = [int(writer.stdout.readline()) for _ in range(5 + 7 * round_)][-1]
            os.kill(writer.pid, signal.SIGKILL)
            rest = [line for line in writer.stdout.read().split(b"\n") if line]
        confirmed = int(rest[-1]) if rest else confirmed
        store = EmbeddedStore(folder)
        found = [
            (str(s.subject)[-1], int(str(s.object)), s.cell and s.cell.row) for s in store.statements(NAMES)
        ]
        del store
        numbers = {number for _, number, _ in found}
        assert len(found) == 2
        assert len(numbers) == 1
        held = numbers.pop()
        assert held >= confirmed
        assert {(side, row) for side, _, row in found} == {("a", held + 1), ("b", held + 1)}
