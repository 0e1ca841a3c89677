"""What the loaders ask of the ontology: the words of a scheme, and what a class is besides."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rdflib import URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

from dutygraph import ontology
from dutygraph.ontology import SV

_PREFIXES = {
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "dcterms": str(DCTERMS),
    "foaf": str(FOAF),
    "xsd": str(XSD),
    "sv": str(SV),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of an enumeration: what it means and how the forms write it."""

    iri: URIRef
    word: str


def term(name: str) -> URIRef:
    """Return the IRI of ``runBy`` (ours) or ``rdfs:label`` (a known prefix).

    Raises:
        KeyError: the prefix is not known.
    """
    prefix, _, local = name.rpartition(":")
    return URIRef(f"{_PREFIXES[prefix or 'sv']}{local}")


def folded(word: str) -> str:
    """Return a word as it is compared: NFKC, no white space, no case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


@cache
def concept(scheme: str, word: str) -> Concept | None:
    """Return what a word or alias means in ``sv:<scheme>``, or None."""
    found = ontology.concept_for(SV[scheme], folded(word))
    return Concept(found, ontology.labels(found).zh) if found else None


def words(scheme: str) -> tuple[str, ...]:
    """Return the words of a scheme in the order in which the forms offer them."""
    return ontology.words(SV[scheme])


@cache
def all_classes(name: URIRef) -> tuple[URIRef, ...]:
    """Return a class and the superclasses that data are typed with beside it."""
    return (name, *(above for above in ontology.superclasses(name) if above.startswith(str(SV))))


@cache
def extra_classes() -> Mapping[URIRef, str]:
    """Return the graph kind of classes that no form makes (``columns/_classes.toml``)."""
    source = files("dutygraph.loaders") / "columns" / "_classes.toml"
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return {term(name): kind for kind, names in table.items() for name in names}
