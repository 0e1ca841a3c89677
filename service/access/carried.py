"""What is carried on from the views of one commit to those of the next, less what the commit changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from weakref import WeakSet

import pyoxigraph as ox

from dutygraph.service.access.sorting import TYPE, Lineage, Node, Sorting
from dutygraph.service.access.union import Change, Made, UnionStore
from dutygraph.shacl.footprint import Footprint, footprint_of_change
from dutygraph.things import Things

_LARGE = 4
"""A change of more than this part of a view is followed faster by making the view anew."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A store as it was at some commit, the places of what it holds, and who reads it still.

    It does not keep the contents of that commit in memory.
    """

    lineage: Lineage
    commit: int
    places: Collection[int]
    made: Made
    things: Things | None
    readers: WeakSet[object]

    def weight(self) -> int:
        """Return about how many bytes of memory it takes."""
        return self.made.weight(len(self.places))

    def follow(self, store: UnionStore, sorting: Sorting, places: Collection[int]) -> Change | None:
        """Give a later store of these places what still holds, and this one where nobody reads it any more.

        Return by what they differ; None where the other is to be made anew.
        """
        if self.lineage is not sorting.lineage:
            return None
        before, now = frozenset(self.places), frozenset(places)
        came, went = now - before, before - now
        if (len(came) + len(went)) * _LARGE > len(now):
            return None
        gone = [sorting.quads.get(place) or sorting.lineage.gone[place] for place in sorted(went)]
        added = [sorting.quads[place] for place in sorted(came)]
        left = tuple(_left(sorting, now, gone, store.merged))
        change = Change(added, gone, left, touched(sorting, [*gone, *added]))
        store.follow(self.made, change, alone=not len(self.readers))
        return change


def touched(sorting: Sorting, quads: Collection[ox.Quad]) -> Footprint:
    """Return what of the quads that come or go queries may read; the nodes have more classes, not fewer."""
    gone: dict[Node, list[str]] = {}
    for quad in quads:
        if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
            gone.setdefault(quad.subject, []).append(quad.object.value)

    def types_of(node: Node) -> Iterator[str]:
        yield from gone.get(node, ())
        for _, quad in sorting.said(node):
            if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
                yield quad.object.value

    return footprint_of_change((quad.triple for quad in quads), types_of)


def _left(
    sorting: Sorting, now: frozenset[int], gone: Iterable[ox.Quad], merged: Collection[ox.NamedNode]
) -> Iterator[ox.Triple]:
    for quad in gone:
        subject, predicate, value, graph = quad
        others = (ox.Quad(subject, predicate, value, other) for other in merged)
        if graph in merged and not any(sorting.held.get(other) in now for other in others):
            yield quad.triple
