"""The meta-shape holds for the ontology, and would not hold for a careless one.

All the careless edits are made on one copy, each on terms of its own, and the copy is validated once:
the results must be exactly those that the edits call for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SH

from dutygraph.ontology import SV, load_meta_shape, load_ontology

META = Namespace("https://w3id.org/dutygraph/meta/")
Result = tuple[URIRef, URIRef]

# pyshacl validates the whole ontology in a second or two: once a worker is enough.


def results(graph: Graph, *, check_shapes: bool = False) -> set[Result]:
    """Return the (term, shape) pairs that the meta-shape reports; terms and shapes all have names."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=load_meta_shape(), meta_shacl=check_shapes)
    assert isinstance(report, Graph)
    pairs = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        assert isinstance(focus, URIRef), focus
        assert isinstance(shape, URIRef), shape
        pairs.add((focus, shape))
    return pairs


def test_the_ontology_keeps_its_own_rules() -> None:
    assert results(load_ontology(), check_shapes=True) == set()


def test_something_is_examined() -> None:
    ontology = load_ontology()
    for target in set(load_meta_shape().objects(None, SH.targetClass)):
        assert len(set(ontology.subjects(RDF.type, target))) > 5, target


@dataclass(frozen=True)
class Edit:
    """One careless change, and the results it must give."""

    name: str
    make: Callable[[Graph], object]
    gives: frozenset[Result]


def drop(subject: URIRef, predicate: URIRef, language: str | None = None) -> Callable[[Graph], object]:
    def make(graph: Graph) -> None:
        found = [
            value
            for value in graph.objects(subject, predicate)
            if language is None or (isinstance(value, Literal) and value.language == language)
        ]
        assert found
        for value in found:
            graph.remove((subject, predicate, value))

    return make


def put(turtle: str) -> Callable[[Graph], object]:
    prefixes = "".join(
        f"@prefix {name}: <{namespace}> .\n"
        for name, namespace in {
            "sv": SV, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "skos": SKOS, "dcterms": DCTERMS,
            "sh": SH, "x": "https://example.org/other#",
        }.items()
    )  # fmt: skip
    return lambda graph: graph.parse(data=prefixes + turtle, format="turtle")


DESCRIBED = 'rdfs:label "{0}甲"@zh-hans , "{0} a"@en ; skos:definition "{0}乙。"@zh-hans , "{0} b."@en'


def described(name: str) -> str:
    return DESCRIBED.format(name)


def edit(name: str, make: Callable[[Graph], object], *gives: tuple[str, str]) -> Edit:
    pairs = frozenset((SV[term] if "/" not in term else URIRef(term), META[shape]) for term, shape in gives)
    return Edit(name, make, pairs)


EDITS = (
    edit("class without Chinese label", drop(SV.Team, RDFS.label, "zh-hans"), ("Team", "LabelZh")),
    edit("property without English label", drop(SV.runBy, RDFS.label, "en"), ("runBy", "LabelEn")),
    edit("concept without Chinese definition", drop(SV["stage-after"], SKOS.definition, "zh-hans"),
         ("stage-after", "DefinitionZh")),
    edit("annotation without English definition", drop(SV.remedy, SKOS.definition, "en"),
         ("remedy", "DefinitionEn")),
    edit("scheme without any definition", drop(SV.AspectScheme, SKOS.definition),
         ("AspectScheme", "DefinitionZh"), ("AspectScheme", "DefinitionEn")),
    edit("two labels in a language", put('sv:Issue rdfs:label "事项"@zh-hans .'), ("Issue", "Wording-label")),
    edit("label in a third language", put('sv:Control rdfs:label "Kontrolle"@de .'),
         ("Control", "Wording-label")),
    edit("definition that repeats the label",
         lambda graph: (drop(SV.stage, SKOS.definition, "en")(graph),
                        put('sv:stage skos:definition "stage"@en .')(graph)),
         ("stage", "Wording-definition")),
    edit("property without domain", drop(SV.atNode, RDFS.domain), ("atNode", "PropertyEnds-domain")),
    edit("property without range", drop(SV.tier, RDFS.range),
         ("tier", "PropertyEnds-range")),
    edit("two ranges in place of a union", put("sv:issueOwner rdfs:range sv:Post ."),
         ("issueOwner", "PropertyEnds-range")),
    edit("object property onto a datatype",
         lambda graph: graph.set((SV.verifiedBy, RDFS.range, XSD.string)),
         ("verifiedBy", "ObjectRange-class")),
    edit("datatype property onto a class",
         lambda graph: graph.set((SV.foundOn, RDFS.range, SV.Month)), ("foundOn", "DataRange-type")),
    edit("class that nothing mentions",
         put(f"sv:Lonely a owl:Class ; rdfs:subClassOf sv:Record ; {described('孤类')} ."),
         ("Lonely", "ClassInUse")),
    edit("class of another namespace",
         put(f"x:Foreign a owl:Class ; rdfs:subClassOf sv:Post ; {described('外类')} ."),
         ("https://example.org/other#Foreign", "ClassName")),
    edit("property with a capital",
         put(f"sv:Capital a owl:ObjectProperty ; rdfs:domain sv:Post ; rdfs:range sv:Post ; "
             f"{described('大写')} ."),
         ("Capital", "PropertyName")),
    edit("concept outside a scheme", drop(SV["cadence-once"], SKOS.inScheme),
         ("cadence-once", "ConceptHome-scheme")),
    edit("concept without a Chinese word", drop(SV["grade-2"], SKOS.prefLabel, "zh-hans"),
         ("grade-2", "ConceptHome-word")),
    edit("concept without a place", drop(SV["grade-3"], SH.order), ("grade-3", "ConceptHome-order")),
    edit("concept spelled as a class",
         put(f'sv:Stage a skos:Concept ; skos:inScheme sv:ControlStageScheme ; sh:order 9 ; '
             f'skos:prefLabel "某段"@zh-hans , "some"@en ; {described("某环节")} .'),
         ("Stage", "ConceptName")),
    edit("scheme that nothing uses",
         put(f"sv:IdleScheme a skos:ConceptScheme ; {described('闲表')} ."),
         ("IdleScheme", "SchemeInUse-concepts"), ("IdleScheme", "SchemeInUse-property")),
    edit("one word for two concepts", put('sv:kind-joint skos:altLabel "专项"@zh-hans .'),
         ("SupervisionKindScheme", "SchemeInUse")),
    edit("domain that is not declared",
         lambda graph: graph.set((SV.talkKind, RDFS.domain, SV.Talk)), ("Talk", "Declared")),
    edit("undeclared member of a union",
         put("sv:heldOn a owl:DatatypeProperty . sv:discussedAt rdfs:range [ a owl:Class ; "
             "owl:unionOf ( sv:SpecialMeeting sv:Gathering ) ] ."),
         ("Gathering", "Declared"), ("discussedAt", "PropertyEnds-range")),
    edit("scheme that is not declared", put("sv:grade sv:valueScheme sv:GradesScheme ."),
         ("GradesScheme", "Declared")),
    edit("source that is no fact", put('sv:Business dcterms:source "F99" .'), ("Business", "Sourced-fact")),
    edit("mark of inference set to false", put("sv:hasNode sv:derived false ."), ("hasNode", "Derived-true")),
    edit("property of a derived class without the mark", drop(SV.computedStar, SV.derived),
         ("computedStar", "DerivedAlike")),
    edit("subclass of a derived class without the mark", drop(SV.ReportObligation, SV.derived),
         ("ReportObligation", "DerivedAlike")),
)  # fmt: skip


@cache
def found() -> frozenset[Result]:
    graph = load_ontology()
    for each in EDITS:
        before = len(graph), hash(frozenset(graph))
        each.make(graph)
        assert (len(graph), hash(frozenset(graph))) != before, each.name
    return frozenset(results(graph))


@pytest.mark.parametrize("each", EDITS, ids=lambda each: each.name)
def test_a_careless_edit_is_found_on_its_term(each: Edit) -> None:
    terms = {term for term, _ in each.gives}
    assert {(term, shape) for term, shape in found() if term in terms} == each.gives


def test_nothing_else_is_accused() -> None:
    assert found() == frozenset().union(*(each.gives for each in EDITS))


def test_every_shape_has_been_seen_to_fire() -> None:
    shapes = load_meta_shape()
    silent = {
        shape
        for shape in shapes.subjects(RDF.type, SH.NodeShape)
        if isinstance(shape, URIRef)
        and not {shape, *shapes.objects(shape, SH.property)} & {fired for _, fired in found()}
    }
    assert silent == set()
