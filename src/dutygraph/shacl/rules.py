"""SHACL rules: sh:rule with sh:SPARQLRule or sh:TripleRule (SHACL-AF 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby, product

import pyoxigraph as ox
from rdflib import RDF, SH, Graph
from rdflib.term import Node, URIRef

from dutygraph.shacl.dataset import Data
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.evaluate import Evaluator
from dutygraph.shacl.expressions import Expression, nodes_of, parse_expression
from dutygraph.shacl.model import Shape
from dutygraph.shacl.parse import check_targets, parse_conditions
from dutygraph.shacl.prebind import Text, check, prebind
from dutygraph.shacl.prefixes import query_text
from dutygraph.shacl.scope import Scope, target_pattern
from dutygraph.shacl.select import everyone, one_by_one
from dutygraph.shacl.source import Source, read_only
from dutygraph.shacl.syntax import check_query, is_true
from dutygraph.shacl.targets import Targets, targeted_shapes

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Rule:
    """A rule: its stratum (order of the shape, then of the rule), targets, conditions, and what it infers.

    That is the query of a sh:SPARQLRule, or subject, predicate and object of a sh:TripleRule.
    """

    stratum: tuple[Decimal, Decimal]
    shape: Node
    targets: Targets
    conditions: tuple[Shape, ...]
    construct: Text | tuple[Expression, Expression, Expression]
    name: str


def run_rules(data: Source, rules: Source, graphs: Sequence[str] | None = None) -> set[Triple]:
    """Give the triples that the rules infer and the data does not have (SHACL-AF 8.5).

    Rules run stratum by stratum, in the order of sh:order on the shape, then on the rule; a stratum sees what
    the ones before it inferred. Each rule is one CONSTRUCT for all focus nodes. `data` is not changed;
    `graphs` are the named graphs whose union it is.

    Raises ShapeError, UnsupportedError (any other kind of rule), DataError, EngineError.
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
    return tuple(sorted(found, key=lambda r: (r.stratum, str(r.shape), r.name)))


def _rule(graph: Graph, shape: Node, targets: Targets, node: Node) -> Iterator[Rule]:
    if is_true(graph, node, SH.deactivated):
        return
    check_query(graph, node, str(shape))
    if (node, RDF.type, SH.TripleRule) in graph:
        construct: Text | tuple[Expression, Expression, Expression] = _triple(graph, node, str(shape))
    elif (node, RDF.type, SH.SPARQLRule) in graph or (node, SH.construct, None) in graph:
        names = {"this"} | ({"currentShape"} if isinstance(shape, URIRef) else set())
        text = query_text(graph, node, str(shape), SH.construct)
        construct = check(text, frozenset(names), str(shape), "sh:construct", "CONSTRUCT")
    else:
        reason = "neither a sh:SPARQLRule nor a sh:TripleRule"
        raise UnsupportedError(reason, shape=str(shape), component="sh:rule")
    yield Rule(
        stratum=(_order(graph, shape), _order(graph, node)),
        shape=shape,
        targets=targets,
        conditions=parse_conditions(graph, node),
        construct=construct,
        name=construct.query if isinstance(construct, Text) else str(node),
    )


def _triple(graph: Graph, node: Node, shape: str) -> tuple[Expression, Expression, Expression]:
    """Read the three node expressions of a sh:TripleRule (SHACL-AF 8.5)."""
    found: list[Expression] = []
    for predicate in (SH.subject, SH.predicate, SH.object):
        values = list(graph.objects(node, predicate))
        if len(values) != 1:
            name = f"sh:{str(predicate).removeprefix(str(SH))}"
            raise ShapeError("one value expected", shape=shape, prop=name, clause="AF 8.5")
        found.append(parse_expression(graph, values[0], shape))
    return found[0], found[1], found[2]


def _order(graph: Graph, node: Node) -> Decimal:
    value = graph.value(node, SH.order)
    try:
        return Decimal(0 if value is None else str(value))
    except InvalidOperation as error:
        raise ShapeError("a number expected", shape=str(node), prop="sh:order", clause="AF 8.4") from error


def _infer(rule: Rule, data: Data) -> Iterator[ox.Triple]:
    scope = Scope(target_pattern(rule.targets, data, "?dg0"))
    if not isinstance(rule.construct, Text):
        yield from _triples(rule.construct, rule, data, scope)
        return
    for pattern in _patterns(rule, rule.construct, data, scope):
        bound = {"this": pattern, "currentShape": f"VALUES ?currentShape {{ {rule.shape.n3()} }}"}
        yield from data.construct(prebind(rule.construct, bound))


def _triples(
    construct: tuple[Expression, Expression, Expression], rule: Rule, data: Data, scope: Scope
) -> Iterator[ox.Triple]:
    """Give every triple of a subject, a predicate and an object, where they can stand there."""
    evaluator = Evaluator(data)
    rows = data.rows(f"SELECT DISTINCT ?dg0 WHERE {{ {scope.pattern} }}")
    failing = {term for shape in rule.conditions for term in evaluator.failing(shape, scope)}
    focus = {term for [term] in rows if term is not None} - failing
    nodes = [nodes_of(expression, focus, evaluator) for expression in construct]
    for node in focus:
        for subject, predicate, value in product(*(given[node] for given in nodes)):
            plain = data.plain_form(value)
            if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode) or plain is None:
                continue
            yield ox.Triple(subject, predicate, plain)


def _patterns(rule: Rule, construct: Text, data: Data, scope: Scope) -> Iterator[str]:
    if not rule.conditions and construct.batch:
        yield everyone(scope)
        return
    # What a stratum infers may change who conforms: nothing is remembered from one to the next.
    evaluator = Evaluator(data)
    failing = {data.plain_form(term) for shape in rule.conditions for term in evaluator.failing(shape, scope)}
    single = [pattern for term, pattern in one_by_one(data, scope) if term not in failing]
    if not construct.batch:
        yield from single
    elif single:
        yield " UNION ".join(f"{{ {pattern} }}" for pattern in single)
