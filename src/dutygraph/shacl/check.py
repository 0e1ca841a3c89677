"""Shapes cut into checks: one constraint each, with what it reads and what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from rdflib import SH

from dutygraph.shacl.concern import Concern, concern_of
from dutygraph.shacl.footprint import (
    Below,
    Footprint,
    focus_classes,
    read_by_constraint,
    read_by_path,
)
from dutygraph.shacl.model import Ask, Logical, Nested, Plain
from dutygraph.shacl.report import Result

if TYPE_CHECKING:
    from dutygraph.shacl.dataset import Term
    from dutygraph.shacl.focus import FocusNodes
    from dutygraph.shacl.mirror import Mirror
    from dutygraph.shacl.model import Constraint, Shape
    from dutygraph.shacl.scope import Scope

Found: TypeAlias = Mapping[object, tuple[Result, ...]]
"""Results by the focus node of the shape that has the target."""

# They may fault a focus node that has no value at all.
_FAULT_ABSENCE = {
    SH.MinCountConstraintComponent,
    SH.HasValueConstraintComponent,
    SH.EqualsConstraintComponent,
}


@dataclass
class Check:
    """One constraint of `shape`, reached by sh:property through `steps` from the shape with the target.

    `name` is the check's own among those of the session.
    """

    name: str
    focus: FocusNodes
    steps: tuple[Shape, ...]
    shape: Shape
    reads: Footprint
    concern: Concern
    found: Found = field(default_factory=dict)

    def scope(self, outer: Scope) -> Scope:
        """Give the focus nodes of `shape`, those of the shape that has the target being `outer`."""
        for step in self.steps:
            outer = outer if step.path is None else outer.values(step.path)
        return outer

    def may_fail(self, nodes: Iterable[Term], data: Mirror) -> bool:
        """Tell, without a query, whether the check may find anything on these nodes."""
        paths = [shape.path for shape in (*self.steps, self.shape) if shape.path is not None]
        if not paths or paths[0].predicate is None:
            return any(True for _ in nodes)
        constraint = self.shape.constraints[0]
        faulty = isinstance(constraint, Plain) and constraint.component not in _FAULT_ABSENCE
        if len(paths) == 1 and not faulty and not isinstance(constraint, Logical | Ask):
            return any(True for _ in nodes)
        predicate = paths[0].predicate
        return any(data.has_value(node, predicate) for node in nodes)


def checks_of(focus: FocusNodes, below: Below) -> Iterator[Check]:
    """Cut a shape that has targets into its checks."""
    classes = focus_classes(focus.shape.targets, below)
    for number, (steps, shape) in enumerate(_leaves(focus.shape, ())):
        paths = [s.path for s in (*steps, shape) if s.path is not None]
        # Of the nodes that a path leads to, no class is known.
        reads = read_by_constraint(
            _only(shape), below, shape.path, classes if all(s.path is None for s in steps) else frozenset()
        )
        for path in paths:
            reads |= read_by_path(path, classes if path is paths[0] else frozenset())
        yield Check(f"{focus.name}:{number}", focus, steps, shape, reads, concern_of(steps, shape, below))


def _only(shape: Shape) -> Constraint:
    [constraint] = shape.constraints
    return constraint


def _leaves(shape: Shape, steps: tuple[Shape, ...]) -> Iterator[tuple[tuple[Shape, ...], Shape]]:
    for constraint in shape.constraints:
        if isinstance(constraint, Nested):
            yield from _leaves(constraint.shape, (*steps, shape))
        else:
            yield steps, replace(shape, constraints=(constraint,))
