"""SPARQL-based constraints, run once for all focus nodes (SHACL 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF

from dutygraph.shacl.dataset import Term
from dutygraph.shacl.errors import EngineError
from dutygraph.shacl.prebind import prebind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dutygraph.shacl.dataset import Data
    from dutygraph.shacl.model import Ask, Select, Shape
    from dutygraph.shacl.scope import Scope

Solution = dict[str, Term]
_TRUE = ox.Literal(value=True)


def run_select(data: Data, shape: Shape, constraint: Select, scope: Scope) -> Iterator[Solution]:
    """Give the solutions of a constraint's SELECT, `this` bound in each (SHACL 5.3.1).

    The query sees the values as pyoxigraph has them: `DATATYPE` of "5"^^xsd:byte is xsd:integer there.
    Literals in the solutions are given back as they were written, where the data leaves no doubt which one
    is meant.

    Run once for all focus nodes; once for each of them where the query counts or cuts off without regard to
    `$this`. Raises EngineError when pyoxigraph refuses the query.
    """
    text = constraint.text
    if constraint.shapes is not None:
        data.hold_shapes(constraint.shapes)
    constants = {n: f"VALUES ?{n} {{ {t.n3()} }}" for n, t in constraint.bound}
    path = "" if shape.path is None else shape.path.sparql
    nullable = shape.path is not None and shape.path.nullable
    patterns = [everyone(scope)] if text.batch else [p for _, p in one_by_one(data, scope)]
    for pattern in patterns:
        for solution in data.solutions(
            prebind(text, {**constants, "this": pattern}, path, nullable=nullable)
        ):
            if solution.get("failure") == _TRUE:
                raise EngineError("the query reports a failure")
            yield {name: data.restored(term) for name, term in solution.items()}


def run_ask(data: Data, constraint: Ask, scope: Scope) -> set[tuple[Term | None, Term | None]]:
    """Give the pairs of focus node and value node for which an ASK validator says yes (SHACL 6.3).

    `scope` binds both. The ASK is asked once for all pairs, as a SELECT.
    """
    this, value = scope.chain
    if constraint.shapes is not None:
        data.hold_shapes(constraint.shapes)
    columns = f"({this} AS ?this) ({value} AS ?value)"
    pairs = f"{{ SELECT DISTINCT {columns} WHERE {{ {scope.pattern} }} }}"
    patterns = [pairs]
    if not constraint.text.batch:
        rows = data.rows(f"SELECT ?this ?value WHERE {{ {pairs} }}", plain=True)
        patterns = [
            " ".join(_single(data, t, n) for t, n in zip(r, ("this", "value"), strict=True)) for r in rows
        ]
    constants = {n: f"VALUES ?{n} {{ {t.n3()} }}" for n, t in constraint.bound}
    found: set[tuple[Term | None, Term | None]] = set()
    for pattern in patterns:
        query = prebind(constraint.text, {**constants, "this": pattern, "value": pattern})
        found.update((s["this"], s["value"]) for s in data.solutions(query))
    return found


def everyone(scope: Scope) -> str:
    """Write a pattern that binds `?this` to each focus node once."""
    if scope.instances_of is not None:
        # Not as a sub-SELECT: those are not reordered with the triples around them.
        return f"{{ ?this {RDF.type.n3()} {scope.instances_of} . }}"
    return f"{{ SELECT DISTINCT ({scope.focus} AS ?this) WHERE {{ {scope.pattern} }} }}"


def one_by_one(data: Data, scope: Scope) -> Iterator[tuple[Term, str]]:
    """Give each focus node, with a pattern that binds `?this` to it alone."""
    for [term] in data.rows(f"SELECT ?this WHERE {{ {everyone(scope)} }}", plain=True):
        if term is not None:
            yield term, _single(data, term, "this")


def _single(data: Data, term: Term | None, variable: str) -> str:
    if isinstance(term, ox.BlankNode):
        return data.name_blank(term, variable)
    return f"VALUES ?{variable} {{ {term} }}"


def by_focus(data: Data, solutions: Iterator[Solution]) -> Mapping[Term | None, list[Solution]]:
    """Group solutions by their focus node."""
    found: dict[Term | None, list[Solution]] = {}
    for solution in solutions:
        found.setdefault(data.plain_form(solution["this"]), []).append(solution)
    return found
