"""Metrics of the responsibility graph, computed by networkx and written back as ``sv:NetworkMetric``.

SPARQL paths say whether something is reached, not how far or which way (domain section 5). Metrics show
exposure, never suspicion, and stay out of scoring (domain section 8).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import networkx as nx
import pyoxigraph as ox
from rdflib import DCTERMS, ORG, RDF, XSD, Graph, Literal, URIRef

from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs, EmbeddedStore, Store
from dutygraph.store.terms import to_oxigraph_triples
from dutygraph.things import Things

# Ties without direction, for centrality (domain section 5): risk–control–post–person, node–post and
# business–appointment, and what joins a business to its nodes and risks, without which it would fall apart.
TIES = (
    SV.hasControl, SV.ownerPost, ORG.heldBy, SV.performedBy, SV.managedBy, SV.approvedBy,
    SV.hasNode, SV.atNode, SV.supervisedAtTier1, SV.supervisedAtTier2, SV.supervisedAtTier3,
)  # fmt: skip
# What the graph is made of. Ties also join other things: a waiver, too, is sv:approvedBy someone.
KINDS = (
    SV.Business, SV.ProcessNode, SV.IntegrityRisk, SV.Control, SV.Post, SV.Person, SV.SupervisorAppointment,
)  # fmt: skip
# Steps upwards, for the path from a risk to tier 1.
STEPS_UP = (SV.hasControl, SV.ownerPost, ORG.heldBy, SV.supervisedBy, SV.escalatesTo)
_PLACES = Decimal("0.000001")

_Triple = tuple[URIRef, URIRef, URIRef | Literal]


@dataclass(slots=True)
class Supervision:
    """Who currently supervises what: IRIs of appointments by business, and those of tier 1."""

    by_business: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tier_1: set[str] = field(default_factory=set)

    def of(self, businesses: Iterable[str]) -> set[str]:
        """Return the appointments that supervise any of these businesses."""
        return {appointment for business in businesses for appointment in self.by_business[business]}


def responsibility_graph(store: Store, names: BureauGraphs) -> nx.Graph[str]:
    """Return the undirected responsibility graph of a prepared bureau; nodes are IRIs.

    It holds registered things only, and no risk that has been retired.
    """
    graph: nx.Graph[str] = nx.Graph()
    for one, other in _edges(store, names, TIES):
        graph.add_edge(one, other)
    return graph


def upward_graph(store: Store, names: BureauGraphs) -> nx.DiGraph[str]:
    """Return the directed graph from risks up to tier 1; nodes are IRIs."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for lower, higher in _edges(store, names, STEPS_UP):
        graph.add_edge(lower, higher)
    return graph


def connecting_nodes(graph: nx.Graph[str]) -> frozenset[str]:
    """Return the nodes whose loss splits their part of the graph into parts of two nodes and more.

    Single nodes that hang on one other are left out of account: else every post whose holder has no
    other post would count, since that person alone is cut off.
    """
    inner = graph.subgraph([node for node in graph if graph.degree(node) > 1])
    return frozenset(nx.articulation_points(inner))


def shortest_path_up(upward: nx.DiGraph[str], risk: str, tops: Iterable[str]) -> tuple[str, ...] | None:
    """Return the shortest path from a risk to any of *tops*, the first by IRI among equals; None if none."""
    if risk not in upward:
        return None
    reached = nx.single_source_shortest_path_length(upward, risk)
    distance, top = min(((reached[top], top) for top in tops if top in reached), default=(0, None))
    if top is None or distance == 0:
        return None
    return min(tuple(path) for path in nx.all_shortest_paths(upward, risk, top))


def responsibility_path(
    upward: nx.DiGraph[str], risk: str, businesses: Collection[str], supervision: Supervision
) -> tuple[str, ...] | None:
    """Return the shortest path from a risk to a tier-1 supervisor of one of its own *businesses*.

    A supervisor of another business does not answer for this risk, even where one person's post works in
    both: such appointments are no step of the path. None where there is no path.
    """
    own = supervision.of(businesses)
    foreign = supervision.of(supervision.by_business.keys() - set(businesses)) - own
    return shortest_path_up(upward.subgraph(set(upward) - foreign), risk, own & supervision.tier_1)


def write_metrics(store: EmbeddedStore, names: BureauGraphs) -> None:
    """Compute the metrics of one prepared bureau and make its ``metrics`` graph hold exactly them."""
    store.replace(names.metrics, metric_triples(store, names, Things(store.triples(names.checked()))))


def metric_triples(store: Store, names: BureauGraphs, things: Things) -> list[ox.Triple]:
    """Return the metrics of one prepared bureau as triples."""
    graph = Graph()
    for triples in (_post_metrics(store, names, things), _path_metrics(store, names, things)):
        for triple in triples:
            graph.add(triple)
    return list(to_oxigraph_triples(graph))


def _post_metrics(store: Store, names: BureauGraphs, things: Things) -> Iterator[_Triple]:
    betweenness, connecting = _exposure(frozenset(_edges(store, names, TIES)))
    for post in sorted({post for (post,) in _select(store, names, f"?a a <{SV.Post}>", "a")}):
        value = Decimal(betweenness.get(post, 0)).quantize(_PLACES)
        yield from _metric(names, things, post, "betweenness", value)
        yield from _metric(names, things, post, "articulation", Decimal(int(post in connecting)))


@lru_cache(maxsize=16)
def _exposure(ties: frozenset[tuple[str, ...]]) -> tuple[Mapping[str, float], frozenset[str]]:
    """Return the betweenness of all nodes and the connecting ones.

    It takes seconds, and most commits do not change the graph: what it was for the last few graphs is kept.
    """
    graph: nx.Graph[str] = nx.Graph()
    for one, other in sorted(ties):
        graph.add_edge(one, other)
    return nx.betweenness_centrality(graph), connecting_nodes(graph)


def _path_metrics(store: Store, names: BureauGraphs, things: Things) -> Iterator[_Triple]:
    businesses: dict[str, set[str]] = {}
    risks = f"?a a <{SV.IntegrityRisk}> ; <{SV.inBusiness}> ?b"
    for risk, business in _select(store, names, risks, "a", "b"):
        businesses.setdefault(risk, set()).add(business)
    supervision = current_supervision(store, names)
    found = _routes(
        frozenset(_edges(store, names, STEPS_UP)),
        frozenset((risk, frozenset(own)) for risk, own in businesses.items()),
        frozenset((business, frozenset(own)) for business, own in supervision.by_business.items()),
        frozenset(supervision.tier_1),
    )
    for risk, path in found.items():
        yield from _metric(names, things, risk, "distance", Decimal(len(path) - 1))
        route = " → ".join(things.thing(step).id for step in path)
        yield _metric_node(names, things, risk, "distance"), SV.metricRoute, Literal(route)


_Several = frozenset[tuple[str, frozenset[str]]]


@lru_cache(maxsize=16)
def _routes(
    steps: frozenset[tuple[str, ...]], risks: _Several, supervised: _Several, tier_1: frozenset[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return the responsibility path of each risk that has one; kept for the last few graphs."""
    upward: nx.DiGraph[str] = nx.DiGraph(sorted(steps))
    supervision = Supervision(defaultdict(set), set(tier_1))
    supervision.by_business.update((business, set(own)) for business, own in supervised)
    paths = ((risk, responsibility_path(upward, risk, own, supervision)) for risk, own in sorted(risks))
    return {risk: path for risk, path in paths if path is not None}


def current_supervision(store: Store, names: BureauGraphs) -> Supervision:
    """Return who currently supervises what in a prepared bureau."""
    found = Supervision()
    current = f"?a a <{SV.CurrentAppointment}> ; <{SV.supervises}> ?b"
    for appointment, business in _select(store, names, current, "a", "b"):
        found.by_business[business].add(appointment)
    first = f"?a a <{SV.CurrentAppointment}> ; <{SV.tier}> 1"
    found.tier_1.update(appointment for (appointment,) in _select(store, names, first, "a"))
    return found


def _metric(
    names: BureauGraphs, things: Things, subject: str, kind: str, value: Decimal
) -> Iterator[_Triple]:
    node = _metric_node(names, things, subject, kind)
    yield node, RDF.type, SV.NetworkMetric
    yield node, DCTERMS.identifier, Literal(f"{kind}-{things.thing(subject).id}")
    yield node, SV.metricOf, URIRef(subject)
    yield node, SV.metricKind, SV[f"metric-{kind}"]
    yield node, SV.metricValue, Literal(f"{value.normalize():f}", datatype=XSD.decimal)


def _metric_node(names: BureauGraphs, things: Things, subject: str, kind: str) -> URIRef:
    return URIRef(names.thing("metric", f"{kind}-{things.thing(subject).id}"))


def _edges(store: Store, names: BureauGraphs, predicates: Iterable[URIRef]) -> list[tuple[str, ...]]:
    listed = " ".join(f"<{predicate}>" for predicate in predicates)
    kinds = ", ".join(f"<{kind}>" for kind in KINDS)
    return _select(
        store,
        names,
        f"""VALUES ?tie {{ {listed} }}
            ?a ?tie ?b .
            FILTER EXISTS {{ ?a a ?kind . FILTER (?kind IN ({kinds})) }}
            FILTER EXISTS {{ ?b a ?kind . FILTER (?kind IN ({kinds})) }}
            FILTER NOT EXISTS {{ ?a <{SV.riskState}> <{SV["risk-retired"]}> }}""",
        "a",
        "b",
    )


def _select(store: Store, names: BureauGraphs, pattern: str, *variables: str) -> list[tuple[str, ...]]:
    """Return the IRIs that the variables of *pattern* stand for, each row once, sorted."""
    asked = " ".join(f"?{variable}" for variable in variables)
    rows = store.select(f"SELECT DISTINCT {asked} {{ {pattern} }}", graphs=names.checked())
    terms = (tuple(row[variable] for variable in variables) for row in rows)
    return sorted(
        tuple(term.value for term in row if isinstance(term, ox.NamedNode))
        for row in terms
        if all(isinstance(term, ox.NamedNode) for term in row)
    )
