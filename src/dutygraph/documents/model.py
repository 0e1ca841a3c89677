"""What a document says, before it takes the form of Word or Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from dutygraph.model import CheckReport, Text, Thing

Value: TypeAlias = "str | int | Sequence[Row]"
Row: TypeAlias = Mapping[str, Value]
"""Values by the keys of ``labels.toml``; a list of rows is a value, too."""


class Kind(StrEnum):
    """The documents of the office, named as the command names them."""

    GAP_REPORT = "gap-report"
    TASK_SHEET = "task-sheet"
    RECTIFICATION_NOTICE = "rectification-notice"
    LINE_CHART = "line-chart"
    DOUBLE_KEY = "double-key"


class DocumentError(Exception):
    """A document cannot be made as asked; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose document it is, by which date it was judged, when it was made, of what part of the bureau."""

    unit: str
    as_of: date
    made_at: datetime
    scope: str

    @classmethod
    def of(cls, report: CheckReport, scope: str) -> Heading:
        """Return the heading of a document about a checked bureau."""
        return cls(report.bureau_label, report.as_of, report.computed_at, scope)


@dataclass(frozen=True, slots=True)
class Shaded:
    """A cell of Excel with a colour behind it and one of its own, as ``#rrggbb``."""

    value: str | int
    fill: str
    ink: str = "#000000"


Cell: TypeAlias = str | int | Shaded


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of Excel: its name, headings with their widths in characters, rows; upright heads of a grid."""

    name: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    frozen: int = 0
    upright_from: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A document: which, in which language, its fields for Word and its sheets for Excel."""

    kind: Kind
    language: str
    heading: Heading
    note: str
    fields: Row
    sheets: tuple[Sheet, ...]


def name_of(thing: Thing) -> str:
    """Return a thing's name with its id; a person's is the id alone."""
    return thing.id if thing.label in ("", thing.id) else f"{thing.id} {thing.label}"
