"""Which things the rows speak of: their identifiers, IRIs and graphs, and who is registered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from rdflib import URIRef

from dutygraph.loaders.catalogue import mentioned_kinds, sheet_forms
from dutygraph.loaders.forms import ColumnForm, EntityForm, Template
from dutygraph.loaders.messages import say
from dutygraph.loaders.reading import Reading, Row
from dutygraph.loaders.values import split
from dutygraph.model import GraphKind, Problem
from dutygraph.store import BureauGraphs

_SENSITIVITY = {kind: rank for rank, kind in enumerate(GraphKind)}

Key = tuple[str, str]
"""Kind and identifier of a thing."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that a row speaks of; ``item`` is its item of a list column, if it has one."""

    entity: EntityForm
    id: str
    iri: URIRef
    item: str | None = None

    @property
    def key(self) -> Key:
        """Kind and identifier."""
        return (self.entity.kind, self.id)


@dataclass(slots=True)
class Registry:
    """The things of one load. Numbers are given in the order of the rows, refused ones included."""

    names: BureauGraphs
    registered: set[Key] = field(default_factory=set)
    graphs: dict[Key, GraphKind] = field(default_factory=dict)
    _iris: dict[Key, URIRef] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], dict[tuple[str, ...], int]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def iri(self, kind: str, identifier: str) -> URIRef:
        """Return the IRI of a thing; the bureau's is its own."""
        key = (kind, identifier)
        if key not in self._iris:
            bureau = kind == "bureau"
            self._iris[key] = URIRef(self.names.bureau if bureau else self.names.thing(kind, identifier))
        return self._iris[key]

    def things(self, row: Row) -> Sequence[Thing]:
        """Return what a row speaks of, and count its numbered things."""
        values = row.record.values
        found: list[Thing] = []
        for entity in row.form.entities:
            if all(condition.holds(values) for condition in entity.when):
                for item in split(values.get(entity.each, "")) if entity.each else (None,):
                    identifier = self._identifier(row, entity, item)
                    if identifier is not None:
                        iri = self.iri(entity.kind, identifier)
                        found.append(Thing(entity, identifier, iri, item))
        return found

    def register(self, row: Row, things: Sequence[Thing]) -> None:
        """Note which things a good row registers, and the most sensitive graph asked for each."""
        for thing in things:
            if thing.entity.registers:
                self.registered.add(thing.key)
                asked = _graph(thing.entity, row.record.values)
                held = self.graphs.get(thing.key, asked)
                self.graphs[thing.key] = max(asked, held, key=_SENSITIVITY.__getitem__)
        # Being named where only people can stand is what registers a person.
        for header, kind in _mentioning(row.form.name):
            self.registered.update((kind, item) for item in split(row.record.values.get(header, "")))

    def graph(self, thing: Thing, beside: Sequence[Thing]) -> GraphKind:
        """Return the graph a thing's statements belong in; *beside* are the things of its row."""
        shared, key = thing.entity.graph_as, thing.key
        if shared:
            key = next((other.key for other in beside if other.entity.name == shared), key)
        return self.graphs.get(key, thing.entity.graph)

    def resolve(self, column: ColumnForm, item: str, values: Mapping[str, str]) -> Key:
        """Return what a reference means: the first of the column's kinds that is registered by that id."""
        kinds = column.kinds
        if column.kind_by:
            header, table = column.kind_by
            kinds = (table[values[header]],) if header in values else kinds
        for kind in kinds:
            if (kind, item) in self.registered:
                return (kind, item)
        return (kinds[0], item)

    def _identifier(self, row: Row, entity: EntityForm, item: str | None) -> str | None:
        values = row.record.values
        if entity.each and item is not None:
            values = {**values, entity.each: item}
        # Counted even where the row states its number itself, so that the rows after it keep theirs.
        numbers = [
            self._number(row, entity, t, values) for t in entity.ids if t.numbered and _fits(t, values)
        ]
        for template in entity.ids:
            if _fits(template, values):
                return filled(template, values, numbers[0] if numbers else 1)
        return None

    def _number(self, row: Row, entity: EntityForm, template: Template, values: Mapping[str, str]) -> int:
        group = self._numbers[f"{row.form.name}/{entity.name}", filled(template, values, 0)]
        mark = tuple(values.get(header, "") for header in entity.number_by) or (str(len(group)),)
        return group.setdefault(mark, len(group) + 1)


def _fits(template: Template, values: Mapping[str, str]) -> bool:
    return all(values.get(column) for column in template.columns)


def with_unused(row: Row, things: Sequence[Thing], reading: Reading) -> Row:
    """Report the values of a row that belong to nothing, as problems where an identifier is missing."""
    present = {thing.entity.name for thing in things}
    entities = {entity.name: entity for entity in row.form.entities}
    problems: list[Problem] = []
    for column in row.form.columns:
        named = [output.entity for output in column.outputs]
        if column.header not in row.record.values or not named or present.intersection(named):
            continue
        entity = entities[named[0]]
        needed = _what_is_missing(entity, row.record.values)
        if entity.when or entity.each:
            reading.notices.append(Problem(row.cell(column.header), say("unused", needed=needed)))
        else:
            text = say("needs", column=column.header, needed=needed)
            problems.append(Problem(row.cell(needed), text))
    reading.problems.extend(problems)
    return replace(row, problems=(*row.problems, *problems)) if problems else row


def _what_is_missing(entity: EntityForm, values: Mapping[str, str]) -> str:
    wanted = [condition.column for condition in entity.when if not condition.holds(values)]
    wanted += [entity.each] if entity.each else []
    blank = [column for column in entity.ids[0].columns if column not in values]
    return (*wanted, *blank, *entity.ids[0].columns)[0]


def _graph(entity: EntityForm, values: Mapping[str, str]) -> GraphKind:
    for rule in entity.graphs:
        if all(condition.holds(values) for condition in rule.when):
            return rule.graph
    return entity.graph


def filled(template: Template, values: Mapping[str, str], number: int) -> str:
    """Return the identifier that a template makes of a row's values and a running number."""
    return "".join(_piece(literal, name, values, number) for literal, name in template.pieces)


def _piece(literal: str, name: str | None, values: Mapping[str, str], number: int) -> str:
    if name is None:
        return literal
    if name == "#":
        return f"{literal}{number}"
    if name == "-#":
        return f"{literal}-{number}" if number > 1 else literal
    return literal + values[name]


@cache
def _mentioning(sheet: str) -> tuple[tuple[str, str], ...]:
    form = next(form for form in sheet_forms() if form.name == sheet)
    named = ((c.header, c.kinds[0]) for c in form.columns if len(c.kinds) == 1)
    return tuple((header, kind) for header, kind in named if kind in mentioned_kinds())
