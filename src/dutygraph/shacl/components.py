"""SPARQL-based constraint components (SHACL 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef

from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.model import Ask, Select
from dutygraph.shacl.prebind import check
from dutygraph.shacl.prefixes import query_text
from dutygraph.shacl.syntax import is_true

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.model import Constraint

_LOCAL = re.compile(r"[^\W\d][\w.\-]*$")
_VARIABLE = re.compile(r"\w+")
_TAKEN = {"this", "path", "PATH", "value"}


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
        return all((shape, p, None) in graph for p in self.mandatory)


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
        paths = list(graph.objects(parameter, SH.path))
        if len(paths) != 1 or not isinstance(paths[0], URIRef):
            raise _ill("sh:parameter", "one IRI as sh:path expected", node, "6.2.1")
        (optional if _is_optional(graph, parameter, node) else mandatory).append(paths[0])
    if not isinstance(node, URIRef) or not mandatory:
        raise _ill("sh:parameter", "an IRI with a parameter that is not optional expected", node, "6.2")
    return Component(node, tuple(sorted(mandatory)), tuple(sorted(optional)))


def _is_optional(graph: Graph, parameter: Node, component: Node) -> bool:
    values = list(graph.objects(parameter, SH.optional))
    if len(values) > 1 or not all(isinstance(v, Literal) and v.datatype == XSD.boolean for v in values):
        raise _ill("sh:optional", "one xsd:boolean expected", component, "6.2.1")
    return is_true(graph, parameter, SH.optional)


def _ill(prop: str, reason: str, component: Node, clause: str) -> ShapeError:
    return ShapeError(reason, shape=str(component), prop=prop, clause=clause)


def use_component(graph: Graph, component: Component, shape: Node, *, is_property: bool) -> list[Constraint]:
    """Give the constraints that a shape declares with a component (SHACL 6.2, 6.3).

    A component without a validator that suits the kind of shape is ignored, as the specification says.
    Raises ShapeError for an ill-formed validator or parameter.
    """
    special = SH.propertyValidator if is_property else SH.nodeValidator
    for predicate, form in ((special, SH.select), (SH.validator, SH.ask)):
        for node in sorted(graph.objects(component.node, predicate), key=str):
            if (node, form, None) not in graph:
                reason = f"a validator with sh:{str(form).removeprefix(str(SH))} expected"
                raise _ill(f"sh:{str(predicate).removeprefix(str(SH))}", reason, component.node, "6.2.3")
            _check_names(component)
            bindings = _bindings(graph, component, shape)
            return [_constraint(graph, component, node, shape, bound) for bound in bindings]
    return []


def _check_names(component: Component) -> None:
    """Check that each parameter has a variable of its own (SHACL 6.2.1)."""
    names = [_variable(path) for path in component.paths]
    for name in names:
        if not _VARIABLE.fullmatch(name) or name in _TAKEN or names.count(name) > 1:
            raise _ill("sh:parameter", f"no name for a variable: {name!r}", component.node, "6.2.1")


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
    """Give the local name of an IRI: the longest NCName at its end (SHACL 6.2.1)."""
    found = _LOCAL.search(predicate.partition(":")[2])
    return found[0] if found else ""


def _constraint(
    graph: Graph, component: Component, node: Node, shape: Node, bound: tuple[tuple[str, Node], ...]
) -> Constraint:
    current = ("currentShape",) if isinstance(shape, URIRef) else ()
    names = frozenset({"this", "shapesGraph", *current, *map(_variable, component.paths)})
    name = str(component.node)
    # The validator's messages, or else those of the component, or else the shape's (SHACL 5.3.2).
    owner = next((n for n in (node, component.node) if (n, SH.message, None) in graph), node)
    if (node, SH.ask, None) in graph:
        query = query_text(graph, node, str(shape), SH.ask)
        text = check(query, names | {"value"}, str(shape), name, "ASK")
        every = bound + text.constants(shape)
        return Ask(URIRef(name), owner, text, every, graph if text.shapes else None)
    text = check(query_text(graph, node, str(shape), SH.select), names, str(shape), name)
    every = bound + text.constants(shape)
    return Select(URIRef(name), None, text, every, owner, graph if text.shapes else None)
