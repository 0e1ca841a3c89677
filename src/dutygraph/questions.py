"""Asking a saved question of one bureau."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from dutygraph.model import Text, Thing
from dutygraph.network import write_metrics
from dutygraph.queries import Column, Question, questions
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.things import Things

Value = Thing | str | None


class QuestionError(Exception):
    """There is no such question; the message says how to see them all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer; a cell is a thing, a text, or None where the row has nothing there."""

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


def ask(store: EmbeddedStore, names: BureauGraphs, question: Question, given: Mapping[str, str]) -> Answer:
    """Answer a question about one prepared bureau; equal data give equal rows in equal order.

    Raises:
        dutygraph.queries.ParameterError: a parameter is unknown or of the wrong type.
    """
    if question.needs_metrics:
        write_metrics(store, names)
    graphs = (*names.checked(), names.metrics)
    solutions = store.select(question.bound(names, given), graphs=graphs)
    things = Things(store.triples(graphs))
    variables = [column.variable for column in question.columns]
    rows = [tuple(_value(solution[variable], things) for variable in variables) for solution in solutions]
    labels = {cell.iri: things.label(cell.iri) for row in rows for cell in row if isinstance(cell, Thing)}
    return Answer(question, question.columns, tuple(rows), labels)


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, things: Things) -> Value:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return things.thing(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)
