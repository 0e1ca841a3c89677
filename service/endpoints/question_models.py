"""What the saved questions and their answers look like in JSON."""

from __future__ import annotations

from pydantic import Field

from dutygraph.service.access.roles import Data
from dutygraph.service.models import ApiModel, BilingualText, Dated


class ParameterModel(ApiModel):
    """What a question may be asked about; ``default`` null leaves it open."""

    name: str = Field(examples=["month"])
    kind: str = Field(examples=["period"])
    default: str | None
    meaning: BilingualText


class ColumnModel(ApiModel):
    """A column of the answer: its key and heading."""

    key: str = Field(examples=["business"])
    heading: BilingualText


class QuestionModel(ApiModel):
    """A saved question: what it may be asked about, what it answers, which kinds of data it must see.

    ``own`` says what is told to a role that sees of one of these (``reads``) the own part alone: ``rows``,
    the answer over that part; a column, the rows whose thing is its own; ``refused``, nothing (403).
    """

    id: str = Field(examples=["Q06"])
    title: BilingualText
    about: BilingualText
    parameters: list[ParameterModel]
    columns: list[ColumnModel]
    reads: list[Data]
    own: str = Field(examples=["business"])


class ThingCell(ApiModel):
    """A thing in an answer, with its name in both languages."""

    id: str
    kind: str
    iri: str
    label: str
    text: BilingualText


class AnswerPage(Dated):
    """One page of an answer: rows by the keys of the question's columns.

    With ``ownScope`` it is answered over what is the caller's own: it does not speak for the whole bureau.
    """

    question: str = Field(examples=["Q06"])
    own_scope: bool
    items: list[dict[str, ThingCell | str | int | float | None]]
    total: int
    page: int
    size: int
