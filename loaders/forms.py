"""The forms: which sheet and column is which class and property, read from ``columns/*.toml``.

Adding a column is one entry there; nothing in the code names a sheet or a column.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from rdflib import URIRef

from dutygraph.loaders.vocabulary import folded, term, words
from dutygraph.model import GraphKind, Text
from dutygraph.ontology import SV

ERROR_COLUMN, ORIGIN_COLUMN, SAMPLE_COLUMN = "错误", "原位置", "示例"
SERVICE_COLUMNS = (ERROR_COLUMN, ORIGIN_COLUMN, SAMPLE_COLUMN)
"""Columns the product adds to its workbooks: why a row was refused, where it stood, that it is a sample."""

SERVICE_SHEETS = ("填写说明", "选项")
"""Sheets of the empty forms that hold no records."""

_PREFIX = re.compile(r"^(附?表|附件)?[0-9一二三四五六七八九十]*[.、:：_\-—]*")


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

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be filled."""
        return tuple(name for _, name in self.pieces if name and name not in ("#", "-#"))

    @property
    def numbered(self) -> bool:
        """Whether a running number is part of it."""
        return any(name in ("#", "-#") for _, name in self.pieces)


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
    """A column: what may stand in it and what it says. ``many`` columns hold lists split at ``；``."""

    header: str
    type: str
    help: Text
    sample: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
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

    def column(self, header: str) -> ColumnForm:
        """Return a column by its header.

        Raises:
            KeyError: the form has no such column.
        """
        return _by_header(self)[header]

    def known(self, header: str) -> ColumnForm | None:
        """Return the column that a header found in a file means, or None."""
        return _by_folded_header(self).get(plain_header(header))


@cache
def sheet_forms() -> tuple[SheetForm, ...]:
    """Return all forms in the order of the workbook."""
    folder = files("dutygraph.loaders") / "columns"
    tables = [
        tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml") and not entry.name.startswith("_")
    ]
    return tuple(sorted(map(_sheet, tables), key=lambda form: form.order))


def form_of(sheet: str) -> SheetForm | None:
    """Return the form that a sheet name means, with or without its ``表1`` prefix, or None."""
    return _by_sheet_name().get(plain_sheet(sheet))


def plain_sheet(name: str) -> str:
    """Return a sheet name as it is compared."""
    return _PREFIX.sub("", folded(name)) or folded(name)


def plain_header(header: str) -> str:
    """Return a header as it is compared: no marks of obligation, no remark in brackets."""
    text = folded(header).strip("*:：")
    return re.sub(r"\([^()]*\)$", "", text).strip("*:：") or text


def column_of(predicate: str, sheet: str) -> str | None:
    """Return the header of the column of *sheet* that states *predicate*, or None."""
    form = form_of(sheet)
    for column in form.columns if form else ():
        named = {str(output.property) for output in column.outputs} | {str(p) for p in column.flags.values()}
        if predicate in named:
            return column.header
    return _link_column(form, predicate) if form else None


def _link_column(form: SheetForm, predicate: str) -> str | None:
    targets = [link.object for link in form.links if str(link.property) == predicate]
    for entity in form.entities:
        if entity.name in targets:
            return entity.each or (entity.when[0].column if entity.when else entity.ids[0].columns[0])
    return None


@cache
def _by_sheet_name() -> Mapping[str, SheetForm]:
    return {plain_sheet(form.name): form for form in sheet_forms()}


@cache
def _headers(name: str) -> tuple[Mapping[str, ColumnForm], Mapping[str, ColumnForm]]:
    columns = next(form for form in sheet_forms() if form.name == name).columns
    known = {plain_header(alias): column for column in columns for alias in column.aliases}
    known |= {plain_header(column.header): column for column in columns}
    return {column.header: column for column in columns}, known


def _by_header(form: SheetForm) -> Mapping[str, ColumnForm]:
    return _headers(form.name)[0]


def _by_folded_header(form: SheetForm) -> Mapping[str, ColumnForm]:
    return _headers(form.name)[1]


def _sheet(table: Mapping[str, Any]) -> SheetForm:
    entities = tuple(_entity(entry) for entry in table["entities"])
    return SheetForm(
        name=table["sheet"],
        order=table["order"],
        title=Text(**table["title"]),
        explanation=Text(**table["explanation"]),
        key=tuple(table["key"]),
        columns=tuple(_column(entry, entities[0].name) for entry in table["columns"]),
        entities=entities,
        links=tuple(LinkForm(e["subject"], term(e["property"]), e["object"]) for e in table.get("links", ())),
        one_of=tuple(table.get("one_of", ())),
        needed=table.get("needed", False),
        apart=table.get("apart", False),
    )


def _entity(table: Mapping[str, Any]) -> EntityForm:
    ids = table["id"]
    return EntityForm(
        name=table["name"],
        kind=table.get("kind", table["name"]),
        classes=tuple(term(name) for name in table["classes"]),
        ids=tuple(_template(text) for text in ([ids] if isinstance(ids, str) else ids)),
        graph=GraphKind(table["graph"]),
        when=_conditions(table.get("when", ())),
        types=tuple(
            TypeRule(_condition(entry), tuple(SV[name] for name in entry["classes"]))
            for entry in table.get("types", ())
        ),
        graphs=tuple(
            GraphRule(GraphKind(entry["graph"]), _conditions(entry["when"])) for entry in table.get("graphs", ())
        ),
        each=table.get("each"),
        number_by=tuple(table.get("number_by", ())),
        number_column=table.get("number_column"),
        registers=table.get("registers", True),
        on_mention=table.get("on_mention", False),
        graph_as=table.get("graph_as"),
    )


def _column(table: Mapping[str, Any], main: str) -> ColumnForm:
    given = table.get("words", ())
    scheme = table.get("scheme")
    kind_by = table.get("kind_by")
    graph = table.get("graph")
    value_property = table.get("value_property")
    return ColumnForm(
        header=table["header"],
        type=table["type"],
        help=Text(**table["help"]),
        sample=table.get("sample", ""),
        aliases=tuple(table.get("aliases", ())),
        required=table.get("required", False),
        many=table.get("list", False),
        kinds=tuple(table.get("kinds", ())),
        kind_by=(kind_by["column"], kind_by["map"]) if kind_by else None,
        scheme=scheme,
        words=words(scheme) if scheme else tuple(given),
        terms={word: term(name) for word, name in given.items()} if isinstance(given, dict) else {},
        outputs=tuple(_outputs(table, main)),
        inverse=table.get("inverse", False),
        flags={word: term(name) for word, name in table.get("flags", {}).items()},
        own=table.get("own", {}),
        blank=frozenset(table.get("blank", ())),
        year=table.get("year"),
        value_property=term(value_property) if value_property else None,
        graph=GraphKind(graph) if graph else None,
    )


def _outputs(table: Mapping[str, Any], main: str) -> Sequence[Output]:
    if "property" not in table:
        return ()
    first = Output(table.get("entity", main), term(table["property"]))
    return (first, *(Output(e.get("entity", main), term(e["property"])) for e in table.get("also", ())))


def _conditions(entries: Sequence[Mapping[str, Any]]) -> tuple[Condition, ...]:
    return tuple(_condition(entry) for entry in entries)


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(entry["column"], entry.get("filled"), frozenset(entry.get("is", ())))


def _template(text: str) -> Template:
    return Template(tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(text)))
