"""Stars against an independent computation, written from domain section 6 and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef

from dutygraph.rules import derive_graph
from tests.rules.bureaus import BUREAU, SV, Bureau, decimal

if TYPE_CHECKING:
    from rdflib.term import Node

SHARE = {"performedBy": Decimal(1), "approvedBy": Decimal(1), "managedBy": Decimal("0.5")}
NODES, POSTS = 4, 3


@dataclass(frozen=True)
class Risk:
    nodes: frozenset[int]
    weight: str | None
    retired: bool

    @property
    def amount(self) -> Decimal:
        return Decimal(self.weight) if self.weight else Decimal(1)


@dataclass(frozen=True)
class Case:
    """One business of four nodes (which of them key), posts with parts in them, and risks."""

    key: tuple[bool, ...]
    parts: frozenset[tuple[int, str, int]]
    risks: tuple[Risk, ...]
    declared: int | None
    assessed: bool


WEIGHTS = st.sampled_from([None, "1", "1.0", "2", "3.0", "0.5", "0.25", "2.50", "0"])
RISKS = st.builds(
    Risk,
    st.frozensets(st.integers(0, NODES - 1), min_size=1, max_size=2),
    WEIGHTS,
    st.sampled_from([False, False, False, True]),
)
CASES = st.builds(
    Case,
    st.tuples(*[st.booleans()] * NODES),
    st.frozensets(
        st.tuples(st.integers(0, NODES - 1), st.sampled_from(sorted(SHARE)), st.integers(0, POSTS - 1)),
        max_size=10,
    ),
    st.lists(RISKS, max_size=14).map(tuple),
    st.sampled_from([None, 0, 1, 2, 3, 4]),
    st.booleans(),
)


def business_star(total: Decimal, keys: int) -> int | None:
    if total <= 0 or keys == 0:
        return None
    if total >= 2 * keys:
        return 3 if total >= 10 else 2
    return 2 if total >= keys else 1


def node_star(total: Decimal) -> int | None:
    return next((star for star in (3, 2, 1) if total >= star), None)


def post_star(total: Decimal) -> int | None:
    if total <= 0:
        return None
    return 3 if total >= 8 else 2 if total >= 4 else 1


def expected(case: Case) -> dict[str, tuple[Decimal, int | None, set[int]]]:
    """Give weight, star and contributing risks (by number) of every subject."""
    active = {i: risk for i, risk in enumerate(case.risks) if not risk.retired}
    total = sum((risk.amount for risk in active.values()), Decimal(0))
    result = {"business/B1": (total, business_star(total, sum(case.key)), set(active))}
    for n in range(NODES):
        here = {i for i, risk in active.items() if n in risk.nodes}
        weight = sum((active[i].amount for i in here), Decimal(0))
        result[f"node/N{n}"] = (weight, node_star(weight), here)
    for p in range(POSTS):
        shares = {
            i: max(
                (SHARE[part] for n, part, post in case.parts if post == p and n in risk.nodes), default=None
            )
            for i, risk in active.items()
        }
        met = {i: share for i, share in shares.items() if share is not None}
        weight = sum((share * active[i].amount for i, share in met.items()), Decimal(0))
        result[f"post/G{p}"] = (weight, post_star(weight), set(met))
    return result


def build(case: Case) -> Graph:
    made = Bureau()
    business = made.thing("public", "business", "B1", "Business")
    nodes = [
        made.thing("public", "node", f"N{n}", "ProcessNode", *(["KeyNode"] if key else []))
        for n, key in enumerate(case.key)
    ]
    posts = [made.thing("public", "post", f"G{p}", "Post") for p in range(POSTS)]
    for node in nodes:
        made.put("public", business, "hasNode", node)
    for n, part, p in case.parts:
        made.put("public", nodes[n], part, posts[p])
    for i, risk in enumerate(case.risks):
        iri = made.thing("public", "risk", f"R{i}", "IntegrityRisk")
        for n in risk.nodes:
            made.put("public", iri, "atNode", nodes[n])
        if risk.weight:
            made.put("public", iri, "riskWeight", decimal(risk.weight))
        if risk.retired:
            made.put("public", iri, "riskState", SV["risk-retired"])
    if case.declared is not None:
        star = made.thing("public", "declared-star", "B1", "StarRating")
        made.put("public", star, "ratedSubject", business)
        made.put("public", star, "declaredStar", case.declared)
    if case.assessed:
        for subject in (business, *nodes, *posts):
            made.put("public", subject, "assessedNoRisk", date(2025, 3, 1))
    return made.whole()


def number(graph: Graph, subject: Node, name: str) -> Decimal | None:
    """Give the one value of a property, None where there is none."""
    value = graph.value(subject, SV[name], any=False)
    return None if value is None else Decimal(str(value))


def rating(derived: Graph, subject: str) -> tuple[Decimal | None, Decimal | None, set[int], str]:
    """Give weight, computed star, contributing risks and status of the one rating of a subject."""
    (node,) = derived.subjects(SV.computedFor, URIRef(f"{BUREAU}/{subject}"))
    (status,) = derived.objects(node, SV.ratingStatus)
    return (
        number(derived, node, "riskWeightSum"),
        number(derived, node, "computedStar"),
        {int(str(risk).rpartition("/R")[2]) for risk in derived.objects(node, SV.contributingRisk)},
        str(status).rpartition("status-")[2],
    )


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_stars_are_those_of_the_definition(case: Case) -> None:
    derived = derive_graph(build(case))
    for subject, (weight, star, risks) in expected(case).items():
        found_weight, found_star, found_risks, status = rating(derived, subject)
        assert found_weight == weight
        assert found_star == star
        assert found_risks == risks
        may_be_clear = not subject.startswith("business") or any(case.key)
        clear = case.assessed and weight == 0 and may_be_clear
        assert status == ("rated" if star else "no-risk" if clear else "unrated")


@settings(max_examples=50, deadline=None)
@given(CASES)
def test_the_effective_star_is_the_higher_of_the_valid_ones(case: Case) -> None:
    derived = derive_graph(build(case))
    for subject, (_, computed, _) in expected(case).items():
        declared = case.declared if subject.startswith("business") and case.declared in (1, 2, 3) else None
        valid = [star for star in (declared, computed) if star]
        effective = number(derived, URIRef(f"{BUREAU}/{subject}"), "hasStar")
        assert effective == max(valid, default=None)


# Domain section 7, the sixteen nodes of the high-voltage business expansion.
SIXTEEN = (2, 2, 3, 3, 3, 2, 1, 3, 3, 3, 2, 3, 2, 1, 1, 1)


def expansion(risks: tuple[int, ...], weight: str | None = None) -> Graph:
    made = Bureau()
    business = made.thing("public", "business", "B04", "Business")
    for n, count in enumerate(risks, 1):
        node = made.thing("public", "node", f"B04-N{n:02}", "ProcessNode", "KeyNode")
        made.put("public", business, "hasNode", node)
        for i in range(count):
            risk = made.thing("public", "risk", f"R{n}{i:02}", "IntegrityRisk")
            made.put("public", risk, "atNode", node)
            if weight:
                made.put("public", risk, "riskWeight", decimal(weight))
    return derive_graph(made.whole())


def test_the_worked_example_has_three_stars() -> None:
    """16 key nodes and 35 risks: 2.1875, three stars; its nodes 7, 5 and 4."""
    assert sum(SIXTEEN) == 35
    derived = expansion(SIXTEEN)
    business = URIRef(f"{BUREAU}/business/B04")
    computed = URIRef(f"{BUREAU}/computed-star/business-B04")
    assert derived.value(computed, SV.riskWeightSum) == decimal("35")
    assert derived.value(computed, SV.keyNodeCount) == Literal(16)
    assert derived.value(computed, SV.computedStar) == Literal(3)
    assert derived.value(business, SV.hasStar) == Literal(3)
    assert (business, RDF.type, SV.HighStarBusiness) in derived
    assert (business, RDF.type, SV.ThreeStarBusiness) in derived
    nodes = Counter(
        int(str(star)) for node, star in derived.subject_objects(SV.hasStar) if "/node/" in str(node)
    )
    assert nodes == {3: 7, 2: 5, 1: 4}
    assert len(set(derived.subjects(RDF.type, SV.ThreeStarNode))) == 7


@pytest.mark.parametrize(
    ("risks", "weight", "star"),
    [
        ((2,) * 16, None, 3),  # 32 = 2.0 x 16: the bound is inclusive
        ((2,) * 15 + (1,), None, 2),
        ((1,) * 16, None, 2),
        ((1,) * 15 + (0,), None, 1),
        ((2,) * 5, None, 3),  # exactly the least weight for three stars
        ((2,) * 4, None, 2),  # 8: dense enough, too light
        ((10,), None, 3),
        ((3,) * 3, None, 2),  # 9
        ((3,) * 3, "1.1", 2),  # 9.9
        ((3,) * 3, "1.12", 3),  # 10.08
        ((1,) * 3, "0.1", 1),
        ((10,) * 3, "0.1", 2),  # 3.0 = 1.0 x 3: ten times 0.1 is 1, in decimals
        ((0,) * 3, None, None),
        ((1,), "0", None),
    ],
)
def test_bounds_of_a_business(risks: tuple[int, ...], weight: str | None, star: int | None) -> None:
    assert (
        number(expansion(risks, weight), URIRef(f"{BUREAU}/computed-star/business-B04"), "computedStar")
        == star
    )
