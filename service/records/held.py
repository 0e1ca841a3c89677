"""What a store holds of one record: its triples with their cells, and who refers to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import pyoxigraph as ox
from rdflib import RDF, URIRef
from rdflib.term import Node

from dutygraph.loaders.field_values import FieldValues, kind_and_id, read_fields
from dutygraph.loaders.fields import KindForm, kind_forms, owned_inversely
from dutygraph.model import GraphKind, Statement
from dutygraph.store import BureauGraphs
from dutygraph.store.cells import cell_of
from dutygraph.store.terms import to_rdflib

_TYPE = ox.NamedNode(str(RDF.type))
_MOST_BUREAUS = 256
"""How many bureaus' names of graphs are kept: they are asked for thousands of times a list."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing that refers to a record, by which property."""

    kind: str
    id: str
    iri: str
    property: str


@dataclass(frozen=True, slots=True)
class Held:
    """A store's asserted graphs of one bureau: the whole of them, or what a caller may see."""

    store: ox.Store
    names: BureauGraphs

    def iri(self, kind: str, identifier: str) -> str:
        """Return the IRI of a thing."""
        return self.names.bureau if kind == "bureau" else self.names.thing(kind, identifier)

    def registered(self, kind: str, identifier: str) -> bool:
        """Tell whether a thing is registered."""
        return any(True for _ in self.quads(ox.NamedNode(self.iri(kind, identifier)), _TYPE, None))

    def identifiers(self, kind: KindForm) -> Iterator[str]:
        """Yield the ids of all registered things of a kind."""
        classes = kind.entity.classes or kind.entity.all_classes
        seen: set[str] = set()
        for name in classes:
            for _, quad in self.quads(None, _TYPE, ox.NamedNode(str(name))):
                found = kind_and_id(_text(quad.subject), self.names)
                if found and found[0] == kind.kind and found[1] not in seen:
                    seen.add(found[1])
                    yield found[1]

    def triples(self, kind: KindForm, identifier: str) -> list[tuple[GraphKind, ox.Triple]]:
        """Return the triples of a record, without their cells."""
        return [(graph, quad.triple) for graph, quad in self._of_record(kind, identifier)]

    def graph(self, kind: str, identifier: str) -> GraphKind | None:
        """Return the graph that a thing is registered in, or None."""
        found = self.quads(ox.NamedNode(self.iri(kind, identifier)), _TYPE, None)
        return next((graph for graph, _ in found), None)

    def registered_in(self, graph: GraphKind) -> frozenset[str]:
        """Return the IRIs of all things that are registered in a graph."""
        name = ox.NamedNode(self.names.asserted(graph))
        return frozenset(
            _text(quad.subject) for quad in self.store.quads_for_pattern(None, _TYPE, None, name)
        )

    def pointing(self, iri: str, predicate: str) -> list[tuple[str, str]]:
        """Return kind and id of what points at a thing by a property."""
        quads = self.quads(None, ox.NamedNode(predicate), ox.NamedNode(iri))
        found = {kind_and_id(_text(quad.subject), self.names) for _, quad in quads}
        return sorted(one for one in found if one)

    def statement(self, graph: GraphKind, triple: ox.Triple) -> Statement:
        """Return a triple as a statement, with the cell that gave it."""
        return Statement(*_terms(triple), graph, cell_of(self.store, triple))

    def fields(self, kind: KindForm, identifier: str) -> FieldValues:
        """Return the fields of a record."""
        triples = [_terms(quad.triple) for _, quad in self._of_record(kind, identifier)]
        iri = URIRef(self.iri(kind.kind, identifier))
        return read_fields(kind, iri, triples, self.names, self.registered)

    def references(self, kind: KindForm, identifier: str) -> Sequence[Reference]:
        """Return what would point at nothing if the record were gone, each by its kind, id and property."""
        iri = ox.NamedNode(self.iri(kind.kind, identifier))
        own = _owned_inversely()
        # a part names its whole (a focus item its sheet): that the whole lists it, is the part's own word
        parts = {ox.NamedNode(str(f.property)) for f in kind.fields if f.inverse and not f.many}
        found: set[Reference] = set()
        for _, quad in self.quads(None, None, iri):
            if quad.predicate not in own | parts and quad.subject != iri:
                found.add(_reference(self.names, _text(quad.subject), quad.predicate))
        for name in own:
            for _, quad in self.quads(iri, name, None):
                found.add(_reference(self.names, _text(quad.object), name))
        return sorted(found, key=lambda reference: (reference.kind, reference.id, reference.property))

    def classes(self, kind: KindForm, identifier: str) -> frozenset[str]:
        """Return the classes that a record was stated to have."""
        iri = ox.NamedNode(self.iri(kind.kind, identifier))
        return frozenset(_text(quad.object) for _, quad in self.quads(iri, _TYPE, None))

    def _of_record(self, kind: KindForm, identifier: str) -> Iterator[tuple[GraphKind, ox.Quad]]:
        iri = ox.NamedNode(self.iri(kind.kind, identifier))
        others = _owned_inversely()
        for graph, quad in self.quads(iri, None, None):
            if quad.predicate not in others:
                yield graph, quad
        for field in kind.fields:
            if field.inverse:
                yield from self.quads(None, ox.NamedNode(str(field.property)), iri)

    def quads(
        self, subject: ox.NamedNode | None, predicate: ox.NamedNode | None, value: ox.NamedNode | None
    ) -> Iterator[tuple[GraphKind, ox.Quad]]:
        """Yield the quads of the asserted graphs that are of a pattern, each with its graph's kind."""
        if subject is None and value is not None and predicate == _TYPE:
            # a class has things in every bureau of a store: only this one's graphs are looked at
            for graph, kind in _asserted(self.names).items():
                yield from ((kind, q) for q in self.store.quads_for_pattern(None, predicate, value, graph))
            return
        kinds = _asserted(self.names)
        for quad in self.store.quads_for_pattern(subject, predicate, value, None):
            if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name in kinds:
                yield kinds[quad.graph_name], quad


@lru_cache(maxsize=_MOST_BUREAUS)
def _asserted(names: BureauGraphs) -> Mapping[ox.NamedNode, GraphKind]:
    return {ox.NamedNode(names.asserted(kind)): kind for kind in GraphKind}


@cache
def _owned_inversely() -> frozenset[ox.NamedNode]:
    return frozenset(ox.NamedNode(str(name)) for name in owned_inversely())


def record_tag(triples: Sequence[tuple[GraphKind, ox.Triple]]) -> str:
    """Return the entity tag of a record: the hash of its triples."""
    lines = sorted({str(triple) for _, triple in triples})
    return f'"{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:32]}"'


def kind_of(name: str) -> KindForm | None:
    """Return a kind by its name, or None."""
    return kind_forms().get(name)


def _terms(triple: ox.Triple) -> tuple[URIRef, URIRef, Node]:
    subject, predicate = to_rdflib(triple.subject), to_rdflib(triple.predicate)
    if not isinstance(subject, URIRef) or not isinstance(predicate, URIRef):
        raise TypeError(f"not a statement: {triple}")
    return subject, predicate, to_rdflib(triple.object)


def _text(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal) else str(node)


def _reference(names: BureauGraphs, iri: str, predicate: ox.NamedNode) -> Reference:
    kind, identifier = kind_and_id(iri, names) or ("", iri)
    return Reference(kind, identifier, iri, predicate.value.rpartition("#")[2])
