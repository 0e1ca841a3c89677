"""Shapes graph to shapes: reading, and refusing what is ill-formed or cannot be run (SHACL 2, 4, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef

from dutygraph.shacl import parameters
from dutygraph.shacl.components import Component, read_components, use_component
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.model import Constraint, Logical, Nested, Qualified, Select, Shape
from dutygraph.shacl.paths import Path, members, parse_path
from dutygraph.shacl.prebind import check
from dutygraph.shacl.prefixes import query_text
from dutygraph.shacl.syntax import check_shape, is_true
from dutygraph.shacl.targets import Targets, parse_targets, targeted_shapes

if TYPE_CHECKING:
    from rdflib.term import Node

LOGICAL: dict[Node, URIRef] = {
    SH["not"]: SH.NotConstraintComponent,
    SH["and"]: SH.AndConstraintComponent,
    SH["or"]: SH.OrConstraintComponent,
    SH.xone: SH.XoneConstraintComponent,
    SH.node: SH.NodeConstraintComponent,
}
_LISTED = {SH["and"], SH["or"], SH.xone}
_SILENT = {
    *(SH.path, SH.name, SH.description, SH.order, SH.group, SH.defaultValue, SH.message, SH.severity),
    *(SH.deactivated, SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf),
    *(SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint),
    *(SH.flags, SH.ignoredProperties, SH.rule, SH.prefixes, SH.declare, SH.select, SH.ask, SH.parameter),
    *(SH.validator, SH.nodeValidator, SH.propertyValidator, SH.labelTemplate, SH.entailment, SH.shapesGraph),
}
_TARGETS = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
DEEPEST = 50  # shapes inside each other
_REFUSED = {SH.target, SH.expression, SH.js}


def parse_shapes(graph: Graph) -> tuple[Shape, ...]:
    """Read every active shape that has targets, with the shapes it refers to.

    Raises ShapeError when one is ill-formed, UnsupportedError when one is recursive or uses what the
    compiled engine cannot run. Shapes that no target reaches are not looked at.
    """
    for entailment in graph.objects(None, SH.entailment):
        raise UnsupportedError(
            f"no entailment is supported: {entailment}", shape="*", component="sh:entailment"
        )
    check_targets(graph)
    parser = _Parser(graph)
    return tuple(parser.shape(node, ()) for node in targeted_shapes(graph))


def check_targets(graph: Graph) -> None:
    """Refuse targets that are not of SHACL Core: a shape that has no other would never be looked at.

    Raises UnsupportedError.
    """
    for predicate in sorted(set(graph.predicates()) - _TARGETS, key=str):
        if str(predicate).startswith(str(SH.target)):
            for shape in sorted(graph.subjects(predicate), key=str):
                if not is_true(graph, shape, SH.deactivated):
                    reason = "not a target that this engine knows"
                    raise UnsupportedError(reason, shape=str(shape), component=str(predicate))


def _strange(predicate: Node) -> bool:
    return str(predicate).startswith(str(SH)) and predicate not in _SILENT


def parse_conditions(graph: Graph, rule: Node) -> tuple[Shape, ...]:
    """Read the shapes that a rule's focus nodes must conform to (SHACL-AF 8.2)."""
    parser = _Parser(graph)
    return tuple(parser.shape(node, ()) for node in sorted(graph.objects(rule, SH.condition), key=str))


def parse_shape(graph: Graph, node: Node) -> Shape:
    """Read one shape, whether or not it has targets; raises what `parse_shapes` raises."""
    return _Parser(graph).shape(node, ())


def _check_targets(targets: Targets, shape: str) -> None:
    if any(isinstance(n, BNode) for n in targets.nodes):
        raise ShapeError("an IRI or literal expected", shape=shape, prop="sh:targetNode", clause="2.1.3.1")
    for term in (*targets.classes, *targets.subjects_of, *targets.objects_of):
        if not isinstance(term, URIRef):
            raise ShapeError(f"not an IRI: {term}", shape=shape, prop="target", clause="2.1.3")


class _Parser:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.done: dict[Node, Shape] = {}
        self.components: tuple[Component, ...] = read_components(graph)

    def shape(self, node: Node, above: tuple[Node, ...]) -> Shape:
        if node in above:
            circle = " -> ".join(str(n) for n in (*above[above.index(node) :], node))
            raise UnsupportedError(f"recursive shapes: {circle}", shape=str(node), component="recursion")
        if len(above) > DEEPEST:
            reason = f"more than {DEEPEST} shapes inside each other"
            raise UnsupportedError(reason, shape=str(above[0]), component="nesting")
        if node not in self.done:
            self.done[node] = self._shape(node, (*above, node))
        return self.done[node]

    def _shape(self, node: Node, above: tuple[Node, ...]) -> Shape:
        name = str(node)
        if isinstance(node, Literal):
            raise ShapeError("a literal is not a shape", shape=name, clause="2.1")
        check_shape(self.graph, node)
        path, path_node = self._path(node)
        deactivated = is_true(self.graph, node, SH.deactivated)
        constraints = () if deactivated else self._constraints(node, above, is_property=path is not None)
        severities = list(self.graph.objects(node, SH.severity))
        if len(severities) > 1 or not all(isinstance(s, URIRef) for s in severities):
            raise ShapeError("one IRI expected", shape=name, prop="sh:severity", clause="2.1.4")
        severity = severities[0] if severities else SH.Violation
        targets = parse_targets(self.graph, node)
        _check_targets(targets, name)
        return Shape(node, targets, severity, deactivated, constraints, path, path_node)

    def _path(self, node: Node) -> tuple[Path | None, Node | None]:
        paths = list(self.graph.objects(node, SH.path))
        if len(paths) > 1:
            raise ShapeError("more than one path", shape=str(node), prop="sh:path", clause="2.3.1")
        if paths and (node, RDF.type, SH.NodeShape) in self.graph:
            raise ShapeError("a node shape has no path", shape=str(node), prop="sh:path", clause="2.2")
        if not paths and (node, RDF.type, SH.PropertyShape) in self.graph:
            raise ShapeError("a property shape has one path", shape=str(node), prop="sh:path", clause="2.3")
        return (parse_path(self.graph, paths[0], str(node)), paths[0]) if paths else (None, None)

    def _constraints(
        self, node: Node, above: tuple[Node, ...], *, is_property: bool
    ) -> tuple[Constraint, ...]:
        used = sorted(set(self.graph.predicates(node)), key=str)
        found: list[Constraint] = []
        custom = [c for c in self.components if c.applies(self.graph, node)]
        extra = {p for c in custom for p in c.paths}
        for predicate in used:
            if predicate in LOGICAL:
                found.extend(self._logical(node, predicate, above))
            elif predicate == SH.property:
                found.extend(self._nested(node, above))
            elif predicate == SH.qualifiedValueShape:
                found.extend(self._qualified(node, above, is_property=is_property))
            elif predicate == SH.sparql:
                found.extend(self._sparql(node))
            elif predicate in parameters.READERS:
                found.extend(parameters.read(self.graph, node, predicate, is_property=is_property))
            elif predicate in _REFUSED or (_strange(predicate) and predicate not in extra):
                reason = "not a parameter that this engine knows"
                raise UnsupportedError(reason, shape=str(node), component=str(predicate))
        for component in custom:
            found.extend(use_component(self.graph, component, node, is_property=is_property))
        return tuple(found)

    def _logical(self, node: Node, predicate: Node, above: tuple[Node, ...]) -> list[Constraint]:
        found: list[Constraint] = []
        for value in sorted(self.graph.objects(node, predicate), key=str):
            listed = predicate in _LISTED
            inner = members(self.graph, value, str(node), str(predicate)) if listed else (value,)
            shapes = tuple(self.shape(n, above) for n in inner)
            if predicate == SH.node and shapes[0].path is not None:
                raise ShapeError("not a node shape", shape=str(node), prop="sh:node", clause="4.7.1")
            found.append(Logical(LOGICAL[predicate], shapes))
        return found

    def _nested(self, node: Node, above: tuple[Node, ...]) -> list[Constraint]:
        found: list[Constraint] = []
        for value in sorted(self.graph.objects(node, SH.property), key=str):
            shape = self.shape(value, above)
            if shape.path is None:
                raise ShapeError(
                    f"{value} has no sh:path", shape=str(node), prop="sh:property", clause="4.7.2"
                )
            found.append(Nested(shape))
        return found

    def _qualified(self, node: Node, above: tuple[Node, ...], *, is_property: bool) -> list[Constraint]:
        if not is_property:
            raise ShapeError(
                "only for property shapes", shape=str(node), prop="sh:qualifiedValueShape", clause="4.7.3"
            )
        values = sorted(self.graph.objects(node, SH.qualifiedValueShape), key=str)
        low = parameters.count(self.graph, node, SH.qualifiedMinCount)
        high = parameters.count(self.graph, node, SH.qualifiedMaxCount)
        disjoint = is_true(self.graph, node, SH.qualifiedValueShapesDisjoint)
        siblings = self._siblings(node) - set(values) if disjoint else set()
        others = tuple(self.shape(s, above) for s in sorted(siblings, key=str))
        return [Qualified(self.shape(v, above), low, high, others) for v in values]

    def _siblings(self, node: Node) -> set[Node]:
        graph = self.graph
        shared = (
            p for parent in graph.subjects(SH.property, node) for p in graph.objects(parent, SH.property)
        )
        return {q for p in shared for q in graph.objects(p, SH.qualifiedValueShape)}

    def _sparql(self, node: Node) -> list[Constraint]:
        found: list[Constraint] = []
        for value in sorted(self.graph.objects(node, SH.sparql), key=str):
            if not isinstance(value, URIRef | BNode):
                raise ShapeError(
                    "an IRI or blank node expected", shape=str(node), prop="sh:sparql", clause="5.1"
                )
            if not is_true(self.graph, value, SH.deactivated):
                names = {"this", "shapesGraph", *(("currentShape",) if isinstance(node, URIRef) else ())}
                query = query_text(self.graph, value, str(node), SH.select)
                text = check(query, frozenset(names), str(node), "sh:sparql")
                shapes = self.graph if text.shapes else None
                bound = text.constants(node)
                found.append(Select(SH.SPARQLConstraintComponent, value, text, bound, shapes=shapes))
        return found
