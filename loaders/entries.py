"""Records that are entered one by one, not handed in as sheets: their fields are read as the cells of a row.

A record goes the way of a ledger's row, so that the same values give the same statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS

from dutygraph.loaders.catalogue import mentioned_kinds
from dutygraph.loaders.fields import FieldForm, KindForm
from dutygraph.loaders.forms import ColumnForm, SheetForm, Template
from dutygraph.loaders.messages import say
from dutygraph.loaders.reading import Reading, Row
from dutygraph.loaders.statements import make_statements
from dutygraph.loaders.things import Key, Registry, filled
from dutygraph.loaders.unfit import UnfitError
from dutygraph.loaders.values import LIST_SEPARATOR, Raw, normalise
from dutygraph.model import Cell, GraphKind, Record, Statement, Text
from dutygraph.store import BureauGraphs

ENTERED = "在线录入"
"""The file that the cell of a statement names where no file was handed in."""

Registered = Callable[[str, str], bool]
"""Tells whether a thing of this kind and id is registered."""

_EXACT, _SHOWN = 10**15, 40

_IDENTIFIER = ColumnForm("编号", "identifier", Text("编号", "id"), required=True)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field, or one item of it: where, the column's header, what was expected."""

    field: str | None
    message: Text
    header: str = ""
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it was entered: what it states, and what registers those that it only mentions."""

    kind: KindForm
    id: str
    iri: URIRef
    statements: tuple[Statement, ...]
    mentioned: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What other things hold that decides on a record's graph: cells of its row, and the graphs of things."""

    cells: Mapping[str, str] = field(default_factory=dict)
    graphs: Mapping[Key, GraphKind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Value:
    """The value of a field as a row holds it; ``kind`` is the kind of thing a reference named."""

    texts: tuple[str, ...]
    kind: str | None = None


def read_entry(
    kind: KindForm,
    identifier: str | None,
    given: Mapping[str, object],
    names: BureauGraphs,
    registered: Registered,
    beside: Beside | None = None,
) -> Entry | tuple[FieldProblem, ...]:
    """Return what a record states, or everything that is wrong with it.

    *identifier* may be None where it can be made of other fields.
    """
    reader = _Reader(kind, names, registered)
    values = dict(reader.values(given))
    named = reader.identifier(identifier, values)
    if reader.problems or named is None:
        return tuple(reader.problems)
    return reader.entry(named, values, beside or Beside())


@dataclass(slots=True)
class _Reader:
    kind: KindForm
    names: BureauGraphs
    registered: Registered
    problems: list[FieldProblem]

    def __init__(self, kind: KindForm, names: BureauGraphs, registered: Registered) -> None:
        self.kind, self.names, self.registered = kind, names, registered
        self.problems = []

    def values(self, given: Mapping[str, object]) -> Iterator[tuple[str, _Value]]:
        """Yield the fields that hold something, noting every problem."""
        known = {one.name: one for one in self.kind.fields}
        for name in given.keys() - known.keys():
            text = say("entry-unknown-field", field=str(name)[:60], fields=tuple(known))
            self.problems.append(FieldProblem(str(name)[:60], text))
        row: dict[str, str] = {}
        for name, form in known.items():
            value = self._value(form, given.get(name), row)
            if value.texts:
                row[form.column.header] = LIST_SEPARATOR.join(value.texts)
                yield name, value
            elif form.required and not any(problem.field == name for problem in self.problems):
                text = say("required", help=form.column.help)
                self.problems.append(FieldProblem(name, text, form.column.header))

    def _value(self, known: FieldForm, given: object, row: Mapping[str, str]) -> _Value:
        items = given if isinstance(given, list) else [] if given is None else [given]
        if len(items) > 1 and not known.many:
            shown = LIST_SEPARATOR.join(str(item)[:30] for item in items[:5])
            text = say("only-one", count=len(items), value=shown)
            self.problems.append(FieldProblem(known.name, text, known.column.header))
            return _Value(())
        single = replace(known.column, many=False, own={}, required=False)
        texts: list[str] = []
        kind = None
        for number, item in enumerate(items):
            try:
                named, raw = _plain_item(known, item)
                kind = named or kind
                value = normalise(single, raw, row)
            except UnfitError as error:
                place = number if isinstance(given, list) else None
                self.problems.append(FieldProblem(known.name, error.text, known.column.header, place))
                continue
            texts += [value] if value and value not in texts else []
        return _Value(tuple(texts), kind)

    def identifier(self, given: str | None, values: Mapping[str, _Value]) -> str | None:
        """Return the record's id: the one given, else made of its fields, with a number where one is free."""
        if given is not None:
            # what is there keeps its id, however it was written (RDF is not put into the form of ledgers)
            if self.registered(self.kind.kind, given):
                return given
            try:
                column = self.kind.id_column or _IDENTIFIER
                read = normalise(replace(column, outputs=()), given, {})
            except UnfitError as error:
                self.problems.append(FieldProblem("id", error.text, _IDENTIFIER.header))
                return None
            if read:
                return read
        cells = {
            self._field(name).column.header: LIST_SEPARATOR.join(value.texts)
            for name, value in values.items()
        }
        for template in self.kind.entity.ids:
            wanted = [c for c in template.columns if c != self.kind.entity.number_column]
            if template.columns and set(wanted) == set(template.columns) and all(map(cells.get, wanted)):
                return self._free(template, cells)
        if not self.problems:
            column = self.kind.id_column or _IDENTIFIER
            self.problems.append(FieldProblem("id", say("required", help=column.help), column.header))
        return None

    def _free(self, template: Template, cells: Mapping[str, str]) -> str:
        number = 1
        while template.numbered and self.registered(self.kind.kind, filled(template, cells, number)):
            number += 1
        return filled(template, cells, number)

    def _field(self, name: str) -> FieldForm:
        known = self.kind.field(name)
        if known is None:
            raise KeyError(name)
        return known

    def entry(self, identifier: str, values: Mapping[str, _Value], beside: Beside) -> Entry:
        """Return what the record states."""
        registry = Registry(self.names, registered=self._referred_to(values), graphs=dict(beside.graphs))
        rows = [
            Row(form, Record(form.name, ENTERED, 0, cells)) for form, cells in self._cells(identifier, values)
        ]
        first = rows[0].record
        rows[0] = replace(rows[0], record=replace(first, values={**beside.cells, **first.values}))
        thought = next(
            thing for thing in Registry(self.names).things(rows[0]) if thing.entity is self.kind.entity
        )
        iri = registry.iri(self.kind.kind, identifier)
        made = make_statements(rows, registry, Reading()).statements
        stated = [_renamed(statement, thought.iri, iri, identifier) for statement in made]
        inverse = {one.property for one in self.kind.fields if one.inverse}
        about = [s for s in stated if s.subject == iri or (s.object == iri and s.predicate in inverse)]
        about += self._listed(iri, values, next(s.graph for s in about if s.subject == iri))
        return Entry(self.kind, identifier, iri, tuple(about), tuple(self._mentioned(stated, iri)))

    def _listed(self, iri: URIRef, values: Mapping[str, _Value], graph: GraphKind) -> Iterator[Statement]:
        for name, value in values.items():
            known = self._field(name)
            cell = Cell(ENTERED, known.form.name, None, known.column.header)
            for text in value.texts if known.lists else ():
                target = URIRef(self.names.thing(known.column.kinds[0], text))
                yield Statement(iri, known.property, target, graph, cell)

    def _cells(
        self, identifier: str, values: Mapping[str, _Value]
    ) -> Iterator[tuple[SheetForm, Mapping[str, str]]]:
        """Yield the rows that say it: one, and one more for every further thing that a row names once."""
        main: dict[str, str] = {}
        if self.kind.id_column is not None:
            main[self.kind.id_column.header] = identifier
        more: list[tuple[SheetForm, Mapping[str, str]]] = []
        for name, value in values.items():
            known = self._field(name)
            header = known.column.header
            if known.lists:
                continue
            if known.form is not self.kind.form:
                key = known.form.key[0]
                more += [(known.form, {key: identifier, header: text}) for text in value.texts]
            elif known.shared:
                main[header] = value.texts[0]
                more += [(known.form, {header: text}) for text in value.texts[1:]]
            else:
                main[header] = LIST_SEPARATOR.join(value.texts)
            if known.column.kind_by:
                main.update(self._kind_cell(known, value))
        id_cells = {k: main[k] for k in main if self.kind.id_column and k == self.kind.id_column.header}
        yield self.kind.form, main
        for form, cells in more:
            yield form, {**id_cells, **cells} if form is self.kind.form else cells

    def _kind_cell(self, known: FieldForm, value: _Value) -> Mapping[str, str]:
        header, table = known.column.kind_by or ("", {})
        kind = value.kind or next(
            (kind for kind in known.column.kinds if self.registered(kind, value.texts[0])), None
        )
        word = next((word for word, meant in table.items() if meant == kind), None)
        return {} if word is None else {header: word}

    def _referred_to(self, values: Mapping[str, _Value]) -> set[Key]:
        """Return which of the things that the record names are registered; a kind that was named, counts."""
        found: set[Key] = set()
        for name, value in values.items():
            for text in value.texts:
                kinds = (value.kind,) if value.kind else self._field(name).column.kinds
                found |= {(kind, text) for kind in kinds if value.kind or self.registered(kind, text)}
        return found

    def _mentioned(self, stated: Sequence[Statement], iri: URIRef) -> Iterator[Statement]:
        for kind in mentioned_kinds():
            under = self.names.thing(kind, "")
            for statement in stated:
                identifier = unquote(statement.subject.removeprefix(under))
                new = statement.subject.startswith(under) and not self.registered(kind, identifier)
                if new and statement.subject != iri:
                    yield statement


def _plain_item(known: FieldForm, item: object) -> tuple[str | None, Raw]:
    """Return the kind that a reference names, if it does, and the item as a cell would hold it."""
    kinds = known.column.kinds
    if isinstance(item, dict) and kinds:
        kind, identifier = item.get("kind"), item.get("id")
        if item.keys() == {"kind", "id"} and kind in kinds and isinstance(identifier, str):
            return kind, identifier
        raise UnfitError(say("entry-bad-reference", kinds=tuple(kinds)))
    if item is None or isinstance(item, str | bool | int | float):
        if isinstance(item, int) and not isinstance(item, bool) and abs(item) > _EXACT:
            return None, str(item)[:_SHOWN]
        return None, item
    raise UnfitError(say("entry-bad-value"))


def _renamed(statement: Statement, thought: URIRef, iri: URIRef, identifier: str) -> Statement:
    """Return a statement about the record under its own id, with the cell of what was entered."""
    cell = statement.cell and Cell(ENTERED, statement.cell.sheet, None, statement.cell.column)
    subject = iri if statement.subject == thought else statement.subject
    value = iri if statement.object == thought else statement.object
    if subject == iri and statement.predicate == DCTERMS.identifier:
        value = Literal(identifier)
    return replace(statement, subject=subject, object=value, cell=cell)
