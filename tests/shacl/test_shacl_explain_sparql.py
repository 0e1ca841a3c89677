"""Explanations of SPARQL-based constraints: what a row was made of, and what was looked for in vain."""

from __future__ import annotations

from typing import Any

import pytest
from agreement import store, ttl
from rdflib import RDF, Graph, Literal, URIRef

from dutygraph.shacl import Explanation, explain, validate
from dutygraph.shacl.explaining import as_lines, facts_of, is_partial

EX = "http://example.org/"


def ex(name: str) -> URIRef:
    return URIRef(EX + name)


def told(data: str, select: str, *, path: str = "", **options: Any) -> tuple[Explanation, ...]:
    constraint = f'sh:sparql [ sh:prefixes ex: ; sh:select """{select}""" ]'
    body = f"sh:property [ sh:path {path} ; {constraint} ]" if path else constraint
    shapes = ttl(f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {body} .")
    shapes.bind("ex", EX)
    graph = ttl(data)
    return explain(validate(graph, shapes, engine="compiled"), graph, shapes, **options)


def read(explanation: Explanation) -> set[tuple[str, ...]]:
    facts = facts_of(explanation.cause)
    return {tuple(str(t).removeprefix(EX) for t in fact.triple) for fact in facts}


def test_the_triples_of_one_row_are_those_of_its_solution() -> None:
    [one, two] = told(
        "ex:a ex:p ex:b, ex:c . ex:b ex:q 1 . ex:c ex:q 2 . ex:d ex:q 1 .",
        "SELECT $this ?value WHERE { $this ex:p ?value . ?value ex:q ?n . FILTER(?n > 0) }",
    )
    assert read(one) == {("a", "p", "b"), ("b", "q", "1")}
    assert read(two) == {("a", "p", "c"), ("c", "q", "2")}
    assert not is_partial(one.cause)
    assert one.repair is None
    assert as_lines(one, "zh")[0] == "为什么：查到了规则所说的情形"


def test_what_a_filter_leaves_out_was_not_matched() -> None:
    [one] = told(
        "ex:a ex:p 1, 5 .",
        "SELECT $this (COUNT(?n) AS ?value) WHERE { $this ex:p ?n . FILTER(?n > 2) } GROUP BY $this",
    )
    assert read(one) == {("a", "p", "5")}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ex:p/ex:q", {("a", "p", "b"), ("b", "q", "z")}),
        ("ex:p+/ex:q", {("a", "p", "b"), ("b", "q", "z")}),
        ("^ex:r/ex:q?", {("z", "r", "a")}),
        ("(ex:p|ex:s)/ex:q", {("a", "p", "b"), ("b", "q", "z")}),
    ],
)
def test_paths_are_told_step_by_step(path: str, expected: set[tuple[str, ...]]) -> None:
    [one] = told(
        "ex:a ex:p ex:b . ex:b ex:q ex:z . ex:z ex:r ex:a ; ex:is ex:last .",
        f"SELECT $this ?value WHERE {{ $this {path} ?value . ?value ex:is ex:last }}",
    )
    assert read(one) == expected | {("z", "is", "last")}
    assert not is_partial(one.cause)


def test_optional_union_and_subselects() -> None:
    [one] = told(
        "ex:a ex:p ex:b ; ex:n 1 . ex:b ex:q 1 ; ex:label 'b' . ex:b ex:r 2 .",
        """SELECT $this ?value WHERE {
             $this ex:p ?value . OPTIONAL { ?value ex:label ?l } OPTIONAL { ?value ex:none ?none }
             { ?value ex:q ?n } UNION { ?value ex:absent ?n }
             { SELECT $this (COUNT(?m) AS ?count) WHERE { $this ex:n ?m } GROUP BY $this }
             FILTER EXISTS { ?value ex:r ?any }
           }""",
    )
    assert read(one) == {
        ("a", "p", "b"),
        ("b", "q", "1"),
        ("b", "label", "b"),
        ("a", "n", "1"),
        ("b", "r", "2"),
    }
    assert not is_partial(one.cause)


@pytest.mark.parametrize(
    "pattern", ["$this ?anything ?value", "$this ex:p [ ex:q ?value ]", "$this !ex:q/ex:q ?value"]
)
def test_what_cannot_be_told_is_partial(pattern: str) -> None:
    explanations = told("ex:a ex:p ex:b . ex:b ex:q 1 .", f"SELECT $this ?value WHERE {{ {pattern} }}")
    assert explanations
    assert all(is_partial(explanation.cause) for explanation in explanations)
    assert "（只列出了能确定的部分）" in "\n".join(as_lines(explanations[0], "zh"))


def test_what_was_looked_for_in_vain_is_told_and_added() -> None:
    [one] = told(
        "ex:a ex:p ex:b . ex:d a ex:Duty ; ex:of ex:b .",
        """SELECT $this ?value WHERE { $this ex:p ?value .
             FILTER NOT EXISTS { ?duty a ex:Duty ; ex:of ?value ; ex:covers $this } }""",
    )
    [absence] = one.cause.absent
    assert absence.exact
    said = "没有这样的记录：某甲 属于 ex:Duty；某甲 的 ex:of 是 ex:b；某甲 的 ex:covers 是 ex:a"
    assert absence.says.zh == said
    assert one.repair is not None
    # The duty that is there lacks one triple only.
    assert one.repair.added == ((ex("d"), ex("covers"), ex("a")),)


def test_a_new_node_where_none_will_do() -> None:
    [one] = told(
        "ex:a ex:p ex:b . ex:d a ex:Duty ; ex:covers ex:z . ex:e a ex:Duty .",
        "SELECT $this WHERE { $this ex:p ?b . FILTER NOT EXISTS { ?duty a ex:Duty ; ex:covers $this } }",
    )
    assert one.repair is not None
    assert [(p, o) for _, p, o in one.repair.added] == [(RDF.type, ex("Duty")), (ex("covers"), ex("a"))]
    assert one.repair.says[0].zh == "新增：〔待填：ex:Duty〕 — 类别 — ex:Duty"


def test_no_second_value_is_thought_of_where_none_has_two() -> None:
    [one] = told(
        "ex:a ex:tier 1 . ex:b ex:tier 2 . ex:c ex:tier 2 .",
        "SELECT $this WHERE { $this ex:tier ?t . FILTER NOT EXISTS { $this ex:tier 2 } }",
    )
    assert one.repair is not None
    assert one.repair.added == ((ex("a"), ex("tier"), Literal(2)),)
    assert one.repair.removed == ((ex("a"), ex("tier"), Literal(1)),)


def test_a_condition_on_what_is_missing_is_not_guessed() -> None:
    [one] = told(
        "ex:a ex:p 1 .",
        "SELECT $this WHERE { $this ex:p ?n . FILTER NOT EXISTS { $this ex:q ?m . FILTER(?m > ?n) } }",
    )
    assert not one.cause.absent[0].exact
    assert one.cause.absent[0].says.en.endswith("(with further conditions)")
    assert one.repair is None
    assert one.no_repair is not None
    assert "cannot be worked out" in one.no_repair.en


def test_a_literal_is_like_those_that_are_there() -> None:
    [one] = told(
        "ex:a a ex:T . ex:b ex:due '2025-01-02' .",
        "SELECT $this WHERE { $this a ex:T . FILTER NOT EXISTS { $this ex:due ?date } }",
    )
    assert one.repair is not None
    assert one.repair.added == ((ex("a"), ex("due"), Literal("2025-01-02")),)
    assert one.repair.says[0].zh == '新增：ex:a — ex:due — 〔待填，例如 "2025-01-02"〕'


def test_the_path_of_a_row_and_derived_triples() -> None:
    [one] = told(
        "ex:a ex:p ex:b . ex:b ex:q ex:c .",
        "SELECT $this (ex:p AS ?path) ?value WHERE { $this ex:p ?b . ?b ex:q ?value }",
        derived=lambda triple: triple[1] == ex("q"),
    )
    assert {fact.triple[1]: fact.derived for fact in facts_of(one.cause)} == {ex("p"): False, ex("q"): True}


COMPONENTS = """
ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:{validator} [
  sh:prefixes ex: ; sh:{form} \"\"\"{query}\"\"\" ] .
ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:limit 3 ] .
"""


def custom(validator: str, form: str, query: str) -> Graph:
    shapes = ttl(COMPONENTS.format(validator=validator, form=form, query=query))
    shapes.bind("ex", EX)
    return shapes


def test_custom_components() -> None:
    data = ttl("ex:a ex:p 2, 4 .")
    asked = custom("validator", "ask", "ASK { FILTER($value < $limit) }")
    [one] = explain(validate(data, asked, engine="compiled"), data, asked)
    assert one.cause.says.zh == "ex:p 的值 4 不符合 ex:Component"
    assert read(one) == {("a", "p", "4")}
    assert is_partial(one.cause)
    selected = custom(
        "propertyValidator", "select", "SELECT $this ?value { $this $PATH ?value FILTER(?value > $limit) }"
    )
    [two] = explain(validate(data, selected, engine="compiled"), data, selected)
    assert read(two) == {("a", "p", "4")}
    assert not is_partial(two.cause)


def test_a_report_of_pyshacl_and_a_store() -> None:
    text = "ex:a ex:p ex:b . ex:b ex:q 1 ."
    select = "SELECT $this ?value WHERE { $this ex:p ?value . ?value ex:q ?n }"
    shapes = ttl(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .')
    graph = ttl(text)
    [one] = explain(validate(graph, shapes, engine="pyshacl"), graph, shapes)
    data = store(text)
    [two] = explain(validate(data, shapes, engine="compiled"), data, shapes)
    assert read(one) == read(two) == {("a", "p", "b"), ("b", "q", "1")}
