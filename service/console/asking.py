"""A saved question on a page: its fields with what one can choose, and its answer as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dutygraph.model import Text, Thing
from dutygraph.ontology import SV
from dutygraph.queries import Parameter, Question
from dutygraph.questions import Answer, Value
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.console.wording import Words
from dutygraph.service.endpoints.knowledge import own_scope
from dutygraph.service.endpoints.questions import answer_question, data_of
from dutygraph.service.list_files import sort_key

_LITERALS = {"integer", "date", "text", "term"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a question's form: its parameter, what stands in it, what one can choose (by id)."""

    parameter: Parameter
    value: str
    choices: Sequence[Thing]

    @property
    def form(self) -> str:
        """The kind of field that a browser shows."""
        return {"integer": "number", "date": "date"}.get(self.parameter.kind, "text")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A value as it is read: text, or a number; ``thing`` where it is one of the bureau's things."""

    text: str
    number: float | None = None
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer: its headings, rows of cells, and whether it is of the caller's own part alone."""

    headings: Sequence[str]
    rows: Sequence[Sequence[ShownCell]]
    own: bool = False


def fields_of(
    view: View, answers: Answers, question: Question, given: Mapping[str, str]
) -> tuple[Field, ...]:
    """Return the fields of a question, filled in with what was given."""
    return tuple(
        Field(
            parameter,
            given.get(parameter.name, parameter.default or ""),
            () if parameter.kind in _LITERALS else choices_of(view, answers, parameter.kind),
        )
        for parameter in question.parameters
    )


def choices_of(view: View, answers: Answers, kind: str) -> tuple[Thing, ...]:
    """Return all things of a kind that the caller sees, by id."""

    def found() -> tuple[Thing, ...]:
        sample = view.names.period("2025") if kind == "period" else view.names.thing(kind, "x")
        prefix = sample[: sample.rindex("/") + 1]
        query = f'SELECT DISTINCT ?one {{ ?one a ?kind FILTER(STRSTARTS(STR(?one), "{prefix}")) }}'
        rows = view.store.select(query, graphs=view.graphs)
        things = {view.things.thing(row["one"].value) for row in rows}
        return tuple(sorted(things, key=lambda one: sort_key(one.id, "zh") or (0, 0, ())))

    return answers.of(view, ("choices", kind), found)


def given_of(question: Question, query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a question that an address or a form gives; empty ones are left open."""
    named = {parameter.name for parameter in question.parameters}
    return {name: value.strip()[:200] for name, value in query.items() if name in named and value.strip()}


def shown_answer(
    view: View, answers: Answers, question: Question, given: Mapping[str, str], words: Words
) -> ShownAnswer:
    """Return the answer that a caller may have, as it is read.

    Raises:
        ForbiddenError: the caller's role does not see what the question must see.
        ProblemError: 422, a parameter names what the bureau does not have, or is not of its type.

    """
    found = answer_question(view, answers, question, given)
    return ShownAnswer(
        [words.text(column.heading) for column in found.columns],
        [[_cell(found, value, words) for value in row] for row in found.rows],
        own=own_scope(view, *data_of(question)),
    )


def _cell(answer: Answer, value: Value, words: Words) -> ShownCell:
    if isinstance(value, Thing):
        label = words.text(answer.labels.get(value.iri, Text(value.label, value.label)))
        if value.iri.startswith(str(SV)):  # a word of the ontology: nobody knows it by an id
            return ShownCell(label)
        return ShownCell(label if label == value.id else f"{value.id} {label}", thing=value)
    if isinstance(value, int | Decimal):
        return ShownCell(number_text(value), float(value))
    return ShownCell("" if value is None else str(value))


def number_text(value: Decimal | float) -> str:
    """Return a number without the digits that say nothing."""
    return str(value) if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")
