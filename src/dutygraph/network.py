"""Metrics of the responsibility graph, computed by networkx and written back as ``sv:NetworkMetric``.

SPARQL paths say whether something is reached, not how far or which way (domain section 5). Metrics show
exposure, never suspicion, and stay out of scoring (domain section 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import networkx as nx
import pyoxigraph as ox
from rdflib import DCTERMS, ORG, RDF, XSD, Graph, Literal, URIRef

from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs, EmbeddedStore, Store
from dutygraph.store.terms import to_oxigraph_triples
from dutygraph.things import Things

# Ties without direction, for centrality (domain section 5), with what joins a business to its nodes.
TIES = (
    SV.hasControl, SV.ownerPost, ORG.heldBy, SV.performedBy, SV.managedBy, SV.approvedBy,
    SV.hasNode, SV.atNode, SV.supervisedAtTier1, SV.supervisedAtTier2, SV.supervisedAtTier3,
)  # fmt: skip
# Steps upwards, for the path from a risk to tier 1.
STEPS_UP = (SV.hasControl, SV.ownerPost, ORG.heldBy, SV.supervisedBy, SV.escalatesTo)
_PLACES = Decimal("0.000001")


def responsibility_graph(store: Store, names: BureauGraphs) -> nx.Graph[str]:
    """Return the undirected responsibility graph of a prepared bureau; nodes are IRIs."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from(_edges(store, names, TIES))
    return graph


def upward_graph(store: Store, names: BureauGraphs) -> nx.DiGraph[str]:
    """Return the directed graph from risks up to tier 1; nodes are IRIs."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(_edges(store, names, STEPS_UP))
    return graph


def shortest_path_up(upward: nx.DiGraph[str], risk: str, tops: Iterable[str]) -> tuple[str, ...] | None:
    """Return the shortest path from a risk to any of *tops*, the first by IRI among equals; None if none."""
    if risk not in upward:
        return None
    reached = nx.single_source_shortest_path_length(upward, risk)
    ends = sorted((reached[top], top) for top in tops if top in reached)
    if not ends:
        return None
    return min(tuple(path) for path in nx.all_shortest_paths(upward, risk, ends[0][1]))


def write_metrics(store: EmbeddedStore, names: BureauGraphs) -> None:
    """Compute the metrics of one prepared bureau and put them in its ``metrics`` graph."""
    things = Things(store.triples(names.checked()))
    graph = Graph()
    for triples in (_post_metrics(store, names, things), _path_metrics(store, names, things)):
        for triple in triples:
            graph.add(triple)
    store.replace(names.metrics, to_oxigraph_triples(graph))


def _post_metrics(
    store: Store, names: BureauGraphs, things: Things
) -> Iterator[tuple[URIRef, URIRef, URIRef | Literal]]:
    graph = responsibility_graph(store, names)
    betweenness = nx.betweenness_centrality(graph)
    articulation = set(nx.articulation_points(graph))
    for post in _instances(store, names, SV.Post):
        value = Decimal(betweenness.get(post, 0)).quantize(_PLACES)
        yield from _metric(names, things, post, "betweenness", value)
        yield from _metric(names, things, post, "articulation", Decimal(int(post in articulation)))


def _path_metrics(
    store: Store, names: BureauGraphs, things: Things
) -> Iterator[tuple[URIRef, URIRef, URIRef | Literal]]:
    upward = upward_graph(store, names)
    tops = _select(store, names, f"?x a <{SV.CurrentAppointment}> ; <{SV.tier}> 1")
    for risk in _instances(store, names, SV.IntegrityRisk):
        path = shortest_path_up(upward, risk, tops)
        if path is not None:
            yield from _metric(names, things, risk, "distance", Decimal(len(path) - 1))
            route = " → ".join(things.thing(step).id for step in path)
            yield _metric_node(names, things, risk, "distance"), SV.metricRoute, Literal(route)


def _metric(
    names: BureauGraphs, things: Things, subject: str, kind: str, value: Decimal
) -> Iterator[tuple[URIRef, URIRef, URIRef | Literal]]:
    node = _metric_node(names, things, subject, kind)
    yield node, RDF.type, SV.NetworkMetric
    yield node, DCTERMS.identifier, Literal(f"{kind}-{things.thing(subject).id}")
    yield node, SV.metricOf, URIRef(subject)
    yield node, SV.metricKind, SV[f"metric-{kind}"]
    yield node, SV.metricValue, Literal(f"{value.normalize():f}", datatype=XSD.decimal)


def _metric_node(names: BureauGraphs, things: Things, subject: str, kind: str) -> URIRef:
    return URIRef(names.thing("metric", f"{kind}-{things.thing(subject).id}"))


def _edges(store: Store, names: BureauGraphs, predicates: Iterable[URIRef]) -> list[tuple[str, str]]:
    listed = " ".join(f"<{predicate}>" for predicate in predicates)
    query = f"SELECT DISTINCT ?from ?to {{ VALUES ?tie {{ {listed} }} ?from ?tie ?to }}"
    rows = store.select(query, graphs=names.checked())
    pairs = ((row["from"], row["to"]) for row in rows)
    return sorted((a.value, b.value) for a, b in pairs if isinstance(b, ox.NamedNode))


def _instances(store: Store, names: BureauGraphs, kind: URIRef) -> list[str]:
    return _select(store, names, f"?x a <{kind}>")


def _select(store: Store, names: BureauGraphs, pattern: str) -> list[str]:
    rows = store.select(f"SELECT DISTINCT ?x {{ {pattern} }}", graphs=names.checked())
    return sorted(row["x"].value for row in rows)
