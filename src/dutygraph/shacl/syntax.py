"""Syntax rules that hold whatever a shape means: how many values of which kind (SHACL 2.1, 4, 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rdflib import SH, XSD, Graph, Literal, URIRef

from dutygraph.shacl import xsd
from dutygraph.shacl.errors import ShapeError

if TYPE_CHECKING:
    from rdflib.term import Node

Test: TypeAlias = Callable[["Node"], bool]

_TRUE = Literal("true", datatype=XSD.boolean, normalize=False)


@dataclass(frozen=True)
class _Rule:
    """At most so many values of `predicate` (0 for any number), each of which must be `wanted`."""

    predicate: URIRef
    clause: str
    wanted: str
    test: Test
    most: int = 1


def is_true(graph: Graph, node: Node, predicate: Node) -> bool:
    """Tell whether a property is `true`; `"1"^^xsd:boolean` is another term and does not count."""
    return (node, predicate, _TRUE) in graph


def is_string(node: Node) -> bool:
    """Tell whether a node is a literal with datatype xsd:string."""
    return isinstance(node, Literal) and not node.language and node.datatype in (None, XSD.string)


def _is_message(node: Node) -> bool:
    return is_string(node) or (isinstance(node, Literal) and bool(node.language))


def _is_boolean(node: Node) -> bool:
    # "1"^^xsd:boolean is one too, though it switches nothing on (W3C test uniqueLang-002).
    boolean = isinstance(node, Literal) and node.datatype == XSD.boolean
    return boolean and xsd.well_formed(str(node), str(XSD.boolean))


def _is_any(_node: Node) -> bool:
    return True


_ANYWHERE = (
    _Rule(SH.message, "2.1.5", "a string, with or without a language", _is_message, most=0),
    _Rule(SH.deactivated, "2.1.6", "true or false", _is_boolean),
)
# Components of several parameters take one value of each (SHACL 2.1, "multiple-parameters").
_AT_SHAPES = (
    *_ANYWHERE,
    _Rule(SH.closed, "4.8.1", "an xsd:boolean", _is_boolean),
    _Rule(SH.ignoredProperties, "4.8.1", "one list", _is_any),
    _Rule(SH.uniqueLang, "4.4.5", "an xsd:boolean", _is_boolean),
    _Rule(SH.pattern, "4.4.3", "an xsd:string", is_string),
    _Rule(SH.flags, "4.4.3", "an xsd:string", is_string),
    _Rule(SH.qualifiedValueShape, "4.7.3", "one shape", _is_any),
    _Rule(SH.qualifiedValueShapesDisjoint, "4.7.3", "an xsd:boolean", _is_boolean),
)


def check_shape(graph: Graph, shape: Node) -> None:
    """Check the values that stand at a shape; raises ShapeError."""
    for rule in _AT_SHAPES:
        _check(graph, shape, rule, str(shape))


def check_query(graph: Graph, node: Node, shape: str) -> None:
    """Check the values that stand at a SPARQL-based constraint, validator or rule; raises ShapeError."""
    for rule in _ANYWHERE:
        _check(graph, node, rule, shape)


def _check(graph: Graph, node: Node, rule: _Rule, shape: str) -> None:
    values = list(graph.objects(node, rule.predicate))
    name = f"sh:{str(rule.predicate).removeprefix(str(SH))}"
    if rule.most and len(values) > rule.most:
        raise ShapeError(f"at most {rule.most} value expected", shape=shape, prop=name, clause=rule.clause)
    for value in values:
        if not rule.test(value):
            raise ShapeError(
                f"{rule.wanted} expected, not {value}", shape=shape, prop=name, clause=rule.clause
            )
