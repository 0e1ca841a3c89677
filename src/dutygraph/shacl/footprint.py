"""What a check reads of the data graph: never less than it does, often more.

A change that touches no triple of a footprint cannot change what the check finds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
from rdflib import RDFS, SH, URIRef

from dutygraph.shacl.model import Ask, Logical, Nested, Plain, Qualified, Select
from dutygraph.shacl.query_reads import ANY, Classes, query_reads
from dutygraph.shacl.ways import TYPE

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.model import Constraint, Shape
    from dutygraph.shacl.paths import Path
    from dutygraph.shacl.targets import Targets

Below: TypeAlias = Callable[["Node"], Collection[str]]
"""Gives a class and its subclasses in the data, each as `<IRI>`."""

Subject: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Triple
TypesOf: TypeAlias = Callable[[Subject], Iterable[str]]
"""Gives the classes that a node has before or after a change."""

PAIRS = {
    SH.EqualsConstraintComponent,
    SH.DisjointConstraintComponent,
    SH.LessThanConstraintComponent,
    SH.LessThanOrEqualsConstraintComponent,
}


@dataclass(frozen=True)
class Footprint:
    """What is read, or what a change touches.

    `reads` are predicates, each with a class that the subject must have for its triples to matter, or ANY;
    `classes` stand for the rdf:type triples of these classes, `rdf:type` among `reads` for those of any.
    """

    reads: frozenset[tuple[str, str]] = frozenset()
    classes: frozenset[str] = frozenset()
    everything: bool = False

    def __or__(self, other: Footprint) -> Footprint:
        """Give what either reads."""
        return Footprint(
            self.reads | other.reads, self.classes | other.classes, self.everything or other.everything
        )

    def touched_by(self, change: Footprint) -> bool:
        """Tell whether a change may be seen by what reads this; `change` comes from `footprint_of_change`."""
        if self.everything:
            return bool(change.reads)
        return not (self.reads.isdisjoint(change.reads) and self.classes.isdisjoint(change.classes))


NOTHING = Footprint()
EVERYTHING = Footprint(everything=True)


def footprint_of_change(triples: Iterable[ox.Triple], types_of: TypesOf) -> Footprint:
    """Give what triples touch that come or go; `types_of` must know the classes that their subjects have."""
    reads: set[tuple[str, str]] = set()
    classes: set[str] = set()
    known: dict[Subject, tuple[str, ...]] = {}
    for triple in triples:
        subject, predicate = triple.subject, triple.predicate.value
        if subject not in known:
            known[subject] = (ANY, *types_of(subject))
        reads.update((predicate, cls) for cls in known[subject])
        if predicate == TYPE and isinstance(triple.object, ox.NamedNode):
            classes.add(triple.object.value)
    return Footprint(frozenset(reads), frozenset(classes))


def focus_classes(targets: Targets, below: Below) -> frozenset[str]:
    """Give classes of which every focus node has at least one, or none where that cannot be told."""
    if targets.nodes or targets.subjects_of or targets.objects_of:
        return frozenset()
    return frozenset().union(*(class_names(below(cls)) for cls in targets.classes))


def read_by_targets(targets: Targets, below: Below) -> Footprint:
    """Give what decides which nodes are focus nodes (SHACL 2.1.3)."""
    found = Footprint(frozenset((str(p), ANY) for p in (*targets.subjects_of, *targets.objects_of)))
    for cls in targets.classes:
        found |= _instances(cls, below)
    return found


def read_by_path(path: Path | None, focus: frozenset[str] = frozenset()) -> Footprint:
    """Give what decides the value nodes of focus nodes that have one of the classes `focus` (SHACL 2.3.1)."""
    if path is None:
        return NOTHING
    guards = focus if focus and path.predicate is not None else {ANY}
    return Footprint(frozenset((p, cls) for p in path.predicates for cls in guards))


def read_by_shape(shape: Shape, below: Below) -> Footprint:
    """Give what decides whether any given node conforms to a shape (SHACL 3.4)."""
    found = read_by_path(shape.path)
    for constraint in shape.constraints:
        found |= read_by_constraint(constraint, below, shape.path)
    return found


def read_by_constraint(
    constraint: Constraint, below: Below, path: Path | None, focus: frozenset[str] = frozenset()
) -> Footprint:
    """Give what one constraint reads, its value nodes given; focus nodes have one of the classes `focus`."""
    if isinstance(constraint, Plain):
        return _plain(constraint, below, focus)
    if isinstance(constraint, Select | Ask):
        bound = dict(constraint.bound)
        if path is not None and path.predicate is not None:
            bound["PATH"] = path.predicate
        return read_by_query(constraint.text.query, bound, {"this": focus} if focus else {})
    inner: tuple[Shape, ...]
    if isinstance(constraint, Nested):
        inner = (constraint.shape,)
    elif isinstance(constraint, Logical):
        inner = constraint.shapes
    elif isinstance(constraint, Qualified):
        inner = (constraint.shape, *constraint.siblings)
    found = NOTHING
    for other in inner:
        found |= read_by_shape(other, below)
    return found


def predicates_read(shapes: Iterable[Shape]) -> frozenset[str] | None:
    """Give the predicates of all triples that validation by shapes reads, None where that cannot be told."""
    found = Footprint(frozenset({(TYPE, ANY), (str(RDFS.subClassOf), ANY)}))
    for shape in shapes:
        found |= read_by_targets(shape.targets, _itself) | read_by_shape(shape, _itself)
    return None if found.everything else frozenset(predicate for predicate, _ in found.reads)


def _itself(cls: Node) -> tuple[str, ...]:
    return (cls.n3(),)


def read_by_query(
    query: str, bound: Mapping[str, Node] | None = None, guards: Classes | None = None
) -> Footprint:
    """Give what a SPARQL text reads, everything where that cannot be told.

    `bound` are the constants pre-bound in it, `guards` the classes that values of a variable have.
    """
    constants = {name: str(term) for name, term in (bound or {}).items() if isinstance(term, URIRef)}
    found = query_reads(query, constants, guards or {})
    if found is None:
        return EVERYTHING
    return Footprint(frozenset(found.reads.pairs), frozenset(found.reads.classes))


def _plain(constraint: Plain, below: Below, focus: frozenset[str]) -> Footprint:
    if constraint.component == SH.ClassConstraintComponent:
        return _instances(constraint.terms[0], below)
    if constraint.component in PAIRS:
        return Footprint(frozenset((str(constraint.terms[0]), cls) for cls in focus or {ANY}))
    if constraint.component == SH.ClosedConstraintComponent:
        return EVERYTHING
    return NOTHING


def _instances(cls: Node, below: Below) -> Footprint:
    return Footprint(frozenset({(str(RDFS.subClassOf), ANY)}), class_names(below(cls)))


def class_names(written: Collection[str]) -> frozenset[str]:
    """Give the IRIs of classes written as `<IRI>`."""
    return frozenset(name.removeprefix("<").removesuffix(">") for name in written)
