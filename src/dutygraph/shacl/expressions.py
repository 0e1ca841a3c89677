"""Node expressions of triple rules (SHACL-AF 6): reading them, and the nodes they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from rdflib import RDF, SH, BNode, Graph

from dutygraph.shacl.dataset import Term
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.parse import parse_shape
from dutygraph.shacl.paths import Path, members, parse_path
from dutygraph.shacl.scope import Scope
from dutygraph.shacl.source import from_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from rdflib.term import Node

    from dutygraph.shacl.dataset import Data
    from dutygraph.shacl.evaluate import Evaluator
    from dutygraph.shacl.model import Shape

Nodes: TypeAlias = Mapping[Term, "AbstractSet[Term]"]


@dataclass(frozen=True)
class This:
    """The focus node (AF 6.1)."""


@dataclass(frozen=True)
class Constant:
    """One IRI or literal (AF 6.2)."""

    term: Term


@dataclass(frozen=True)
class Values:
    """What a path leads to (AF 6.7)."""

    path: Path
    of: Expression


@dataclass(frozen=True)
class Filtered:
    """The nodes that conform to a shape (AF 6.5)."""

    shape: Shape
    of: Expression


@dataclass(frozen=True)
class Combined:
    """The nodes that any part gives (AF 6.9), or for `all` those that every part gives (AF 6.8)."""

    parts: tuple[Expression, ...]
    all: bool


Expression: TypeAlias = This | Constant | Values | Filtered | Combined
_KINDS = (SH.path, SH.filterShape, SH.union, SH.intersection)


def parse_expression(graph: Graph, node: Node, shape: str) -> Expression:
    """Read a node expression of a shape's rule.

    Raises ShapeError, UnsupportedError for a function and any other kind that is not known here.
    """
    return _parse(graph, node, shape, frozenset())


def _parse(graph: Graph, node: Node, shape: str, above: frozenset[Node]) -> Expression:
    if node == SH.this:
        return This()
    if not isinstance(node, BNode):
        return Constant(from_rdflib(node))
    if node in above:
        raise ShapeError("a node expression that contains itself", shape=shape, prop="sh:rule", clause="AF 6")
    below = above | {node}
    kinds = [(kind, value) for kind in _KINDS for value in graph.objects(node, kind)]
    others = set(graph.predicates(node)) - {*_KINDS, SH.nodes, RDF.type}
    if others or len(kinds) != 1:
        name = min(map(str, others), default="sh:rule")
        raise UnsupportedError("a node expression not known here", shape=shape, component=name)
    [(kind, value)] = kinds
    if kind in (SH.union, SH.intersection):
        listed = members(graph, value, shape, str(kind))
        return Combined(tuple(_parse(graph, n, shape, below) for n in listed), all=kind == SH.intersection)
    inputs = list(graph.objects(node, SH.nodes))
    if len(inputs) > 1:
        raise ShapeError("at most one value expected", shape=shape, prop="sh:nodes", clause="AF 6")
    of = _parse(graph, inputs[0], shape, below) if inputs else This()
    if kind == SH.path:
        return Values(parse_path(graph, value, shape), of)
    return Filtered(parse_shape(graph, value), of)


def nodes_of(expression: Expression, focus: AbstractSet[Term], evaluator: Evaluator) -> Nodes:
    """Give the nodes of an expression for each focus node, asking once for all of them."""
    if isinstance(expression, This):
        return {node: {node} for node in focus}
    if isinstance(expression, Constant):
        return dict.fromkeys(focus, frozenset({expression.term}))
    if isinstance(expression, Combined):
        parts = [nodes_of(part, focus, evaluator) for part in expression.parts]
        return {node: _combined([part[node] for part in parts], every=expression.all) for node in focus}
    given = nodes_of(expression.of, focus, evaluator)
    starts = {node for nodes in given.values() for node in nodes}
    if isinstance(expression, Values):
        ends = _ends(evaluator.data, starts, expression.path)
        return {one: {end for node in nodes for end in ends.get(node, ())} for one, nodes in given.items()}
    failing = evaluator.failing(expression.shape, _scope(evaluator.data, starts)) if starts else set()
    return {one: nodes - failing for one, nodes in given.items()}


def _combined(parts: Iterable[AbstractSet[Term]], *, every: bool) -> AbstractSet[Term]:
    found = list(parts)
    if not found:
        return set()
    return reduce(lambda one, two: one & two if every else one | two, found)


def _ends(data: Data, starts: AbstractSet[Term], path: Path) -> Mapping[Term, set[Term]]:
    found: dict[Term, set[Term]] = {}
    if starts:
        values = _scope(data, starts).values(path)
        for start, end in data.rows(f"SELECT DISTINCT {values.columns} WHERE {{ {values.pattern} }}"):
            if start is not None and end is not None:
                found.setdefault(start, set()).add(end)
    return found


def _scope(data: Data, nodes: AbstractSet[Term]) -> Scope:
    return Scope(data.listed(sorted(nodes, key=str), "?dg0"))
