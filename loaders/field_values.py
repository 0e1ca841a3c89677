"""What a record's fields hold, read from its triples: the inverse of ``entries``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from rdflib import Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from dutygraph import ontology
from dutygraph.loaders.fields import FieldForm, KindForm
from dutygraph.loaders.forms import ColumnForm
from dutygraph.loaders.statements import LANGUAGE
from dutygraph.loaders.vocabulary import concept
from dutygraph.store import BureauGraphs

Triple = tuple[Node, Node, Node]
Shown = str | int | float | bool | Mapping[str, str]
Registered = Callable[[str, str], bool]

_NUMBERS = {"integer", "tier", "star", "year"}


@dataclass(frozen=True, slots=True)
class FieldValues:
    """A record's fields as JSON holds them, and which of its triples they show."""

    fields: Mapping[str, Shown | list[Shown]]
    shown: frozenset[Triple] = field(default_factory=frozenset)


def read_fields(
    kind: KindForm, iri: URIRef, triples: Iterable[Triple], names: BureauGraphs, registered: Registered
) -> FieldValues:
    """Return the fields of a record among triples that it is the subject or the object of.

    A triple that no field of the kind could have stated (a label in another language) is left out.
    """
    reader = _Reader(names, registered)
    there = _Triples(triples)
    found: dict[str, Shown | list[Shown]] = {}
    shown: set[Triple] = set()
    for known in kind.fields:
        values: list[Shown] = []
        for triple, value in reader.values(known, iri, there):
            shown.add(triple)
            if value not in values:
                values.append(value)
        if values:
            ordered = sorted(values, key=str)
            found[known.name] = ordered if known.many or len(ordered) > 1 else ordered[0]
    return FieldValues(found, frozenset(shown))


def kind_and_id(iri: str, names: BureauGraphs) -> tuple[str, str] | None:
    """Return the kind and the id that the IRI of one of the bureau's things tells, or None for any other."""
    if iri == names.bureau:
        return "bureau", names.code
    kind, _, identifier = iri.removeprefix(f"{names.bureau}/").partition("/")
    if not identifier or not iri.startswith(f"{names.bureau}/"):
        return None
    return kind, unquote(identifier)


class _Triples:
    """Triples in a settled order, found by their property: a kind has many fields, each of one property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.all = sorted(triples, key=str)
        self._by_property: dict[str, list[Triple]] = {}
        for triple in self.all:
            self._by_property.setdefault(str(triple[1]), []).append(triple)

    def of(self, properties: Iterable[URIRef]) -> Iterator[Triple]:
        """Yield the triples of these properties."""
        for name in dict.fromkeys(map(str, properties)):
            yield from self._by_property.get(name, ())


@dataclass(frozen=True, slots=True)
class _Reader:
    names: BureauGraphs
    registered: Registered

    def values(self, known: FieldForm, iri: URIRef, triples: _Triples) -> Iterator[tuple[Triple, Shown]]:
        if known.classes:
            yield from _class_words(known, iri, triples.of((RDF.type,)))
            return
        flags = {prop: word for word, prop in known.column.flags.items()}
        asked = (*flags, known.property) if known.property is not None else tuple(flags)
        for triple in triples.of(asked):
            subject, predicate, value = triple
            if subject == iri and predicate in flags and str(value) == "true":
                yield triple, flags[URIRef(str(predicate))]
            near, far = (value, subject) if known.inverse else (subject, value)
            if near == iri and predicate == known.property:
                read = self._value(known.column, far)
                if read is not None:
                    yield from self._with_part(known.column, triple, read, triples.all)

    def _with_part(
        self, column: ColumnForm, triple: Triple, read: Shown, triples: Iterable[Triple]
    ) -> Iterator[tuple[Triple, Shown]]:
        if column.value_property is None:
            yield triple, read
            return
        for number in triples:
            if number[0] == triple[0] and number[1] == column.value_property:
                yield triple, f"{read}{number[2]}"
                yield number, f"{read}{number[2]}"

    def _value(self, column: ColumnForm, node: Node) -> Shown | None:
        if isinstance(node, Literal):
            return _literal(column, node)
        if column.type == "words":
            return _word(column, node)
        if column.type in ("month", "period"):
            under = self.names.period("")
            return unquote(str(node).removeprefix(under)) if str(node).startswith(under) else None
        return self._reference(column, str(node))

    def _reference(self, column: ColumnForm, iri: str) -> Shown | None:
        found = kind_and_id(iri, self.names)
        if found is None or found[0] not in column.kinds:
            return None
        kind, identifier = found
        first = next((k for k in column.kinds if self.registered(k, identifier)), column.kinds[0])
        return identifier if kind == first else {"kind": kind, "id": identifier}


def _literal(column: ColumnForm, node: Literal) -> Shown | None:
    text = str(node)
    if column.kinds or column.type == "words" or (node.language or LANGUAGE) != LANGUAGE:
        return None
    if column.type == "boolean":
        return text in ("true", "1")
    if column.type in _NUMBERS and re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if column.type == "decimal" and re.fullmatch(r"-?\d{1,12}(\.\d{1,3})?", text):
        return int(text) if "." not in text else float(text)
    return text


def _word(column: ColumnForm, node: Node) -> str | None:
    for word in column.words:
        meant = column.terms.get(word)
        if meant is None and column.scheme and (known := concept(column.scheme, word)):
            meant = known.iri
        if meant == node:
            return word
    return None


def _class_words(known: FieldForm, iri: URIRef, triples: Iterable[Triple]) -> Iterator[tuple[Triple, Shown]]:
    """Yield the word for the class that a record has, the one that says most where several do."""
    types = {triple[2]: triple for triple in triples if triple[0] == iri and triple[1] == RDF.type}
    fitting = [
        (word, name) for word, classes in known.classes.items() if word for name in classes if name in types
    ]
    specific = [
        (word, name)
        for word, name in fitting
        if not any(name in ontology.superclasses(URIRef(str(other))) for _, other in fitting if other != name)
    ]
    for word, name in specific[:1]:
        yield types[name], True if known.column.type == "boolean" else word
