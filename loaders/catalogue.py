"""The forms as data: which sheet and column is which class and property (``columns/<sheet>.toml``).

Adding a column is one entry there; nothing in the code names a sheet or a column.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from dutygraph.loaders.forms import (
    ColumnForm,
    Condition,
    EntityForm,
    GraphRule,
    LinkForm,
    Output,
    SheetForm,
    Template,
    TypeRule,
    plain_header,
)
from dutygraph.loaders.vocabulary import folded, term, words
from dutygraph.model import GraphKind, Text

_NUMBERS = ("#", "-#")
_PREFIX = re.compile(r"^(附?表|附件)?[0-9一二三四五六七八九十]*[.、:：_\-—]*")


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


def is_kept_apart(sheet: str) -> bool:
    """Tell whether a sheet is one that is handed in as a file of its own (姓名对照)."""
    form = form_of(sheet)
    return form is not None and form.apart


def plain_sheet(name: str) -> str:
    """Return a sheet name as it is compared."""
    return _PREFIX.sub("", folded(name)) or folded(name)


def column_of(predicate: str, sheet: str) -> str | None:
    """Return the header of the column of *sheet* that states *predicate*, or None."""
    form, wanted = form_of(sheet), str(predicate)
    for column in form.columns if form else ():
        named = {str(output.property) for output in column.outputs} | {str(p) for p in column.flags.values()}
        if wanted in named:
            return column.header
    return _link_column(form, wanted) if form else None


def _link_column(form: SheetForm, predicate: str) -> str | None:
    targets = [link.object for link in form.links if str(link.property) == predicate]
    for entity in form.entities:
        if entity.name in targets:
            return entity.each or (entity.when[0].column if entity.when else entity.ids[0].columns[0])
    return None


@cache
def mentioned_kinds() -> frozenset[str]:
    """Return the kinds of things that being mentioned registers."""
    return frozenset(entity.kind for entity in mentioned_entities())


def mentioned_entities() -> Iterator[EntityForm]:
    """Yield the entities that being mentioned registers (people)."""
    return (entity for form in sheet_forms() for entity in form.entities if entity.on_mention)


@cache
def _by_sheet_name() -> Mapping[str, SheetForm]:
    return {plain_sheet(form.name): form for form in sheet_forms()}


def _sheet(table: Mapping[str, Any]) -> SheetForm:
    entities = tuple(_entity(entry) for entry in table["entities"])
    columns = tuple(_column(entry, entities[0].name) for entry in table["columns"])
    return SheetForm(
        name=table["sheet"],
        order=table["order"],
        title=Text(**table["title"]),
        explanation=Text(**table["explanation"]),
        key=tuple(table["key"]),
        columns=columns,
        entities=entities,
        links=tuple(LinkForm(e["subject"], term(e["property"]), e["object"]) for e in table.get("links", ())),
        one_of=tuple(table.get("one_of", ())),
        needed=table.get("needed", False),
        apart=table.get("apart", False),
        known_headers=_known_headers(columns),
    )


def _known_headers(columns: Sequence[ColumnForm]) -> Mapping[str, ColumnForm]:
    aliases = {plain_header(alias): column for column in columns for alias in column.aliases}
    return aliases | {plain_header(column.header): column for column in columns}


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
            TypeRule(_condition(entry), tuple(term(name) for name in entry["classes"]))
            for entry in table.get("types", ())
        ),
        graphs=tuple(
            GraphRule(GraphKind(entry["graph"]), _conditions(entry["when"]))
            for entry in table.get("graphs", ())
        ),
        each=table.get("each"),
        number_by=tuple(table.get("number_by", ())),
        number_column=table.get("number_column"),
        registers=table.get("registers", True),
        on_mention=table.get("on_mention", False),
        year_property=term(table["year_property"]) if "year_property" in table else None,
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
        optional=table.get("optional", False),
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
    pieces = tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(text))
    columns = tuple(name for _, name in pieces if name and name not in _NUMBERS)
    return Template(pieces, columns, any(name in _NUMBERS for _, name in pieces))
