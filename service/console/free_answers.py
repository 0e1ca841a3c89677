"""The answer to a free query as a page shows it: a table, yes or no, or statements; names for addresses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import pyoxigraph as ox
from rdflib import OWL, RDF, URIRef

from dutygraph.model import Text
from dutygraph.ontology import SV, labels, load_ontology
from dutygraph.service.access.view import View
from dutygraph.service.console.asking import ShownAnswer, ShownCell, number_text
from dutygraph.service.console.wording import Words
from dutygraph.service.sparql.asking import Answered
from dutygraph.service.sparql.refuse import Form

_NUMBERS = ("integer", "decimal", "double", "float")
_TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary as a query writes it, and what people call it."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class FreeAnswer:
    """What came back: rows (of statements: what they join), or a yes or no; the text of statements."""

    rows: ShownAnswer
    truth: bool | None = None
    statements: str = ""
    cut: bool = False


@cache
def vocabulary() -> tuple[Term, ...]:
    """Return the words of the ontology, classes first, each by what a query writes for it."""
    ontology = load_ontology()
    found = [
        Term(f"sv:{str(term).removeprefix(str(SV))}", labels(term))
        for kind in _TERMS
        for term in sorted({s for s in ontology.subjects(RDF.type, kind) if isinstance(s, URIRef)})
        if term.startswith(str(SV))
    ]
    return tuple({term.name: term for term in found}.values())


def read_answer(view: View, answered: Answered, words: Words) -> FreeAnswer:
    """Return an answer in JSON or Turtle as a page shows it."""
    cut = answered.cut is not None
    if answered.form in (Form.CONSTRUCT, Form.DESCRIBE):
        text = answered.content.decode("utf-8", "replace")
        rows = [_statement(view, triple, words) for triple in _triples(answered.content)]
        return FreeAnswer(ShownAnswer(("", "", ""), rows), statements=text, cut=cut)
    told: Mapping[str, Any] = json.loads(answered.content)
    if "boolean" in told:
        return FreeAnswer(ShownAnswer((), ()), truth=told["boolean"])
    variables: Sequence[str] = told["head"]["vars"]
    rows = [[_cell(view, row.get(name), words) for name in variables] for row in told["results"]["bindings"]]
    return FreeAnswer(ShownAnswer(variables, rows), cut=cut)


def _triples(content: bytes) -> Iterable[ox.Quad]:
    try:
        return list(ox.parse(content, ox.RdfFormat.TURTLE))
    except SyntaxError:  # cut at the limit in the middle of a statement
        return ()


def _statement(view: View, quad: ox.Quad, words: Words) -> list[ShownCell]:
    return [_of_term(view, term, words) for term in (quad.subject, quad.predicate, quad.object)]


def _of_term(view: View, term: object, words: Words) -> ShownCell:
    if isinstance(term, ox.NamedNode):
        return _named(view, term.value, words)
    return ShownCell(term.value if isinstance(term, ox.Literal) else str(term))


def _cell(view: View, told: Mapping[str, Any] | None, words: Words) -> ShownCell:
    if told is None:
        return ShownCell("")
    if told["type"] == "uri":
        return _named(view, told["value"], words)
    if told["type"] == "literal" and str(told.get("datatype", "")).rpartition("#")[2] in _NUMBERS:
        try:
            value = Decimal(told["value"])
        except InvalidOperation:
            return ShownCell(told["value"])
        whole = value.is_finite() and value == value.to_integral_value()
        return ShownCell(number_text(int(value) if whole else float(value)), float(value))
    return ShownCell(str(told["value"]))


def _named(view: View, iri: str, words: Words) -> ShownCell:
    if not iri.startswith((f"{view.names.bureau}/", str(SV), view.names.base)):
        return ShownCell(iri)
    thing = view.things.thing(iri)
    label = words.text(view.things.label(iri)) or thing.id
    if iri.startswith(str(SV)):
        return ShownCell(label)
    return ShownCell(label if label == thing.id else f"{thing.id} {label}", thing=thing)
