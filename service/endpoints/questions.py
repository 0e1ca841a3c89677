"""The saved questions: their list, and an endpoint for each with its own parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from dutygraph.model import Text, Thing
from dutygraph.ontology import SV
from dutygraph.queries import OWN_REFUSED, OWN_ROWS, Parameter, ParameterError, Question, questions
from dutygraph.questions import Answer, Value, ask
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.tables import access_tables
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep, list_kept
from dutygraph.service.endpoints.knowledge import own_scope, scoped
from dutygraph.service.endpoints.paths import LONGEST_ID
from dutygraph.service.endpoints.question_models import (
    AnswerPage,
    ColumnModel,
    ParameterModel,
    QuestionModel,
    ThingCell,
)
from dutygraph.service.endpoints.question_parameters import annotation_of, argument_of
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQuery, ListQueryDep, Page, answer_list
from dutygraph.service.models import BilingualText
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.running import ViewDep
from dutygraph.service.words import all_called
from dutygraph.store import EmbeddedStore

_Row = tuple[Value, ...]

router = APIRouter(tags=["questions"])
answering = APIRouter(prefix="/bureaus/{code}/questions")


def _parameters(question: Question) -> list[ParameterModel]:
    return [ParameterModel.model_validate(each, from_attributes=True) for each in question.parameters]


def _parameter_said(parameter: Parameter) -> Text:
    name, meaning = parameter.name, parameter.meaning
    return Text(f"{name}（{meaning.zh}）", f"{name} ({meaning.en})")


def _columns(question: Question) -> list[ColumnModel]:
    return [
        ColumnModel(key=column.variable, heading=BilingualText(zh=column.heading.zh, en=column.heading.en))
        for column in question.columns
    ]


QUESTION_COLUMNS: tuple[Column[Question], ...] = (
    Column("id", Text("编号", "Id"), lambda question: question.id),
    Column("title", Text("问题", "Question"), lambda question: question.title),
    Column("about", Text("说明", "About"), lambda question: question.about, sortable=False),
    Column(
        "parameters",
        Text("参数", "Parameters"),
        _parameters,
        sortable=False,
        flat=lambda question: [_parameter_said(parameter) for parameter in question.parameters],
    ),
    Column("columns", Text("列", "Columns"), _columns, sortable=False, exported=False),
    Column(
        "reads",
        Text("涉及数据", "Reads"),
        lambda question: [data.value for data in data_of(question)],
        sortable=False,
        flat=lambda question: all_called("data", question.reads),
    ),
    Column(
        "own",
        Text("只看得到本人范围时", "With the own scope"),
        lambda question: question.own,
        sortable=False,
        exported=False,
    ),
)


@router.get(
    "/questions",
    summary="问题目录 / The saved questions",
    response_model=Page[QuestionModel],
    responses=LIST_RESPONSES,
)
def list_questions(query: ListQueryDep, request: Request) -> Response:
    """列出固定问题、其参数和列 / Lists the saved questions, their parameters and columns."""
    return answer_list(questions(), QUESTION_COLUMNS, None, query, request)


def data_of(question: Question) -> tuple[Data, ...]:
    """Return the kinds of data that a question must see."""
    return tuple(map(Data, question.reads))


def require_reach(view: View, question: Question) -> None:
    """Refuse a question whose answer would read as "none" to who does not see what it asks about.

    Raises:
        ForbiddenError: the caller's role sees nothing of a kind of data that it must see, or counts alone, or
            a part of which no true answer can be given.

    """
    if not all(_suffices(view, question, data) for data in data_of(question)):
        raise ForbiddenError(
            Text(
                f"{question.id}要用到您的角色看不到或看不全的数据，不能回答，否则会显示为“没有”。"
                "需要时请联系监督办公室。",
                f"{question.id} needs data that your role does not see, or not all of; an answer would "
                "read as “none”. If you need it, ask the supervision office.",
            )
        )


def _suffices(view: View, question: Question, data: Data) -> bool:
    reach = view.reach(data)
    if reach is not Reach.OWN or question.own == OWN_ROWS:
        return reach in (Reach.OWN, Reach.ALL)
    return question.own != OWN_REFUSED and access_tables().whole(data, view.caller.role)


def _own_rows(view: View, answer: Answer) -> tuple[_Row, ...]:
    """Return the rows about what is the caller's own, where the question says by which column."""
    question = answer.question
    if question.own == OWN_ROWS or not own_scope(view, *data_of(question)):
        return answer.rows
    place = [column.variable for column in answer.columns].index(question.own)
    about = ((row[place], row) for row in answer.rows)
    return tuple(row for thing, row in about if isinstance(thing, Thing) and view.in_scope(thing.iri))


def answer_question(view: View, answers: Answers, question: Question, given: Mapping[str, str]) -> Answer:
    """Return the answer that a caller may have.

    Raises:
        ForbiddenError: the caller's role does not see what the question must see.
        ProblemError: 422, a parameter names what the bureau does not have, or is not of its type.

    """
    require_reach(view, question)
    store = view.measured if question.needs_metrics else view.store
    try:
        return answers.of(
            view,
            (question.id, tuple(sorted(given.items()))),
            lambda: _asked(view, store, question, given),
        )
    except ParameterError as error:
        item = ErrorItem(error.text, pointer=f"/query/{error.name}")
        raise ProblemError(422, "names-nothing", errors=[item], detail=error.text) from error


def _asked(view: View, store: EmbeddedStore, question: Question, given: Mapping[str, str]) -> Answer:
    found = ask(store, view.names, question, given, measured=True)
    return replace(found, rows=_own_rows(view, found))


def _endpoint(question: Question) -> Callable[..., Response]:
    names = {argument_of(parameter): parameter.name for parameter in question.parameters}

    def endpoint(
        view: View, answers: Answers, query: ListQuery, request: Request, **values: object
    ) -> Response:
        given = {names[name]: _as_text(value) for name, value in values.items() if value not in (None, "")}
        require_reach(view, question)
        own = own_scope(view, *data_of(question))
        form = query.form(request)

        def answered() -> Response:
            found = answer_question(view, answers, question, given)
            columns = scoped(_answer_columns(found), form, own=own)
            beside = {"question": question.id, "ownScope": own}
            return answer_list(found.rows, columns, view, query, request, beside=beside)

        return list_kept(answers, view, request, form, answered)

    known = {"view": ViewDep, "answers": AnswersDep, "query": ListQueryDep, "request": Request}
    asked = {argument_of(parameter): annotation_of(parameter) for parameter in question.parameters}
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(_keyword(name, kind) for name, kind in known.items()),
            *(_keyword(name, kind, default=None) for name, kind in asked.items()),
        ]
    )
    endpoint.__name__ = f"answer_{question.id}"
    endpoint.__doc__ = f"{question.about.zh} / {question.about.en}"
    return endpoint


def _keyword(name: str, kind: object, default: object = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _answer_columns(answer: Answer) -> tuple[Column[_Row], ...]:
    return tuple(_column(answer, place) for place in range(len(answer.columns)))


def _column(answer: Answer, place: int) -> Column[_Row]:
    column = answer.columns[place]
    return Column(
        column.variable,
        column.heading,
        lambda row: _cell(answer, row[place]),
        flat=lambda row: _flat(answer, row[place]),
    )


def _cell(answer: Answer, value: Value) -> object:
    if not isinstance(value, Thing):
        return value
    text = answer.labels[value.iri]
    return ThingCell(
        id=value.id,
        kind=value.kind,
        iri=value.iri,
        label=value.label,
        text=BilingualText(zh=text.zh, en=text.en),
    )


def _flat(answer: Answer, value: Value) -> object:
    if not isinstance(value, Thing):
        return value
    text = answer.labels[value.iri]
    if value.iri.startswith(str(SV)):  # a word of the ontology: nobody knows it by an id
        return text
    return Text(*(value.id if label == value.id else f"{value.id} {label}" for label in (text.zh, text.en)))


for _question in questions():
    answering.add_api_route(
        f"/{_question.id}",
        _endpoint(_question),
        methods=["GET"],
        summary=f"{_question.id} {_question.title.zh} / {_question.title.en}",
        response_model=AnswerPage,
        responses=LIST_RESPONSES,
    )


@answering.get("/{question}", include_in_schema=False)
def answer_unknown(view: ViewDep, question: Annotated[str, Path(max_length=LONGEST_ID)]) -> Response:
    """Say that there is no such question."""
    del view
    raise ProblemError(
        404,
        "not-found",
        detail=Text(
            f"没有问题{question}。GET /api/v1/questions 列出全部问题。",
            f"There is no question {question}. GET /api/v1/questions lists them all.",
        ),
    )


router.include_router(answering)
