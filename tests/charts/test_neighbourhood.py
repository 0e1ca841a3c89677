"""Neighbourhoods and chains: of a small bureau told by hand, of the example bureau from the workbook."""

from __future__ import annotations

import networkx as nx
import pytest

from dutygraph.charts.chain import Chain, Link, chain_up
from dutygraph.charts.neighbourhood import Neighbourhood, neighbourhood
from dutygraph.charts.reading import Reading
from dutygraph.charts.ties import ties
from dutygraph.model import Finding, Text
from tests.charts.small import a_bureau, iri
from tests.questions.workbook import Workbook, items

SMALL = """
    :B a sv:Business ; sv:hasNode :N1 , :N2 ; sv:supervisedAtTier2 :A2 . :N1 a sv:ProcessNode .
    :A2 a sv:CurrentAppointment ; sv:supervises :B ; sv:appointee :P2 ; sv:tier 2 .
    :N2 a sv:ProcessNode ; sv:performedBy :G1 . :N1 sv:nextNode :N2 .
    :R1 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:inBusiness :B ; sv:hasControl :C1 .
    :C1 a sv:Control ; sv:ownerPost :G1 , :G9 . :G1 a sv:Post ; org:heldBy :P1 .
    :P1 a sv:Person . :P2 a sv:Person . :A9 a sv:SupervisorAppointment ; sv:supervises :B ."""


def shown(found: Neighbourhood) -> dict[str, int]:
    return {one.thing.id: one.distance for one in found.nodes}


def drawn(found: Neighbourhood) -> set[str]:
    end = {one.thing.iri: one.thing.id for one in found.nodes}
    return {f"{end[edge.source]} {edge.tie} {end[edge.target]}" for edge in found.edges}


def test_one_step() -> None:
    found = neighbourhood(a_bureau(SMALL), iri("B"))
    assert shown(found) == {"B": 0, "N1": 1, "N2": 1, "A2": 1, "A9": 1}
    # between neighbours too; what A2 supervises is told by its tier, what A9 names is no supervision now
    assert drawn(found) == {
        "B hasNode N1",
        "B hasNode N2",
        "N1 nextNode N2",
        "B supervisedAtTier2 A2",
        "A9 supervises B",
    }


def test_further_steps_and_nothing_unregistered() -> None:
    assert shown(neighbourhood(a_bureau(SMALL), iri("B"), depth=2)) == {
        "B": 0,
        "N1": 1,
        "N2": 1,
        "A2": 1,
        "A9": 1,
        "R1": 2,
        "G1": 2,
        "P2": 2,
    }
    whole = shown(neighbourhood(a_bureau(SMALL), iri("B"), depth=3))
    assert {one for one, distance in whole.items() if distance == 3} == {"C1", "P1"}
    assert "G9" not in whole


def test_what_is_left_out_is_counted() -> None:
    found = neighbourhood(a_bureau(SMALL), iri("B"), width=2)
    assert shown(found) == {"B": 0, "N1": 1, "N2": 1}  # the nodes come first in the order of the ties
    assert {one.thing.id: one.more for one in found.nodes} == {"B": 2, "N1": None, "N2": None}
    capped = neighbourhood(a_bureau(SMALL), iri("B"), depth=3, most=4)
    assert len(capped.nodes) == 4
    assert sum(one.more or 0 for one in capped.nodes) > 0


def test_edges_are_named_in_both_directions() -> None:
    (edge,) = (e for e in neighbourhood(a_bureau(SMALL), iri("G1")).edges if e.tie == "performedBy")
    assert (edge.label.en, edge.back) == ("performed by", Text("执行节点", "performs"))
    assert (edge.source, edge.target) == (iri("N2"), iri("G1"))


def test_every_tie_has_both_names_and_a_place_of_its_own() -> None:
    known = ties().values()
    assert all(text.zh and text.en for tie in known for text in (tie.label, tie.back))
    assert len({tie.place for tie in known}) == len(known) > 30


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_risk_of_the_example_bureau(reading: Reading, book: Workbook, depth: int) -> None:
    """The ties of risks, nodes, controls, posts and people, worked out from the workbook, by networkx."""
    graph: nx.Graph[str] = nx.Graph()
    for node, row in book.nodes.items():
        graph.add_edges_from((business, node) for business in items(row["业务编号"]))
        graph.add_edges_from((node, following) for following in items(row["下一节点"]))
        posts = {p for column in ("执行岗位", "管理岗位", "审批岗位") for p in items(row[column])}
        graph.add_edges_from((node, post) for post in posts)
    for risk, controls in book.risk_controls.items():
        graph.add_edges_from((risk, node) for node in book.risk_nodes[risk])
        graph.add_edges_from((risk, control) for control in controls)
    for control in book.controls:
        graph.add_edges_from((control, post) for post in book.control_values(control, "责任岗位"))
    graph.add_edges_from(book.holdings)
    kinds = {*book.businesses, *book.nodes, *book.risks, *book.controls, *book.posts}
    expected = {n for n in nx.single_source_shortest_path_length(graph, "R04-05", depth) if n in kinds}
    start = reading.registered("risk", "R04-05")
    found = shown(neighbourhood(reading, start, depth=depth, width=1000, most=10_000))
    assert {one for one in found if one in kinds} >= expected
    assert all(found[one] <= nx.shortest_path_length(graph, "R04-05", one) for one in expected)
    if depth == 1:
        issues = {row["问题编号"] for row in book["问题整改清单"] if row["风险编号"] == "R04-05"}
        assert set(found) == {"R04-05", "B04-N03", "C04-05", *issues}


def test_gaps_are_told_at_each_node(reading: Reading, findings: tuple[Finding, ...]) -> None:
    found = neighbourhood(reading, reading.registered("risk", "R20-03"), findings)
    gaps = {one.thing.id: set(one.gaps) for one in found.nodes}
    on_risk = {finding.id for finding in findings if finding.focus.id == "R20-03"}
    assert gaps["R20-03"] == on_risk
    assert "R01" in {finding.rule for finding in findings if finding.id in gaps["R20-03"]}


CHAIN = """
    :B a sv:Business ; sv:hasNode :N . :N a sv:ProcessNode ; sv:performedBy :G .
    :R a sv:IntegrityRisk ; sv:atNode :N ; sv:hasControl :C . :C a sv:Control ; sv:ownerPost :G .
    :G a sv:Post ; org:heldBy :P . :P a sv:Person ; sv:supervisedBy :A3 .
    :B sv:supervisedAtTier3 :A3 ; sv:supervisedAtTier1 :A1 . :A3 sv:escalatesTo :A1 .
    :A3 a sv:CurrentAppointment , sv:SupervisorAppointment ; sv:tier 3 ; sv:supervises :B ; sv:appointee :P3 .
    :A1 a sv:CurrentAppointment , sv:SupervisorAppointment ; sv:tier 1 ; sv:supervises :B ; sv:appointee :P1 .
    :P1 a sv:Person . :P3 a sv:Person . :I a sv:Issue ; sv:materialises :R . :D a sv:Department ."""


def steps(found: Chain) -> tuple[str, ...]:
    return tuple(step.id for step in found.steps)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("R", "R C G P A3 A1"),
        ("C", "C G P A3 A1"),
        ("G", "G P A3 A1"),
        ("P", "P A3 A1"),
        ("A3", "A3 A1"),
        ("A1", "A1"),
        ("N", "R C G P A3 A1"),
        ("B", "R C G P A3 A1"),
        ("I", "R C G P A3 A1"),
        ("P3", "A3 A1"),
        ("P1", "A1"),
        ("D", ""),
    ],
)
def test_the_chain_up_to_tier_1(start: str, expected: str) -> None:
    found = chain_up(a_bureau(CHAIN), iri(start))
    assert (" ".join(steps(found)), found.missing) == (expected, None)


@pytest.mark.parametrize(
    ("broken", "missing"),
    [
        ("sv:hasControl :C", Link.CONTROL),
        ("; sv:ownerPost :G", Link.OWNER),
        ("; org:heldBy :P", Link.HOLDER),
        ("; sv:supervisedBy :A3", Link.SUPERVISOR),
        (":A3 sv:escalatesTo :A1 .", Link.TIER_1),
    ],
)
def test_a_broken_chain_says_which_link_is_missing(broken: str, missing: Link) -> None:
    found = chain_up(a_bureau(CHAIN.replace(broken, "")), iri("R"))
    assert found == Chain((), missing)
    assert chain_up(a_bureau(CHAIN.replace(broken, "")), iri("B")) == Chain((), missing)


def test_supervisors_of_another_business_are_no_link() -> None:
    foreign = CHAIN.replace(":B sv:supervisedAtTier3 :A3 ;", ":B").replace(
        "sv:tier 3 ; sv:supervises :B", "sv:tier 3 ; sv:supervises :Z"
    )
    assert chain_up(a_bureau(foreign), iri("R")) == Chain((), Link.SUPERVISOR)


def test_a_retired_risk_has_no_chain() -> None:
    retired = CHAIN + ":R sv:riskState sv:risk-retired ."
    assert chain_up(a_bureau(retired), iri("R")) == Chain((), None)
    assert steps(chain_up(a_bureau(retired), iri("N"))) == ("G", "P", "A3", "A1")  # its post's instead
