"""Ways through a data graph: from focus nodes to what a check reads, and back from a change to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

if TYPE_CHECKING:
    from dutygraph.shacl.dataset import Term


TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True)
class Edge:
    """One triple with this predicate, from its subject to its object."""

    predicate: str


@dataclass(frozen=True)
class Typed:
    """One rdf:type triple with one of these classes."""

    classes: frozenset[str]


@dataclass(frozen=True)
class Whatever:
    """Any one triple, from its subject to its object."""


@dataclass(frozen=True)
class Back:
    """A way walked from its end to its start."""

    way: Way


@dataclass(frozen=True)
class Then:
    """One way after another."""

    first: Way
    second: Way


@dataclass(frozen=True)
class Either:
    """One way or another."""

    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Repeated:
    """A way walked any number of times, or at most once; `nullable` tells whether it may be not at all."""

    way: Way
    many: bool
    nullable: bool = True


Way: TypeAlias = Edge | Typed | Whatever | Back | Then | Either | Repeated
MOST = 300


def neighbours(store: ox.Store, node: Term, predicate: str, *, back: bool) -> Iterator[Term]:
    """Give the values of a node in the default graph, or for `back` the nodes of which it is a value."""
    name = ox.NamedNode(predicate)
    if back:
        for quad in store.quads_for_pattern(None, name, node, ox.DefaultGraph()):
            if not isinstance(quad.subject, ox.Triple):
                yield quad.subject
    elif not isinstance(node, ox.Literal):
        for quad in store.quads_for_pattern(node, name, None, ox.DefaultGraph()):
            if not isinstance(quad.object, ox.Triple):
                yield quad.object


class TooManyError(Exception):
    """So many nodes are concerned that it is better to look at all of them."""


class Tracer:
    """Tells from which nodes a way leads over a triple that came or went.

    It looks at the graph after the change. That is enough: of the changed triples on a way, before or after,
    take the first; what lies before it is the same in both graphs.
    """

    def __init__(self, triples: Iterable[ox.Triple], store: ox.Store) -> None:
        """Take a change, and the graph after it in the default graph of a Store."""
        self._store = store
        self._edges: dict[str, list[tuple[Term, Term]]] = {}
        for subject, predicate, value in triples:
            if not isinstance(subject, ox.Triple) and not isinstance(value, ox.Triple):
                self._edges.setdefault(predicate.value, []).append((subject, value))

    def origins(self, way: Way) -> set[Term]:
        """Give the nodes from which a way leads, or led, over a changed triple.

        Raises TooManyError.
        """
        return self._touched(way, back=False)

    def _touched(self, way: Way, *, back: bool) -> set[Term]:
        if isinstance(way, Edge | Typed | Whatever):
            return _few({pair[back] for pair in self._changed(way)})
        if isinstance(way, Back):
            return self._touched(way.way, back=not back)
        if isinstance(way, Either):
            return {node for one in way.ways for node in self._touched(one, back=back)}
        if isinstance(way, Then):
            first, second = (way.second, way.first) if back else (way.first, way.second)
            onwards = self._touched(second, back=back)
            return self._touched(first, back=back) | self._before(first, onwards, back=back)
        found = self._touched(way.way, back=back)
        return self._before(way, found, back=back) if way.many else found

    def _before(self, way: Way, ends: set[Term], *, back: bool) -> set[Term]:
        """Give the nodes from which a way leads to one of `ends`."""
        if not ends:
            return ends
        if isinstance(way, Edge):
            found = (neighbours(self._store, end, way.predicate, back=not back) for end in ends)
            return _few(node for nodes in found for node in nodes)
        if isinstance(way, Back):
            return self._before(way.way, ends, back=not back)
        if isinstance(way, Either):
            return {node for one in way.ways for node in self._before(one, ends, back=back)}
        if isinstance(way, Then):
            first, second = (way.second, way.first) if back else (way.first, way.second)
            return self._before(first, self._before(second, ends, back=back), back=back)
        if isinstance(way, Repeated):
            return self._repeated(way, ends, back=back)
        raise TooManyError

    def _repeated(self, way: Repeated, ends: set[Term], *, back: bool) -> set[Term]:
        found, latest = set(ends), ends
        while latest:
            latest = self._before(way.way, latest, back=back) - found
            found |= latest
            _few(found)
            if not way.many:
                break
        return found

    def _changed(self, way: Edge | Typed | Whatever) -> Iterator[tuple[Term, Term]]:
        if isinstance(way, Edge):
            return iter(self._edges.get(way.predicate, ()))
        if isinstance(way, Whatever):
            return (pair for pairs in self._edges.values() for pair in pairs)
        pairs = self._edges.get(TYPE, ())
        return (p for p in pairs if isinstance(p[1], ox.NamedNode) and p[1].value in way.classes)


def predicates(way: Way) -> frozenset[str]:
    """Give the predicates of the triples that a way goes over; `Typed` and `Whatever` have none to give."""
    if isinstance(way, Edge):
        return frozenset({way.predicate})
    if isinstance(way, Then):
        return predicates(way.first) | predicates(way.second)
    if isinstance(way, Either):
        return frozenset().union(*map(predicates, way.ways))
    return predicates(way.way) if isinstance(way, Back | Repeated) else frozenset()


def nullable(way: Way) -> bool:
    """Tell whether a way may lead nowhere but where it starts."""
    if isinstance(way, Then):
        return nullable(way.first) and nullable(way.second)
    if isinstance(way, Either):
        return any(map(nullable, way.ways))
    if isinstance(way, Repeated):
        return way.nullable or nullable(way.way)
    return isinstance(way, Back) and nullable(way.way)


def only_first(way: Way) -> frozenset[str]:
    """Give the predicates of a way of which the subject is always where the way starts."""
    if isinstance(way, Edge):
        return frozenset({way.predicate})
    if isinstance(way, Then):
        return frozenset() if nullable(way.first) else only_first(way.first) - predicates(way.second)
    if isinstance(way, Either):
        inside = frozenset().union(*(predicates(one) - only_first(one) for one in way.ways))
        return frozenset().union(*map(only_first, way.ways)) - inside
    return only_first(way.way) if isinstance(way, Repeated) and not way.many else frozenset()


def along(ways: Iterable[Way]) -> Way | None:
    """Give one way after another as one way, None for none."""
    found: Way | None = None
    for way in ways:
        found = way if found is None else Then(found, way)
    return found


def _few(nodes: Iterable[Term]) -> set[Term]:
    found: set[Term] = set()
    for node in nodes:
        found.add(node)
        if len(found) > MOST:
            raise TooManyError
    return found
