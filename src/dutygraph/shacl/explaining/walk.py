"""Walking property paths triple by triple (SHACL 2.3.1, SPARQL 1.1 section 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from rdflib import RDF, SH, Graph, URIRef

from dutygraph.shacl.explaining.trial import is_node
from dutygraph.shacl.paths import members

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.explaining.trial import Trial

Way: TypeAlias = "tuple[Triple, ...]"


@dataclass(frozen=True)
class Step:
    """One predicate, forwards or, for `inverse`, backwards."""

    predicate: URIRef
    inverse: bool = False


@dataclass(frozen=True)
class Chain:
    """One part after another."""

    parts: tuple[Route, ...]


@dataclass(frozen=True)
class Choice:
    """Any of several."""

    parts: tuple[Route, ...]


@dataclass(frozen=True)
class Repeat:
    """A part not at all (`nullable`), once, or (`again`) many times."""

    part: Route
    nullable: bool
    again: bool


Route: TypeAlias = Step | Chain | Choice | Repeat
_REPEATS = {
    SH.zeroOrMorePath: (True, True),
    SH.oneOrMorePath: (False, True),
    SH.zeroOrOnePath: (True, False),
}


def route(shapes: Graph, path: Node) -> Route:
    """Read a well-formed path of a shapes graph."""
    if isinstance(path, URIRef):
        return Step(path)
    if (path, RDF.first, None) in shapes:
        return Chain(tuple(route(shapes, m) for m in members(shapes, path, "", "sh:path")))
    for head in shapes.objects(path, SH.alternativePath):
        return Choice(tuple(route(shapes, m) for m in members(shapes, head, "", "sh:path")))
    for inner in shapes.objects(path, SH.inversePath):
        return inverted(route(shapes, inner))
    for predicate, (nullable, again) in _REPEATS.items():
        for inner in shapes.objects(path, predicate):
            return Repeat(route(shapes, inner), nullable, again)
    raise ValueError(f"not a path: {path!r}")


def inverted(way: Route) -> Route:
    """Give the route that is walked from the other end."""
    if isinstance(way, Step):
        return Step(way.predicate, not way.inverse)
    if isinstance(way, Repeat):
        return Repeat(inverted(way.part), way.nullable, way.again)
    parts = tuple(map(inverted, way.parts))
    return Choice(parts) if isinstance(way, Choice) else Chain(parts[::-1])


@dataclass
class Walk:
    """Where a route leads from a node: each end with one way to it, and every triple met."""

    ends: dict[Node, Way] = field(default_factory=dict)
    met: dict[Triple, None] = field(default_factory=dict)


def walk(data: Trial, start: Node, way: Route | None) -> Walk:
    """Walk a route from a node; no route at all leads to the node itself."""
    found = Walk()
    if way is None:
        found.ends[start] = ()
    else:
        found.ends.update(_ends(data, way, {start: ()}, found.met))
    return found


def _ends(data: Trial, way: Route, starts: dict[Node, Way], met: dict[Triple, None]) -> dict[Node, Way]:
    if isinstance(way, Step):
        return _step(data, way, starts, met)
    if isinstance(way, Chain):
        for part in way.parts:
            starts = _ends(data, part, starts, met)
        return starts
    if isinstance(way, Choice):
        found: dict[Node, Way] = {}
        for part in way.parts:
            for end, ways in _ends(data, part, starts, met).items():
                found.setdefault(end, ways)
        return found
    return _repeat(way, starts, lambda now: _ends(data, way.part, now, met))


def _step(data: Trial, way: Step, starts: dict[Node, Way], met: dict[Triple, None]) -> dict[Node, Way]:
    found: dict[Node, Way] = {}
    for start, before in starts.items():
        ends = (None, way.predicate, start) if way.inverse else (start, way.predicate, None)
        for triple in data.match(*ends):
            met[triple] = None
            found.setdefault(triple[0 if way.inverse else 2], (*before, triple))
    return found


def _repeat(
    way: Repeat, starts: dict[Node, Way], onwards: Callable[[dict[Node, Way]], dict[Node, Way]]
) -> dict[Node, Way]:
    found = dict(starts) if way.nullable else {}
    edge = starts
    while edge:
        edge = {end: ways for end, ways in onwards(edge).items() if end not in found}
        found.update(edge)
        if not way.again:
            break
    return found


def grown(data: Trial, start: Node, way: Route, end: Node, fresh: Callable[[], Node]) -> list[list[Triple]]:
    """Give ways to make a route lead from one node to another, those that need fewest triples first.

    `fresh` gives a new node for a place in between.
    """
    if isinstance(way, Step):
        one, two = (end, start) if way.inverse else (start, end)
        return [[(one, way.predicate, two)]] if is_node(one) else []
    if isinstance(way, Repeat):
        return grown(data, start, way.part, end, fresh)
    if isinstance(way, Choice):
        return [triples for part in way.parts for triples in grown(data, start, part, end, fresh)]
    head, rest = way.parts[0], way.parts[1:]
    if not rest:
        return grown(data, start, head, end, fresh)
    tail = rest[0] if len(rest) == 1 else Chain(rest)
    # A place in between that is there already is better than a new one.
    places = sorted((n for n in walk(data, start, head).ends if is_node(n)), key=lambda n: n.n3())
    found = [triples for place in places[:2] for triples in grown(data, place, tail, end, fresh)]
    new = fresh()
    for first in grown(data, start, head, new, fresh):
        found += [first + more for more in grown(data, new, tail, end, fresh)]
    return sorted(found, key=len)
