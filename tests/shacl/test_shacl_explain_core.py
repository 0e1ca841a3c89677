"""Explanations of core constraints: a failing example a component, and all that is said of it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from agreement import store, ttl
from rdflib import SH, Dataset, Graph, Literal, URIRef

from dutygraph.model import Text
from dutygraph.shacl import Explanation, explain, validate
from dutygraph.shacl.explaining import as_data, as_lines, facts_of, is_partial
from dutygraph.shacl.parameters import READERS
from dutygraph.shacl.parse import LOGICAL

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("explained.toml").read_text(encoding="utf-8")
)
EX = "http://example.org/"


def shape_of(case: dict[str, Any]) -> Graph:
    body = case["shape"] if case.get("node") else f"sh:property [ {case['shape']} ]"
    graph = ttl(f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {body} .")
    graph.bind("ex", EX)
    return graph


def told(data: Graph | ox.Store, shapes: Graph, **options: Any) -> tuple[Explanation, ...]:
    shapes.bind("ex", EX)
    graphs = options.get("graphs")
    report = validate(data, shapes, engine="compiled", graphs=graphs)
    return explain(report, data, shapes, **options)


def ex(name: str) -> URIRef:
    return URIRef(EX + name)


@pytest.mark.parametrize("name", CASES)
def test_a_failing_example_is_explained(name: str) -> None:
    case = CASES[name]
    [explanation] = told(ttl(case["data"]), shape_of(case))
    assert as_lines(explanation, "zh") == case["text"].splitlines()
    assert as_lines(explanation, "en")[0] == case["en"]
    json.dumps(as_data(explanation))


def test_every_component_has_an_example() -> None:
    shapes = " ".join(case["shape"] for case in CASES.values())
    predicates = {str(p).removeprefix(str(SH)) for p in (*READERS, *LOGICAL)}
    assert {p for p in predicates if f"sh:{p} " not in shapes} == set()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "已验证" in case["text"]])
def test_a_repair_mends(name: str) -> None:
    data, shapes = ttl(CASES[name]["data"]), shape_of(CASES[name])
    [explanation] = told(data, shapes)
    repair = explanation.repair
    assert repair is not None
    for other in (repair.removed[-1:] and (*repair.removed[-1:], *repair.instead)) or (None,):
        mended = Graph() + data
        for triple in (*repair.removed[:-1], *([other] if other else [])):
            mended.remove(triple)
        for triple in repair.added:
            mended.add(triple)
        assert validate(mended, shapes, engine="compiled").conforms
        assert validate(mended, shapes, engine="pyshacl").conforms


def test_alike_constraints_are_each_explained() -> None:
    data = ttl("ex:a ex:p ex:c .")
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:class ex:C, ex:D ] .")
    says = {explanation.cause.says.en.partition(" must ")[2] for explanation in told(data, shapes)}
    assert says == {f"be a ex:{c}, and is not registered as one" for c in "CD"}


def test_the_same_is_said_of_both_engines() -> None:
    case = CASES["or"]
    data, shapes = ttl(case["data"]), shape_of(case)
    [explanation] = explain(validate(data, shapes, engine="pyshacl"), data, shapes)
    assert as_lines(explanation, "zh") == case["text"].splitlines()


def test_a_single_result_is_explained() -> None:
    data, shapes = ttl("ex:a ex:p 1, 2 ."), ttl("ex:S sh:targetNode ex:a ; sh:property ex:P .")
    shapes += ttl("ex:P sh:path ex:p ; sh:maxCount 1 .")
    [result] = validate(data, shapes, engine="compiled").results
    [explanation] = explain(result, data, shapes)
    assert explanation.result == result


def test_triples_of_derived_graphs_are_marked_and_left_alone() -> None:
    data = Dataset()
    data.graph(ex("told")).add((ex("a"), ex("p"), ex("b")))
    data.graph(ex("derived")).add((ex("a"), ex("p"), ex("c")))
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    [explanation] = told(data, shapes, derived={EX + "derived"})
    marks = {fact.triple[2]: fact.derived for fact in facts_of(explanation.cause)}
    assert marks == {ex("b"): False, ex("c"): True}
    assert explanation.repair is not None
    assert explanation.repair.removed == ((ex("a"), ex("p"), ex("b")),)
    assert explanation.repair.instead == ()
    assert "（推导得出）" in "\n".join(as_lines(explanation, "zh"))


def test_the_graphs_of_a_store_are_those_asked_for() -> None:
    data = ox.Store()
    nodes = [ox.NamedNode(EX + name) for name in "apbc"]
    data.add(ox.Quad(nodes[0], nodes[1], nodes[2], ox.NamedNode(EX + "g")))
    data.add(ox.Quad(nodes[0], nodes[1], nodes[3], ox.NamedNode(EX + "other")))
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 0 ] .")
    [explanation] = told(data, shapes, graphs=[EX + "g"])
    assert [fact.triple[2] for fact in facts_of(explanation.cause)] == [ex("b")]
    assert len(data) == 2


def test_what_would_have_to_be_derived_is_not_proposed() -> None:
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    [explanation] = told(ttl("ex:a ex:q 1 ."), shapes, derived=lambda triple: triple[1] == ex("p"))
    assert explanation.repair is None
    assert "推导得出" in (explanation.no_repair or Text("", "")).zh


def test_what_the_caller_rules_out_is_not_proposed() -> None:
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    data = ttl("ex:a ex:p 1, 2, 3 .")
    [explanation] = told(data, shapes, stated=lambda triple: triple[2] != Literal(2))
    assert explanation.repair is not None
    assert Literal(2) not in {o for _, _, o in (*explanation.repair.removed, *explanation.repair.instead)}
    [explanation] = told(data, shapes, stated=lambda _triple: False)
    assert "回避问题" in (explanation.no_repair or Text("", "")).zh


def test_a_repair_brings_no_other_result_of_the_shape() -> None:
    shapes = ttl(
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] ,"
        " [ sh:path ex:p ; sh:hasValue 1, 2 ] ."
    )
    [explanation] = told(ttl("ex:a ex:p 1, 2 ."), shapes)
    assert explanation.repair is None
    assert "试过2种改法" in (explanation.no_repair or Text("", "")).zh


def test_names_are_the_callers() -> None:
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    [explanation] = told(ttl("ex:a ex:q 1 ."), shapes, name=lambda term: Text(f"〈{term[-1]}〉", term[-1:]))
    assert explanation.cause.says == Text("至少要有1个 〈p〉，实际0个", "at least 1 p expected, found 0")


@pytest.mark.parametrize("focus", ["_:x", '"01"^^xsd:integer'])
def test_blank_nodes_and_strange_literals_as_values(focus: str) -> None:
    shapes = ttl("ex:S sh:targetObjectsOf ex:r ; sh:in (1) ; sh:property [ sh:path ex:p ; sh:maxCount 0 ] .")
    data = ttl(f"ex:a ex:r {focus} . _:x ex:p 1 .")
    explanations = told(data, shapes)
    assert explanations
    assert not any(is_partial(explanation.cause) for explanation in explanations)


def test_a_lost_lexical_form_is_written_and_taken_back() -> None:
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:datatype xsd:byte ] .")
    [one, two] = told(ttl("ex:a ex:p 5, 6 ."), shapes)
    for explanation in (one, two):
        assert explanation.repair is not None
        [(_, _, value)] = explanation.repair.added
        assert isinstance(value, Literal)
        assert str(value.datatype).endswith("#byte")


def test_a_store_is_explained_like_a_graph() -> None:
    case = CASES["closure"]
    [explanation] = told(store(case["data"]), shape_of(case))
    assert as_lines(explanation, "zh") == case["text"].splitlines()


def test_a_result_of_other_shapes_is_not_explained() -> None:
    data = ttl("ex:a ex:p 1, 2 .")
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    [result] = validate(data, shapes, engine="compiled").results
    [explanation] = explain(result, data, ttl("ex:T sh:targetNode ex:b ; sh:class ex:C ."))
    assert is_partial(explanation.cause)
    assert explanation.repair is None
