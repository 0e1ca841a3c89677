"""The plan of a validation: which query was run for which constraint, and what it cost.

The plan is read off a run, since the queries depend on the data: on its subclasses, on the literals that must
be kept, on which predicates are rare.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dutygraph.shacl.compiled_engine import Compiled, compile_shapes
from dutygraph.shacl.dataset import Data
from dutygraph.shacl.evaluate import Evaluator
from dutygraph.shacl.model import Nested, Qualified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dutygraph.shacl.dataset import Row, Term
    from dutygraph.shacl.evaluate import Violation
    from dutygraph.shacl.model import Constraint, Shape
    from dutygraph.shacl.scope import Scope
    from dutygraph.shacl.source import Source

TARGETS = "targets"


@dataclass(frozen=True)
class Step:
    """One query: for which shape and component (`targets` for its focus nodes), rows found, seconds taken."""

    shape: str
    component: str
    query: str
    rows: int
    seconds: float


def plan(data: Source, shapes: Source | Compiled, *, graphs: Sequence[str] | None = None) -> tuple[Step, ...]:
    """Validate on the compiled engine and give every query that was run, in order.

    Raises what `validate` raises.
    """
    watched = _Watched(data, graphs, every=True)
    evaluator = _Labelled(watched)
    for shape in compile_shapes(shapes).shapes:
        watched.labels = [(shape.name, TARGETS)]
        _, violations = evaluator.validate(shape)
        for _ in violations:
            pass
    return tuple(watched.steps)


class _Watched(Data):
    """A data graph that writes down what it is asked."""

    def __init__(self, source: Source, graphs: Sequence[str] | None, *, every: bool) -> None:
        self.labels: list[tuple[str, str]] = [("", "data")]
        self.steps: list[Step] = []
        super().__init__(source, graphs, every=every)

    def each(self, query: str, *, plain: bool = False) -> Iterator[Row]:
        begun = time.perf_counter()
        found = list(super().each(query, plain=plain))
        self._note(query, len(found), begun)
        yield from found

    def solutions(self, query: str) -> list[dict[str, Term]]:
        begun = time.perf_counter()
        found = super().solutions(query)
        self._note(query, len(found), begun)
        return found

    def _note(self, query: str, rows: int, begun: float) -> None:
        shape, component = self.labels[-1]
        self.steps.append(Step(shape, component, query, rows, time.perf_counter() - begun))


class _Labelled(Evaluator):
    """An evaluator that tells the data for what it asks."""

    data: _Watched

    def _constraint(self, shape: Shape, constraint: Constraint, scope: Scope) -> Iterator[Violation]:
        if isinstance(constraint, Nested):
            yield from super()._constraint(shape, constraint, scope)
            return
        component = (
            "sh:qualifiedValueShape" if isinstance(constraint, Qualified) else str(constraint.component)
        )
        self.data.labels.append((shape.name, component.rpartition("#")[2] or component))
        yield from list(super()._constraint(shape, constraint, scope))
        self.data.labels.pop()
