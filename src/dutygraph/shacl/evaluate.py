"""Evaluation: queries find, set algebra combines (SHACL 3.4, 4.6, 4.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import SH

from dutygraph.shacl.core import Place, compile_plain
from dutygraph.shacl.model import Ask, Logical, Nested, Plain, Qualified, Select
from dutygraph.shacl.scope import Scope, target_scope
from dutygraph.shacl.select import by_focus, run_ask, run_select

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from rdflib.term import Node

    from dutygraph.shacl.dataset import Data, Row, Term
    from dutygraph.shacl.model import Constraint, Shape


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation in the Store's terms: the chain of focus nodes, and what the report needs."""

    chain: Row
    shape: Shape
    component: Node
    value: Term | None = None
    path: Term | None = None
    constraint: Node | None = None
    bindings: tuple[tuple[str, Term], ...] = ()
    owner: Node | None = None
    parameters: tuple[tuple[str, Node], ...] = ()


class Evaluator:
    """Evaluates shapes over one data graph."""

    def __init__(self, data: Data) -> None:
        """Work on `data`; what was found out about a shape is remembered."""
        self.data = data
        self._failing: dict[tuple[Node, str], AbstractSet[Term | None]] = {}
        self._numbers: dict[str, int] = {}

    def validate(self, shape: Shape) -> tuple[int, Iterator[Violation]]:
        """Give the number of focus nodes of a shape, and every violation as it is found (SHACL 3.4)."""
        scope = target_scope(shape.targets, self.data)
        if shape.targets.mixed and self.data.owned:
            # Several kinds of target in a union are slow to ask again and again.
            focus = [row[0] for row in self._pairs(scope) if row[0] is not None]
            examined = len(focus)
            listed = self.data.listed(focus, "?dg0")
            scope = replace(scope, pattern=listed, rare=partial(self.data.fewer, examined))
        else:
            examined = self._number(scope)
        return examined, self.violations(shape, scope) if examined else iter(())

    def violations(self, shape: Shape, scope: Scope) -> Iterator[Violation]:
        """Give every violation of a shape by the focus nodes of `scope`."""
        for constraint in shape.constraints:
            yield from self._constraint(shape, constraint, scope)

    def failing(self, shape: Shape, scope: Scope) -> AbstractSet[Term | None]:
        """Give the focus nodes of `scope` that do not conform to a shape (SHACL 3.4.1)."""
        alone = scope.alone()
        key = (shape.node, alone.pattern)
        if key not in self._failing:
            self._failing[key] = {node for c in shape.constraints for node in self._faulted(shape, c, alone)}
        return self._failing[key]

    def _faulted(self, shape: Shape, constraint: Constraint, alone: Scope) -> Iterator[Term | None]:
        if isinstance(constraint, Plain):
            query = compile_plain(constraint, Place(alone, alone.values(shape.path), self.data))
            return (row[0] for row in self.data.each(query.text))
        return (violation.chain[0] for violation in self._constraint(shape, constraint, alone))

    def _constraint(self, shape: Shape, constraint: Constraint, scope: Scope) -> Iterator[Violation]:
        if isinstance(constraint, Plain):
            yield from self._plain(shape, constraint, scope)
        elif isinstance(constraint, Nested):
            inner = scope if shape.path is None else scope.values(shape.path)
            yield from self.violations(constraint.shape, inner)
        elif isinstance(constraint, Logical):
            yield from self._logical(shape, constraint, scope)
        elif isinstance(constraint, Qualified):
            yield from self._qualified(shape, constraint, scope)
        elif isinstance(constraint, Select):
            yield from self._select(shape, constraint, scope)
        else:
            yield from self._ask(shape, constraint, scope)

    def _plain(self, shape: Shape, constraint: Plain, scope: Scope) -> Iterator[Violation]:
        query = compile_plain(constraint, Place(scope, scope.values(shape.path), self.data))
        width = len(scope.chain)
        for row in self.data.each(query.text):
            value = row[width] if query.value else None
            path = row[width + 1] if query.path else None
            yield Violation(row[:width], shape, constraint.component, value, path)

    def _logical(self, shape: Shape, constraint: Logical, scope: Scope) -> Iterator[Violation]:
        values, component = scope.values(shape.path), constraint.component
        failing: list[AbstractSet[Term | None]] = []
        for inner in constraint.shapes:
            failed = self.failing(inner, values)
            if component != SH.OrConstraintComponent:
                failing.append(failed)
                continue
            # Who fails all of them: once that is nobody, the rest need not be asked.
            failing = [failing[0] & failed] if failing else [failed]
            if not failing[0]:
                return
        if component in _CONJUNCTIVE and not any(failing):
            return
        for row in self._pairs(values):
            conforming = sum(row[-1] not in failed for failed in failing)
            if not _holds(component, conforming, len(failing)):
                yield Violation(row[:-1], shape, component, row[-1])

    def _qualified(self, shape: Shape, constraint: Qualified, scope: Scope) -> Iterator[Violation]:
        values = scope.values(shape.path)
        failing = self.failing(constraint.shape, values)
        siblings = [self.failing(sibling, values) for sibling in constraint.siblings]
        counts: dict[Row, int] = dict.fromkeys(self._pairs(scope), 0)
        for row in self._pairs(values):
            if row[-1] not in failing and all(row[-1] in sibling for sibling in siblings):
                counts[row[:-1]] += 1
        for chain, count in counts.items():
            if constraint.minimum is not None and count < constraint.minimum:
                yield Violation(chain, shape, SH.QualifiedMinCountConstraintComponent)
            if constraint.maximum is not None and count > constraint.maximum:
                yield Violation(chain, shape, SH.QualifiedMaxCountConstraintComponent)

    def _select(self, shape: Shape, constraint: Select, scope: Scope) -> Iterator[Violation]:
        rows = by_focus(self.data, run_select(self.data, shape, constraint, scope.alone()))
        if not rows:
            return
        # The focus nodes are known from the rows, unless the data has them in another form, or by other ways.
        known = len(scope.chain) == 1 and not self.data.exact
        for chain in ((node,) for node in rows) if known else self._pairs(scope):
            for row in rows.get(self.data.plain_form(chain[-1]), ()):
                value = row.get("value", chain[-1] if shape.path is None else None)
                given = row.get("path")
                path = given if isinstance(given, ox.NamedNode) else None
                bindings = tuple(sorted(row.items()))
                yield Violation(
                    chain,
                    shape,
                    constraint.component,
                    value,
                    path,
                    constraint.node,
                    bindings,
                    constraint.owner or constraint.node,
                    constraint.bound,
                )

    def _ask(self, shape: Shape, constraint: Ask, scope: Scope) -> Iterator[Violation]:
        values = scope.values(shape.path)
        conforming = run_ask(self.data, constraint, Scope(values.pattern, values.chain[-2:], values.depth))
        plain = self.data.plain_form
        for row in self._pairs(values):
            if (plain(row[-2]), plain(row[-1])) not in conforming:
                yield Violation(
                    row[:-1],
                    shape,
                    constraint.component,
                    row[-1],
                    owner=constraint.owner,
                    parameters=constraint.bound,
                )

    def _number(self, scope: Scope) -> int:
        if scope.pattern not in self._numbers:
            rows = self.data.rows(f"SELECT (COUNT(DISTINCT ?dg0) AS ?n) WHERE {{ {scope.pattern} }}")
            self._numbers[scope.pattern] = int(str(rows[0][0].value))  # type: ignore[union-attr]
        return self._numbers[scope.pattern]

    def _pairs(self, scope: Scope) -> list[Row]:
        return self.data.rows(f"SELECT DISTINCT {scope.columns} WHERE {{ {scope.pattern} }}")


_CONJUNCTIVE = {SH.AndConstraintComponent, SH.NodeConstraintComponent}


def _holds(component: Node, conforming: int, number: int) -> bool:
    if component == SH.NotConstraintComponent:
        return conforming == 0
    if component == SH.OrConstraintComponent:
        return conforming > 0
    if component == SH.XoneConstraintComponent:
        return conforming == 1
    return conforming == number
