"""RDF files: Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML, read without fetching anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.term import Node

from dutygraph.loaders.errors import DamagedSource
from dutygraph.store.terms import to_rdflib

_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
SUFFIXES = frozenset(_FORMATS)

_NO_BASE = "urn:dutygraph:no-base/"


@dataclass(frozen=True, slots=True)
class Quads:
    """What an RDF file states: subject, predicate, object and the name of the graph ("" for none)."""

    file: str
    quads: tuple[tuple[Node, URIRef, Node, str], ...]


def read_rdf(path: Path) -> Quads:
    """Return what an RDF file states; statements about statements are left out.

    Raises:
        DamagedSource: empty, or not what its name says.
    """
    content = path.read_bytes()
    if not content.strip():
        raise DamagedSource(path.name, "empty-file")
    form = _FORMATS[path.suffix.lower()]
    try:
        quads = tuple(ox.parse(content, format=form, base_iri=_NO_BASE))
    except (SyntaxError, ValueError) as error:
        raise DamagedSource(path.name, "bad-rdf", format=form.name, reason=error) from error
    return Quads(path.name, tuple(_terms(quad) for quad in quads if _plain(quad)))


def _plain(quad: ox.Quad) -> bool:
    return not isinstance(quad.object, ox.Triple) and not isinstance(quad.subject, ox.Triple)


def _terms(quad: ox.Quad) -> tuple[Node, URIRef, Node, str]:
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    return to_rdflib(quad.subject), URIRef(quad.predicate.value), to_rdflib(quad.object), graph
