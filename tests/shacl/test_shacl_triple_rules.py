"""Triple rules and their node expressions (SHACL-AF 6, 8.5)."""

from __future__ import annotations

import pyshacl
import pytest
from agreement import ttl
from rdflib import Graph

from dutygraph.shacl import ShapeError, UnsupportedError, run_rules

DATA = """
ex:a a ex:C ; ex:p ex:b , ex:c ; ex:n 2 , "007"^^ex:own . ex:b a ex:C ; ex:p ex:c , _:x ; ex:q ex:d .
ex:c a ex:D ; ex:n 3 . _:x a ex:C ; ex:p "lit" .
"""


def rule(subject: str, predicate: str, value: str, extra: str = "") -> Graph:
    parts = f"sh:subject {subject} ; sh:predicate {predicate} ; sh:object {value}"
    return ttl(f"ex:S sh:targetClass ex:C ; sh:rule [ a sh:TripleRule ; {parts} {extra} ] .")


def inferred(data: str, rules: Graph) -> set[str]:
    return {" ".join(term.n3() for term in triple) for triple in run_rules(ttl(data), rules)}


def judged(data: str, rules: Graph) -> set[str]:
    graph = ttl(data)
    before = set(graph)
    shapes = rules + Graph()
    pyshacl.shacl_rules(graph, shacl_graph=shapes, advanced=True, inplace=True)
    return {" ".join(term.n3() for term in triple) for triple in set(graph) - before}


EXPRESSIONS = [
    "ex:z",
    '"text"@en',
    "sh:this",
    "[ sh:path ex:p ]",
    "[ sh:path [ sh:inversePath ex:p ] ]",
    "[ sh:path ( ex:p ex:p ) ]",
    "[ sh:union ( [ sh:path ex:p ] [ sh:path ex:q ] ex:z ) ]",
    "[ sh:intersection ( [ sh:path ex:p ] [ sh:path ( ex:p ex:p ) ] ) ]",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_objects_are_those_of_the_expression(expression: str) -> None:
    rules = rule("sh:this", "ex:new", expression)
    assert inferred(DATA, rules) == judged(DATA, rules)


def test_a_path_may_go_on_from_another_expression() -> None:
    # pySHACL 0.40 does not look at sh:nodes beside sh:path.
    one = rule("sh:this", "ex:new", "[ sh:path ex:p ; sh:nodes [ sh:path ex:p ] ]")
    assert inferred(DATA, one) == inferred(DATA, rule("sh:this", "ex:new", "[ sh:path ( ex:p ex:p ) ]"))


@pytest.mark.parametrize(
    ("filtered", "expected"),
    [
        ("sh:filterShape [ sh:class ex:C ] ; sh:nodes [ sh:path ex:p ]", {"a b", "b x"}),
        ("sh:filterShape [ sh:nodeKind sh:IRI ] ; sh:nodes sh:this", {"a a", "b b"}),
        ("sh:filterShape [ sh:path ex:q ; sh:minCount 1 ]", {"b b"}),
    ],
)
def test_a_shape_filters(filtered: str, expected: set[str]) -> None:
    # pySHACL 0.40 ends with an AttributeError here.
    triples = run_rules(ttl(DATA), rule("sh:this", "ex:new", f"[ {filtered} ]"))
    assert {f"{s} {o}".replace("http://example.org/", "") for s, _, o in triples} == expected


def test_subjects_and_predicates_are_expressions_too() -> None:
    rules = rule("[ sh:path ex:p ]", "[ sh:union ( ex:one ex:two ) ]", "sh:this", "; sh:order 1")
    found = inferred(DATA, rules)
    ex = "<http://example.org/{}>".format
    assert f"{ex('b')} {ex('two')} {ex('a')}" in found
    # A literal is no subject.
    assert len(found) == 2 * 4
    assert all(not triple.startswith('"') for triple in found)


def test_conditions_and_strata_hold_for_triple_rules() -> None:
    condition = "; sh:condition [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ]"
    assert inferred(DATA, rule("sh:this", "ex:new", "1", condition)) == judged(
        DATA, rule("sh:this", "ex:new", "1", condition)
    )
    triple = "sh:subject sh:this ; sh:predicate ex:then ; sh:object [ sh:path ex:new ]"
    later = ttl(f"ex:T sh:targetSubjectsOf ex:new ; sh:order 1 ; sh:rule [ a sh:TripleRule ; {triple} ] .")
    assert len(inferred(DATA, rule("sh:this", "ex:new", "1", condition) + later)) == 2


def test_literals_that_a_store_changes_lead_on() -> None:
    data = 'ex:a a ex:C ; ex:p "5"^^xsd:byte , "05"^^xsd:integer , 7 .'
    byte = "[ sh:filterShape [ sh:datatype xsd:byte ] ; sh:nodes [ sh:path ex:p ] ]"
    assert len(inferred(data, rule("sh:this", "ex:new", byte))) == 1
    assert len(inferred(data, rule("sh:this", "ex:p", "[ sh:path ex:p ]"))) == 0


@pytest.mark.parametrize(
    "expression",
    [
        "[ ex:concat ( sh:this 1 ) ]",
        "[ sh:count [ sh:path ex:p ] ]",
        "[ sh:path ex:p ; sh:distinct sh:this ]",
        "[ ]",
    ],
)
def test_other_expressions_are_refused_by_name(expression: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        run_rules(ttl(DATA), rule("sh:this", "ex:new", expression))
    assert caught.value.shape == "http://example.org/S"
    assert caught.value.component


@pytest.mark.parametrize(
    ("body", "prop"),
    [
        ("sh:subject sh:this ; sh:predicate ex:p", "sh:object"),
        ("sh:subject sh:this , ex:a ; sh:predicate ex:p ; sh:object 1", "sh:subject"),
        ("sh:subject sh:this ; sh:predicate ex:p ; sh:object [ sh:path [ ] ]", "sh:path"),
        ("sh:subject sh:this ; sh:predicate ex:p ; sh:object [ sh:union ex:a ]", "union"),
        (
            "sh:subject sh:this ; sh:predicate ex:p ; sh:object _:u . _:u sh:path ex:p ; sh:nodes _:u",
            "sh:rule",
        ),
        (
            "sh:subject sh:this ; sh:predicate ex:p ; sh:object [ sh:path ex:p ; sh:nodes ex:a , ex:b ]",
            "sh:nodes",
        ),
    ],
)
def test_ill_formed_triple_rules_are_refused(body: str, prop: str) -> None:
    with pytest.raises(ShapeError) as caught:
        run_rules(ttl(DATA), ttl(f"ex:S sh:targetClass ex:C ; sh:rule _:r . _:r a sh:TripleRule ; {body} ."))
    assert prop in caught.value.prop
    assert caught.value.clause
