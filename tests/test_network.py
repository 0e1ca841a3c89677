"""The network metrics on graphs small enough to draw, and how they are kept in the store."""

from __future__ import annotations

from decimal import Decimal

import networkx as nx
import pyoxigraph as ox
import pytest

from dutygraph.model import GraphKind
from dutygraph.network import (
    Supervision,
    connecting_nodes,
    responsibility_graph,
    responsibility_path,
    shortest_path_up,
    upward_graph,
    write_metrics,
)
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore

NAMES = BureauGraphs(DEFAULT_BASE, "demo")
PREFIXES = f"""PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX sv: <https://w3id.org/dutygraph#>
PREFIX : <{NAMES.bureau}/x/>
"""
# B1 – N1 – R1 – C1 – G1 – P1, and so for 2; G1 performs both nodes. A2 (tier 2) supervises both businesses,
# A1 (tier 1) the first, A9 (tier 1) the second. R3 has no control, R4 is retired, A1 approved a waiver.
PUBLIC = """
:B1 a sv:Business ; sv:hasNode :N1 . :B2 a sv:Business ; sv:hasNode :N2 .
:N1 a sv:ProcessNode ; sv:performedBy :G1 . :N2 a sv:ProcessNode ; sv:performedBy :G1 ; sv:managedBy :G99 .
:G1 a sv:Post . :G2 a sv:Post . :G3 a sv:Post .
:R1 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:inBusiness :B1 ; sv:hasControl :C1 .
:R2 a sv:IntegrityRisk ; sv:atNode :N2 ; sv:inBusiness :B2 ; sv:hasControl :C2 .
:R3 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:inBusiness :B1 .
:R4 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:inBusiness :B1 ; sv:hasControl :C1 .
:R4 sv:riskState sv:risk-retired .
:C1 a sv:Control ; sv:ownerPost :G1 . :C2 a sv:Control ; sv:ownerPost :G2 .
:P1 a sv:Person . :P2 a sv:Person . :G1 org:heldBy :P1 . :G2 org:heldBy :P2 .
:A1 a sv:SupervisorAppointment , sv:CurrentAppointment ; sv:tier 1 ; sv:supervises :B1 .
:A2 a sv:SupervisorAppointment , sv:CurrentAppointment ; sv:tier 2 ; sv:supervises :B1 , :B2 .
:A9 a sv:SupervisorAppointment , sv:CurrentAppointment ; sv:tier 1 ; sv:supervises :B2 .
:B1 sv:supervisedAtTier1 :A1 ; sv:supervisedAtTier2 :A2 .
:B2 sv:supervisedAtTier1 :A9 ; sv:supervisedAtTier2 :A2 .
:P1 sv:supervisedBy :A1 , :A2 , :A9 . :P2 sv:supervisedBy :A2 . :A2 sv:escalatesTo :A1 , :A9 .
:W1 a sv:RuleWaiver ; sv:approvedBy :A1 .
"""


def a_store(data: str = PUBLIC) -> EmbeddedStore:
    store = EmbeddedStore()
    update(store, f"INSERT DATA {{ GRAPH <{NAMES.asserted(GraphKind.PUBLIC)}> {{ {data} }} }}")
    return store


def update(store: EmbeddedStore, text: str) -> None:
    store.oxigraph.update(PREFIXES + text)


def short(iri: str) -> str:
    return iri.rpartition("/")[2]


def metrics(store: EmbeddedStore) -> dict[tuple[str, str], tuple[str, str | None]]:
    query = f"""{PREFIXES} SELECT ?of ?kind ?value ?route {{
        ?m a sv:NetworkMetric ; sv:metricOf ?of ; sv:metricKind ?kind ; sv:metricValue ?value .
        OPTIONAL {{ ?m sv:metricRoute ?route }} }}"""
    return {
        (short(row["of"].value), row["kind"].value.rpartition("#metric-")[2]): (
            row["value"].value,
            row["route"].value if isinstance(row["route"], ox.Literal) else None,
        )
        for row in store.select(query, graphs=[NAMES.metrics])
    }


def test_the_graph_holds_what_the_definition_names() -> None:
    graph = responsibility_graph(a_store(), NAMES)
    drawn = """B1–N1 B2–N2 N1–G1 N2–G1 R1–N1 R2–N2 R3–N1 R1–C1 R2–C2 C1–G1 C2–G2 G1–P1 G2–P2
               B1–A1 B1–A2 B2–A2 B2–A9"""
    found = {frozenset(map(short, edge)) for edge in graph.edges}
    assert found == {frozenset(edge.split("–")) for edge in drawn.split()}


def test_nothing_unregistered_retired_or_foreign_is_in_it() -> None:
    inside = {short(node) for node in responsibility_graph(a_store(), NAMES)}
    assert inside.isdisjoint({"G99", "R4", "W1", "G3"})
    assert "R4" not in {short(node) for node in upward_graph(a_store(), NAMES)}


def test_betweenness_and_articulation_of_a_drawn_graph() -> None:
    # N – G1 – C – G2 – P: the second and the fourth of five in a line are passed by 3 of 6 pairs of others.
    store = a_store("""
        :N a sv:ProcessNode ; sv:performedBy :G1 . :G1 a sv:Post . :G2 a sv:Post . :G3 a sv:Post .
        :C a sv:Control ; sv:ownerPost :G1 , :G2 . :G2 org:heldBy :P . :P a sv:Person .""")
    write_metrics(store, NAMES)
    assert metrics(store) == {
        ("G1", "betweenness"): ("0.5", None),
        ("G2", "betweenness"): ("0.5", None),
        ("G3", "betweenness"): ("0", None),  # in no tie at all
        # N alone and P alone are cut off: single nodes do not make a connecting post
        ("G1", "articulation"): ("0", None),
        ("G2", "articulation"): ("0", None),
        ("G3", "articulation"): ("0", None),
    }


@pytest.mark.parametrize(
    ("edges", "connecting"),
    [
        ("ab bc ca cd de ec", "c"),  # two triangles that share c
        ("ab bc cd", ""),  # without b only a is left alone, without c only d
        ("ab bc cd de", "c"),  # without c: a–b and d–e
        ("ab bc cd de ea", ""),  # a ring
        ("ga gb gc gd", ""),  # a star: its rays are single nodes
        ("ga ab gc cd", "g"),  # two rays of two nodes
        ("ab bc ca cd de ec xy yz", "c"),  # another part of the graph changes nothing
        ("", ""),
    ],
)
def test_connecting_nodes(edges: str, connecting: str) -> None:
    graph: nx.Graph[str] = nx.Graph()
    for edge in edges.split():
        graph.add_edge(edge[0], edge[1])
    assert connecting_nodes(graph) == frozenset(connecting)
    for node in graph:
        whole = nx.node_connected_component(graph, node)
        pieces = nx.connected_components(graph.subgraph(whole - {node}))
        assert (node in connecting) == (sum(len(piece) > 1 for piece in pieces) > 1)


def directed(edges: str) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for edge in edges.split():
        graph.add_edge(edge[0], edge[1])
    return graph


@pytest.mark.parametrize(
    ("edges", "tops", "path"),
    [
        ("rc cg gp pt", "t", "rcgpt"),
        ("rc cg gp pu ut pt", "t", "rcgpt"),  # straight to tier 1 rather than through tier 2
        ("rc cg ch gp hq pt qt", "t", "rcgpt"),  # equal ways: the first by name
        ("rd rc dt ct", "t", "rct"),
        ("rc ct cs", "ts", "rcs"),  # equal ends: the first by name
        ("rc ct cx xs", "ts", "rct"),  # the nearer end, whatever its name
        ("rc cr ct", "t", "rct"),  # a circle does not matter
        ("rc cg", "t", None),
        ("cg gt", "t", None),  # the risk is in no step: it has no control
        ("tr rc", "t", None),  # steps are not walked backwards
        ("rc ct", "", None),
    ],
)
def test_shortest_path_up(edges: str, tops: str, path: str | None) -> None:
    found = shortest_path_up(directed(edges), "r", tops)
    assert found == (None if path is None else tuple(path))
    assert shortest_path_up(directed(" ".join(reversed(edges.split()))), "r", reversed(tops)) == found


def test_a_path_keeps_to_its_own_business() -> None:
    # p works in two businesses; s supervises the other one, both directly and from t's tier 2 u.
    upward = directed("rc cg gp ps pu us ut")
    supervision = Supervision(tier_1={"s", "t"})
    supervision.by_business["own"].update("ut")
    supervision.by_business["other"].update("su")
    assert responsibility_path(upward, "r", ["own"], supervision) == tuple("rcgput")
    assert responsibility_path(upward, "r", ["other"], supervision) == tuple("rcgps")
    assert responsibility_path(upward, "r", ["own", "other"], supervision) == tuple("rcgps")
    assert responsibility_path(upward, "r", ["nobody's"], supervision) is None
    assert responsibility_path(upward, "r", [], supervision) is None


def test_paths_of_a_prepared_bureau() -> None:
    store = a_store()
    write_metrics(store, NAMES)
    found = {of: value for (of, kind), value in metrics(store).items() if kind == "distance"}
    assert found == {
        "R1": ("4", "R1 → C1 → G1 → P1 → A1"),
        # P2 is not supervised by A9 itself, but A2 of the same business reports to A9
        "R2": ("5", "R2 → C2 → G2 → P2 → A2 → A9"),
    }  # R3 has no control and R4 is retired


def test_post_metrics_are_those_of_the_drawn_graph() -> None:
    store = a_store()
    write_metrics(store, NAMES)
    found = metrics(store)
    assert {of for of, kind in found if kind == "betweenness"} == {"G1", "G2", "G3"}
    assert Decimal(found["G1", "betweenness"][0]) > Decimal(found["G2", "betweenness"][0]) > 0
    # C2–G2–P2 hangs on R2: without G2 only P2 is cut off, and B1's and B2's parts still meet in A2
    assert found["G1", "articulation"] == found["G2", "articulation"] == ("0", None)


def test_metrics_are_replaced_not_accumulated() -> None:
    store = a_store()
    write_metrics(store, NAMES)
    first, before = store.export([NAMES.metrics]), metrics(store)
    write_metrics(store, NAMES)
    assert store.export([NAMES.metrics]) == first
    update(store, f"DELETE DATA {{ GRAPH <{NAMES.asserted(GraphKind.PUBLIC)}> {{ :R2 sv:hasControl :C2 }} }}")
    write_metrics(store, NAMES)
    after = metrics(store)
    assert before.keys() - after.keys() == {("R2", "distance")}
    assert after.keys() <= before.keys()
    assert after["G2", "betweenness"] != before["G2", "betweenness"]


def test_equal_data_give_equal_metrics_in_whatever_order_they_came() -> None:
    sentences = PUBLIC.strip().splitlines()
    one, other = a_store(), a_store("\n".join(reversed(sentences)))
    write_metrics(one, NAMES)
    write_metrics(other, NAMES)
    assert one.export([NAMES.metrics]) == other.export([NAMES.metrics])


def test_an_empty_bureau_has_no_metrics() -> None:
    store = EmbeddedStore()
    write_metrics(store, NAMES)
    assert metrics(store) == {}


def test_metrics_touch_no_other_graph() -> None:
    store = a_store()
    before = store.export([NAMES.asserted(GraphKind.PUBLIC)])
    write_metrics(store, NAMES)
    assert store.export([NAMES.asserted(GraphKind.PUBLIC)]) == before
    assert set(store.graphs()) == {NAMES.asserted(GraphKind.PUBLIC), NAMES.metrics}
