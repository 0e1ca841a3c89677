"""The registered processes of a bureau: nodes, the posts' parts in them, risks and controls, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dutygraph.charts.reading import Reading, number, values

TRUE = "true"


class Part(StrEnum):
    """What a post does in a node (domain: performing, managing, approving post)."""

    PERFORM = "perform"
    MANAGE = "manage"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A node: its businesses (one, unless R08 is broken), its place, the posts by part, its risks."""

    iri: str
    businesses: tuple[str, ...]
    sequence: int | None
    key: bool
    star: int | None
    no_risk_on: date | None
    following: tuple[str, ...]
    posts: Mapping[Part, tuple[str, ...]]
    risks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """A risk: its nodes (one, unless R07 is broken) and its controls."""

    iri: str
    weight: Decimal | None
    retired: bool
    nodes: tuple[str, ...]
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """A control: its stages (one, unless R04 is broken) and its owner posts."""

    iri: str
    stages: tuple[str, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """All nodes, risks and controls of a bureau by IRI, what is not registered left out."""

    nodes: Mapping[str, NodeFacts]
    risks: Mapping[str, RiskFacts]
    controls: Mapping[str, ControlFacts]

    def of_business(self, business: str) -> tuple[NodeFacts, ...]:
        """Return the nodes of a business in the order of its flow."""
        return self.in_order(iri for iri, node in self.nodes.items() if business in node.businesses)

    def in_order(self, nodes: Iterable[str]) -> tuple[NodeFacts, ...]:
        """Return nodes (by IRI) in the order of their flow."""
        return in_flow_order({iri: self.nodes[iri] for iri in nodes})

    def businesses_of_risk(self, risk: str) -> frozenset[str]:
        """Return the businesses of the nodes at which a risk sits; none for a risk that is not there."""
        nodes = self.risks[risk].nodes if risk in self.risks else ()
        return frozenset(b for node in nodes if node in self.nodes for b in self.nodes[node].businesses)

    def businesses_of_post(self, post: str) -> frozenset[str]:
        """Return the businesses in which a post has a part in a node, or owns a control."""
        owned = {iri for iri, control in self.controls.items() if post in control.owners}
        of_nodes = (
            business
            for node in self.nodes.values()
            if any(post in each for each in node.posts.values())
            for business in node.businesses
        )
        risks = (risk.iri for risk in self.risks.values() if owned.intersection(risk.controls))
        return frozenset(of_nodes).union(*map(self.businesses_of_risk, risks))

    def active_risks(self, node: NodeFacts) -> tuple[RiskFacts, ...]:
        """Return the risks at a node that have not been retired."""
        return tuple(risk for risk in map(self.risks.__getitem__, node.risks) if not risk.retired)


def read_process(reading: Reading) -> Process:
    """Return the processes of one prepared bureau."""
    risks = {
        iri: RiskFacts(
            iri=iri,
            weight=next((Decimal(row["weight"]) for row in rows if "weight" in row), None),
            retired=rows[0]["retired"] == TRUE,
            nodes=values(rows, "node"),
            controls=values(rows, "control"),
        )
        for iri, rows in reading.grouped("risks", "risk").items()
    }
    controls = {
        iri: ControlFacts(iri, values(rows, "stage"), values(rows, "owner"))
        for iri, rows in reading.grouped("controls", "control").items()
    }
    return Process(_nodes(reading, risks), risks, controls)


def _nodes(reading: Reading, risks: Mapping[str, RiskFacts]) -> dict[str, NodeFacts]:
    at: dict[str, set[str]] = defaultdict(set)
    for risk in risks.values():
        for node in risk.nodes:
            at[node].add(risk.iri)
    parts = reading.grouped("parts", "node")
    return {
        iri: NodeFacts(
            iri=iri,
            businesses=values(rows, "business"),
            sequence=number(rows, "sequence"),
            key=rows[0]["key"] == TRUE,
            star=number(rows, "star"),
            no_risk_on=max(
                (date.fromisoformat(row["noRisk"]) for row in rows if "noRisk" in row), default=None
            ),
            following=values(rows, "next"),
            posts={
                part: values((row for row in parts.get(iri, ()) if row["part"] == part.value), "post")
                for part in Part
            },
            risks=tuple(sorted(at[iri])),
        )
        for iri, rows in reading.grouped("nodes", "node").items()
    }


def in_flow_order(nodes: Mapping[str, NodeFacts]) -> tuple[NodeFacts, ...]:
    """Return nodes by sequence number (序号); one without a number stands behind the node it follows.

    What neither has a number nor follows a numbered node comes last, by IRI.
    """
    places: dict[str, tuple[int, int]] = {
        iri: (node.sequence, 0) for iri, node in nodes.items() if node.sequence is not None
    }
    reached = sorted(places, key=lambda iri: (places[iri], iri))
    for iri in reached:  # grows while it is walked
        place, steps = places[iri]
        for following in nodes[iri].following:
            if following in nodes and following not in places:
                places[following] = (place, steps + 1)
                reached.append(following)
    unknown = (max((place[0] for place in places.values()), default=0) + 1, 0)
    return tuple(sorted(nodes.values(), key=lambda node: (places.get(node.iri, unknown), node.iri)))
