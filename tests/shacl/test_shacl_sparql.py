"""SPARQL-based constraints and constraint components (SHACL 5, 6)."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from agreement import agreed, compiled, short, store, ttl
from rdflib import Graph

from dutygraph.shacl import Report, ShapeError, UnsupportedError, dataset
from dutygraph.shacl.prebind import check, prebind
from dutygraph.shacl.sparql_text import parse, tokenize, write

DATA = """
ex:a a ex:C ; ex:p ex:b , ex:c ; ex:n 1 . ex:b a ex:C ; ex:p ex:c ; ex:n 2 . ex:c a ex:C ; ex:n 3 .
ex:d ex:p ex:a . _:x a ex:C ; ex:p ex:d .
"""


def constraint(select: str, extra: str = "") -> Graph:
    return ttl(
        f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select """{select}""" {extra} ] .'
    )


def focus(report: Report) -> list[str]:
    return [k[0] for k in short(report) if not k[0].startswith("_:")]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("$this ex:p ?value", ["a", "a", "b"]),
        ("FILTER ($this = ex:a)", ["a"]),
        ("{ FILTER ($this = ex:a) } UNION { $this ex:p ex:d }", ["a"]),
        ("OPTIONAL { $this ex:p ?x } FILTER (!BOUND(?x))", ["c"]),
        ("BIND ($this AS ?x) FILTER (?x = ex:b)", ["b"]),
        ("{ BIND ($this AS ?x) } FILTER (?x = ex:b)", ["b"]),
        ("FILTER NOT EXISTS { $this ex:p ?x }", ["c"]),
        ("FILTER NOT EXISTS { $this ex:p ?x . ?x ex:p ?y }", ["b", "c"]),
        ("FILTER NOT EXISTS { ?x ex:p $this FILTER NOT EXISTS { ?x a ex:C } }", ["b", "c"]),
        ("FILTER NOT EXISTS { { FILTER ($this = ex:a) } }", ["b", "c"]),
        ("FILTER EXISTS { $this ex:p ?x . ?x ex:n ?n FILTER (?n > 2) }", ["a", "b"]),
        ("$this ex:n ?n FILTER EXISTS { ?x ex:n ?m FILTER (?m > ?n) }", ["a", "b"]),
        ("FILTER (NOT EXISTS { $this ex:p ?x } || $this = ex:a)", ["a", "c"]),
        ("{ SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this } FILTER (?n > 1)", ["a"]),
        ("{ SELECT $this WHERE { $this ex:p ex:b } }", ["a"]),
    ],
)
def test_prebinding_reaches_every_group(where: str, expected: list[str]) -> None:
    report = compiled(ttl(DATA), constraint(f"SELECT $this ?value WHERE {{ {where} }}"))
    assert focus(report) == expected


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("SELECT $this ?value WHERE { $this ex:p ?value } ORDER BY ?value LIMIT 1", ["a", "b"]),
        ("SELECT $this (COUNT(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this", ["a", "b"]),
        (
            "SELECT $this WHERE { $this ex:n ?n { SELECT $this ?m WHERE { $this ex:n ?m } LIMIT 1 } }",
            list("abc"),
        ),
    ],
)
def test_a_query_that_counts_or_cuts_runs_once_per_focus_node(select: str, expected: list[str]) -> None:
    assert focus(compiled(ttl(DATA), constraint(select))) == expected


def test_a_blank_focus_node_is_found_one_by_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    select = "SELECT $this ?value WHERE { $this ex:p ?value } ORDER BY ?value LIMIT 1"
    assert [k[0][:2] for k in short(compiled(ttl(DATA), constraint(select)))].count("_:") == 1
    assert len(compiled(store(DATA), constraint(select)).results) == 3
    monkeypatch.setattr(dataset, "COPIED", 0)
    kept = store(DATA)
    before = set(kept)
    assert len(compiled(kept, constraint(select)).results) == 3
    assert set(kept) == before


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("SELECT $this WHERE { $this ex:p ?x MINUS { $this a ex:C } }", "MINUS"),
        ("SELECT $this WHERE { VALUES ?x { 1 } $this ex:p ?x }", "VALUES"),
        ("SELECT $this WHERE { SERVICE <http://x.invalid/> { $this ex:p ?x } }", "SERVICE"),
        ("SELECT $this WHERE { { SERVICE SILENT ?s { $this ex:p ?x } } }", "SERVICE"),
        ("SELECT $this WHERE { FILTER NOT EXISTS { SERVICE ex:s { ?a ?b ?c } } }", "SERVICE"),
        ("SELECT $this WHERE { $this ex:p ?x { SELECT ?x WHERE { ?x a ex:C } } }", "sub-SELECT"),
        ("SELECT $this WHERE { $this ex:p ?x { SELECT * WHERE { ?x a ex:C } } }", "sub-SELECT"),
        ("SELECT (ex:a AS ?this) WHERE { ?x a ex:C }", "assigned"),
        ("SELECT $this WHERE { BIND (ex:a AS ?this) }", "assigned|SPARQL"),
        ("SELECT ?x WHERE { ?x a ex:C }", "leaves out"),
        ("SELECT $this WHERE { $this ex:p }", "SPARQL"),
        ("SELECT $this WHERE { $this nowhere:p ?x }", "SPARQL"),
    ],
)
def test_what_prebinding_forbids_is_refused_before_anything_runs(select: str, said: str) -> None:
    with pytest.raises(ShapeError, match=said) as caught:
        compiled(ttl(DATA), constraint(select))
    assert caught.value.shape == "http://example.org/S"
    assert caught.value.clause


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { GRAPH ex:g { $this ex:p ?x } }",
        "SELECT $this WHERE { GRAPH ?g { $this ex:p ?x } }",
        "SELECT $this WHERE { FILTER (ex:unknown($this)) }",
    ],
)
def test_what_the_engine_cannot_run_is_refused_by_name(select: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        compiled(ttl(DATA), constraint(select))
    assert caught.value.component == "sh:sparql"


def test_texts_that_only_look_like_keywords_pass() -> None:
    text = "SELECT $this WHERE { $this ex:p ?x . FILTER ('MINUS {' != 'SERVICE' && ?x != ex:VALUES) } # MINUS"
    assert focus(compiled(ttl(DATA), constraint(text))) == ["a", "a", "b"]


@pytest.mark.parametrize(
    "where",
    [
        "?s ex:p -1 , .5 , +1.5e3 , 1.0 , 2 .",
        "?s ex:p 1.",
        '?s ex:p \'a\'@en-US , \'1\'^^ex:d , """it\'s }""" , true',
        "?s ?p ?o FILTER (?o-1 > 2 && ?o - 1 < 3 && ?o>-1 && 2-1=1)",
        "?s ex:p?/ex:q* ?o ; a ?t ; !(ex:p|^ex:q) ?u",
        "?s ?p [ ex:p (1 2) ] . _:b ?q ()",
        "?s ex:名.字 ?变量 . ?s ex:a\\-b ?z . ex:x.y ex:%41 ?v",
        "?s ?p ?o FILTER (?o IN (1,2) && ?o NOT IN (3) || COALESCE(?o, 1) = 1)",
        "?s ?p ?o FILTER (CONCAT('a','b') = 'ab' || ex:p<?o&&?o>1) # }",
    ],
)
def test_a_query_survives_being_taken_apart(where: str) -> None:
    text = f"PREFIX ex: <http://example.org/> SELECT * WHERE {{ {where}\n}}"
    again = write(parse(text))
    assert tokenize(again) == tokenize(text)
    ox.Store().query(again)


def test_the_path_of_a_property_shape_is_written_in() -> None:
    select = "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . ?value ex:n 3 }"
    inner = (
        f'sh:path ( ex:p [ sh:zeroOrOnePath ex:p ] ) ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ]'
    )
    shapes = ttl(f"ex:S sh:targetClass ex:C ; sh:property [ {inner} ] .")
    assert focus(agreed(ttl(DATA), shapes)) == ["a", "b"]


def test_value_and_path_come_from_the_row() -> None:
    select = "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER (?path = ex:n) }"
    report = agreed(ttl(DATA), constraint(select))
    assert {str(r.path) for r in report.results} == {"http://example.org/n"}


def test_the_value_of_a_node_shape_is_the_focus_node_where_the_row_has_none() -> None:
    report = agreed(ttl(DATA), constraint("SELECT $this WHERE { FILTER ($this = ex:a) }"))
    assert short(report) == [("a", "a", "SPARQL")]


def test_current_shape_is_bound() -> None:
    report = compiled(
        ttl(DATA), constraint("SELECT $this WHERE { FILTER ($currentShape = ex:S && $this = ex:a) }")
    )
    assert focus(report) == ["a"]


def test_deactivated_constraints_stay_silent() -> None:
    assert compiled(ttl(DATA), constraint("SELECT $this WHERE {}", "; sh:deactivated true")).conforms


def test_literals_come_back_as_they_were_written() -> None:
    data = ttl('ex:a a ex:C ; ex:n "007"^^xsd:integer ; ex:m "1"^^xsd:integer .')
    report = compiled(
        data, constraint("SELECT $this ?value WHERE { $this ex:n ?value . FILTER (?value > 6) }")
    )
    assert [str(r.value) for r in report.results] == ["007"]


def test_imported_prefixes_count_and_nothing_is_fetched() -> None:
    shapes = ttl(
        """ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:one ; sh:select
        "SELECT $this WHERE { $this x:p y:b }" ] . ex:one owl:imports ex:two , <http://x.invalid/> ;
        sh:declare [ sh:prefix "x" ; sh:namespace "http://example.org/" ] .
        ex:two sh:declare [ sh:prefix "y" ; sh:namespace "http://example.org/" ] ; owl:imports ex:one ."""
    )
    assert focus(compiled(ttl(DATA), shapes)) == ["a"]


def test_one_prefix_for_two_namespaces_is_refused() -> None:
    extra = 'ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://other.example/" ] .'
    with pytest.raises(ShapeError, match="stands for two"):
        compiled(ttl(DATA), constraint("SELECT $this WHERE {}") + ttl(extra))


ASK = """
ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] , [ sh:path ex:most ; sh:optional true ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:message "not within {$least}"@en ;
    sh:ask "ASK { FILTER (!ISIRI($value) && $value >= $least && COALESCE($value <= $most, true)) }" ] .
"""


@pytest.mark.parametrize(("limits", "expected"), [("ex:least 2", "a"), ("ex:least 1 ; ex:most 2", "c")])
def test_ask_validators(limits: str, expected: str) -> None:
    shapes = ttl(f"{ASK} ex:S sh:targetNode ex:a , ex:b , ex:c ; sh:property [ sh:path ex:n ; {limits} ] .")
    report = compiled(ttl(DATA), shapes)
    assert focus(report) == [expected]
    assert [str(m) for r in report.results for m in r.filled()] == [f"not within {limits.split()[1]}"]
    assert {str(r.component) for r in report.results} == {"http://example.org/K"}


def test_select_validators_and_values_of_a_parameter() -> None:
    component = """ex:K a ex:Kind ; sh:parameter [ sh:path ex:forbidden ] ; sh:nodeValidator
      [ sh:prefixes ex: ; sh:select
        "SELECT $this ?value WHERE { $this ex:p ?value . FILTER (?value = $forbidden) }" ] .
      ex:Kind rdfs:subClassOf sh:ConstraintComponent ."""
    shapes = ttl(component + "ex:S sh:targetClass ex:C ; ex:forbidden ex:b , ex:c .")
    assert short(compiled(ttl(DATA), shapes)) == [
        ("a", "b", "http://example.org/K"),
        ("a", "c", "http://example.org/K"),
        ("b", "c", "http://example.org/K"),
    ]


def test_a_component_without_a_fitting_validator_is_ignored() -> None:
    component = """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ; sh:propertyValidator
      [ sh:select "SELECT $this WHERE { }" ] ."""
    assert compiled(ttl(DATA), ttl(component + "ex:S sh:targetClass ex:C ; ex:k 1 .")).conforms


def test_exists_becomes_a_join_only_where_it_may() -> None:
    def written(where: str) -> str:
        text = check(f"SELECT $this WHERE {{ {where} }}", frozenset({"this"}), "s", "c")
        return prebind(text, {"this": "T"})

    prefix = "<http://x/p>"
    assert "EXISTS" not in written(
        f"$this {prefix} ?x FILTER NOT EXISTS {{ ?x {prefix} ?y . ?y {prefix} ?z }}"
    )
    assert "EXISTS" not in written(f"$this {prefix} ?x FILTER EXISTS {{ ?x {prefix} ?y }}")
    assert "EXISTS" in written(
        f"FILTER NOT EXISTS {{ {{ $this {prefix} ?y }} UNION {{ ?y {prefix} $this }} }}"
    )
    assert "EXISTS" in written(f"FILTER (NOT EXISTS {{ $this {prefix} ?y }} || true)")


def test_every_class_of_a_target_has_instances_of_its_own() -> None:
    select = '"SELECT $this WHERE { $this ex:p ?x FILTER NOT EXISTS { ?x ex:q ?y } }"'
    shapes = f"ex:S sh:targetClass ex:C , ex:D , ex:E ; sh:sparql [ sh:prefixes ex: ; sh:select {select} ] ."
    data = ttl("ex:a a ex:C ; ex:p 1 . ex:b a ex:D ; ex:p 1 . ex:c a ex:E ; ex:p 1 .")
    assert focus(agreed(data, ttl(shapes))) == ["a", "b", "c"]


def test_a_parameter_is_bound_inside_exists_where_nothing_else_speaks_of_it() -> None:
    ask = '"ASK { FILTER EXISTS { $value ex:n ?n FILTER (?n >= $least) } }"'
    select = """"SELECT $this WHERE { $this ex:n ?n FILTER NOT EXISTS { $this ex:p ?x . ?x ex:n ?m
      FILTER (?m >= $most) } }\""""
    shapes = f"""
    ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:ask {ask} ] .
    ex:L a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ;
      sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ; sh:select ""{select}"" ] .
    ex:S a sh:NodeShape ; sh:targetNode ex:a , ex:b , ex:c ; ex:least 2 ; ex:most 3 ."""
    assert [(k[0], k[2][-1]) for k in short(agreed(ttl(DATA), ttl(shapes)))] == [("a", "K"), ("c", "L")]
