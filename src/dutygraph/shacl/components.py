"""SPARQL-based constraint components (SHACL 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SH, BNode, Graph, URIRef

from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.model import Ask, Select
from dutygraph.shacl.prebind import check
from dutygraph.shacl.prefixes import query_text

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.model import Constraint


@dataclass(frozen=True)
class Component:
    """A declared constraint component: its IRI and the predicates of its parameters (SHACL 6.2)."""

    node: Node
    mandatory: tuple[URIRef, ...]
    optional: tuple[URIRef, ...]

    @property
    def paths(self) -> tuple[URIRef, ...]:
        """Give the predicates of all parameters."""
        return self.mandatory + self.optional

    def applies(self, graph: Graph, shape: Node) -> bool:
        """Tell whether a shape has all mandatory parameters (SHACL 6.2.1)."""
        return bool(self.mandatory) and all((shape, p, None) in graph for p in self.mandatory)


def read_components(graph: Graph) -> tuple[Component, ...]:
    """Read the constraint components that the shapes graph declares (SHACL 6.2)."""
    root: Node = SH.ConstraintComponent
    kinds, todo = {root}, [root]
    while todo:
        below = [c for c in graph.subjects(RDFS.subClassOf, todo.pop()) if c not in kinds]
        kinds.update(below)
        todo.extend(below)
    nodes = {n for kind in kinds for n in graph.subjects(RDF.type, kind)}
    return tuple(_component(graph, n) for n in sorted(nodes, key=str) if not str(n).startswith(str(SH)))


def _component(graph: Graph, node: Node) -> Component:
    mandatory: list[URIRef] = []
    optional: list[URIRef] = []
    for parameter in graph.objects(node, SH.parameter):
        path = graph.value(parameter, SH.path)
        if isinstance(path, URIRef):
            value = graph.value(parameter, SH.optional)
            (optional if str(value) == "true" else mandatory).append(path)
    return Component(node, tuple(sorted(mandatory)), tuple(sorted(optional)))


def use_component(graph: Graph, component: Component, shape: Node, *, is_property: bool) -> list[Constraint]:
    """Give the constraints that a shape declares with a component (SHACL 6.2, 6.3).

    A component without a validator that suits the kind of shape is ignored, as the specification says.
    Raises ShapeError for an ill-formed validator or parameter.
    """
    special = SH.propertyValidator if is_property else SH.nodeValidator
    for predicate in (special, SH.validator):
        for node in sorted(graph.objects(component.node, predicate), key=str):
            bindings = _bindings(graph, component, shape)
            return [_constraint(graph, component, node, shape, bound) for bound in bindings]
    return []


def _bindings(graph: Graph, component: Component, shape: Node) -> list[tuple[tuple[str, Node], ...]]:
    found: list[tuple[tuple[str, Node], ...]] = []
    for predicate in component.paths:
        values = sorted(graph.objects(shape, predicate), key=lambda t: t.n3())
        if any(isinstance(v, BNode) for v in values):
            raise UnsupportedError("a blank node as parameter", shape=str(shape), component=str(predicate))
        if len(component.paths) == 1:
            return [((_variable(predicate), value),) for value in values]
        if len(values) > 1:
            raise ShapeError("one value expected", shape=str(shape), prop=str(predicate), clause="6.2")
        found.append(tuple((_variable(predicate), value) for value in values))
    return [tuple(pair for pairs in found for pair in pairs)]


def _variable(predicate: URIRef) -> str:
    return re.split("[#/:]", predicate)[-1]


def _constraint(
    graph: Graph, component: Component, node: Node, shape: Node, bound: tuple[tuple[str, Node], ...]
) -> Constraint:
    every = bound + ((("currentShape", shape),) if isinstance(shape, URIRef) else ())
    absent = frozenset(_variable(p) for p in component.optional)
    names = frozenset({"this", *absent, *dict(every)})
    name = str(component.node)
    if (node, SH.ask, None) in graph:
        text = check(query_text(graph, node, str(shape), SH.ask), names | {"value"}, str(shape), name)
        return Ask(URIRef(name), node, text, every)
    text = check(query_text(graph, node, str(shape), SH.select), names, str(shape), name)
    return Select(URIRef(name), None, text, every, node)
