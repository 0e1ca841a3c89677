"""A failing constraint as a sentence, its parameters filled in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rdflib import RDFS, SH, BNode, Literal, URIRef

from dutygraph.model import Text
from dutygraph.shacl.explaining.walk import walk
from dutygraph.shacl.explaining.words import known, listed, plain, way_text, word
from dutygraph.shacl.model import Ask, Logical, Plain, Qualified, Select

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.explaining.faults import Fault, Faults
    from dutygraph.shacl.explaining.model import Naming
    from dutygraph.shacl.model import Shape


class Sayings:
    """Writes sentences about faults on one copy of the data."""

    def __init__(self, faults: Faults, name: Naming) -> None:
        """Name terms by `name`."""
        self.faults = faults
        self.name = name

    def says(self, fault: Fault, *, missing: bool = False) -> Text:
        """Give the failing constraint in words; `missing`: what a query did not find is told beside it."""
        constraint, key = fault.constraint, local(fault.result.component)
        if isinstance(constraint, Select) and constraint.node is not None:
            return word("constraint", "SPARQLMissing" if missing else "SPARQL")
        if isinstance(constraint, Ask | Select) or not known("constraint", key):
            return word(
                "constraint", "Custom", what=self._what(fault), component=self.name(fault.result.component)
            )
        places = {"path": self._path(fault), "value": self._value(fault), "what": self._what(fault)}
        places["focus"] = self.name(fault.focus)
        if isinstance(constraint, Plain):
            none = key == "MaxCount" and str(constraint.terms[0]) == "0"
            places |= {"terms": self._terms(constraint), "actual": self._actual(fault, constraint)}
            return word("constraint", "MaxCount0" if none else key, **places)
        return word("constraint", key, **places, **self._numbers(fault))

    def branch(self, shape: Shape, number: int | None) -> Text:
        """Give the name of an inner shape, with its place among several."""
        title = self.shape(shape)
        if number is None:
            return word("path", "focus", focus=title or word("branch", "inner"))
        named = Text("", "") if title is None else word("branch", "named", title)
        return word("branch", "numbered", number=plain(number), shape=named)

    def asks(self, shape: Shape) -> tuple[Text, ...]:
        """Give what the core constraints of a shape ask, one phrase each."""
        way = self.faults.shapes.route(shape)
        path = None if way is None else way_text(way, self.name)
        return tuple(self._asks(c, path) for c in shape.constraints if isinstance(c, Plain))

    def _asks(self, constraint: Plain, path: Text | None) -> Text:
        key = local(constraint.component)
        known_key = key if known("asks", key) else "other"
        said = Text("", "") if path is None else path
        if path is not None and constraint.component not in _COUNTS:
            said = word("asks", "along", path)
        component = self.name(constraint.component)
        return word("asks", known_key, path=said, terms=self._terms(constraint), component=component)

    def shape(self, shape: Shape) -> Text | None:
        """Give what a shape calls itself: its sh:name or label, else its IRI; nothing for a blank node."""
        graph = self.faults.shapes.graph
        for predicate in (SH.name, RDFS.label):
            said = {getattr(t, "language", None): str(t) for t in graph.objects(shape.node, predicate)}
            if said:
                first = said[min(said, key=str)]
                return Text(said.get("zh-hans", said.get("zh", first)), said.get("en", first))
        return self.name(shape.node) if isinstance(shape.node, URIRef) else None

    def _path(self, fault: Fault) -> Text:
        if fault.result.component == SH.ClosedConstraintComponent and fault.result.path is not None:
            return self.name(fault.result.path)
        way = self.faults.shapes.route(fault.shape)
        return self.name(fault.focus) if way is None else way_text(way, self.name)

    def _value(self, fault: Fault) -> Text:
        return plain("") if fault.result.value is None else self.name(fault.result.value)

    def _what(self, fault: Fault) -> Text:
        value = self._value(fault)
        if fault.shape.path is None:
            return value if value.zh else self.name(fault.focus)
        return word("path", "what", path=self._path(fault), value=value)

    def _terms(self, constraint: Plain) -> Text:
        if constraint.component == SH.NodeKindConstraintComponent:
            return word("kind", local(constraint.terms[0]))
        if constraint.component in _NUMBERS:
            return plain(constraint.terms[0])
        if constraint.component == SH.PatternConstraintComponent:
            return plain(str(constraint.terms[0]))
        if constraint.component == SH.LanguageInConstraintComponent:
            return listed(constraint.terms, plain)
        return listed(constraint.terms, self.name)

    def _actual(self, fault: Fault, constraint: Plain) -> Text:
        component, value = constraint.component, fault.result.value
        if component in _COUNTS or component == SH.UniqueLangConstraintComponent:
            ends = walk(self.faults.data, fault.focus, self.faults.shapes.route(fault.shape)).ends
            if component in _COUNTS:
                return plain(len(ends))
            counts = Counter((t.language or "").lower() for t in ends if isinstance(t, Literal))
            return plain(", ".join(sorted(tag for tag, n in counts.items() if tag and n > 1)))
        if component in _ORDERED:
            others = self.faults.data.match(fault.focus, constraint.terms[0], None)
            return listed((o for _, _, o in others), self.name)
        if component in _LENGTHS:
            return plain(len(str(value)))
        return Text("", "") if value is None else self._kind(component, value)

    def _kind(self, component: Node, value: Node) -> Text:
        if component == SH.LanguageInConstraintComponent:
            tag = getattr(value, "language", None)
            return plain(tag) if tag else word("path", "nothing")
        if isinstance(value, Literal) and component == SH.DatatypeConstraintComponent:
            tagged = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
            string = "http://www.w3.org/2001/XMLSchema#string"
            return self.name(value.datatype or URIRef(tagged if value.language else string))
        kind = "Literal" if isinstance(value, Literal) else "BlankNode" if isinstance(value, BNode) else "IRI"
        return word("kind", kind)

    def _numbers(self, fault: Fault) -> dict[str, Text]:
        constraint = fault.constraint
        if isinstance(constraint, Logical):
            value = fault.focus if fault.result.value is None else fault.result.value
            held = sum(self.faults.conforms(shape, value) for shape in constraint.shapes)
            number = len(constraint.shapes)
            terms = self.branch(constraint.shapes[0], None) if number else word("path", "nothing")
            counted = {"number": plain(number), "actual": plain(held), "failed": plain(number - held)}
            return {"terms": terms, **counted}
        if not isinstance(constraint, Qualified):
            return {}
        values = walk(self.faults.data, fault.focus, self.faults.shapes.route(fault.shape)).ends
        held = sum(
            self.faults.conforms(constraint.shape, v)
            and not any(self.faults.conforms(s, v) for s in constraint.siblings)
            for v in values
        )
        return {
            "terms": self.branch(constraint.shape, None),
            "actual": plain(held),
            "low": plain(constraint.minimum),
            "high": plain(constraint.maximum),
        }


def local(component: Node) -> str:
    """Give the short name of a component of SHACL's, or of a node kind."""
    return str(component).removeprefix(str(SH)).removesuffix("ConstraintComponent")


_COUNTS = {SH.MinCountConstraintComponent, SH.MaxCountConstraintComponent}
_LENGTHS = {SH.MinLengthConstraintComponent, SH.MaxLengthConstraintComponent}
_NUMBERS = _COUNTS | _LENGTHS
_ORDERED = {SH.LessThanConstraintComponent, SH.LessThanOrEqualsConstraintComponent}
