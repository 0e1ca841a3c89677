"""SHACL property paths (SHACL 2.3.1): reading them, and writing them as SPARQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, SH, BNode, Graph, URIRef

from dutygraph.shacl.errors import ShapeError, UnsupportedError

if TYPE_CHECKING:
    from rdflib.term import Node

_UNARY = {
    SH.inversePath: ("^", ""),
    SH.zeroOrMorePath: ("", "*"),
    SH.oneOrMorePath: ("", "+"),
    SH.zeroOrOnePath: ("", "?"),
}
DEEPEST = 50  # paths inside each other


@dataclass(frozen=True)
class Path:
    """A property path: its SPARQL 1.1 text, and what the compiler must know about it.

    `nullable` paths reach their own start, which pyoxigraph forgets when the start is not in the graph.
    `predicates` are all IRIs in the path; `predicate` is set when the path is one IRI and nothing else.
    """

    sparql: str
    nullable: bool
    predicates: frozenset[str]
    predicate: URIRef | None = None


def parse_path(graph: Graph, node: Node, shape: str = "") -> Path:
    """Read the path `node` of the shapes graph (SHACL 2.3.1.1 to 2.3.1.7).

    Raises ShapeError when the path is ill-formed or runs in a circle, UnsupportedError when it is too deep.
    """
    return _parse(graph, node, shape, frozenset())


def _parse(graph: Graph, node: Node, shape: str, above: frozenset[Node]) -> Path:
    if isinstance(node, URIRef):
        return Path(node.n3(), nullable=False, predicates=frozenset({str(node)}), predicate=node)
    if not isinstance(node, BNode):
        raise ShapeError(f"{node!r} is not a path", shape=shape, prop="sh:path", clause="2.3.1")
    if node in above:
        raise ShapeError("the path refers to itself", shape=shape, prop="sh:path", clause="2.3.1")
    if len(above) > DEEPEST:
        reason = f"more than {DEEPEST} paths inside each other"
        raise UnsupportedError(reason, shape=shape, component="sh:path")
    below = above | {node}
    if (node, RDF.first, None) in graph:
        return _sequence(graph, node, shape, below)
    if (node, SH.alternativePath, None) in graph:
        return _alternative(graph, node, shape, below)
    for predicate, (before, after) in _UNARY.items():
        inner = list(graph.objects(node, predicate))
        if len(inner) == 1:
            part = _parse(graph, inner[0], shape, below)
            nullable = part.nullable or after in ("*", "?")
            return Path(f"{before}({part.sparql}){after}", nullable, part.predicates)
    raise ShapeError(f"{node!r} is not a path", shape=shape, prop="sh:path", clause="2.3.1")


def members(graph: Graph, head: Node, shape: str, prop: str) -> tuple[Node, ...]:
    """Read a SHACL list (SHACL 1.5); raises ShapeError when it is open, branches or is circular."""
    found: list[Node] = []
    seen: set[Node] = set()
    while head != RDF.nil:
        first, rest = list(graph.objects(head, RDF.first)), list(graph.objects(head, RDF.rest))
        if head in seen or len(first) != 1 or len(rest) != 1:
            raise ShapeError("not a well-formed list", shape=shape, prop=prop, clause="1.5")
        seen.add(head)
        found.append(first[0])
        head = rest[0]
    return tuple(found)


def _sequence(graph: Graph, node: Node, shape: str, above: frozenset[Node]) -> Path:
    parts = [_parse(graph, m, shape, above) for m in members(graph, node, shape, "sh:path")]
    if len(parts) < 2:  # noqa: PLR2004 - the number is the specification's
        raise ShapeError("a sequence path needs two members", shape=shape, prop="sh:path", clause="2.3.1.2")
    text = "/".join(f"({p.sparql})" for p in parts)
    return Path(text, all(p.nullable for p in parts), frozenset().union(*(p.predicates for p in parts)))


def _alternative(graph: Graph, node: Node, shape: str, above: frozenset[Node]) -> Path:
    heads = list(graph.objects(node, SH.alternativePath))
    if len(heads) != 1:
        raise ShapeError("one sh:alternativePath expected", shape=shape, prop="sh:path", clause="2.3.1.3")
    inner = members(graph, heads[0], shape, "sh:alternativePath")
    parts = [_parse(graph, m, shape, above) for m in inner]
    if len(parts) < 2:  # noqa: PLR2004 - the number is the specification's
        raise ShapeError("an alternative path needs two", shape=shape, prop="sh:path", clause="2.3.1.3")
    text = "|".join(f"({p.sparql})" for p in parts)
    return Path(text, any(p.nullable for p in parts), frozenset().union(*(p.predicates for p in parts)))
