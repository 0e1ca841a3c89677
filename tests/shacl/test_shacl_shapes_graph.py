"""`$shapesGraph` and `$currentShape` in queries (SHACL 5.3.1)."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from agreement import compiled, short, store, ttl
from rdflib import Graph

from dutygraph.shacl import Session, UnsupportedError, dataset, explain

DATA = """ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:q 1 . ex:T ex:forbids ex:q . _:x a ex:C ; ex:p 2 .
ex:lists ex:member "007"^^<http://www.w3.org/2001/XMLSchema#integer> ."""


def constraint(where: str, extra: str = "") -> Graph:
    select = f"SELECT $this ?value WHERE {{ {where} }}"
    return ttl(
        f'ex:S sh:targetClass ex:C ; ex:forbids ex:p ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .'
        + extra
    )


FORBIDDEN = "GRAPH $shapesGraph { $currentShape ex:forbids ?p } $this ?p ?value FILTER (ISIRI($this))"


def iris(found: list[tuple[str, str, str]]) -> list[str]:
    return [focus for focus, _, _ in found if not focus.startswith("_:")]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (FORBIDDEN, ["a", "a"]),
        ("$this ex:q ?value FILTER NOT EXISTS { GRAPH $shapesGraph { ?s ex:forbids ex:q } }", ["b"]),
        ("FILTER (BOUND($shapesGraph)) GRAPH $shapesGraph { FILTER ($this = ex:b) }", ["b"]),
        (
            "GRAPH ?shapesGraph { { $currentShape ex:forbids ?p } UNION { FILTER ($this = ex:a) } }",
            ["a", "a", "b"],
        ),
        ("$this ex:q ?value . ?s ex:forbids ex:q . FILTER ($currentShape = ex:S)", ["b"]),
        ("GRAPH $shapesGraph { $this a ex:C }", []),
    ],
)
def test_the_shapes_graph_is_a_graph_beside_the_data(where: str, expected: list[str]) -> None:
    assert iris(short(compiled(ttl(DATA), constraint(where)))) == expected


@pytest.mark.parametrize("copied", [dataset.COPIED, 0])
def test_a_given_store_is_not_written_to(copied: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "COPIED", copied)
    kept = store(DATA)
    before = set(kept)
    plain = "ex:S sh:property [ sh:path ex:p ; sh:maxCount 1 ] . "
    found = short(compiled(kept, constraint(FORBIDDEN, plain)))
    assert iris(found) == ["a", "a", "a"]
    assert set(kept) == before


def test_an_ask_validator_sees_it_too() -> None:
    ask = "ASK { GRAPH $shapesGraph { $currentShape ex:allows $value } }"
    shapes = ttl(
        f"""ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ;
        sh:validator [ sh:prefixes ex: ; sh:ask "{ask}" ] .
        ex:S sh:targetNode ex:a ; sh:property ex:P . ex:P sh:path ex:p ; ex:k 1 ; ex:allows 2 ."""
    )
    assert [value[:2] for _, value, _ in short(compiled(ttl(DATA), shapes))] == ['"1']


def test_sessions_and_explanations_know_it() -> None:
    shapes, kept = constraint(FORBIDDEN), store(DATA)
    ex = "http://example.org/"
    session = Session(kept, shapes)
    quad = ox.Quad(ox.NamedNode(ex + "b"), ox.NamedNode(ex + "p"), ox.Literal("x"))
    assert [str(r.focus_node) for r in session.apply(added=[quad]).new] == [ex + "b"]
    report = compiled(ttl(DATA), shapes)
    assert len(explain(report, ttl(DATA), shapes)) == len(report.results) == 2


def test_a_shape_without_a_name_cannot_be_the_current_shape() -> None:
    select = "SELECT $this WHERE { $this ex:p ?x FILTER ($currentShape = ex:S) }"
    shapes = f'[] sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .'
    with pytest.raises(UnsupportedError, match="currentShape"):
        compiled(ttl(DATA), ttl(shapes))


def test_subclasses_through_a_class_without_a_name() -> None:
    data = ttl("ex:a a ex:E . ex:E rdfs:subClassOf [ rdfs:subClassOf ex:D ] .")
    shapes = ttl(
        "ex:S sh:targetNode ex:a ; sh:class ex:D . ex:T sh:targetClass ex:D ; sh:nodeKind sh:Literal ."
    )
    assert short(compiled(data, shapes)) == [("a", "a", "NodeKind")]
