"""SHACL rules: sh:rule with sh:SPARQLRule (SHACL-AF 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby

import pyoxigraph as ox
from rdflib import RDF, SH, Graph
from rdflib.term import Node, URIRef

from dutygraph.shacl.dataset import Data
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.evaluate import Evaluator
from dutygraph.shacl.model import Shape
from dutygraph.shacl.parse import check_targets, parse_conditions
from dutygraph.shacl.prebind import Text, check, prebind
from dutygraph.shacl.prefixes import query_text
from dutygraph.shacl.scope import Scope, target_pattern
from dutygraph.shacl.select import everyone, one_by_one
from dutygraph.shacl.source import Source, read_only
from dutygraph.shacl.syntax import is_true
from dutygraph.shacl.targets import Targets, targeted_shapes

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Rule:
    """A sh:SPARQLRule: its stratum (order of the shape, then of the rule), targets, conditions and query."""

    stratum: tuple[Decimal, Decimal]
    shape: Node
    targets: Targets
    conditions: tuple[Shape, ...]
    construct: Text


def run_rules(data: Source, rules: Source, graphs: Sequence[str] | None = None) -> set[Triple]:
    """Give the triples that the rules infer and the data does not have (SHACL-AF 8.5).

    Rules run stratum by stratum, in the order of sh:order on the shape, then on the rule; a stratum sees what
    the ones before it inferred. Each rule is one CONSTRUCT for all focus nodes. `data` is not changed;
    `graphs` are the named graphs whose union it is.

    Raises ShapeError, UnsupportedError (any rule that is not a sh:SPARQLRule), DataError, EngineError.
    """
    found = parse_rules(read_only(rules))
    dataset = Data(data, graphs, copy=True)
    inferred: set[ox.Triple] = set()
    for _, stratum in groupby(found, key=lambda rule: rule.stratum):
        new = {triple for rule in stratum for triple in _infer(rule, dataset)}
        inferred |= dataset.add(new)
    return {dataset.triple(triple) for triple in inferred}


def parse_rules(graph: Graph) -> tuple[Rule, ...]:
    """Read the active rules of the active shapes that have targets, in the order in which they run."""
    check_targets(graph)
    found: list[Rule] = []
    for shape, targets in targeted_shapes(graph).items():
        for node in sorted(graph.objects(shape, SH.rule), key=str):
            found.extend(_rule(graph, shape, targets, node))
    return tuple(sorted(found, key=lambda r: (r.stratum, str(r.shape), r.construct.query)))


def _rule(graph: Graph, shape: Node, targets: Targets, node: Node) -> Iterator[Rule]:
    if is_true(graph, node, SH.deactivated):
        return
    if (node, RDF.type, SH.SPARQLRule) not in graph and (node, SH.construct, None) not in graph:
        raise UnsupportedError("only sh:SPARQLRule is supported", shape=str(shape), component="sh:rule")
    names = {"this"} | ({"currentShape"} if isinstance(shape, URIRef) else set())
    text = query_text(graph, node, str(shape), SH.construct)
    yield Rule(
        stratum=(_order(graph, shape), _order(graph, node)),
        shape=shape,
        targets=targets,
        conditions=parse_conditions(graph, node),
        construct=check(text, frozenset(names), str(shape), "sh:construct", "CONSTRUCT"),
    )


def _order(graph: Graph, node: Node) -> Decimal:
    value = graph.value(node, SH.order)
    try:
        return Decimal(0 if value is None else str(value))
    except InvalidOperation as error:
        raise ShapeError("a number expected", shape=str(node), prop="sh:order", clause="AF 8.4") from error


def _infer(rule: Rule, data: Data) -> Iterator[ox.Triple]:
    scope = Scope(target_pattern(rule.targets, data, "?dg0"))
    for pattern in _patterns(rule, data, scope):
        bound = {"this": pattern, "currentShape": f"VALUES ?currentShape {{ {rule.shape.n3()} }}"}
        yield from data.construct(prebind(rule.construct, bound))


def _patterns(rule: Rule, data: Data, scope: Scope) -> Iterator[str]:
    if not rule.conditions and rule.construct.batch:
        yield everyone(scope)
        return
    # What a stratum infers may change who conforms: nothing is remembered from one to the next.
    evaluator = Evaluator(data)
    failing = {term for shape in rule.conditions for term in evaluator.failing(shape, scope)}
    single = [pattern for term, pattern in one_by_one(data, scope) if term not in failing]
    if not rule.construct.batch:
        yield from single
    elif single:
        yield " UNION ".join(f"{{ {pattern} }}" for pattern in single)
