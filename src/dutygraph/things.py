"""What people call the nodes of one bureau's graph: id, kind and label (never an IRI)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from urllib.parse import unquote

import pyoxigraph as ox
from rdflib import DCTERMS, RDF, RDFS, SKOS, Graph, URIRef

from dutygraph.model import Text, Thing
from dutygraph.ontology import SV, derived_terms, load_ontology

_IDENTIFIER, _TYPE = str(DCTERMS.identifier), str(RDF.type)
_ORIGIN_PREDICATES = {str(SV.obligedItem), str(SV.computedFor)}
_NAME_PREDICATES = {str(RDFS.label), str(SKOS.prefLabel)}
NAMING_PREDICATES = (_IDENTIFIER, _TYPE, *sorted(_ORIGIN_PREDICATES | _NAME_PREDICATES))
"""All that a register reads of a node."""


class Things:
    """A register of the nodes of a graph by IRI, made once and asked often."""

    def __init__(self, triples: Iterable[ox.Triple], ontology: Graph | None = None) -> None:
        """Read identifiers, labels and types from *triples*; concepts' names from the ontology."""
        self._identifiers: dict[str, str] = {}
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        self._types: dict[str, set[str]] = defaultdict(set)
        self._ontology = _ontology() if ontology is None else ontology
        self._derived = {str(term) for term in derived_terms()}
        self._origins: dict[str, str] = {}
        self._things: dict[str, Thing] = {}
        self._names: dict[str, Text] = {}
        for triple in triples:
            self._read(triple)

    def _read(self, triple: ox.Triple) -> None:
        if not isinstance(triple.subject, ox.NamedNode):
            return
        subject, predicate, value = triple.subject.value, triple.predicate.value, triple.object
        if predicate == _IDENTIFIER and isinstance(value, ox.Literal):
            known = self._identifiers.get(subject)
            self._identifiers[subject] = value.value if known is None else min(known, value.value)
        elif predicate in _NAME_PREDICATES and isinstance(value, ox.Literal):
            language, labels = value.language or "zh-hans", self._labels[subject]
            labels[language] = min(labels.get(language, value.value), value.value)
        elif predicate == _TYPE and isinstance(value, ox.NamedNode):
            self._types[subject].add(value.value)
        elif predicate in _ORIGIN_PREDICATES and isinstance(value, ox.NamedNode):
            self._origins[subject] = min(self._origins.get(subject, value.value), value.value)

    def copy(self) -> Things:
        """Return a register that knows the same, and learns apart from this one."""
        made = copy(self)
        made._identifiers, made._origins = self._identifiers.copy(), self._origins.copy()  # noqa: SLF001
        made._labels, made._types = self._labels.copy(), self._types.copy()  # noqa: SLF001
        made._things, made._names = self._things.copy(), self._names.copy()  # noqa: SLF001
        return made

    def read_again(self, iri: str, triples: Iterable[ox.Triple]) -> None:
        """Forget what is known of a node and read it from *triples*, all those it is the subject of."""
        for known in (self._identifiers, self._labels, self._types, self._origins, self._things, self._names):
            known.pop(iri, None)
        for triple in triples:
            self._read(triple)

    def thing(self, iri: str) -> Thing:
        """Return what people call a node; of an unregistered one, what its IRI tells."""
        if iri not in self._things:
            kind_from_iri, identifier_from_iri = _from_iri(iri)
            identifier = self._identifiers.get(iri, identifier_from_iri)
            kind = self._kind(iri) or kind_from_iri
            self._things[iri] = Thing(identifier, kind, iri, self.label(iri).zh)
        return self._things[iri]

    def label(self, iri: str) -> Text:
        """Return a node's name in both languages; its id where it has no name."""
        if iri not in self._names:
            self._names[iri] = self._label(iri)
        return self._names[iri]

    def _label(self, iri: str) -> Text:
        own = self._labels.get(iri)
        if own:
            zh = own.get("zh-hans") or next(iter(own.values()))
            return Text(zh, own.get("en", zh))
        found: Mapping[str | None, str] = {
            getattr(label, "language", None): str(label)
            for predicate in (SKOS.prefLabel, RDFS.label)
            for label in self._ontology.objects(URIRef(iri), predicate)
        }
        fallback = self._identifiers.get(iri, _from_iri(iri)[1])
        return Text(found.get("zh-hans", fallback), found.get("en", fallback))

    def types(self, iri: str) -> tuple[str, ...]:
        """Return a node's classes, sorted."""
        return tuple(sorted(self._types.get(iri, ())))

    def obliged_item(self, iri: str) -> str | None:
        """Return what a derived record (an obligation, a computed star) was derived for, if it is one."""
        return self._origins.get(iri)

    def _kind(self, iri: str) -> str | None:
        types = {name for name in self._types.get(iri, ()) if name.startswith(str(SV))}
        types = {name for name in types if name not in self._derived} or types
        above = {
            str(parent)
            for name in types
            for parent in self._ontology.transitive_objects(URIRef(name), RDFS.subClassOf)
            if str(parent) != name
        }
        specific = sorted(types - above)
        return specific[0].removeprefix(str(SV)) if specific else None


@cache
def _ontology() -> Graph:
    """Return the ontology, for reading only: a copy for every register costs more than an answer."""
    return load_ontology()


def _from_iri(iri: str) -> tuple[str, str]:
    kind, _, identifier = iri.partition("/bureau/")[2].partition("/")[2].partition("/")
    if not identifier:
        identifier = iri.rpartition("#")[2].rpartition("/")[2]
    return kind, unquote(identifier)
