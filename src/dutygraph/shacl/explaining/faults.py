"""Finding again the constraint behind a result, on one focus node at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dutygraph.shacl.compiled_engine import result_of
from dutygraph.shacl.evaluate import Evaluator
from dutygraph.shacl.explaining.walk import Route, route, walk
from dutygraph.shacl.messages import messages_of
from dutygraph.shacl.model import Logical, Nested, Qualified
from dutygraph.shacl.parse import parse_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from dutygraph.shacl.explaining.trial import Trial
    from dutygraph.shacl.model import Constraint, Shape
    from dutygraph.shacl.report import Result


@dataclass(frozen=True)
class Fault:
    """A constraint of a shape and one result that it gives."""

    shape: Shape
    constraint: Constraint
    result: Result

    @property
    def focus(self) -> Node:
        """Give the focus node."""
        return self.result.focus_node


class Shapes:
    """The shapes of a shapes graph, by node, with those that hold them by sh:property."""

    def __init__(self, graph: Graph) -> None:
        """Read them; raises ShapeError or UnsupportedError."""
        self.graph = graph
        self.by_node: dict[Node, Shape] = {}
        self._above: dict[Node, list[Shape]] = {}
        for shape in parse_shapes(graph):
            self._add(shape)

    def _add(self, shape: Shape) -> None:
        if shape.node in self.by_node:
            return
        self.by_node[shape.node] = shape
        for constraint in shape.constraints:
            for inner in inner_shapes(constraint):
                if isinstance(constraint, Nested) and shape.path is None:
                    self._above.setdefault(inner.node, []).append(shape)
                self._add(inner)

    def whole(self, shape: Shape) -> list[Shape]:
        """Give the outermost shapes that ask this one of the same focus nodes."""
        above = self._above.get(shape.node, [])
        return [top for parent in above for top in self.whole(parent)] if above else [shape]

    def route(self, shape: Shape) -> Route | None:
        """Give the path of a property shape as a route."""
        return None if shape.path_node is None else route(self.graph, shape.path_node)


def inner_shapes(constraint: Constraint) -> tuple[Shape, ...]:
    """Give the shapes that a constraint speaks of."""
    if isinstance(constraint, Nested):
        return (constraint.shape,)
    if isinstance(constraint, Logical):
        return constraint.shapes
    if isinstance(constraint, Qualified):
        return (constraint.shape, *constraint.siblings)
    return ()


class Faults:
    """Asks shapes of single nodes, of the data as it is at that moment."""

    def __init__(self, data: Trial, shapes: Shapes) -> None:
        """Work on a copy of the data."""
        self.data = data
        self.shapes = shapes

    def of_shape(self, shape: Shape, focus: Node) -> list[Fault]:
        """Give every fault of a node by a shape, each with its constraint."""
        found: list[Fault] = []
        for constraint in shape.constraints:
            if isinstance(constraint, Nested):
                for value in walk(self.data, focus, self.shapes.route(shape)).ends:
                    found += self.of_shape(constraint.shape, value)
            else:
                found += self.of_constraint(shape, constraint, focus)
        return found

    def of_constraint(self, shape: Shape, constraint: Constraint, focus: Node) -> list[Fault]:
        """Give every fault of a node by one constraint of a shape."""
        alone = replace(shape, constraints=(constraint,))
        return [Fault(shape, constraint, r) for r in self._results(alone, focus)]

    def results(self, shapes: Iterable[Shape], focus: Node) -> list[Result]:
        """Give every result of a node by some shapes, those of its value nodes included."""
        return [result for shape in shapes for result in self._results(shape, focus)]

    def conforms(self, shape: Shape, node: Node) -> bool:
        """Tell whether a node conforms to a shape (SHACL 3.4.1)."""
        return not self._results(shape, node)

    def _results(self, shape: Shape, focus: Node) -> list[Result]:
        messages = partial(messages_of, self.shapes.graph)
        violations = Evaluator(self.data).violations(shape, self.data.scope(focus))
        return [result_of(violation, self.data, messages) for violation in violations]

    def behind(self, result: Result) -> Iterator[Fault]:
        """Give the faults that are this result: more than one where constraints of a shape are alike."""
        shape = self.shapes.by_node.get(result.source_shape)
        if shape is None:
            return
        for constraint in shape.constraints:
            if isinstance(constraint, Nested):
                continue
            for fault in self.of_constraint(shape, constraint, result.focus_node):
                if same(fault.result, result):
                    yield fault


def same(one: Result, two: Result) -> bool:
    """Tell whether two results are one and the same."""
    return (
        one.path == two.path
        and one.focus_node == two.focus_node
        and one.value == two.value
        and one.component == two.component
        and one.source_shape == two.source_shape
        and one.source_constraint == two.source_constraint
    )
