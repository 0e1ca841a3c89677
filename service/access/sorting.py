"""The quads of one bureau by kind of data and by whose they are, followed from commit to commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, TypeVar

import pyoxigraph as ox
from rdflib import RDF

from dutygraph.commits.recent import Recent
from dutygraph.model import GraphKind
from dutygraph.service.access.roles import Data
from dutygraph.service.access.rows import RowRules
from dutygraph.store import BureauGraphs

Node = ox.NamedNode | ox.BlankNode | ox.Triple
Key = TypeVar("Key", bound=Hashable)

TYPE = ox.NamedNode(str(RDF.type))
_MOST_GONE = 20_000
"""Quads gone since a bureau was read, beyond which it is read anew: they are kept, to be told from."""


@dataclass(slots=True)
class Lineage:
    """What follows from one reading of a bureau: a quad has one place in all of it while it is there."""

    places: Iterator[int] = field(default_factory=count)
    gone: dict[int, ox.Quad] = field(default_factory=dict)


class Sorted(NamedTuple):
    """Of which row a triple is, by which node it is one's own, and which other node it names.

    ``unregistered`` is the row of the other node where nobody registered that.
    """

    row: Data
    anchor: Node
    named: Node | None
    unregistered: Data | None


class Sorting:
    """Quads by place, and indexes of them. Never changed once made; ``after`` gives another.

    ``rows`` gives the places by row and *anchor*: the node by which a triple is or is not one's own, as a
    rule its subject. ``mentions`` gives the places of the triples that name a registered node without being
    about it, ``unregistered`` those that name a node nobody registered, by its row. ``followers`` gives the
    records about a record, which are whose that one is.
    """

    def __init__(
        self,
        names: BureauGraphs,
        rules: RowRules,
        quads: Iterable[ox.Quad],
        unannounced: Callable[[Sorting], frozenset[Node]],
    ) -> None:
        """Sort out one consistent reading of a bureau; graphs that ``rows.toml`` does not name stay out.

        *unannounced* gives what must not be told of yet.
        """
        self.names, self._rules = names, rules
        self.lineage = Lineage()
        self._graphs: Mapping[object, Data] = {
            ox.NamedNode(f"{names.bureau}/{word}"): row for word, row in rules.graphs.items()
        }
        self._restricted = ox.NamedNode(names.asserted(GraphKind.RESTRICTED))
        self.quads: dict[int, ox.Quad] = {}
        self.held: dict[ox.Quad, int] = {}
        self.about: dict[Node, list[int]] = {}
        self.typed: dict[object, list[int]] = {}
        self._pointing: dict[object, list[int]] = {}
        self.rows: dict[Data, dict[Node, list[int]]] = {row: {} for row in Data}
        self.mentions: dict[Node, list[int]] = {}
        self.unregistered: dict[Data, list[int]] = {}
        for quad in quads:
            if quad.graph_name in self._graphs and quad not in self.held:
                self._hold(quad)
        self._hidden = unannounced(self)
        self._decide()
        for place, quad in self.quads.items():
            row, anchor, named, unregistered = self._sorted(quad)
            self.rows[row].setdefault(anchor, []).append(place)
            if unregistered is not None:
                self.unregistered.setdefault(unregistered, []).append(place)
            elif named is not None:
                self.mentions.setdefault(named, []).append(place)

    def after(
        self, changes: Iterable[Recent], unannounced: Callable[[Sorting], frozenset[Node]] | None
    ) -> Sorting | None:
        """Return the quads after some commits; None if they do not fit these, or a reading is as fast.

        *unannounced* is None where what must not be told of yet is still the same.
        """
        made = copy(self)
        made.quads, made.held = self.quads.copy(), self.held.copy()
        made.about, made.typed, made._pointing = (  # noqa: SLF001 - of the same class
            _own(index) for index in (self.about, self.typed, self._pointing)
        )
        touched: set[Node] = set()
        for change in changes:
            for quad in change.removed:
                if quad.graph_name in self._graphs:
                    if quad not in made.held:
                        return None
                    made._drop(quad)  # noqa: SLF001
                    touched.add(quad.subject)
            for quad in change.added:
                if quad.graph_name in self._graphs and quad not in made.held:
                    made._hold(quad)  # noqa: SLF001
                    touched.add(quad.subject)
        if len(self.lineage.gone) > _MOST_GONE:
            return None
        if unannounced is not None:
            made._hidden = unannounced(made)  # noqa: SLF001
        made._decide()  # noqa: SLF001
        before, now = self._of_node, made._of_node  # noqa: SLF001
        touched.update(node for node in before.keys() | now.keys() if before.get(node) is not now.get(node))
        made._sort_again(self, touched)  # noqa: SLF001
        return made

    def said(self, node: Node) -> Iterator[tuple[int, ox.Quad]]:
        """Yield what is said about a node, with the places."""
        return ((place, self.quads[place]) for place in self.about.get(node, ()))

    def instances(self, a_class: ox.NamedNode, graph: ox.NamedNode | None = None) -> list[Node]:
        """Return what a graph, or any, says to be of a class."""
        found = (self.quads[place] for place in self.typed.get(a_class, ()))
        return [quad.subject for quad in found if graph is None or quad.graph_name == graph]

    def row_of_unregistered(self, node: Node) -> Data | None:
        """Return the row that a node would be of, by the word in its IRI; None for what is no bureau's."""
        if not isinstance(node, ox.NamedNode) or not node.value.startswith(f"{self.names.base}bureau/"):
            return None
        kind = node.value.partition("/bureau/")[2].partition("/")[2].partition("/")[0] or "bureau"
        return self._rules.unregistered.get(kind, Data.EXTRAS)

    def _hold(self, quad: ox.Quad) -> None:
        place = next(self.lineage.places)
        self.quads[place] = quad
        self.held[quad] = place
        self.about.setdefault(quad.subject, []).append(place)
        if quad.predicate == TYPE:
            self.typed.setdefault(quad.object, []).append(place)
        elif not isinstance(quad.object, ox.Literal):
            self._pointing.setdefault(quad.object, []).append(place)

    def _drop(self, quad: ox.Quad) -> None:
        place = self.held.pop(quad)
        self.lineage.gone[place] = self.quads.pop(place)
        _take(self.about, quad.subject, place)
        if quad.predicate == TYPE:
            _take(self.typed, quad.object, place)
        elif not isinstance(quad.object, ox.Literal):
            _take(self._pointing, quad.object, place)

    def _naming(self, nodes: Iterable[Node]) -> set[int]:
        """Return the places of all triples about nodes or with these as objects."""
        indexes: tuple[Mapping[object, list[int]], ...] = (self.about, self.typed, self._pointing)  # type: ignore[assignment]
        return {place for node in nodes for index in indexes for place in index.get(node, ())}

    def _sort_again(self, before: Sorting, touched: Iterable[Node]) -> None:
        """Move the triples about and to the nodes *touched* from where they stood to where they stand."""
        self.rows = {row: _own(anchors) for row, anchors in before.rows.items()}
        self.mentions, self.unregistered = _own(before.mentions), _own(before.unregistered)
        for place in before._naming(touched):
            row, anchor, named, unregistered = before._sorted(before.quads[place])
            _take(self.rows[row], anchor, place)
            if unregistered is not None:
                _take(self.unregistered, unregistered, place)
            elif named is not None:
                _take(self.mentions, named, place)
        for place in sorted(self._naming(touched)):
            row, anchor, named, unregistered = self._sorted(self.quads[place])
            self.rows[row].setdefault(anchor, []).append(place)
            if unregistered is not None:
                self.unregistered.setdefault(unregistered, []).append(place)
            elif named is not None:
                self.mentions.setdefault(named, []).append(place)

    def _sorted(self, quad: ox.Quad) -> Sorted:
        subject, predicate, value, graph = quad
        row = (
            self._rules.properties.get(predicate)
            or self._of_property.get((subject, predicate))
            or self._of_node.get(subject)
            or self._graphs[graph]
        )
        if isinstance(value, ox.Literal):
            return Sorted(row, subject, None, None)
        anchor = subject
        if predicate == self._rules.conclusion and value in self._of_conclusion:
            row, anchor = self._of_conclusion[value], value
        named = value if anchor == subject else subject
        if named in self.about:
            return Sorted(row, anchor, named, None)
        unregistered = Data.EXTRAS if isinstance(named, ox.Triple) else self.row_of_unregistered(named)
        return Sorted(row, anchor, None, unregistered)

    def _decide(self) -> None:
        """Find the rows of nodes, of properties of nodes, and of what conclusions tell of, by classes."""
        self.followers: dict[Node, list[Node]] = defaultdict(list)
        self._of_node = self._with_followers(self._rows_of_nodes())
        self._of_property = {
            (node, name): row
            for a_class, properties in self._rules.properties_of.items()
            for node in self.instances(a_class)
            for name, row in properties.items()
        }
        self._of_conclusion = {
            node: row for a_class, row in self._rules.conclusions.items() for node in self.instances(a_class)
        }

    def _rows_of_nodes(self) -> Mapping[Node, Data]:
        """Return the row of each node whose class tells it, wherever its triples stand."""
        found: dict[Node, Data] = {}
        for a_class, row in self._rules.classes.items():
            found.update(dict.fromkeys(self.instances(a_class), row))
        for a_class, row in self._rules.restricted_classes.items():
            for node in self.instances(a_class, self._restricted):
                found.setdefault(node, row)
        for node in self._hidden:
            found.setdefault(node, Data.UNANNOUNCED)
        return found

    def _with_followers(self, of_node: Mapping[Node, Data]) -> Mapping[Node, Data]:
        """Return the rows of nodes with those of their followers; in the restricted graph, all follow."""
        found = dict(of_node)
        for a_class, name in self._rules.followers.items():
            kept_apart = set(self.instances(a_class, self._restricted))
            for follower in self.instances(a_class):
                for _, quad in self.said(follower):
                    if quad.predicate != name or isinstance(quad.object, ox.Literal):
                        continue
                    self.followers[quad.object].append(follower)
                    row = of_node.get(quad.object)
                    if row is None and follower in kept_apart:
                        row = self._row_by_graph(quad.object)
                    if row is not None:
                        found[follower] = row
        return found

    def _row_by_graph(self, node: Node) -> Data | None:
        rows = [self._graphs[quad.graph_name] for _, quad in self.said(node) if quad.predicate == TYPE]
        return next((row for row in rows if row is not Data.STRUCTURE), None)


def _own(index: Mapping[Key, list[int]]) -> dict[Key, list[int]]:
    """Return a copy of an index that can be changed without changing this one."""
    return {key: places.copy() for key, places in index.items()}


def _take(index: dict[Key, list[int]], key: Key, place: int) -> None:
    places = index[key]
    places.remove(place)
    if not places:
        del index[key]
