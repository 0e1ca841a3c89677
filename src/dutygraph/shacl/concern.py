"""Which focus nodes a change may concern, check by check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import SH, URIRef

from dutygraph.shacl.footprint import EVERYTHING, NOTHING, PAIRS, Below, Footprint, class_names
from dutygraph.shacl.model import Ask, Logical, Nested, Plain, Qualified, Select
from dutygraph.shacl.patterns import read_way
from dutygraph.shacl.query_reads import query_reads
from dutygraph.shacl.ways import Edge, Then, TooManyError, Tracer, Typed, Way, Whatever

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.dataset import Term
    from dutygraph.shacl.model import Constraint, Shape


@dataclass(frozen=True)
class Concern:
    """Ways from a focus node to all that is read of it; a change of what is `loose` concerns every one."""

    ways: tuple[Way, ...] = ()
    loose: Footprint = NOTHING

    def __or__(self, other: Concern) -> Concern:
        """Give what either reads."""
        return Concern(tuple(dict.fromkeys((*self.ways, *other.ways))), self.loose | other.loose)

    def after(self, way: Way | None) -> Concern:
        """Give the same seen from where `way` starts; the way itself is read too."""
        if way is None:
            return self
        return Concern((way, *(Then(way, one) for one in self.ways)), self.loose)

    def nodes(self, tracer: Tracer, change: Footprint) -> set[Term] | None:
        """Give the nodes that a change may concern, or None for all or too many to tell."""
        if self.loose.touched_by(change):
            return None
        try:
            return {node for way in self.ways for node in tracer.origins(way)}
        except TooManyError:
            return None


def concern_of(steps: Iterable[Shape], shape: Shape, below: Below) -> Concern:
    """Give the concern of a shape reached through `steps` of sh:property, seen from the first one's focus."""
    found = _shape(shape, below)
    for step in reversed(list(steps)):
        found = found.after(_way(step))
    return found


def concern_of_query(query: str, start: str, bound: Mapping[str, Node] | None = None) -> Concern:
    """Give the concern of a query seen from the values of `start`; `bound` are constants bound in it."""
    constants = {name: str(term) for name, term in (bound or {}).items() if isinstance(term, URIRef)}
    found = query_reads(query, constants, {}, start)
    if found is None:
        return Concern(loose=EVERYTHING)
    return Concern(found.ways, Footprint(frozenset(found.loose.pairs), frozenset(found.loose.classes)))


def _way(shape: Shape) -> Way | None:
    return None if shape.path is None else read_way(shape.path.sparql)


def _shape(shape: Shape, below: Below) -> Concern:
    way = _way(shape)
    found = Concern().after(way)
    for constraint in shape.constraints:
        if isinstance(constraint, Select | Ask):
            found |= _query(constraint, shape)
        elif isinstance(constraint, Plain) and constraint.component in PAIRS:
            found |= Concern((Edge(str(constraint.terms[0])),))
        else:
            found |= _values(constraint, below).after(way)
    return found


def _values(constraint: Constraint, below: Below) -> Concern:
    """Give what is read of a value node."""
    if isinstance(constraint, Plain):
        if constraint.component == SH.ClassConstraintComponent:
            return Concern((Typed(class_names(below(constraint.terms[0]))),))
        closed = constraint.component == SH.ClosedConstraintComponent
        return Concern((Whatever(),)) if closed else Concern()
    inner: tuple[Shape, ...] = ()
    if isinstance(constraint, Nested):
        inner = (constraint.shape,)
    elif isinstance(constraint, Logical):
        inner = constraint.shapes
    elif isinstance(constraint, Qualified):
        inner = (constraint.shape, *constraint.siblings)
    found = Concern()
    for shape in inner:
        found |= _shape(shape, below)
    return found


def _query(constraint: Select | Ask, shape: Shape) -> Concern:
    bound = dict(constraint.bound)
    if shape.path is not None and shape.path.predicate is not None:
        bound["PATH"] = shape.path.predicate
    return concern_of_query(constraint.text.query, "this", bound)
