"""Asking a saved question of one bureau."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox
from rdflib import XSD

from dutygraph.model import Text, Thing
from dutygraph.network import write_metrics
from dutygraph.queries import Column, ParameterError, Question, questions
from dutygraph.store import BureauGraphs, EmbeddedStore, Store
from dutygraph.things import NAMING_PREDICATES, Things

Value = Thing | str | int | Decimal | None


class QuestionError(Exception):
    """There is no such question; the message says how to see them all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer; a cell is a thing, a text, a number, or None where the row has nothing there."""

    question: Question
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    labels: Mapping[str, Text]


def find_question(identifier: str) -> Question:
    """Return the question of this id.

    Raises:
        QuestionError: there is none.
    """
    found = [question for question in questions() if question.id == identifier.upper()]
    if not found:
        raise QuestionError(
            f"没有问题{identifier}；“dutygraph ask”列出全部 / No question {identifier}: see “dutygraph ask”"
        )
    return found[0]


def ask(
    store: EmbeddedStore,
    names: BureauGraphs,
    question: Question,
    given: Mapping[str, str],
    *,
    measured: bool = False,
) -> Answer:
    """Answer a question about one prepared bureau; equal data give equal rows in equal order.

    *measured* says that the store holds the network metrics already: then nothing is written to it.

    Raises:
        dutygraph.queries.ParameterError: a parameter is unknown, of the wrong type, or names what the
            bureau does not have (an empty answer would read as "nothing is missing").
    """
    graphs = (*names.checked(), names.metrics)
    query = question.bound(names, given)
    _require_known(store, names, question, given)
    if question.needs_metrics and not measured:
        write_metrics(store, names)
    variables = [column.variable for column in question.columns]
    solutions = [[row[variable] for variable in variables] for row in store.select(query, graphs=graphs)]
    nodes = sorted({term.value for row in solutions for term in row if isinstance(term, ox.NamedNode)})
    things = Things(_described(store, graphs, nodes))
    rows = tuple(tuple(_value(term, things) for term in row) for row in solutions)
    return Answer(question, question.columns, rows, {iri: things.label(iri) for iri in nodes})


def _require_known(store: Store, names: BureauGraphs, question: Question, given: Mapping[str, str]) -> None:
    for parameter in question.parameters:
        value = given.get(parameter.name, parameter.default)
        iri = parameter.thing(names, value) if value else None
        pattern = f"{{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }}"
        if iri and not store.ask(f"ASK {{ {pattern} }}", graphs=names.checked()):
            raise ParameterError(question, parameter.name, value, unknown=True)


def _described(store: Store, graphs: Sequence[str], nodes: Iterable[str]) -> Iterable[ox.Triple]:
    """Return only the triples that name these nodes: a register of the whole bureau takes far longer."""
    listed, naming = (" ".join(f"<{iri}>" for iri in iris) for iris in (nodes, NAMING_PREDICATES))
    query = f"""CONSTRUCT {{ ?node ?naming ?name }}
        WHERE {{ VALUES ?node {{ {listed} }} VALUES ?naming {{ {naming} }} ?node ?naming ?name }}"""
    return store.construct(query, graphs=graphs)


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, things: Things) -> Value:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return things.thing(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.datatype.value == str(XSD.integer):
        return int(term.value)
    return Decimal(term.value) if term.datatype.value == str(XSD.decimal) else term.value
