"""What a form is: a sheet, its columns, the things its rows speak of. ``catalogue`` reads them from data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rdflib import URIRef

from dutygraph.loaders.vocabulary import folded
from dutygraph.model import GraphKind, Text

ERROR_COLUMN, ORIGIN_COLUMN, SAMPLE_COLUMN = "错误", "原位置", "示例"
SERVICE_COLUMNS = (ERROR_COLUMN, ORIGIN_COLUMN, SAMPLE_COLUMN)
"""Columns the product adds to its workbooks: why a row was refused, where it stood, that it is a sample."""

SERVICE_SHEETS = ("填写说明", "选项")
"""Sheets of the empty forms that hold no records."""


@dataclass(frozen=True, slots=True)
class Condition:
    """True of a row whose *column* is filled (or blank), or holds one of *words* ("" is blank)."""

    column: str
    filled: bool | None = None
    words: frozenset[str] = frozenset()

    def holds(self, values: Mapping[str, str]) -> bool:
        """Tell whether a row's values satisfy the condition."""
        value = values.get(self.column, "")
        return value in self.words if self.filled is None else bool(value) is self.filled


@dataclass(frozen=True, slots=True)
class TypeRule:
    """Classes that an entity also has where a condition holds."""

    condition: Condition
    classes: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True)
class GraphRule:
    """The graph an entity belongs in where all of *when* hold."""

    graph: GraphKind
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """How an identifier is made: pieces of text, each followed by a column, ``#``, ``-#`` or nothing."""

    pieces: tuple[tuple[str, str | None], ...]
    columns: tuple[str, ...]
    """The columns that must be filled."""
    numbered: bool
    """Whether a running number is part of it."""


@dataclass(frozen=True, slots=True)
class EntityForm:
    """A thing that a row of a sheet speaks of.

    ``each`` names a list column that gives one thing per item; ``registers`` is False where a row speaks
    of a thing that another sheet registers; ``graph_as`` names a kind-bearing entity whose graph it shares.
    """

    name: str
    kind: str
    classes: tuple[URIRef, ...]
    ids: tuple[Template, ...]
    graph: GraphKind
    when: tuple[Condition, ...] = ()
    types: tuple[TypeRule, ...] = ()
    graphs: tuple[GraphRule, ...] = ()
    each: str | None = None
    number_by: tuple[str, ...] = ()
    number_column: str | None = None
    registers: bool = True
    on_mention: bool = False
    year_property: URIRef | None = None
    graph_as: str | None = None

    @property
    def all_classes(self) -> tuple[URIRef, ...]:
        """Every class the entity may have, conditional ones included."""
        return (*self.classes, *(c for rule in self.types for c in rule.classes))


@dataclass(frozen=True, slots=True)
class LinkForm:
    """A property that joins two entities of the same row."""

    subject: str
    property: URIRef
    object: str


@dataclass(frozen=True, slots=True)
class Output:
    """Where the value of a column goes: a property of an entity of the row."""

    entity: str
    property: URIRef


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """A column: what may stand in it and what it says.

    ``many`` columns hold lists split at ``；``; the absence of an ``optional`` one is not worth a notice.
    """

    header: str
    type: str
    help: Text
    sample: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    optional: bool = False
    many: bool = False
    kinds: tuple[str, ...] = ()
    kind_by: tuple[str, Mapping[str, str]] | None = None
    scheme: str | None = None
    words: tuple[str, ...] = ()
    terms: Mapping[str, URIRef] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    inverse: bool = False
    flags: Mapping[str, URIRef] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()
    year: str | None = None
    value_property: URIRef | None = None
    graph: GraphKind | None = None


@dataclass(frozen=True, slots=True)
class SheetForm:
    """A sheet of the workbook. ``apart`` marks a form that is kept in a file of its own."""

    name: str
    order: int
    title: Text
    explanation: Text
    key: tuple[str, ...]
    columns: tuple[ColumnForm, ...]
    entities: tuple[EntityForm, ...]
    links: tuple[LinkForm, ...] = ()
    one_of: tuple[str, ...] = ()
    needed: bool = False
    apart: bool = False

    known_headers: Mapping[str, ColumnForm] = field(default_factory=dict, repr=False)

    def column(self, header: str) -> ColumnForm:
        """Return a column by its header.

        Raises:
            KeyError: the form has no such column.
        """
        return next(column for column in self.columns if column.header == header)

    def known(self, header: str) -> ColumnForm | None:
        """Return the column that a header found in a file means, or None."""
        return self.known_headers.get(plain_header(header))


def plain_header(header: str) -> str:
    """Return a header as it is compared: no marks of obligation, no remark in brackets."""
    text = folded(header).strip("*:：")
    return re.sub(r"\([^()]*\)$", "", text).strip("*:：") or text
