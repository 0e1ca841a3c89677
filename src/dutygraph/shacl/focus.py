"""The focus nodes of a shape, kept up to date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from dutygraph.shacl.dataset import Term
from dutygraph.shacl.footprint import read_by_targets
from dutygraph.shacl.scope import target_scope
from dutygraph.shacl.source import from_rdflib
from dutygraph.shacl.ways import TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dutygraph.shacl.footprint import Footprint
    from dutygraph.shacl.mirror import Mirror
    from dutygraph.shacl.model import Shape


class FocusNodes:
    """The focus nodes of one shape with targets (SHACL 2.1.3).

    `came` and `went` are those that became focus nodes by the last change, or ceased to be. `scope` speaks of
    all focus nodes.
    """

    def __init__(self, shape: Shape, name: str, data: Mirror) -> None:
        """Find them; `name` is the shape's own among those of the session."""
        self.shape, self.name, self._data = shape, name, data
        targets = shape.targets
        self._classes = {c[1:-1] for root in targets.classes for c in data.subclasses(root)}
        self._subjects_of = {str(p) for p in targets.subjects_of}
        self._objects_of = {str(p) for p in targets.objects_of}
        self.reads = read_by_targets(targets, data.subclasses)
        self.scope = target_scope(targets, data)
        rows = data.rows(f"SELECT DISTINCT ?dg0 WHERE {{ {self.scope.pattern} }}")
        self.nodes: set[Term] = {row[0] for row in rows if row[0] is not None}
        self.came: set[Term] = set()
        self.went: set[Term] = set()
        self.named = {from_rdflib(node) for node in targets.nodes}
        if targets.mixed:
            # Several kinds of target in a union are slow to ask again and again.
            self.scope = replace(self.scope, pattern=data.relist(name, self.nodes))

    def follow(self, triples: Iterable[ox.Triple], change: Footprint) -> None:
        """Take notice of triples that came or went; the data have already followed them."""
        self.came, self.went = set(), set()
        if not self.reads.touched_by(change):
            return
        for node in {node for triple in triples for node in self._candidates(triple)} - self.named:
            (self.came if self._is_focus(node) else self.went).add(node)
        self.came -= self.nodes
        self.went &= self.nodes
        self.nodes = (self.nodes | self.came) - self.went
        if self.shape.targets.mixed:
            self._data.enlist(self.name, self.came, self.went)

    def _candidates(self, triple: ox.Triple) -> Iterator[Term]:
        subject, predicate, value = triple
        typed = predicate.value == TYPE and isinstance(value, ox.NamedNode) and value.value in self._classes
        if (typed or predicate.value in self._subjects_of) and not isinstance(subject, ox.Triple):
            yield subject
        if predicate.value in self._objects_of and not isinstance(value, ox.Triple):
            yield value

    def _is_focus(self, node: Term) -> bool:
        data, targets = self._data, self.shape.targets
        return (
            data.is_instance(node, self._classes)
            or any(data.has_value(node, p) for p in targets.subjects_of)
            or any(data.is_value(node, p) for p in targets.objects_of)
        )
