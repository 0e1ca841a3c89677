"""The one place that makes triples out of records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, XSD
from rdflib.term import Node

from dutygraph.loaders.catalogue import mentioned_entities, mentioned_kinds, sheet_forms
from dutygraph.loaders.checks import place_of
from dutygraph.loaders.forms import ColumnForm, EntityForm
from dutygraph.loaders.messages import say
from dutygraph.loaders.reading import Reading, Row
from dutygraph.loaders.things import Key, Registry, Thing, with_unused
from dutygraph.loaders.values import split
from dutygraph.loaders.vocabulary import all_classes, concept
from dutygraph.model import GraphKind, Problem, Statement
from dutygraph.ontology import SV

LANGUAGE = "zh-hans"

_TYPE, _LABEL, _IDENTIFIER = RDF.type, RDFS.label, DCTERMS.identifier

_DATATYPES = {
    "integer": XSD.integer,
    "year": XSD.integer,
    "tier": XSD.integer,
    "star": XSD.integer,
    "decimal": XSD.decimal,
    "date": XSD.date,
    "boolean": XSD.boolean,
}


@dataclass(frozen=True, slots=True)
class Made:
    """The statements of the good rows, and the rows that were refused."""

    statements: tuple[Statement, ...]
    rejected: tuple[Row, ...]


def make_statements(rows: Sequence[Row], registry: Registry, reading: Reading) -> Made:
    """Turn rows into statements, each triple once; rows with problems are refused whole."""
    spoken: list[tuple[Row, Sequence[Thing]]] = []
    for row in rows:
        things = registry.things(row)
        judged = row if row.problems else with_unused(row, things, reading)
        if not judged.problems:
            registry.register(judged, things)
        spoken.append((judged, things))
    maker = _Maker(registry, reading)
    rejected = [refused for row, things in spoken if (refused := maker.take(row, things))]
    maker.register_mentioned()
    if rows:
        maker.register_bureau()
        maker.keep_remarks()
    return Made(tuple(maker.statements.values()), tuple(rejected))


@dataclass(slots=True)
class _Said:
    """What one value of one column says: the statement, and the person it mentions, if any."""

    column: ColumnForm
    value: str
    thing: Thing
    statement: Statement
    mentioned: Key | None

    @property
    def once(self) -> bool:
        """Whether the form has one cell for it, so that no row may say something else."""
        return not self.column.many and not self.column.inverse and self.thing.entity.registers


@dataclass(slots=True)
class _Maker:
    registry: Registry
    reading: Reading
    statements: dict[tuple[Node, Node, Node], Statement] = field(default_factory=dict)
    _single: dict[tuple[Node, Node], tuple[Node, str, Row]] = field(default_factory=dict)
    _mentioned: dict[Key, Statement] = field(default_factory=dict)
    _literals: dict[tuple[str, str], Literal] = field(default_factory=dict)
    _mentioned_kinds: frozenset[str] = field(default_factory=mentioned_kinds)

    def take(self, row: Row, things: Sequence[Thing]) -> Row | None:
        """Take a row's statements; return the row with its problems where it is refused."""
        if row.problems:
            return _numbered(row, things)
        if not things:
            self.reading.notices.append(Problem(row.cell(), say("no-effect")))
        graphs = {thing.iri: self.registry.graph(thing, things) for thing in things}
        said = list(self._said(row, things, graphs))
        conflicts = tuple(self._conflicts(row, said))
        if conflicts:
            self.reading.problems.extend(conflicts)
            return _numbered(replace(row, problems=conflicts), things)
        self._keep(row, said)
        for statement in self._structure(row, things, graphs):
            self._add(statement)
        for entry in said:
            self._add(entry.statement)
            if entry.mentioned:
                self._mentioned.setdefault(entry.mentioned, entry.statement)
        return None

    def register_mentioned(self) -> None:
        """Register what was only mentioned: people, who have no ledger, and years that have no plan's row."""
        entities = {entity.kind: entity for entity in mentioned_entities()}
        for (kind, identifier), mention in self._mentioned.items():
            entity, iri = entities[kind], self.registry.iri(kind, identifier)
            for predicate, value in _registration(identifier, entity.classes):
                self._add(Statement(iri, predicate, value, entity.graph, mention.cell))
            if entity.year_property:
                year = self._literal("year", identifier)
                self._add(Statement(iri, entity.year_property, year, entity.graph, mention.cell))

    def register_bureau(self) -> None:
        """Register the bureau that all rows are about, also where no sheet describes it."""
        code = self.registry.names.code
        for entity in (
            entity for form in sheet_forms() for entity in form.entities if entity.kind == "bureau"
        ):
            for predicate, value in _registration(code, entity.classes):
                self._add(Statement(self.registry.iri("bureau", code), predicate, value, entity.graph))

    def keep_remarks(self) -> None:
        """Keep the rows of unknown sheets with the bureau, for the most trusted: they may hold names."""
        bureau = self.registry.iri("bureau", self.registry.names.code)
        for cell, text in self.reading.remarks:
            self._add(Statement(bureau, SV.extra, Literal(text), GraphKind.RESTRICTED, cell))

    def _add(self, statement: Statement) -> None:
        self.statements.setdefault((statement.subject, statement.predicate, statement.object), statement)

    def _conflicts(self, row: Row, said: Sequence[_Said]) -> Iterator[Problem]:
        """Yield where a row says something else than one before it."""
        for entry in said:
            before = self._single.get((entry.statement.subject, entry.statement.predicate))
            if before and before[0] != entry.statement.object and entry.once:
                place = place_of(before[2], row.cell())
                text = say("conflict", value=entry.value, other=before[1], place=place, thing=entry.thing.id)
                yield Problem(row.cell(entry.column.header), text)

    def _keep(self, row: Row, said: Sequence[_Said]) -> None:
        for entry in said:
            if entry.once:
                key = (entry.statement.subject, entry.statement.predicate)
                self._single.setdefault(key, (entry.statement.object, entry.value, row))

    def _structure(
        self, row: Row, things: Sequence[Thing], graphs: Mapping[URIRef, GraphKind]
    ) -> Iterator[Statement]:
        """Yield what a row says by its form: what its things are and how they are joined."""
        values = row.record.values
        for thing in things:
            if thing.entity.registers:
                ruled = (
                    c for rule in thing.entity.types if rule.condition.holds(values) for c in rule.classes
                )
                cell = row.cell(_column_of(thing.entity, values))
                for predicate, value in _registration(thing.id, (*thing.entity.classes, *ruled)):
                    yield Statement(thing.iri, predicate, value, graphs[thing.iri], cell)
        for link in row.form.links:
            for subject in (thing for thing in things if thing.entity.name == link.subject):
                for target in (thing for thing in things if thing.entity.name == link.object):
                    special = subject if subject.entity.when or subject.entity.each else target
                    cell = row.cell(_column_of(special.entity, values))
                    yield Statement(subject.iri, link.property, target.iri, graphs[subject.iri], cell)
        if row.record.extras and things:
            # What a form does not foresee may be anything, names included: only the most trusted see it.
            for name, text in row.record.extras.items():
                remark = Literal(f"{name}：{text}")
                yield Statement(things[0].iri, SV.extra, remark, GraphKind.RESTRICTED, row.cell(name))

    def _said(self, row: Row, things: Sequence[Thing], graphs: Mapping[URIRef, GraphKind]) -> Iterator[_Said]:
        values = row.record.values
        for column in row.form.columns:
            if column.header not in values or not column.outputs:
                continue
            cell = row.cell(column.header)
            for thing, predicate in _targets(column, things):
                graph = column.graph or graphs[thing.iri]
                own = thing.item if thing.entity.each == column.header else None
                value = own or values[column.header]
                for special, node, mentioned in self._nodes(column, value, row, things):
                    if column.inverse and isinstance(node, URIRef):
                        statement = Statement(node, predicate, thing.iri, graph, cell)
                    else:
                        statement = Statement(thing.iri, special or predicate, node, graph, cell)
                    yield _Said(column, value, thing, statement, mentioned)

    def _nodes(
        self, column: ColumnForm, value: str, row: Row, things: Sequence[Thing]
    ) -> Iterator[tuple[URIRef | None, Node, Key | None]]:
        """Yield the nodes of a value, each with the property instead of the column's and who is mentioned."""
        for item in split(value) if column.many else (value,):
            if item in column.flags:
                yield column.flags[item], self._literal("boolean", "是"), None
            elif item in column.own:
                yield from ((None, t.iri, None) for t in things if t.entity.name == column.own[item])
            elif column.kinds:
                key = self.registry.resolve(column, item, row.record.values)
                yield None, self.registry.iri(*key), key if key[0] in self._mentioned_kinds else None
            elif column.type == "parts":
                yield from self._part(column, item)
            else:
                yield None, self._node(column, item), None

    def _node(self, column: ColumnForm, text: str) -> Node:
        if column.type == "words":
            return column.terms.get(text) or _concept(column, text)
        if column.type in ("month", "period"):
            return URIRef(self.registry.names.period(text))
        labelled = column.type == "label" or column.outputs[0].property == _LABEL
        return self._literal("label" if labelled else column.type, text)

    def _part(self, column: ColumnForm, item: str) -> Iterator[tuple[URIRef | None, Node, None]]:
        found = re.fullmatch(r"(.*?)(\d+)", item)
        if found and column.value_property:
            yield None, self._literal("text", found.group(1)), None
            yield column.value_property, self._literal("integer", found.group(2)), None

    def _literal(self, kind: str, text: str) -> Literal:
        key = (kind, text)
        if key not in self._literals:
            self._literals[key] = _literal(kind, text)
        return self._literals[key]


def _concept(column: ColumnForm, word: str) -> URIRef:
    found = concept(column.scheme or "", word)
    if found is None:
        raise KeyError(f"{column.header} has no word {word}")
    return found.iri


def _targets(column: ColumnForm, things: Sequence[Thing]) -> Iterator[tuple[Thing, URIRef]]:
    for output in column.outputs:
        for thing in things:
            if thing.entity.name == output.entity:
                yield thing, output.property


def _registration(identifier: str, classes: tuple[URIRef, ...]) -> Iterator[tuple[URIRef, Node]]:
    for name in _types(classes):
        yield _TYPE, name
    yield _IDENTIFIER, Literal(identifier)


@cache
def _types(classes: tuple[URIRef, ...]) -> tuple[URIRef, ...]:
    return tuple(dict.fromkeys(above for name in classes for above in all_classes(name)))


def _column_of(entity: EntityForm, values: Mapping[str, str]) -> str:
    if entity.each:
        return entity.each
    if entity.when:
        return entity.when[0].column
    named = (template.columns for template in entity.ids)
    return next(
        (columns[0] for columns in named if all(c in values for c in columns)), entity.ids[0].columns[0]
    )


def _literal(kind: str, text: str) -> Literal:
    if kind == "label":
        return Literal(text, lang=LANGUAGE)
    if kind == "boolean":
        return Literal("true" if text == "是" else "false", datatype=XSD.boolean)
    datatype = _DATATYPES.get(kind)
    return Literal(text, datatype=datatype, normalize=False) if datatype else Literal(text)


def _numbered(row: Row, things: Sequence[Thing]) -> Row:
    """Write the running number of a refused row down, so that it keeps it when it comes back corrected."""
    values = dict(row.record.values)
    for thing in things:
        column = thing.entity.number_column
        if column and column not in values:
            values[column] = thing.id.rpartition("-")[2]
    return row if values == row.record.values else replace(row, record=replace(row.record, values=values))
