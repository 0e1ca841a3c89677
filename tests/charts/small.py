"""A tiny bureau written down as triples, derived ones included: what a chart reads, seen at one glance."""

from __future__ import annotations

from dutygraph.charts.reading import Reading
from dutygraph.model import GraphKind
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore

NAMES = BureauGraphs(DEFAULT_BASE, "T1")
_PREFIXES = f"""PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sv: <https://w3id.org/dutygraph#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX : <{NAMES.bureau}/x/>
"""


def iri(identifier: str) -> str:
    return NAMES.thing("x", identifier)


def a_bureau(triples: str) -> Reading:
    """Return the reading of a bureau with these triples (Turtle; ``:B1`` names a thing)."""
    store = EmbeddedStore()
    graph = NAMES.asserted(GraphKind.PUBLIC)
    store.oxigraph.update(f"{_PREFIXES} INSERT DATA {{ GRAPH <{graph}> {{ {triples} }} }}")
    return Reading.of(store, NAMES)
