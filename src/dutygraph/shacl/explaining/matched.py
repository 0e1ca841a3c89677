"""What a SPARQL-based constraint read to make one row: its patterns with the row's solutions put in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rdflib import Literal, Variable

from dutygraph.shacl.errors import EngineError
from dutygraph.shacl.explaining.query import Level, Pattern, Patterns, levels
from dutygraph.shacl.explaining.trial import is_node
from dutygraph.shacl.explaining.walk import Step, walk
from dutygraph.shacl.prebind import Text, prebind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rdflib.term import Node

    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.explaining.trial import Trial
    from dutygraph.shacl.model import Ask, Select, Shape
    from dutygraph.shacl.report import Result

Solution = dict[str, "Node"]
MOST = 50
"""Solutions of one row that are looked at; a row that stands for more is explained in part."""


@dataclass
class Matched:
    """The triples matched, the groups that found nothing (and what was known there), and what is left out."""

    met: dict[Triple, None] = field(default_factory=dict)
    absent: list[tuple[Patterns, Solution]] = field(default_factory=list)
    partial: bool = False


def matched(data: Trial, shape: Shape, constraint: Select | Ask, result: Result) -> Matched:
    """Tell what was read for one result of a SPARQL-based constraint (SHACL 5.3, 6.3)."""
    found = Matched()
    path = "" if shape.path is None else shape.path.sparql
    row = _row(result, dict(constraint.bound))
    try:
        queries = levels(constraint.text.query, path)
    except (ValueError, StopIteration):
        found.partial = True
        return found
    known = [row]
    for level in queries:
        solutions = [s for given in known for s in _solutions(data, level, given, constraint.bound)]
        if level is queries[0]:
            known = solutions or known
        if level.patterns is None or not solutions or len(solutions) > MOST:
            found.partial = True
        for solution in solutions[:MOST]:
            if level.patterns is not None:
                _read(data, level.patterns, solution, found)
    return found


def _row(result: Result, bound: Mapping[str, Node]) -> Solution:
    row: Solution = {**bound, **dict(result.bindings), "this": result.focus_node}
    if result.value is not None and (result.path is not None or result.value != result.focus_node):
        row.setdefault("value", result.value)
    return row


def _solutions(
    data: Trial, level: Level, row: Solution, bound: tuple[tuple[str, Node], ...]
) -> Iterator[Solution]:
    text = Text(level.query, frozenset({"this", *dict(bound)}), batch=True)
    given = {"this": row["this"], **dict(bound)}
    patterns = {name: data.named(term, name) for name, term in given.items()}
    try:
        rows = data.solutions(prebind(text, patterns))
    except EngineError:
        return
    for solution in rows:
        terms = {name: data.term(data.restored(term)) for name, term in solution.items()}
        if all(_same(terms.get(name), row.get(name)) for name in level.fixed):
            yield {**terms, **given}


def _same(one: Node | None, two: Node | None) -> bool:
    if one is None or two is None or one == two:
        return True
    # A number may have lost its written form on the way.
    both = isinstance(one, Literal) and isinstance(two, Literal) and one.datatype == two.datatype
    return both and one.value is not None and one.value == two.value  # type: ignore[attr-defined]


def _read(data: Trial, patterns: Patterns, solution: Solution, found: Matched) -> None:
    for pattern in patterns.found:
        _read_pattern(data, pattern, solution, found)
    for group in patterns.present:
        found.partial |= len(group.found) != 1
        for pattern in group.found[:1]:
            found.met.update(dict.fromkeys(_open(data, pattern, solution)))
    absent = [(group, solution) for group in patterns.absent]
    found.absent.extend(each for each in absent if each not in found.absent)


def _read_pattern(data: Trial, pattern: Pattern, solution: Solution, found: Matched) -> None:
    if any(name not in solution for name in pattern.variables()):
        # An OPTIONAL or a branch of UNION that did not match; or a blank node, which has no value.
        found.partial |= any(name.startswith("blank") for name in pattern.variables())
        return
    start, end = (put(term, solution) for term in (pattern.subject, pattern.object))
    if pattern.way is None:
        found.partial = True
    elif isinstance(pattern.way, Step):
        one, two = (end, start) if pattern.way.inverse else (start, end)
        triple = (one, pattern.way.predicate, two)
        if is_node(triple[0]) and data.has(triple):
            found.met[triple] = None
    else:
        ways = walk(data, start, pattern.way).ends
        found.met.update(dict.fromkeys(ways.get(end, ())))


def _open(data: Trial, pattern: Pattern, solution: Solution) -> list[Triple]:
    start, end = (put(term, solution) for term in (pattern.subject, pattern.object))
    if pattern.way is None or isinstance(start, Variable):
        return []
    ends = walk(data, start, pattern.way).ends
    return [t for node, way in ends.items() if isinstance(end, Variable) or node == end for t in way]


def put(term: Node, solution: Mapping[str, Node]) -> Node:
    """Put the value of a variable in its place, where it has one."""
    return solution.get(str(term), term) if isinstance(term, Variable) else term
