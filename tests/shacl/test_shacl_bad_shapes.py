"""Ill-formed shapes are refused by name: the shape, the property, the clause."""

from __future__ import annotations

import pytest
from agreement import compiled, ttl

from dutygraph.shacl import EngineError, ShaclError, ShapeError, UnsupportedError, validate

BAD = [
    ("sh:path ex:p ; sh:minCount 'one'", "minCount"),
    ("sh:path ex:p ; sh:minCount 1 , 2", "minCount"),
    ("sh:path ex:p ; sh:maxCount 1.5", "maxCount"),
    ("sh:path ex:p , ex:q", "sh:path"),
    ("sh:path 'p'", "sh:path"),
    ("sh:path ( ex:p )", "sh:path"),
    ("sh:path [ ]", "sh:path"),
    ("sh:path [ sh:inversePath ex:p , ex:q ]", "sh:path"),
    ("sh:path [ sh:alternativePath ( ex:p ) ]", "sh:path"),
    ("sh:path [ sh:alternativePath ex:p ]", "alternativePath"),
    ("sh:path _:b . _:b sh:inversePath _:b", "sh:path"),
    ("sh:path _:b . _:b rdf:first ex:p ; rdf:rest _:b", "sh:path"),
    ("a sh:NodeShape ; sh:path ex:p", "sh:path"),
    ("a sh:PropertyShape", "sh:path"),
    ("sh:minCount 1", "minCount"),
    ("sh:targetNode [ ]", "targetNode"),
    ("sh:targetClass 'C'", "target"),
    ("sh:targetObjectsOf [ ]", "target"),
    ("sh:uniqueLang true", "uniqueLang"),
    ("sh:lessThan ex:p", "lessThan"),
    ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1", "qualifiedValueShape"),
    ("sh:class 'C'", "class"),
    ("sh:datatype xsd:string , xsd:integer", "datatype"),
    ("sh:nodeKind sh:Anything", "nodeKind"),
    ("sh:in ex:notAList", "in"),
    ("sh:in ( 1 ) , ( 2 )", "in"),
    ("sh:languageIn ( ex:en )", "languageIn"),
    ("sh:minInclusive ex:one", "minInclusive"),
    ("sh:or ex:T", "or"),
    ("sh:not 'T'", ""),
    ("sh:node [ sh:path ex:p ; sh:minCount 1 ]", "sh:node"),
    ("sh:property [ sh:minCount 1 ]", ""),
    ("sh:property [ sh:nodeKind sh:IRI ]", "sh:property"),
    ("sh:severity sh:Info , sh:Warning", "sh:severity"),
    ("sh:severity 'high'", "sh:severity"),
    ("sh:sparql 'SELECT'", "sh:sparql"),
    ("sh:sparql [ ]", "select"),
    ("sh:sparql [ sh:select ex:query ]", "select"),
    ("sh:sparql [ sh:select 'SELECT $this {}' , 'SELECT ?this {}' ]", "select"),
    ("sh:sparql [ sh:select 'SELECT $this {' ]", "sparql"),
    ("sh:sparql [ sh:select 'SELECT $this }' ]", "sparql"),
    ("sh:sparql [ sh:select 'ASK {}' ]", "sparql"),
    ("sh:sparql [ sh:select 'CONSTRUCT WHERE { ?s ?p ?o }' ]", "sparql"),
    ("sh:sparql [ sh:select 'SELECT $this {}'@en ]", "select"),
    ("sh:sparql [ sh:select 'SELECT $this {}' ; sh:message 5 ]", "sh:message"),
    ("sh:sparql [ sh:select 'SELECT $this {}' ; sh:deactivated 'no' ]", "sh:deactivated"),
    ("sh:sparql [ sh:select 'SELECT $this {}' ; sh:prefixes 'x' ]", "sh:prefixes"),
    (
        "sh:sparql [ sh:select 'SELECT $this {}' ; sh:prefixes [ sh:declare [ sh:prefix 'x' ] ] ]",
        "sh:declare",
    ),
    (
        """sh:sparql [ sh:select 'SELECT $this {}' ; sh:prefixes [ sh:declare ex:D ] ] .
        ex:D sh:prefix 'x' , 'y' ; sh:namespace 'http://x/'""",
        "sh:declare",
    ),
    ("sh:message 5", "sh:message"),
    ("sh:message ex:said", "sh:message"),
    ("sh:deactivated 'no'", "sh:deactivated"),
    ("sh:pattern ex:a", "sh:pattern"),
    ("sh:pattern 'a'@en", "sh:pattern"),
    ("sh:pattern 'a' , 'b'", "sh:pattern"),
    ("sh:pattern 'a' ; sh:flags 'i' , 'm'", "sh:flags"),
    ("sh:closed 'no'", "sh:closed"),
    ("sh:closed true ; sh:ignoredProperties ( 'p' )", "sh:ignoredProperties"),
    ("sh:closed true ; sh:ignoredProperties ( ex:p ) , ( ex:q )", "sh:ignoredProperties"),
    ("sh:languageIn ( 'en'@en )", "languageIn"),
    ("sh:path ex:p ; sh:uniqueLang 'no'", "sh:uniqueLang"),
    ("sh:path ex:p ; sh:qualifiedValueShape ex:T , ex:U . ex:T a ex:X . ex:U a ex:X", "sh:qualifiedValue"),
    ("sh:path ex:p ; sh:qualifiedValueShapesDisjoint 1", "sh:qualifiedValueShapesDisjoint"),
]
# What is wrong with a component that the shapes graph declares (SHACL 6.2).
BAD_COMPONENTS = [
    ("sh:parameter [ sh:path ex:k ] ; sh:nodeValidator [ sh:ask 'ASK {}' ]", "sh:nodeValidator"),
    ("sh:parameter [ sh:path ex:k ] ; sh:validator [ sh:select 'SELECT $this {}' ]", "sh:validator"),
    ("sh:parameter [ sh:path ex:k ] ; sh:validator [ sh:ask 'SELECT $this {}' ]", "http://example.org/K"),
    ("sh:parameter [ sh:path ex:k ; sh:optional true ]", "sh:parameter"),
    ("sh:parameter [ sh:path ex:k ; sh:optional 'true' ]", "sh:optional"),
    ("sh:parameter [ sh:path [ sh:inversePath ex:k ] ]", "sh:parameter"),
    ("sh:parameter [ sh:path ex:k-k ] ; sh:validator [ sh:ask 'ASK {}' ] . ex:S ex:k-k 1", "sh:parameter"),
    (
        "sh:parameter [ sh:path ex:value ] ; sh:validator [ sh:ask 'ASK {}' ] . ex:S ex:value 1",
        "sh:parameter",
    ),
    (
        "sh:parameter [ sh:path ex:k ] , [ sh:path rdf:k ] ; sh:validator [ sh:ask 'ASK {}' ] . ex:S rdf:k 1",
        "sh:parameter",
    ),
]


@pytest.mark.parametrize(("body", "prop"), BAD)
def test_ill_formed(body: str, prop: str) -> None:
    with pytest.raises(ShapeError) as caught:
        compiled(ttl("ex:a ex:p 1 ."), ttl(f"ex:S sh:targetNode ex:a . ex:S {body} ."))
    assert prop in caught.value.prop
    assert caught.value.clause
    assert caught.value.shape
    assert isinstance(caught.value, ShaclError)


@pytest.mark.parametrize(("component", "prop"), BAD_COMPONENTS)
def test_ill_formed_components(component: str, prop: str) -> None:
    shapes = f"ex:S sh:targetNode ex:a ; ex:k 1 . ex:K a sh:ConstraintComponent ; {component} ."
    with pytest.raises(ShapeError) as caught:
        compiled(ttl("ex:a ex:p 1 ."), ttl(shapes))
    assert prop in caught.value.prop
    assert caught.value.clause


@pytest.mark.parametrize(
    ("body", "component"),
    [
        ("sh:minCoutn 1", "minCoutn"),
        ("sh:target [ sh:select 'SELECT ?this {}' ]", "target"),
        ("sh:expression ex:e", "expression"),
        ("sh:js ex:f", "js"),
        ("sh:hasValue [ ]", "hasValue"),
        ("sh:in ( [ ] )", "in"),
        ("sh:pattern '(' ", "pattern"),
        ("sh:pattern 'a' ; sh:flags 'z'", "pattern"),
        ("sh:pattern 'a#b' ; sh:flags 'x'", "pattern"),
        ("sh:pattern 'a b' ; sh:flags 'qx'", "pattern"),
    ],
)
def test_not_supported(body: str, component: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        compiled(ttl("ex:a ex:p 1 ."), ttl(f"ex:S sh:targetNode ex:a ; {body} ."))
    assert component in caught.value.component
    assert caught.value.shape == "http://example.org/S"


@pytest.mark.parametrize("target", ["target", "targetWhere", "targetclass"])
def test_a_target_of_another_kind_is_refused_though_it_is_the_only_one(target: str) -> None:
    shapes = ttl(f"ex:S a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:{target} ex:T .")
    with pytest.raises(UnsupportedError) as caught:
        compiled(ttl("ex:a ex:p 1 ."), shapes)
    assert (caught.value.shape, caught.value.component.rpartition("#")[2]) == ("http://example.org/S", target)
    assert compiled(ttl("ex:a ex:p 1 ."), shapes + ttl("ex:S sh:deactivated true .")).conforms


def test_entailment_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="entailment"):
        compiled(ttl(""), ttl("ex:G sh:entailment <http://www.w3.org/ns/entailment/RDFS> ."))


def test_an_ill_formed_shape_that_no_target_reaches_does_no_harm() -> None:
    assert compiled(ttl("ex:a ex:p 1 ."), ttl("ex:S sh:path [ ] ; sh:minCount 'x' .")).conforms


def test_the_reference_engine_reports_its_failure_as_ours() -> None:
    shapes = ttl("ex:S sh:targetNode ex:a ; sh:node ex:T . ex:T sh:path ex:p .")
    with pytest.raises(EngineError, match="pySHACL"):
        validate(ttl("ex:a ex:p 1 ."), shapes, engine="pyshacl")
