"""The vocabulary of the product and its default policy: the public door to ``ontology/*.ttl``.

Every file beside this one is a cluster of the ontology, except the default policy, which is data, and
the meta-shape, which holds the ontology to its own rules. Terms have labels and definitions in
``zh-hans`` and ``en``; the words of the forms are the ``zh-hans`` labels of the concepts.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace
from rdflib.namespace import SH
from rdflib.term import URIRef

from dutygraph.model import Text
from dutygraph.rulefiles import rule_files

if TYPE_CHECKING:
    from rdflib.term import Node

SV = Namespace("https://w3id.org/dutygraph#")
RULE = Namespace("https://w3id.org/dutygraph/rule/")

_POLICY = "policy-default.ttl"
_META = "meta-shape.ttl"

__all__ = [
    "RULE",
    "SV",
    "concept_for",
    "definition",
    "derived_terms",
    "labels",
    "load_meta_shape",
    "load_ontology",
    "load_policy",
    "superclasses",
    "words",
]


def load_ontology() -> Graph:
    """Return all clusters in one graph, a fresh copy that the caller may change."""
    return _copy(_ontology())


def load_policy() -> Graph:
    """Return the default rating policy as data (domain section 6), a fresh copy."""
    return _copy(_parsed(_POLICY))


def load_meta_shape() -> Graph:
    """Return the SHACL shapes that every version of the ontology must satisfy, a fresh copy."""
    return _copy(_parsed(_META))


@cache
def derived_terms() -> frozenset[URIRef]:
    """Return the classes and properties that only rules of inference state, ORG's two included."""
    marked = _ontology().subjects(SV.derived, Literal("true", datatype=XSD.boolean))
    return frozenset(term for term in marked if isinstance(term, URIRef))


def labels(term: URIRef) -> Text:
    """Return the name of a term. KeyError for a term that the ontology does not name."""
    return _text(term, RDFS.label)


def definition(term: URIRef) -> Text:
    """Return the definition of a term. KeyError for a term that the ontology does not define."""
    return _text(term, SKOS.definition)


def words(scheme: URIRef) -> tuple[str, ...]:
    """Return the preferred Chinese words of a scheme, in its own order. KeyError for no such scheme."""
    return tuple(_text(concept, SKOS.prefLabel).zh for concept in _concepts(scheme))


def concept_for(scheme: URIRef, word: str) -> URIRef | None:
    """Return the concept that a Chinese word or alias means in a scheme, or None for an unknown word.

    The word is compared as it stands: the caller has already trimmed and normalised it.
    KeyError for a scheme that does not exist.
    """
    return _meanings(scheme).get(word)


@cache
def superclasses(cls: URIRef) -> tuple[URIRef, ...]:
    """Return the classes that data typed ``cls`` are typed with as well, nearest first.

    ``sv:Record``, which only gathers the others, is left out, as data never carry it.
    """
    above = _ontology().transitive_objects(cls, RDFS.subClassOf)
    return tuple(c for c in above if isinstance(c, URIRef) and c not in (cls, SV.Record))


@cache
def _ontology() -> Graph:
    files = (item.name for item in rule_files("dutygraph.ontology").iterdir())
    return _parsed(*sorted(name for name in files if name.endswith(".ttl") and name not in (_POLICY, _META)))


@cache
def _parsed(*names: str) -> Graph:
    graph = Graph(bind_namespaces="none")
    terms: dict[object, Node] = {}
    for name in names:
        text = rule_files("dutygraph.ontology").joinpath(name).read_text(encoding="utf-8")
        # Ten times as fast as rdflib's parser, and every command waits for it.
        for quad in ox.parse(text, ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            for raw in quad.triple:
                if raw not in terms:
                    terms[raw] = _term(raw)
            graph.add((terms[quad.subject], terms[quad.predicate], terms[quad.object]))
    return graph


def _term(raw: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(raw, ox.NamedNode):
        return URIRef(raw.value)
    if isinstance(raw, ox.Literal):
        if raw.language is not None:
            return Literal(raw.value, lang=raw.language)
        datatype = URIRef(raw.datatype.value)
        return Literal(raw.value, datatype=None if datatype == XSD.string else datatype, normalize=False)
    return BNode(str(raw).removeprefix("_:"))


def _copy(graph: Graph) -> Graph:
    copy = Graph()
    copy.bind("sv", SV)
    for triple in graph:
        copy.add(triple)
    return copy


@cache
def _text(term: URIRef, prop: URIRef) -> Text:
    by_language = {
        value.language: str(value) for value in _ontology().objects(term, prop) if isinstance(value, Literal)
    }
    if not {"zh-hans", "en"} <= by_language.keys():
        raise KeyError(f"the ontology has no {prop} for {term}")
    return Text(zh=by_language["zh-hans"], en=by_language["en"])


@cache
def _concepts(scheme: URIRef) -> tuple[URIRef, ...]:
    graph = _ontology()
    found = [c for c in graph.subjects(SKOS.inScheme, scheme) if isinstance(c, URIRef)]
    if not found:
        raise KeyError(f"the ontology has no scheme {scheme}")
    return tuple(sorted(found, key=lambda concept: (_place(graph.value(concept, SH.order)), concept)))


def _place(order: Node | None) -> int:
    return int(order) if isinstance(order, Literal) else 0


@cache
def _meanings(scheme: URIRef) -> dict[str, URIRef]:
    graph = _ontology()
    return {
        str(word): concept
        for prop in (SKOS.altLabel, SKOS.prefLabel)
        for concept in _concepts(scheme)
        for word in graph.objects(concept, prop)
        if isinstance(word, Literal) and word.language == "zh-hans"
    }
