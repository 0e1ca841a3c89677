"""Shapes and constraints, as read from a shapes graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rdflib import Graph, URIRef
    from rdflib.term import Node

    from dutygraph.shacl.paths import Path
    from dutygraph.shacl.prebind import Text
    from dutygraph.shacl.targets import Targets


@dataclass(frozen=True)
class Plain:
    """A core constraint that needs no other shape: its component and the values of its parameters."""

    component: URIRef
    terms: tuple[Node, ...]
    flags: str = ""


@dataclass(frozen=True)
class Logical:
    """sh:not, sh:and, sh:or, sh:xone and sh:node (SHACL 4.6, 4.7.1): a rule over other shapes."""

    component: URIRef
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Nested:
    """sh:property (SHACL 4.7.2)."""

    shape: Shape


@dataclass(frozen=True)
class Qualified:
    """sh:qualifiedValueShape (SHACL 4.7.3); `siblings` is empty unless the shapes must be disjoint."""

    shape: Shape
    minimum: int | None
    maximum: int | None
    siblings: tuple[Shape, ...]


@dataclass(frozen=True)
class Select:
    """A SPARQL-based constraint (SHACL 5, 6): its checked query, and the constants bound in it.

    `node` is the sh:sourceConstraint; `owner`, or else `node`, has the messages. `shapes` is set where the
    query speaks of the shapes graph.
    """

    component: URIRef
    node: Node | None
    text: Text
    bound: tuple[tuple[str, Node], ...] = ()
    owner: Node | None = None
    shapes: Graph | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Ask:
    """A custom constraint with an ASK validator (SHACL 6.3): value nodes for which it says no violate it."""

    component: URIRef
    owner: Node
    text: Text
    bound: tuple[tuple[str, Node], ...] = ()
    shapes: Graph | None = field(default=None, compare=False, repr=False)


Constraint: TypeAlias = Plain | Logical | Nested | Qualified | Select | Ask


@dataclass(frozen=True)
class Shape:
    """A node shape, or a property shape when `path` is set (SHACL 2.2, 2.3)."""

    node: Node
    targets: Targets
    severity: Node
    deactivated: bool
    constraints: tuple[Constraint, ...]
    path: Path | None = None
    path_node: Node | None = None

    @property
    def name(self) -> str:
        """Give the shape's IRI, or its blank node label."""
        return str(self.node)
