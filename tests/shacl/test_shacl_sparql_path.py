"""`$PATH` and what a SELECT gives back (SHACL 5.2, 5.3.2, appendix A)."""

from __future__ import annotations

import pytest
from agreement import agreed, compiled, short, ttl
from rdflib import Graph

from dutygraph.shacl import EngineError, Report, ShapeError

DATA = """
ex:a a ex:C ; ex:p ex:b , ex:c ; ex:q ex:b ; ex:n 1 . ex:b a ex:C ; ex:p ex:c ; ex:n 2 .
ex:c a ex:C ; ex:n 3 ; ex:q _:y . ex:d ex:p ex:a . _:x a ex:C ; ex:p ex:d , _:y . _:y ex:p _:x .
"""
PATHS = [
    "ex:p",
    "[ sh:inversePath ex:p ]",
    "( ex:p ex:p )",
    "[ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ]",
    "[ sh:zeroOrMorePath ex:p ]",
    "[ sh:zeroOrOnePath ( ex:p ex:q ) ]",
]


def on_path(path: str, select: str) -> Graph:
    constraint = f'sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ]'
    return ttl(f"ex:S sh:targetClass ex:C ; sh:property [ sh:path {path} ; {constraint} ] .")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "where",
    [
        "$this $PATH ?value . FILTER EXISTS { $this $PATH ?v . ?v ex:n 3 }",
        "$this $PATH ?value . FILTER NOT EXISTS { ?value $PATH ?w }",
        "$this $PATH ?value . FILTER NOT EXISTS { ?value $PATH ?w FILTER NOT EXISTS { ?w ex:n 3 } }",
        "$this ex:n ?n OPTIONAL { $this $PATH ?value . FILTER EXISTS { ?value $PATH ?z } }",
        "{ $this $PATH ?value } UNION { ?value ?PATH $this } FILTER EXISTS { ?value ex:n ?n }",
        "{ SELECT $this ?value WHERE { $this $PATH ?value } } FILTER (?value != $this)",
    ],
)
def test_the_path_stands_inside_exists_and_out(path: str, where: str) -> None:
    agreed(ttl(DATA), on_path(path, f"SELECT DISTINCT $this ?value WHERE {{ {where} }}"))


@pytest.mark.parametrize("path", ["[ sh:zeroOrMorePath ex:p ]", "[ sh:zeroOrOnePath ex:q ]"])
@pytest.mark.parametrize("target", ["ex:absent", '"lit"', "ex:a , ex:absent", "3"])
@pytest.mark.parametrize(
    "where",
    [
        "$this $PATH ?value",
        "$this $PATH ?value . FILTER (?value != ex:b)",
        "OPTIONAL { $this $PATH ?value }",
        "$this $PATH ?value . FILTER NOT EXISTS { ?value ex:n ?n }",
    ],
)
def test_an_empty_path_leads_from_a_focus_node_that_is_not_in_the_graph(
    where: str, target: str, path: str
) -> None:
    shapes = on_path(path, f"SELECT DISTINCT $this ?value WHERE {{ {where} }}")
    agreed(ttl(DATA), shapes + ttl(f"ex:S sh:targetNode {target} ."))


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this ?p ?o FILTER (?p = $PATH) }",
        "SELECT $this WHERE { $PATH ex:p $this }",
        "SELECT $this ?PATH WHERE { $this $PATH ?v }",
        "SELECT $this WHERE { $this $PATH ?v FILTER NOT EXISTS { $this ex:p $PATH } }",
    ],
)
def test_the_path_may_only_be_a_predicate(select: str) -> None:
    with pytest.raises(ShapeError, match="PATH") as caught:
        compiled(ttl(DATA), on_path("ex:p", select))
    assert caught.value.clause == "5.2"


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { { SELECT * WHERE { FILTER ($this = ex:a) } } }",
        "SELECT $this WHERE { { SELECT (STR($this) AS ?s) WHERE { $this ex:p ?x } } }",
        "SELECT $this WHERE { { SELECT (COUNT(?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this } }",
        "SELECT (STR($this) AS ?s) WHERE { $this ex:p ?x }",
        "SELECT * WHERE { ?x ex:p ?y }",
        "SELECT ?x WHERE { ?x ex:p $this } ORDER BY $this",
    ],
)
def test_a_select_that_only_speaks_of_this_leaves_it_out(select: str) -> None:
    with pytest.raises(ShapeError, match="leaves out"):
        compiled(ttl(DATA), on_path("ex:p", select))


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("SELECT $this ?value WHERE { { SELECT * WHERE { $this ex:p ?value } } }", ["ab", "ac", "bc"]),
        ("SELECT * WHERE { { SELECT * WHERE { { SELECT $this ?x WHERE { $this ex:q ?x } } } } }", ["a", "c"]),
        ("SELECT ?this WHERE { { SELECT * WHERE { OPTIONAL { $this ex:p ex:b } } } }", ["a", "b", "c"]),
        ("SELECT ?this WHERE { { SELECT * WHERE { BIND ($this AS ?t) $this ex:n 3 } } }", ["c"]),
        ("SELECT * WHERE { $this ex:p ?value }", ["ab", "ac", "bc"]),
    ],
)
def test_a_select_of_everything_gives_back_what_its_pattern_binds(select: str, expected: list[str]) -> None:
    found = short(compiled(ttl(DATA), on_path("ex:p", select)))
    assert [k[0] + k[1] for k in found if not k[0].startswith("_:")] == expected


def test_the_path_of_a_row_goes_before_the_path_of_the_shape() -> None:
    report = agreed(ttl(DATA), on_path("ex:p", "SELECT $this ?path ?value WHERE { $this ?path ?value }"))
    assert {str(r.path).rpartition("/")[2] for r in report.results} >= {"n", "p", "q"}
    none = on_path("ex:p", "SELECT $this ?path WHERE { $this ex:n ?path }")
    assert {str(r.path) for r in compiled(ttl(DATA), none).results} == {"http://example.org/p"}


def test_only_a_failure_that_is_true_is_one() -> None:
    select = "SELECT $this (?n > {} AS ?failure) WHERE {{ $this ex:n ?n }}"
    assert len(compiled(ttl(DATA), on_path("ex:p", select.format(3))).results) == 3
    with pytest.raises(EngineError, match="failure"):
        compiled(ttl(DATA), on_path("ex:p", select.format(2)))


@pytest.mark.parametrize(
    "text",
    [
        r"SELECT $this WHERE { $this ex:\\u006E 1 }",
        r"SELECT $this WHERE { $this ex:n 1 FILTER ('\\u0061\\U00000062' = 'ab') }",
        r"SELECT $this WHERE { $this ex:n 1 FILTER (STRLEN('\\u0027\\\\\\\\u0061') = 8) }",
        "SELECT $\\u0074his WHERE { $this ex:n 1 }",
    ],
)
def test_escapes_stand_for_characters_anywhere_in_a_query(text: str) -> None:
    shapes = f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select "{text}" ] .'
    assert short(compiled(ttl(DATA), ttl(shapes))) == [("a", "a", "SPARQL")]


def said(report: Report) -> list[str]:
    return [str(m) for r in report.results for m in r.filled()]


def test_messages_of_the_validator_then_of_the_component_then_of_the_shape() -> None:
    ask = "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ; sh:validator ex:V . "
    ask += 'ex:V sh:ask "ASK { FILTER (false) }" . '
    text = ask + 'ex:S sh:targetNode ex:a ; ex:k 1 ; sh:message "shape" . '
    assert said(compiled(ttl(DATA), ttl(text))) == ["shape"]
    text += 'ex:K sh:message "component {$k}" .'
    assert said(compiled(ttl(DATA), ttl(text))) == ["component 1"]
    text += 'ex:V sh:message "validator {?k} {$value}" .'
    assert said(compiled(ttl(DATA), ttl(text))) == ["validator 1 http://example.org/a"]
