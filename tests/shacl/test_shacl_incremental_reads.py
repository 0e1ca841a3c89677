"""What a query reads, told from its text: never too little, and not everything where it can be told."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from agreement import ttl

from dutygraph.shacl import EngineError, Session
from dutygraph.shacl.footprint import Footprint, footprint_of_change, read_by_query

EX = "http://example.org/"


def reads(where: str, **guards: str) -> Footprint:
    query = f"PREFIX ex: <{EX}> SELECT $this WHERE {{ {where} }}"
    return read_by_query(query, None, {name: frozenset({EX + cls}) for name, cls in guards.items()})


def named(where: str, **guards: str) -> tuple[set[str], set[str]]:
    found = reads(where, **guards)
    assert not found.everything
    pairs = {f"{p.removeprefix(EX)} {c.removeprefix(EX)}".strip() for p, c in found.reads}
    return pairs, {cls.removeprefix(EX) for cls in found.classes}


@pytest.mark.parametrize(
    "where",
    [
        "$this ?any ?value",
        "$this !ex:p ?value",
        "$this ex:p ?x . ?value ex:q* ?y",
        "$this ex:p ?x . FILTER (?x < NOW())",
        "$this ex:p ?x . BIND (RAND() AS ?y)",
        "GRAPH ?g { $this ex:p ?x }",
        "$this ex:p ?x . { SELECT $this WHERE { $this ?any ?x } }",
    ],
)
def test_what_cannot_be_told_is_everything(where: str) -> None:
    assert reads(where).everything


@pytest.mark.parametrize(
    ("where", "pairs", "classes"),
    [
        ("$this a ex:C ; ex:p 1 , -2.5e1 , 'x'@en , '1'^^ex:t", {"p C"}, {"C"}),
        ("$this ex:p [ ex:q ?y ; ^ex:r ?z ] .", {"p", "q", "r"}, set()),
        ("?x a ex:C OPTIONAL {?x ex:p/ex:q ?y FILTER NOT EXISTS {?x ex:r ?z}}", {"p C", "q", "r C"}, {"C"}),
        ("?x a ex:C . ?x (ex:p|^ex:p)/ex:q ?y", {"p", "q"}, {"C"}),
        ("?x a ?c . FILTER (?c IN (ex:C, ex:D))", set(), {"C", "D"}),
        ("?x a ex:C . { SELECT $this WHERE { $this ex:p ?x . ?x ex:q ?y } }", {"p", "q"}, {"C"}),
        ("$this ex:p ?x . ?x ex:q* ?y", {"p", "q"}, set()),
        ("$this ex:p ( ?x )", {"p", "first", "rest"}, set()),
        ("$this <http://example.org/p> ?x", {"p"}, set()),
    ],
)
def test_predicates_with_the_class_of_their_subject(where: str, pairs: set[str], classes: set[str]) -> None:
    found, found_classes = named(where)
    assert {pair.rpartition("#")[2] for pair in found} == pairs
    assert found_classes == classes


def test_the_class_of_focus_nodes_guards_what_is_read_of_them() -> None:
    assert named("$this ex:p ?x . ?x ex:p ?y", this="C") == ({"p C", "p"}, set())


def test_a_change_touches_only_what_it_may_be_seen_by() -> None:
    node, other = ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p")
    change = footprint_of_change([ox.Triple(node, other, node)], lambda _: [EX + "D"])
    assert reads("$this ex:p ?x").touched_by(change)
    assert reads("$this a ex:D ; ex:p ?x").touched_by(change)
    assert not reads("$this a ex:C ; ex:p ?x").touched_by(change)
    assert not reads("$this ex:q ?x").touched_by(change)


def test_untouched_checks_do_not_run() -> None:
    store = ox.Store()
    shapes = ttl(
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] , "
        "[ sh:path ( ex:q ex:r ) ; sh:minCount 1 ] ."
    )
    prefix = f"PREFIX ex: <{EX}> INSERT DATA {{ "
    store.update(prefix + " ".join(f"ex:n{n} a ex:C ." for n in range(9)) + " }")
    session = Session(store, shapes)
    assert len(session.report.results) == 9
    new = [ox.Quad(ox.NamedNode(EX + "n1"), ox.NamedNode(EX + name), ox.Literal("1")) for name in "pz"]
    assert session.apply(added=new[1:]).checks == 0
    assert session.apply(added=new[:1]).checks == 1
    assert session.apply(added=new).checks == 0


def test_after_a_failure_the_next_change_is_judged_anew() -> None:
    select = '"SELECT $this (true AS ?failure) WHERE { $this ex:p ex:bad }"'
    shapes = ttl(
        f"ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:prefixes ex: ; sh:select {select} ] ; "
        "sh:property [ sh:path ex:p ; sh:maxCount 1 ] ."
    )
    store = ox.Store()
    node, prop = ox.NamedNode(EX + "n"), ox.NamedNode(EX + "p")
    store.add(ox.Quad(node, prop, ox.Literal("1")))
    session = Session(store, shapes)
    bad, other = (ox.Quad(node, prop, ox.NamedNode(EX + name)) for name in ("bad", "other"))
    with pytest.raises(EngineError):
        session.apply(added=[bad, other])
    assert len(session.apply(removed=[bad]).new) == 1
