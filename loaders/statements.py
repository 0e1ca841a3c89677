"""The one place that makes triples out of records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, XSD
from rdflib.term import Node

from dutygraph.loaders.checks import place_of
from dutygraph.loaders.forms import ColumnForm, EntityForm, LinkForm
from dutygraph.loaders.messages import say
from dutygraph.loaders.reading import Reading, Row
from dutygraph.loaders.things import Registry, Thing, mentioned_entities, mentioned_kinds, with_unused
from dutygraph.loaders.values import split
from dutygraph.loaders.vocabulary import all_classes, concept
from dutygraph.model import GraphKind, Problem, Statement
from dutygraph.ontology import SV

LANGUAGE = "zh-hans"

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
    return Made(tuple(maker.statements.values()), tuple(rejected))


_Said = tuple[ColumnForm, Thing, tuple[Node, Node], tuple[Node, str, Row]]
"""A column that holds one value, the thing it tells of, its property, and what was said where."""


@dataclass(slots=True)
class _Maker:
    registry: Registry
    reading: Reading
    statements: dict[tuple[Node, Node, Node], Statement] = field(default_factory=dict)
    _single: dict[tuple[Node, Node], tuple[Node, str, Row]] = field(default_factory=dict)
    _mentioned: dict[tuple[str, str], Statement] = field(default_factory=dict)
    _literals: dict[tuple[str, str], Literal] = field(default_factory=dict)

    def take(self, row: Row, things: Sequence[Thing]) -> Row | None:
        """Take a row's statements; return the row with its problems where it is refused."""
        if row.problems:
            return _numbered(row, things)
        if not things:
            self.reading.notices.append(Problem(row.cell(), say("no-effect")))
        conflicts = tuple(self._conflicts(row, things))
        if conflicts:
            self.reading.problems.extend(conflicts)
            return _numbered(replace(row, problems=conflicts), things)
        for statement in self._statements(row, things):
            self.statements.setdefault((statement.subject, statement.predicate, statement.object), statement)
        return None

    def register_mentioned(self) -> None:
        """Register those who were only mentioned: people have no ledger of their own."""
        entities = {entity.kind: entity for entity in mentioned_entities()}
        for (kind, identifier), mention in self._mentioned.items():
            if not isinstance(mention.object, URIRef):
                continue
            entity = entities[kind]
            for predicate, value in _registration(identifier, entity.classes):
                statement = Statement(mention.object, predicate, value, entity.graph, mention.cell)
                key = (statement.subject, statement.predicate, statement.object)
                self.statements.setdefault(key, statement)

    def _conflicts(self, row: Row, things: Sequence[Thing]) -> Iterator[Problem]:
        """Yield where a row says something else than one before it; remember what a good row says."""
        said = list(self._said_once(row, things))
        agreed = True
        for column, thing, key, (node, value, _) in said:
            other_node, other, first = self._single.get(key, (node, value, row))
            if other_node != node:
                agreed = False
                place = place_of(first, row.cell())
                text = say("conflict", value=value, other=other, place=place, thing=thing.id)
                yield Problem(row.cell(column.header), text)
        if agreed:
            for _, _, key, entry in said:
                self._single.setdefault(key, entry)

    def _said_once(self, row: Row, things: Sequence[Thing]) -> Iterator[_Said]:
        for column in row.form.columns:
            value = row.record.values.get(column.header)
            if value and not column.many and not column.inverse:
                for thing, predicate in _targets(column, things):
                    if thing.entity.registers:
                        for special, node in self._nodes(column, value, row, things):
                            yield column, thing, (thing.iri, special or predicate), (node, value, row)

    def _statements(self, row: Row, things: Sequence[Thing]) -> Iterator[Statement]:
        for thing in things:
            if thing.entity.registers:
                yield from self._registered(row, thing, things)
        for link in row.form.links:
            yield from self._linked(row, link, things)
        for column in row.form.columns:
            value = row.record.values.get(column.header)
            if value and column.outputs:
                yield from self._said(row, column, value, things)
        yield from self._extras(row, things)

    def _registered(self, row: Row, thing: Thing, things: Sequence[Thing]) -> Iterator[Statement]:
        values = row.record.values
        ruled = (c for rule in thing.entity.types if rule.condition.holds(values) for c in rule.classes)
        graph = self.registry.graph(thing, things)
        cell = row.cell(_column_of(thing.entity, values))
        for predicate, value in _registration(thing.id, (*thing.entity.classes, *ruled)):
            yield Statement(thing.iri, predicate, value, graph, cell)

    def _linked(self, row: Row, link: LinkForm, things: Sequence[Thing]) -> Iterator[Statement]:
        for subject in things:
            for target in things:
                if subject.entity.name == link.subject and target.entity.name == link.object:
                    special = subject if subject.entity.when or subject.entity.each else target
                    cell = row.cell(_column_of(special.entity, row.record.values))
                    graph = self.registry.graph(subject, things)
                    yield Statement(subject.iri, link.property, target.iri, graph, cell)

    def _said(self, row: Row, column: ColumnForm, value: str, things: Sequence[Thing]) -> Iterator[Statement]:
        cell = row.cell(column.header)
        for thing, predicate in _targets(column, things):
            graph = column.graph or self.registry.graph(thing, things)
            own = thing.item if thing.entity.each == column.header else None
            for special, node in self._nodes(column, own or value, row, things):
                if column.inverse and isinstance(node, URIRef):
                    statement = Statement(node, predicate, thing.iri, graph, cell)
                else:
                    statement = Statement(thing.iri, special or predicate, node, graph, cell)
                self._note_mention(column, node, own or value, row, statement)
                yield statement

    def _note_mention(
        self, column: ColumnForm, node: Node, value: str, row: Row, statement: Statement
    ) -> None:
        if not column.kinds or not isinstance(node, URIRef):
            return
        for item in split(value):
            key = self.registry.resolve(column, item, row.record.values)
            if key[0] in mentioned_kinds() and self.registry.iri(*key) == node:
                self._mentioned.setdefault(key, statement)

    def _nodes(
        self, column: ColumnForm, value: str, row: Row, things: Sequence[Thing]
    ) -> Iterator[tuple[URIRef | None, Node]]:
        """Yield the nodes of a value, each with the property that replaces the column's, if any."""
        for item in split(value) if column.many else (value,):
            if item in column.flags:
                yield column.flags[item], self._literal("boolean", "是")
            elif item in column.own:
                yield from ((None, t.iri) for t in things if t.entity.name == column.own[item])
            elif column.kinds:
                yield None, self.registry.iri(*self.registry.resolve(column, item, row.record.values))
            elif column.type == "parts":
                yield from self._part(column, item)
            else:
                yield None, self._node(column, item)

    def _node(self, column: ColumnForm, text: str) -> Node:
        if column.type == "words":
            return column.terms.get(text) or _concept(column, text)
        if column.type in ("month", "period"):
            return URIRef(self.registry.names.period(text))
        labelled = column.type == "label" or any(o.property.endswith("#label") for o in column.outputs)
        return self._literal("label" if labelled else column.type, text)

    def _part(self, column: ColumnForm, item: str) -> Iterator[tuple[URIRef | None, Node]]:
        found = re.fullmatch(r"(.*?)(\d+)", item)
        if found and column.value_property:
            yield None, self._literal("text", found.group(1))
            yield column.value_property, self._literal("integer", found.group(2))

    def _literal(self, kind: str, text: str) -> Literal:
        key = (kind, text)
        if key not in self._literals:
            self._literals[key] = _literal(kind, text)
        return self._literals[key]

    def _extras(self, row: Row, things: Sequence[Thing]) -> Iterator[Statement]:
        # What a form does not foresee may be anything, names included: only the most trusted see it.
        if row.record.extras and things:
            for name, value in row.record.extras.items():
                text = self._literal("text", f"{name}：{value}")
                yield Statement(things[0].iri, SV.extra, text, GraphKind.RESTRICTED, row.cell(name))


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


def _registration(identifier: str, classes: Iterable[URIRef]) -> Iterator[tuple[URIRef, Node]]:
    for name in dict.fromkeys(above for c in classes for above in all_classes(c)):
        yield RDF.type, name
    yield DCTERMS.identifier, Literal(identifier)


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
