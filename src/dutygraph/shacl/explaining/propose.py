"""What might mend a fault of a core constraint, smallest and likeliest first. Nothing here is tried yet."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, TypeAlias

from rdflib import RDF, SH, XSD, Literal

from dutygraph.shacl import xsd
from dutygraph.shacl.explaining.change import Change, Site, together, typed
from dutygraph.shacl.explaining.propose_query import proposals_for_query
from dutygraph.shacl.explaining.values import candidates, example, of_kind, shifted, wanted
from dutygraph.shacl.explaining.walk import Step, walk
from dutygraph.shacl.model import Ask, Logical, Plain, Qualified, Select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import URIRef
    from rdflib.term import Node

    from dutygraph.shacl.explaining.change import Fresh
    from dutygraph.shacl.explaining.faults import Fault, Faults
    from dutygraph.shacl.model import Shape

MOST = 8
"""Changes thought of for one fault."""
_MOST_READ = 6


class Proposer:
    """Thinks of changes for faults on one copy of the data."""

    def __init__(self, faults: Faults, fresh: Fresh) -> None:
        """Work on a copy of the data; placeholders come from `fresh`."""
        self.faults = faults
        self.data = faults.data
        self.fresh = fresh

    def changes(self, fault: Fault) -> list[Change]:
        """Give changes that might mend a fault, at most a few."""
        found = dict.fromkeys(c for c in self._changes(fault) if c.size)
        return list(islice(found, MOST))

    def _changes(self, fault: Fault) -> Iterator[Change]:
        constraint = fault.constraint
        if isinstance(constraint, Select | Ask):
            yield from proposals_for_query(self.data, fault, self.fresh)
            return
        if isinstance(constraint, Plain):
            proposal = _PROPOSALS.get(constraint.component)
            if proposal is not None:
                yield from proposal(self, fault, constraint)
        elif isinstance(constraint, Logical):
            yield from self._logical(fault, constraint)
        elif isinstance(constraint, Qualified):
            yield from self._qualified(fault, constraint)
        # A value at fault may always go.
        if fault.result.value is not None and fault.shape.path is not None:
            yield from self.site(fault).cut(fault.result.value)

    def site(self, fault: Fault) -> Site:
        """Give the place of a fault."""
        return Site(self.data, fault.focus, self.faults.shapes.route(fault.shape), self.fresh)

    def values(self, fault: Fault, shape: Shape) -> list[Change]:
        """Add one value that a shape would accept."""
        site = self.site(fault)
        predicate = site.way.predicate if isinstance(site.way, Step) and not site.way.inverse else None
        new = candidates(self.data, wanted(shape), self.fresh, site.ways(), predicate)
        return [change for value, more in new for change in site.add(value, more)]

    def mended(self, faults: list[Fault]) -> Iterator[Change]:
        """Mend several faults at once."""
        every = [self.changes(fault)[:3] for fault in faults]
        if faults and all(every):
            yield from (together(each) for each in islice(product(*every), MOST))

    def unsaid(self, shape: Shape, node: Node) -> Iterator[Change]:
        """Take away one triple by which a node conforms to a shape."""
        met = list(walk(self.data, node, self.faults.shapes.route(shape)).met)
        for constraint in shape.constraints:
            if isinstance(constraint, Plain) and constraint.component == SH.ClassConstraintComponent:
                met += self.data.match(node, RDF.type, constraint.terms[0])
        yield from (Change(removed=(triple,)) for triple in met[:_MOST_READ])

    def _logical(self, fault: Fault, constraint: Logical) -> Iterator[Change]:
        value = fault.focus if fault.result.value is None else fault.result.value
        broken = [(shape, self.faults.of_shape(shape, value)) for shape in constraint.shapes]
        held = [shape for shape, faults in broken if not faults]
        if constraint.component in (SH.AndConstraintComponent, SH.NodeConstraintComponent):
            yield from self.mended([f for _, faults in broken for f in faults])
        elif constraint.component == SH.NotConstraintComponent or held:
            yield from (change for shape in held for change in self.unsaid(shape, value))
        else:
            ways = [change for _, faults in broken for change in self.mended(faults)]
            yield from sorted(ways, key=lambda change: change.size)

    def _qualified(self, fault: Fault, constraint: Qualified) -> Iterator[Change]:
        site = self.site(fault)
        good = [v for v in site.ways() if self._counts(constraint, v)]
        if fault.result.component == SH.QualifiedMaxCountConstraintComponent:
            yield from surplus(site, good, constraint.maximum or 0)
            return
        short = (constraint.minimum or 0) - len(good)
        bad = [v for v in site.ways() if v not in good]
        ways = [
            change
            for value in bad[:3]
            for change in islice(self.mended(self.faults.of_shape(constraint.shape, value)), 2)
        ]
        if len(ways) >= short:
            yield from (together(ways[at : at + short]) for at in range(len(ways) - short + 1))
        new = [self.values(fault, constraint.shape) for _ in range(short)]
        if all(new):
            yield together(each[0] for each in new)

    def _counts(self, constraint: Qualified, value: Node) -> bool:
        conforms = self.faults.conforms
        return conforms(constraint.shape, value) and not any(conforms(s, value) for s in constraint.siblings)


def surplus(site: Site, values: list[Node], high: int) -> Iterator[Change]:
    """Cut off all values but a number of them: the last ones, the first ones, or any others."""
    ways = site.ways()
    last = {value: ways[value][-1] for value in values if ways.get(value)}
    every = combinations(values, high)
    for kept in (tuple(values[:high]), tuple(values[len(values) - high :]), *islice(every, 2 * MOST)):
        gone = tuple(dict.fromkeys(last[v] for v in values if v not in kept and v in last))
        yield Change(removed=gone, instead=tuple(last[v] for v in kept if v in last))


def _min_count(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    short = int(str(constraint.terms[0])) - len(proposer.site(fault).ways())
    chosen: list[list[Change]] = []
    for _ in range(short):
        new = proposer.values(fault, fault.shape)
        # Terms to choose from come again: each is taken once.
        chosen.append([c for c in new if all(c not in earlier[:1] for earlier in chosen)])
    yield from (together(each) for each in islice(product(*chosen), MOST))


def _max_count(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    site = proposer.site(fault)
    yield from surplus(site, list(site.ways()), int(str(constraint.terms[0])))


def _has_value(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    yield from proposer.site(fault).add(constraint.terms[0])


def _class(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    value, [kind] = fault.result.value, constraint.terms
    if value is not None and not isinstance(value, Literal):
        yield Change(added=((value, RDF.type, kind),))
    if value is not None:
        node = proposer.fresh.node(kind)
        yield from proposer.site(fault).swap(value, node, typed(node, [kind]))


def _datatype(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    value, name = fault.result.value, str(constraint.terms[0])
    site, datatype = proposer.site(fault), constraint.terms[0]
    if value is None:
        return
    if isinstance(value, Literal) and name != str(RDF.langString) and xsd.well_formed(str(value), name):
        iri: URIRef | None = None if datatype == XSD.string else datatype  # type: ignore[assignment]
        yield from site.swap(value, Literal(str(value), datatype=iri, normalize=False))
    yield from site.swap(value, proposer.fresh.example(example(datatype)))  # type: ignore[arg-type]


def _node_kind(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    if fault.result.value is not None:
        yield from proposer.site(fault).swap(fault.result.value, of_kind(constraint.terms[0], proposer.fresh))


def _bound(by: int) -> Callable[[Proposer, Fault, Plain], Iterator[Change]]:
    def proposal(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
        limit = shifted(constraint.terms[0], by)
        if fault.result.value is not None and limit is not None:
            yield from proposer.site(fault).swap(fault.result.value, proposer.fresh.example(limit))

    return proposal


def _max_length(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    value, limit = fault.result.value, int(str(constraint.terms[0]))
    # What is left of a number or a date is none.
    if isinstance(value, Literal) and value.datatype in (None, XSD.string):
        short = Literal(str(value)[:limit], lang=value.language)
        yield from proposer.site(fault).swap(value, proposer.fresh.example(short))


def _language_in(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    value = fault.result.value
    if isinstance(value, Literal):
        for tag in (str(t) for t in constraint.terms if str(t) != "*"):
            yield from proposer.site(fault).swap(value, Literal(str(value), lang=tag))


def _unique_lang(proposer: Proposer, fault: Fault, _constraint: Plain) -> Iterator[Change]:
    site = proposer.site(fault)
    by_tag: dict[str, list[Node]] = {}
    for value in site.ways():
        tag = value.language if isinstance(value, Literal) else None
        if tag:
            by_tag.setdefault(tag.lower(), []).append(value)
    for values in by_tag.values():
        if len(values) > 1:
            yield from islice(surplus(site, values, 1), 1)


def _equals(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    site, value, [other] = proposer.site(fault), fault.result.value, constraint.terms
    if value is None or isinstance(fault.focus, Literal):
        return
    if value in site.ways():
        yield Change(added=((fault.focus, other, value),))
    else:
        yield from site.add(value)
        yield Change(removed=((fault.focus, other, value),))


def _disjoint(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    if fault.result.value is not None:
        there = (fault.focus, constraint.terms[0], fault.result.value)
        for change in proposer.site(fault).cut(fault.result.value):
            yield Change(removed=change.removed, instead=(there,))
        yield Change(removed=(there,))


def _less_than(by: int) -> Callable[[Proposer, Fault, Plain], Iterator[Change]]:
    def proposal(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
        others = [o for _, _, o in proposer.data.match(fault.focus, constraint.terms[0], None)]
        for limit in (shifted(other, by) for other in others[:MOST]):
            if limit is not None and fault.result.value is not None:
                yield from proposer.site(fault).swap(fault.result.value, proposer.fresh.example(limit))

    return proposal


def _closed(_proposer: Proposer, fault: Fault, _constraint: Plain) -> Iterator[Change]:
    if fault.result.path is not None and fault.result.value is not None:
        yield Change(removed=((fault.focus, fault.result.path, fault.result.value),))


def _in(proposer: Proposer, fault: Fault, constraint: Plain) -> Iterator[Change]:
    if fault.result.value is not None:
        for term in constraint.terms[:MOST]:
            proposer.fresh.one_of(term, constraint.terms)
            yield from proposer.site(fault).swap(fault.result.value, term)


Proposal: TypeAlias = Callable[["Proposer", "Fault", Plain], "Iterator[Change]"]
_PROPOSALS: dict[Node, Proposal] = {
    SH.MinCountConstraintComponent: _min_count,
    SH.MaxCountConstraintComponent: _max_count,
    SH.HasValueConstraintComponent: _has_value,
    SH.ClassConstraintComponent: _class,
    SH.DatatypeConstraintComponent: _datatype,
    SH.NodeKindConstraintComponent: _node_kind,
    SH.MinInclusiveConstraintComponent: _bound(0),
    SH.MaxInclusiveConstraintComponent: _bound(0),
    SH.MinExclusiveConstraintComponent: _bound(1),
    SH.MaxExclusiveConstraintComponent: _bound(-1),
    SH.MaxLengthConstraintComponent: _max_length,
    SH.LanguageInConstraintComponent: _language_in,
    SH.UniqueLangConstraintComponent: _unique_lang,
    SH.EqualsConstraintComponent: _equals,
    SH.DisjointConstraintComponent: _disjoint,
    SH.LessThanConstraintComponent: _less_than(-1),
    SH.LessThanOrEqualsConstraintComponent: _less_than(0),
    SH.ClosedConstraintComponent: _closed,
    SH.InConstraintComponent: _in,
}
