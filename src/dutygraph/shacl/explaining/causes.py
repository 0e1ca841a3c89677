"""From a fault to its cause: the constraint in words, the branches that failed, and what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SH, Variable

from dutygraph.model import Text
from dutygraph.shacl.explaining.faults import Fault, Faults, inner_shapes
from dutygraph.shacl.explaining.matched import matched, put
from dutygraph.shacl.explaining.model import Absence, Branch, Cause, Fact
from dutygraph.shacl.explaining.sayings import Sayings
from dutygraph.shacl.explaining.walk import Chain, Repeat, Route, Step, walk
from dutygraph.shacl.explaining.words import joined, plain, triple_text, way_text, with_variables, word
from dutygraph.shacl.model import Ask, Logical, Plain, Qualified, Select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rdflib.term import Node

    from dutygraph.shacl.explaining.matched import Solution
    from dutygraph.shacl.explaining.model import Naming, Triple
    from dutygraph.shacl.explaining.query import Pattern, Patterns
    from dutygraph.shacl.model import Shape

_CLASSES = Chain((Step(RDF.type), Repeat(Step(RDFS.subClassOf), nullable=True, again=True)))
_WHOLE = {
    SH.MinCountConstraintComponent,
    SH.MaxCountConstraintComponent,
    SH.HasValueConstraintComponent,
    SH.UniqueLangConstraintComponent,
}
_PAIRS = {
    SH.EqualsConstraintComponent,
    SH.DisjointConstraintComponent,
    SH.LessThanConstraintComponent,
    SH.LessThanOrEqualsConstraintComponent,
}


class Causes:
    """Explains faults on one copy of the data."""

    def __init__(self, faults: Faults, name: Naming, derived: Callable[[Triple], bool]) -> None:
        """Name terms by `name`; tell derived triples by `derived`."""
        self.faults = faults
        self.data = faults.data
        self.name = name
        self.sayings = Sayings(faults, name)
        self._derived = derived

    def cause(self, fault: Fault) -> Cause:
        """Explain one fault."""
        constraint = fault.constraint
        if isinstance(constraint, Select | Ask):
            return self._queried(fault, constraint)
        says = self.sayings.says(fault)
        component = fault.result.component
        if isinstance(constraint, Plain):
            return Cause(component, says, reads=self._facts(self._plain_reads(fault, constraint)))
        branches = self._branches(fault)
        return Cause(component, says, branches, self._facts(self._value_reads(fault)))

    def _facts(self, triples: Iterable[Triple]) -> tuple[Fact, ...]:
        return tuple(Fact(t, self._derived(t)) for t in dict.fromkeys(triples))

    def _value_reads(self, fault: Fault) -> list[Triple]:
        found = walk(self.data, fault.focus, self.faults.shapes.route(fault.shape))
        value = fault.result.value
        return list(found.met) if value is None else list(found.ends.get(value, ()))

    def _plain_reads(self, fault: Fault, constraint: Plain) -> list[Triple]:
        focus, value, component = fault.focus, fault.result.value, constraint.component
        met = list(walk(self.data, focus, self.faults.shapes.route(fault.shape)).met)
        if component in _WHOLE:
            return met
        if component == SH.ClosedConstraintComponent:
            path = fault.result.path
            return [] if path is None or value is None else [(focus, path, value)]
        found = self._value_reads(fault)
        if component in _PAIRS:
            found += self.data.match(focus, constraint.terms[0], None)
        if component == SH.ClassConstraintComponent and value is not None:
            found += walk(self.data, value, _CLASSES).met
        return found

    def _branches(self, fault: Fault) -> tuple[Branch, ...]:
        constraint = fault.constraint
        if isinstance(constraint, Logical):
            value = fault.focus if fault.result.value is None else fault.result.value
            number = len(constraint.shapes)
            return tuple(
                self._branch(shape, value, at if number > 1 else None)
                for at, shape in enumerate(constraint.shapes, start=1)
            )
        if isinstance(constraint, Qualified):
            values = walk(self.data, fault.focus, self.faults.shapes.route(fault.shape)).ends
            inner = (constraint.shape, *constraint.siblings)
            several = len(inner) > 1
            return tuple(
                self._branch(shape, value, at if several else None)
                for value in values
                for at, shape in enumerate(inner, start=1)
            )
        return ()

    def _branch(self, shape: Shape, node: Node, number: int | None) -> Branch:
        faults = self.faults.of_shape(shape, node)
        title = self.sayings.branch(shape, number)
        says = word("branch", "fails" if faults else "conforms", focus=self.name(node), branch=title)
        causes = tuple(self._within(fault, node) for fault in faults)
        # What a node conforms by was read as well.
        reads = () if faults else self._facts(self._shape_reads(shape, node))
        asks = () if faults else self.sayings.asks(shape)
        return Branch(shape.node, node, not faults, says, causes, reads, asks)

    def _within(self, fault: Fault, node: Node) -> Cause:
        found = self.cause(fault)
        if fault.focus == node:
            return found
        says = word("branch", "along", focus=self.name(fault.focus), says=found.says)
        return Cause(found.component, says, found.branches, found.reads, found.absent, found.partial)

    def _shape_reads(self, shape: Shape, node: Node) -> list[Triple]:
        found = walk(self.data, node, self.faults.shapes.route(shape))
        reads = list(found.met)
        for constraint in shape.constraints:
            if isinstance(constraint, Plain) and constraint.component == SH.ClassConstraintComponent:
                reads += [t for value in found.ends for t in walk(self.data, value, _CLASSES).met]
            elif isinstance(constraint, Plain) and constraint.component in _PAIRS:
                reads += self.data.match(node, constraint.terms[0], None)
            elif isinstance(constraint, Plain) and constraint.component == SH.ClosedConstraintComponent:
                reads += self.data.match(node, None, None)
            for inner in inner_shapes(constraint):
                reads += [t for value in found.ends for t in self._shape_reads(inner, value)]
        return reads

    def _queried(self, fault: Fault, constraint: Select | Ask) -> Cause:
        found = matched(self.data, fault.shape, constraint, fault.result)
        partial = found.partial or isinstance(constraint, Ask)
        told = [self._absence(group, solution) for group, solution in found.absent if group.found]
        absent = tuple({absence.says: absence for absence in told}.values())
        reads = [*self._value_reads(fault), *found.met] if isinstance(constraint, Ask) else list(found.met)
        says = self.sayings.says(fault, missing=bool(absent))
        return Cause(fault.result.component, says, (), self._facts(reads), absent, partial)

    def _absence(self, group: Patterns, solution: Solution) -> Absence:
        name = with_variables(self.name)
        ends = [(put(p.subject, solution), p, put(p.object, solution)) for p in group.found]
        texts = [self._pattern_text(s, p, o, name) for s, p, o in ends]
        said = joined(texts, word("absent", "and"))
        exact = group.exact and not (group.absent or group.present)
        return Absence(
            word("absent", "none" if exact else "filtered", said),
            tuple(_triple(s, p.way, o) for s, p, o in ends),
            exact,
        )

    def _pattern_text(self, s: Node, pattern: Pattern, o: Node, name: Naming) -> Text:
        if isinstance(pattern.way, Step) and not pattern.way.inverse:
            return triple_text((s, pattern.way.predicate, o), name, "absent")
        way = plain("?") if pattern.way is None else way_text(pattern.way, self.name)
        return word("absent", "triple", s=name(s), p=way, o=name(o))


def _triple(s: Node, way: Route | None, o: Node) -> Triple:
    if not isinstance(way, Step):
        return s, Variable("path"), o
    return (o, way.predicate, s) if way.inverse else (s, way.predicate, o)
