"""What stands around a thing: neighbours within a few steps, the chain up to tier 1, the gaps at each.

It shows exposure, never suspicion (domain section 8).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dutygraph.charts.chain import Chain, chain_up
from dutygraph.charts.reading import Reading, gaps_by_thing
from dutygraph.charts.ties import Tie, ties
from dutygraph.model import Finding, Text, Thing

DEEPEST = 3
WIDTH = 40
MOST = 400


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie between two of the nodes shown, from its subject to its object, by IRI."""

    source: str
    target: str
    tie: str
    label: Text
    back: Text


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node shown: how many steps from the start, its gaps (ids), how many neighbours are not shown.

    ``more`` is None for a node whose neighbours were not looked for: it stands at the rim.
    """

    thing: Thing
    distance: int
    gaps: tuple[str, ...]
    more: int | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nodes around one thing, nearest first; the edges between them; the way from it up to tier 1."""

    start: Thing
    depth: int
    nodes: tuple[Neighbour, ...]
    edges: tuple[Edge, ...]
    chain: Chain


_Tied = tuple[str, str, str]  # from, tie, to


def neighbourhood(
    reading: Reading,
    start: str,
    findings: Sequence[Finding] = (),
    *,
    depth: int = 1,
    width: int = WIDTH,
    most: int = MOST,
) -> Neighbourhood:
    """Return what stands within *depth* steps of a registered thing (by IRI).

    A node brings at most *width* neighbours that are not shown yet, in the order of the ties and of ids,
    and no more than *most* nodes are shown in all; what is left out is counted.
    """
    distances, more = {start: 0}, dict[str, int]()
    rim = [start]
    for distance in range(1, depth + 1):
        found = _around(reading, rim)
        following: list[str] = []
        for node in rim:
            new = [other for other in found.get(node, ()) if other not in distances]
            taken = new[: max(0, min(width, most - len(distances)))]
            distances.update(dict.fromkeys(taken, distance))
            following += taken
        for node in rim:
            more[node] = sum(other not in distances for other in found.get(node, ()))
        rim = following
    gaps = gaps_by_thing(reading, findings)
    return Neighbourhood(
        start=reading.things.thing(start),
        depth=depth,
        nodes=tuple(
            Neighbour(reading.things.thing(iri), distance, gaps.get(iri, ()), more.get(iri))
            for iri, distance in distances.items()
        ),
        edges=_edges(reading, distances.keys()),
        chain=chain_up(reading, start),
    )


def _around(reading: Reading, nodes: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the neighbours of each of these nodes, each once, in the order of the ties and of ids."""
    known = ties()
    found: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    asked = set(nodes)
    for source, tie, target in _tied(reading, nodes):
        place = known[tie].place
        for one, other in ((source, target), (target, source)):
            if one in asked:
                key = place, reading.things.thing(other).id
                found[one][other] = min(found[one].get(other, key), key)
    return {
        one: tuple(sorted(others, key=lambda other: (others[other], other))) for one, others in found.items()
    }


def _edges(reading: Reading, nodes: Iterable[str]) -> tuple[Edge, ...]:
    shown, known = set(nodes), ties()
    inside = {tied for tied in _tied(reading, sorted(shown)) if tied[0] in shown and tied[2] in shown}
    joined: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, tie, target in inside:
        joined[target, source].add(tie)
        joined[source, target].add(tie)

    def says_more(tied: _Tied) -> bool:
        return not known[tied[1]].unless & joined[tied[0], tied[2]]

    def order(tied: _Tied) -> tuple[int, str, str]:
        return known[tied[1]].place, tied[0], tied[2]

    return tuple(
        _edge(known[tie], one, other) for one, tie, other in sorted(filter(says_more, inside), key=order)
    )


def _edge(tie: Tie, source: str, target: str) -> Edge:
    return Edge(source, target, tie.name, tie.label, tie.back)


def _tied(reading: Reading, nodes: Sequence[str]) -> set[_Tied]:
    if not nodes:
        return set()
    kinds = "VALUES ?tie { " + " ".join(f"<{iri}>" for iri in ties()) + " }"
    listed = " ".join(f"<{node}>" for node in nodes)
    return {
        (row["from"], row["tie"], row["to"])
        for end in ("from", "to")
        for row in reading.rows("ties", f"VALUES ?{end} {{ {listed} }} {kinds}")
    }
