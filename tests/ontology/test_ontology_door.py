"""What ``dutygraph.ontology`` gives to the rest of the house."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import ORG, SH

from dutygraph.model import Text
from dutygraph.ontology import (
    SV,
    concept_for,
    definition,
    derived_terms,
    labels,
    load_ontology,
    load_policy,
    superclasses,
    words,
)

POLICY = URIRef("https://w3id.org/dutygraph/policy/default")
TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, SKOS.Concept,
         SKOS.ConceptScheme)  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return load_ontology()


def terms(graph: Graph) -> list[URIRef]:
    return sorted({t for kind in TERMS for t in graph.subjects(RDF.type, kind) if isinstance(t, URIRef)})


def test_a_caller_cannot_spoil_the_ontology_for_another() -> None:
    mine = load_ontology()
    mine.remove((None, None, None))
    assert len(load_ontology()) > 3000


def test_the_ontology_holds_neither_the_policy_nor_the_meta_shape(ontology: Graph) -> None:
    assert set(ontology.subjects(RDF.type, SV.RatingPolicy)) == set()
    assert set(ontology.subjects(RDF.type, SH.NodeShape)) == set()
    assert set(ontology.triples((None, OWL.imports, None))) == set()


def test_the_prefixes_of_sparql_texts_are_declared(ontology: Graph) -> None:
    header = URIRef("https://w3id.org/dutygraph")
    declared = {
        str(ontology.value(node, SH.prefix)): str(ontology.value(node, SH.namespace))
        for node in ontology.objects(header, SH.declare)
    }
    assert sorted(declared) == sorted(
        ["sv", "rule", "rdf", "rdfs", "xsd", "skos", "dcterms", "org", "prov", "sh"],
    )
    assert declared["sv"] == str(SV)
    assert declared["org"] == str(ORG)


def test_labels_and_definitions_are_given_in_both_languages() -> None:
    assert labels(SV.Business) == Text(zh="重点业务", en="key business")
    assert definition(SV["status-no-risk"]).zh.startswith("已经评估且没有发现风险")
    with pytest.raises(KeyError, match="NoSuchTerm"):
        labels(SV.NoSuchTerm)


def test_every_term_can_be_named_and_explained(ontology: Graph) -> None:
    for term in terms(ontology):
        for text in (labels(term), definition(term)):
            assert CHINESE.search(text.zh), term
            assert not CHINESE.search(text.en), term


def test_definitions_say_more_than_labels_and_differ_between_terms(ontology: Graph) -> None:
    known = {str(label) for label in ontology.objects(None, RDFS.label)}
    seen: dict[str, URIRef] = {}
    for term in terms(ontology):
        name, text = labels(term), definition(term)
        assert not known & {text.zh, text.en}, term
        assert len(text.zh) > len(name.zh), term
        assert len(text.en) > len(name.en), term
        assert text.zh.endswith("。"), term
        assert text.en.endswith("."), term
        for sentence in (text.zh, text.en):
            assert seen.setdefault(sentence, term) == term, sentence


@pytest.mark.parametrize("kind", [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.ConceptScheme])
def test_no_two_terms_of_a_kind_share_a_name(ontology: Graph, kind: URIRef) -> None:
    named = [term for term in ontology.subjects(RDF.type, kind) if isinstance(term, URIRef)]
    for language in ("zh-hans", "en"):
        names = sorted(labels(term).in_language(language[:2]) for term in named)
        assert [one for one, other in pairwise(names) if one == other] == []


def test_words_come_in_the_order_of_the_form() -> None:
    assert words(SV.ControlStageScheme) == ("事前", "事中", "事后")
    assert words(SV.IssueGradeScheme) == ("一级", "二级", "三级")
    with pytest.raises(KeyError, match="NoScheme"):
        words(SV.NoScheme)


def test_a_word_or_alias_means_a_concept_of_its_scheme() -> None:
    assert concept_for(SV.SupervisionKindScheme, "飞行监督") == SV["kind-unannounced"]
    assert concept_for(SV.SupervisionKindScheme, "飞行") == SV["kind-unannounced"]
    assert concept_for(SV.PlanStateScheme, "草案") == SV["plan-draft"]
    assert concept_for(SV.ChartStateScheme, "草案") == SV["chart-draft"]
    assert concept_for(SV.PlanStateScheme, "已下发") is None
    assert concept_for(SV.PlanStateScheme, "") is None
    with pytest.raises(KeyError):
        concept_for(SV.NoScheme, "草案")


def test_every_word_leads_back_to_its_concept(ontology: Graph) -> None:
    for scheme in ontology.subjects(RDF.type, SKOS.ConceptScheme):
        assert isinstance(scheme, URIRef)
        for word in words(scheme):
            concept = concept_for(scheme, word)
            assert concept is not None
            assert (concept, SKOS.inScheme, scheme) in ontology


def test_superclasses_are_those_that_data_carry() -> None:
    assert superclasses(SV.JointInspection) == (SV.Inspection,)
    assert set(superclasses(SV.SpecialistPost)) == {SV.Post}
    assert superclasses(SV.Business) == ()
    assert superclasses(SV.FunctionalDepartment) == (), "R62 must not ask the company to be evaluated"
    assert superclasses(SV.PartyGeneralBranch) == ()


def test_derived_terms_are_marked() -> None:
    derived = derived_terms()
    assert {SV.CurrentAppointment, SV.hasStar, SV.inBusiness, SV.Obligation, ORG.holds, ORG.heldBy} <= derived
    assert not derived & {SV.Business, SV.hasControl, SV.declaredStar, SV.ratedSubject, SV.StarRating}


def test_the_default_policy_is_that_of_the_domain() -> None:
    policy = load_policy()
    figures = {
        (
            str(policy.value(band, SV.bandFor)).removeprefix(str(SV)),
            str(policy.value(band, SV.basis)).removeprefix(str(SV)),
            int(str(policy.value(band, SV.star))),
            float(str(policy.value(band, SV.lowerBound))),
            float(str(policy.value(band, SV.minWeight))),
        )
        for band in policy.objects(POLICY, SV.hasBand)
    }
    assert figures == {
        ("Business", "basis-density", 3, 2.0, 10.0),
        ("Business", "basis-density", 2, 1.0, 0.0),
        ("Business", "basis-density", 1, 0.0, 0.0),
        ("ProcessNode", "basis-count", 3, 3.0, 0.0),
        ("ProcessNode", "basis-count", 2, 2.0, 0.0),
        ("ProcessNode", "basis-count", 1, 1.0, 0.0),
        ("Post", "basis-count", 3, 8.0, 0.0),
        ("Post", "basis-count", 2, 4.0, 0.0),
        ("Post", "basis-count", 1, 0.0, 0.0),
    }
    assert policy.value(POLICY, SV.version) == Literal("2025-1")
    assert policy.value(POLICY, SV.highStarCutOff) == Literal(3)
    assert policy.value(POLICY, SV.loadLimit) == Literal(5)
    assert policy.value(POLICY, SV.halfYearReading) == SV["reading-any"]
    weights = [policy.value(POLICY, p) for p in (SV.performWeight, SV.approveWeight, SV.manageWeight)]
    assert [float(str(weight)) for weight in weights] == [1.0, 1.0, 0.5]
