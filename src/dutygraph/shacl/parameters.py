"""Parameters of the core constraints that need no other shape (SHACL 4.1 to 4.5, 4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from rdflib import SH, XSD, BNode, Graph, Literal, URIRef

from dutygraph.shacl import xsd
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.model import Constraint, Plain
from dutygraph.shacl.paths import members
from dutygraph.shacl.regex import regex_text
from dutygraph.shacl.syntax import is_string

if TYPE_CHECKING:
    from rdflib.term import Node

Reader: TypeAlias = Callable[[Graph, "Node", "Node"], list[Constraint]]

KINDS = (SH.IRI, SH.BlankNode, SH.Literal, SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral, SH.IRIOrLiteral)
_TRUE = Literal("true", datatype=XSD.boolean, normalize=False)


def read(graph: Graph, node: Node, predicate: Node, *, is_property: bool) -> list[Constraint]:
    """Read the constraints that `predicate` declares; raises ShapeError or UnsupportedError."""
    if predicate in PROPERTY_ONLY and not is_property:
        raise ShapeError("only for property shapes", shape=str(node), prop=str(predicate), clause="4")
    return READERS[predicate](graph, node, predicate)


def count(graph: Graph, node: Node, predicate: Node) -> int | None:
    """Read a parameter that is one xsd:integer (SHACL 4.2, 4.4, 4.7.3), or None where there is none."""
    values = list(graph.objects(node, predicate))
    if not values:
        return None
    value = _single(graph, node, predicate)
    integer = isinstance(value, Literal) and value.datatype == XSD.integer
    if not integer or not xsd.well_formed(str(value), str(XSD.integer)):
        raise ShapeError(f"not an xsd:integer: {value}", shape=str(node), prop=str(predicate), clause="4.2")
    return int(str(value))


def _single(graph: Graph, node: Node, predicate: Node) -> Node:
    values = list(graph.objects(node, predicate))
    if len(values) != 1:
        raise ShapeError("one value expected", shape=str(node), prop=str(predicate), clause="4")
    return values[0]


def _component(predicate: Node) -> URIRef:
    local = str(predicate).removeprefix(str(SH))
    return SH[f"{local[0].upper()}{local[1:]}ConstraintComponent"]


def _many(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    values = sorted(graph.objects(node, predicate), key=lambda t: t.n3())
    return [Plain(_component(predicate), (v,)) for v in values]


def _iris(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    for value in graph.objects(node, predicate):
        if not isinstance(value, URIRef):
            raise ShapeError(f"not an IRI: {value}", shape=str(node), prop=str(predicate), clause="4")
    return _many(graph, node, predicate)


def _iri(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    _single(graph, node, predicate)
    return _iris(graph, node, predicate)


def _kind(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    value = _single(graph, node, predicate)
    if value not in KINDS:
        raise ShapeError(f"unknown node kind {value}", shape=str(node), prop="sh:nodeKind", clause="4.1.3")
    return [Plain(_component(predicate), (value,))]


def _count(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    count(graph, node, predicate)
    return [Plain(_component(predicate), (_single(graph, node, predicate),))]


def _bound(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    value = _single(graph, node, predicate)
    if not isinstance(value, Literal):
        raise ShapeError(f"not a literal: {value}", shape=str(node), prop=str(predicate), clause="4.3")
    return [Plain(_component(predicate), (value,))]


def _values(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    for value in graph.objects(node, predicate):
        if isinstance(value, BNode):
            reason = "a blank node of the shapes graph is no node of the data graph"
            raise UnsupportedError(reason, shape=str(node), component=str(predicate))
    return _many(graph, node, predicate)


def _list(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    terms = members(graph, _single(graph, node, predicate), str(node), str(predicate))
    if any(isinstance(t, BNode) for t in terms):
        reason = "a blank node of the shapes graph is no node of the data graph"
        raise UnsupportedError(reason, shape=str(node), component=str(predicate))
    return [Plain(_component(predicate), terms)]


def _languages(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    found = _list(graph, node, predicate)
    if not all(is_string(t) for c in found if isinstance(c, Plain) for t in c.terms):
        raise ShapeError("strings expected", shape=str(node), prop="sh:languageIn", clause="4.4.4")
    return found


def _switch(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    # Only "true" switches: "1"^^xsd:boolean is another term (W3C test uniqueLang-002).
    return [Plain(_component(predicate), ())] if _single(graph, node, predicate) == _TRUE else []


def _closed(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    if _single(graph, node, predicate) != _TRUE:
        return []
    allowed: set[Node] = set()
    for shape in graph.objects(node, SH.property):
        allowed.update(p for p in graph.objects(shape, SH.path) if isinstance(p, URIRef))
    for head in graph.objects(node, SH.ignoredProperties):
        allowed.update(members(graph, head, str(node), "sh:ignoredProperties"))
    if not all(isinstance(p, URIRef) for p in allowed):
        raise ShapeError("IRIs expected", shape=str(node), prop="sh:ignoredProperties", clause="4.8.1")
    return [Plain(SH.ClosedConstraintComponent, tuple(sorted(allowed, key=str)))]


def _pattern(graph: Graph, node: Node, predicate: Node) -> list[Constraint]:
    flags = "".join(str(f) for f in graph.objects(node, SH.flags))
    values = sorted(graph.objects(node, predicate), key=str)
    texts = [Literal(regex_text(str(v), flags, str(node))) for v in values]
    return [Plain(_component(predicate), (t,), flags) for t in texts]


PROPERTY_ONLY = {SH.minCount, SH.maxCount, SH.uniqueLang, SH.lessThan, SH.lessThanOrEquals}
READERS: dict[Node, Reader] = {
    SH["class"]: _iris,
    SH.datatype: _iri,
    SH.nodeKind: _kind,
    SH.minCount: _count,
    SH.maxCount: _count,
    SH.minExclusive: _bound,
    SH.minInclusive: _bound,
    SH.maxExclusive: _bound,
    SH.maxInclusive: _bound,
    SH.minLength: _count,
    SH.maxLength: _count,
    SH.pattern: _pattern,
    SH.languageIn: _languages,
    SH.uniqueLang: _switch,
    SH.equals: _iris,
    SH.disjoint: _iris,
    SH.lessThan: _iris,
    SH.lessThanOrEquals: _iris,
    SH.closed: _closed,
    SH.hasValue: _values,
    SH["in"]: _list,
}
