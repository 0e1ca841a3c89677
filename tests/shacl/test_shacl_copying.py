"""Copies of graphs of a Store: the same terms, each triple once, and none when there are too many."""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from agreement import PREFIXES, keys, ttl

from dutygraph.shacl import DataError, compile_shapes, dataset, iter_results, plan, validate, validate_each
from dutygraph.shacl.copying import copy_of, in_folder

TRIG = (
    PREFIXES
    + """
ex:a ex:p ex:b .
ex:g1 { ex:a ex:p ex:b , "x\\n\\"y\\" _ \\\\" , "5"^^xsd:byte , "c"^^xsd:byte , "Hi"@en-US , 1.50 . }
ex:g2 { ex:a ex:p ex:b ; ex:q _:one . _:one ex:q _:two . }
ex:g3 { ex:c ex:p "ends with _:blank" . }
"""
)
G1, G2, G3 = (ox.NamedNode(f"http://example.org/g{n}") for n in (1, 2, 3))


@pytest.fixture
def store() -> ox.Store:
    found = ox.Store()
    found.load(TRIG.encode(), ox.RdfFormat.TRIG)
    return found


def triples(store: ox.Store, *graphs: ox.NamedNode | ox.DefaultGraph) -> set[ox.Triple]:
    return {q.triple for g in graphs for q in store.quads_for_pattern(None, None, None, g)}


@pytest.mark.parametrize("graphs", [[G1], [G2], [G3], [G1, G2, G3], [G3, G1, G3], []])
def test_a_copy_is_the_union(store: ox.Store, graphs: list[ox.NamedNode]) -> None:
    copy = copy_of(store, graphs)
    assert copy is not None
    assert list(copy.named_graphs()) == []
    assert {q.triple for q in copy} == triples(store, *graphs)


def test_everything_is_the_default_graph_too(store: ox.Store) -> None:
    copy = copy_of(store, None)
    assert copy is not None
    assert {q.triple for q in copy} == triples(store, ox.DefaultGraph(), G1, G2, G3)


def test_too_many_triples_are_not_copied(store: ox.Store) -> None:
    # The triple that stands in two graphs is counted twice.
    number = sum(len(triples(store, g)) for g in (G1, G2, G3))
    assert copy_of(store, [G1, G2, G3], number - 1) is None
    assert copy_of(store, [G1, G2, G3], number) is not None
    assert copy_of(store, None, len(store) - 1) is None
    assert copy_of(store, None, len(store)) is not None


def test_an_iri_that_cannot_be_read_again_is_copied_all_the_same() -> None:
    odd = ox.Store()
    odd.load(io.BytesIO(b"<urn:a> <urn:p> <urn:a\\u003Eb\\u0020c> ."), ox.RdfFormat.N_TRIPLES, lenient=True)
    copy = copy_of(odd, None)
    assert copy is not None
    assert set(copy) == set(odd)


def in_a_folder(path: Path, store: ox.Store) -> ox.Store:
    found = ox.Store(str(path / "store"))
    found.extend(store)
    return found


def test_it_is_told_whether_a_store_lies_in_a_folder(store: ox.Store, tmp_path: Path) -> None:
    assert not in_folder(store)
    assert in_folder(in_a_folder(tmp_path, store))


def test_from_a_folder_only_what_is_wanted_is_copied(store: ox.Store, tmp_path: Path) -> None:
    there = in_a_folder(tmp_path, store)
    there.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.Literal("1"), G1))
    wanted = frozenset({"http://example.org/p", "urn:nowhere"})
    copy = copy_of(there, [G1], None, wanted)
    assert copy is not None
    assert {q.triple for q in copy} == {t for t in triples(store, G1) if t.predicate.value in wanted}
    assert copy_of(there, [G1], len(copy) - 1, wanted) is None
    assert copy_of(there, [G1], len(copy), wanted) is not None


def test_labels_of_blank_nodes_stay_from_a_folder_too(store: ox.Store, tmp_path: Path) -> None:
    copy = copy_of(in_a_folder(tmp_path, store), [G2], None, frozenset({"http://example.org/q"}))
    assert copy is not None
    assert {q.triple for q in copy} == triples(store, G2)


SHAPE = ttl("""
ex:S a sh:NodeShape ;
  sh:targetSubjectsOf ex:p , ex:q ; sh:targetObjectsOf ex:r ; sh:targetNode ex:z ;
  sh:or ( [ sh:property [ sh:path ex:q ; sh:maxCount 0 ] ] [ sh:class ex:C ] [ sh:nodeKind sh:Literal ] ) ;
  sh:property [ sh:path ex:p ; sh:class ex:C ] ;
  sh:property [ sh:path ex:q ; sh:nodeKind sh:IRI ; sh:minCount 1 ] ;
  sh:property [ sh:path [ sh:inversePath ex:r ] ; sh:class ex:C ; sh:maxCount 1 ] .
""")
DATA = (
    PREFIXES
    + """
ex:a ex:p ex:b , ex:c ; ex:q _:x . ex:c a ex:C ; ex:q 1 . _:x ex:r ex:a , 2 . ex:y ex:r ex:a ; ex:p 3 .
"""
)


@pytest.mark.parametrize("most", [0, 1000])
def test_paths_that_are_targets_need_no_other_target(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "COPIED", most)
    data = ox.Store()
    data.load(DATA.encode(), ox.RdfFormat.TURTLE)
    assert keys(validate(data, SHAPE)) == keys(validate(data, SHAPE, engine="pyshacl"))
    [query] = [
        s.query for s in plan(data, SHAPE) if s.component == "ClassConstraintComponent" and "/p>" in s.query
    ]
    assert "UNION" not in query
    assert "GRAPH" not in query


def test_shapes_with_one_target_count_it_once() -> None:
    shapes = ttl("""
        ex:S1 a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
        ex:S2 a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .
    """)
    data = ttl("ex:a a ex:C . ex:b a ex:C .")
    assert [s.component for s in plan(data, shapes)].count("targets") == 1 + 1  # the classes, and the count
    assert set(validate(data, shapes).examined.values()) == {2}


def test_messages_are_those_of_the_shape_each_time() -> None:
    shapes = compile_shapes(
        ttl("""ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P .
        ex:P sh:path ex:p ; sh:minCount 1 ; sh:message "one"@en , "yi"@zh .""")
    )
    for _ in range(2):
        [result] = iter_results(ttl("ex:b ex:p ex:c ."), shapes)
        assert [m.language for m in result.filled()] == ["en", "zh"]


PARTS = 20


def parted() -> tuple[ox.Store, list[list[str]]]:
    """Give a Store of as many graphs as there are parts, number n with n nodes that break the rule."""
    store = ox.Store()
    for part in range(PARTS):
        graph = ox.NamedNode(f"http://example.org/part{part}")
        store.add_graph(graph)
        for n in range(part):
            node, p = ox.NamedNode(f"http://example.org/n{n}"), ox.NamedNode("http://example.org/p")
            store.add(ox.Quad(node, p, ox.NamedNode("http://example.org/b"), graph))
    return store, [[f"http://example.org/part{part}"] for part in range(PARTS)]


BREAKS = ttl("ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:Literal .")


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_parts_are_validated_each_by_itself_and_in_order(threads: int | None) -> None:
    store, parts = parted()
    found = validate_each(store, BREAKS, parts, threads=threads)
    assert [len(report.results) for report in found] == list(range(PARTS))


def test_a_part_that_is_not_there_is_an_error_in_its_turn() -> None:
    store, parts = parted()
    found = validate_each(store, BREAKS, [*parts[:3], ["http://example.org/nowhere"], *parts[3:]])
    assert [len(next(found).results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DataError, match="nowhere"):
        next(found)


def test_parts_of_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="load it first"):
        next(validate_each(tmp_path / "data.ttl", BREAKS, [["http://example.org/g"]]))
