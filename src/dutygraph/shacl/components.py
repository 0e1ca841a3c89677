"""SPARQL-based constraint components (SHACL 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SH, Graph, URIRef

from dutygraph.shacl.errors import UnsupportedError

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
    """Refuse the component by name."""
    raise UnsupportedError("custom component", shape=str(shape), component=str(component.node))
