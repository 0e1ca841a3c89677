"""Values that a shape would accept, as far as its constraints say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rdflib import RDF, SH, XSD, BNode, Literal, URIRef

from dutygraph.shacl import xsd
from dutygraph.shacl.explaining.change import typed
from dutygraph.shacl.model import Logical, Plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from dutygraph.shacl.explaining.change import Fresh
    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.explaining.trial import Trial
    from dutygraph.shacl.model import Constraint, Shape

_EXAMPLES = {
    XSD.string: "…",
    XSD.boolean: "true",
    XSD.decimal: "1.5",
    XSD.double: "1.5E0",
    XSD.float: "1.5",
    XSD.date: "2000-01-01",
    XSD.dateTime: "2000-01-01T00:00:00",
    XSD.time: "00:00:00",
    XSD.gYear: "2000",
    XSD.gYearMonth: "2000-01",
    XSD.anyURI: "http://example.org/",
    XSD.duration: "P1D",
}
_BOUNDS = {
    SH.MinInclusiveConstraintComponent: 0,
    SH.MaxInclusiveConstraintComponent: 0,
    SH.MinExclusiveConstraintComponent: 1,
    SH.MaxExclusiveConstraintComponent: -1,
}
_FEW = 5


@dataclass
class Wanted:
    """What a shape says about its value nodes."""

    classes: list[Node] = field(default_factory=list)
    terms: list[Node] = field(default_factory=list)
    datatype: URIRef | None = None
    kind: Node | None = None
    bounds: list[Node] = field(default_factory=list)
    language: str = ""


def wanted(shape: Shape) -> Wanted:
    """Collect what a shape asks of its value nodes, by itself and by sh:node and sh:and."""
    found = Wanted()
    _collect(shape.constraints, found)
    return found


def _collect(constraints: Iterable[Constraint], found: Wanted) -> None:
    for constraint in constraints:
        if isinstance(constraint, Logical):
            if constraint.component in (SH.NodeConstraintComponent, SH.AndConstraintComponent):
                for shape in constraint.shapes:
                    if shape.path is None:
                        _collect(shape.constraints, found)
        elif isinstance(constraint, Plain):
            _note(constraint, found)


def _note(constraint: Plain, found: Wanted) -> None:
    component, terms = constraint.component, constraint.terms
    if component == SH.ClassConstraintComponent:
        found.classes += terms
    elif component in (SH.InConstraintComponent, SH.HasValueConstraintComponent):
        found.terms += [t for t in terms if t not in found.terms]
    elif component == SH.DatatypeConstraintComponent:
        found.datatype = URIRef(str(terms[0]))
    elif component == SH.NodeKindConstraintComponent:
        found.kind = terms[0]
    elif component in _BOUNDS:
        limit = shifted(terms[0], _BOUNDS[component])
        found.bounds += [] if limit is None else [limit]
    elif component == SH.LanguageInConstraintComponent and terms:
        found.language = str(terms[0])


def candidates(
    data: Trial, asks: Wanted, fresh: Fresh, taken: Iterable[Node], predicate: Node | None
) -> list[tuple[Node, list[Triple]]]:
    """Give values that might do, each with what must be said of it; none of those taken.

    Where the shape says nothing, a value is like one that `predicate` already has somewhere.
    """
    gone = set(taken)
    known: list[Node] = [t for t in asks.terms if t not in gone][:_FEW]
    if asks.terms:
        return [(fresh.one_of(t, known), []) for t in known]
    if asks.language:
        return [(fresh.example(Literal("…", lang=asks.language)), [])]
    if asks.bounds or asks.datatype is not None:
        literals = [_cast(b, asks.datatype) for b in asks.bounds] or [example(asks.datatype)]
        return [(fresh.example(each), []) for each in literals if each not in gone]
    if asks.classes:
        node = fresh.node(asks.classes[0])
        return [(node, typed(node, asks.classes))]
    if asks.kind is not None:
        return [(of_kind(asks.kind, fresh), [])]
    return _like(data, predicate, fresh, gone)


def of_kind(kind: Node, fresh: Fresh) -> Node:
    """Give a placeholder of a node kind (SHACL 4.1.3)."""
    if kind in (SH.Literal, SH.BlankNodeOrLiteral):
        return fresh.example(Literal("…"))
    return BNode() if kind == SH.BlankNode else fresh.node()


def _like(
    data: Trial, predicate: Node | None, fresh: Fresh, gone: set[Node]
) -> list[tuple[Node, list[Triple]]]:
    found = [] if predicate is None else [o for _, _, o in data.match(None, predicate, None)]
    there = sorted(dict.fromkeys(found), key=lambda o: o.n3())
    literals = [value for value in there if isinstance(value, Literal) and value not in gone]
    if literals:
        return [(fresh.example(value), []) for value in dict.fromkeys((literals[0], literals[-1]))]
    kinds = [] if predicate is None else sorted(data.habit(predicate).values, key=lambda kind: kind.n3())
    if kinds:
        return [(fresh.node(kinds[0]), [])]
    # Words of a scheme that is not in the data: the first of those in use is an example.
    free = [value for value in there if value not in gone and not data.kinds(value)]
    return [(fresh.example(free[0]) if free else fresh.node(), [])]


def example(datatype: URIRef | None) -> Node:
    """Give a literal of a datatype."""
    if datatype is not None and str(datatype) in xsd.INTEGERS:
        _, high = xsd.INTEGERS[str(datatype)]
        return Literal(str(1 if high is None or high >= 1 else high), datatype=datatype, normalize=False)
    if datatype == RDF.langString:
        return Literal("…", lang="en")
    if datatype is None or datatype == XSD.string:
        return Literal("…")
    return Literal(_EXAMPLES.get(datatype, "…"), datatype=datatype, normalize=False)


def _cast(literal: Node, datatype: URIRef | None) -> Node:
    if datatype is None or not isinstance(literal, Literal) or literal.datatype == datatype:
        return literal
    return Literal(str(literal), datatype=datatype, normalize=False)


def shifted(literal: Node, by: int) -> Node | None:
    """Give the literal a little above (1) or below (-1) a number or date; None where there is no telling."""
    if not isinstance(literal, Literal) or by == 0:
        return literal if isinstance(literal, Literal) else None
    value = literal.value
    moved: object = None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        moved = value + by
    elif isinstance(value, datetime):
        moved = (value + timedelta(seconds=by)).isoformat()
    elif isinstance(value, date) and literal.datatype == XSD.date:
        moved = (value + timedelta(days=by)).isoformat()
    return None if moved is None else Literal(str(moved), datatype=literal.datatype, normalize=False)
