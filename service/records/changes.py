"""What writing one record changes: the triples that come and go, and the graphs of those that hang on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF

from dutygraph.loaders.entries import Beside, Entry, FieldProblem, read_entry
from dutygraph.loaders.field_values import Triple
from dutygraph.loaders.fields import FieldForm, KindForm, kind_forms
from dutygraph.loaders.forms import LinkForm
from dutygraph.model import Delta, GraphKind, Statement
from dutygraph.service.records.held import Held

_REGISTERING = (URIRef(RDF.type), URIRef(DCTERMS.identifier))


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record as it shall be, and the delta that makes it so."""

    entry: Entry
    delta: Delta


def entered(
    held: Held,
    kind: KindForm,
    identifier: str | None,
    fields: Mapping[str, object],
    *,
    cells: Mapping[str, str],
) -> Entry | tuple[FieldProblem, ...]:
    """Return what a record states with these fields, or all that is wrong; *cells* are put into its row."""
    beside = _beside(held, kind, identifier, fields)
    beside = Beside({**beside.cells, **cells}, beside.graphs)
    return read_entry(kind, identifier, fields, held.names, held.registered, beside)


def creating(held: Held, entry: Entry) -> Delta:
    """Return the delta that creates a record."""
    return Delta(held.names.code, held.names.base, (*entry.statements, *entry.mentioned))


def replacing(held: Held, entry: Entry, visible: Collection[ox.Triple]) -> Delta:
    """Return the delta that makes a record what was entered.

    What no field shows stays, and so does what the caller cannot see (not in *visible*).
    """
    kind, identifier = entry.kind, entry.id
    there = held.triples(kind, identifier)
    shown = held.fields(kind, identifier).shown
    before = held.graph(kind.kind, identifier)
    after = next((s.graph for s in entry.statements if s.subject == entry.iri), before)
    wanted = {_key(statement): statement for statement in entry.statements}
    removed: list[Statement] = []
    added = dict(wanted)
    for graph, triple in there:
        statement = held.statement(graph, triple)
        key = _key(statement)
        stated = key in shown or _stated_by_kind(kind, statement)
        moved = after if graph == before and after is not None else graph
        if key in wanted and wanted[key].graph == graph:
            del added[key]
        elif key in wanted:
            removed.append(replace(statement, cell=None))
            added[key] = replace(statement, graph=wanted[key].graph)
        elif stated and triple in visible:
            removed.append(replace(statement, cell=None))
        elif moved != graph:
            removed.append(replace(statement, cell=None))
            added[key] = replace(statement, graph=moved)
    more = list(_following(held, entry, before, after))
    return Delta(
        held.names.code,
        held.names.base,
        (*added.values(), *entry.mentioned, *(new for _, new in more)),
        (*removed, *(old for old, _ in more)),
    )


def deleting(held: Held, kind: KindForm, identifier: str) -> Delta:
    """Return the delta that removes a record."""
    triples = held.triples(kind, identifier)
    gone = tuple(replace(held.statement(graph, triple), cell=None) for graph, triple in triples)
    return Delta(held.names.code, held.names.base, (), gone)


def _key(statement: Statement) -> Triple:
    return statement.subject, statement.predicate, statement.object


def _stated_by_kind(kind: KindForm, statement: Statement) -> bool:
    """Tell whether the form registers a thing by such a triple: a class that it may have, its identifier."""
    if statement.predicate == _REGISTERING[0]:
        return statement.object in kind.entity.all_classes
    return statement.predicate == _REGISTERING[1]


def _beside(held: Held, kind: KindForm, identifier: str | None, fields: Mapping[str, object]) -> Beside:
    cells: dict[str, str] = {}
    graphs: dict[tuple[str, str], GraphKind] = {}
    iri = None if identifier is None else held.iri(kind.kind, identifier)
    for header, mate, link in _mates_read(kind):
        field = next(f for f in mate.fields if f.column.header == header)
        for other, other_id in held.pointing(iri, link.property) if iri else ():
            if other == mate.kind:
                found = held.fields(mate, other_id).fields.get(field.name)
                cells |= {header: str(found)} if found is not None else {}
    for field in _graph_givers(kind):
        given = fields.get(field.name)
        if isinstance(given, str) and (graph := held.graph(field.column.kinds[0], given)):
            graphs[field.column.kinds[0], given] = graph
    return Beside(cells, graphs)


def _mates_read(kind: KindForm) -> Iterator[tuple[str, KindForm, LinkForm]]:
    """Yield the columns that decide on a kind's graph and that another thing of the row holds (实际日期)."""
    headers = {condition.column for rule in kind.entity.graphs for condition in rule.when}
    for link in kind.form.links:
        if link.object != kind.entity.name:
            continue
        mate = next(e for e in kind.form.entities if e.name == link.subject)
        for header in sorted(headers):
            stated = {output.entity for output in kind.form.column(header).outputs}
            if mate.name in stated and kind.entity.name not in stated:
                yield header, kind_forms()[mate.kind], link


def _graph_givers(kind: KindForm) -> Iterator[FieldForm]:
    """Yield the fields that point at the thing whose graph a kind shares."""
    shared = kind.entity.graph_as
    for link in kind.form.links:
        if shared and link.subject == kind.entity.name and link.object == shared:
            yield from (field for field in kind.fields if field.property == link.property)


def _following(
    held: Held, entry: Entry, before: GraphKind | None, after: GraphKind | None
) -> Iterator[tuple[Statement, Statement]]:
    """Yield what moves to another graph along with a record: from, to."""
    for other in kind_forms().values():
        for field in _graph_givers(other):
            if entry.kind.kind in field.column.kinds and after is not None and before != after:
                for kind, identifier in held.pointing(str(entry.iri), str(field.property)):
                    if kind == other.kind:
                        yield from _moved(held, other, identifier, after)
        for header, mate, link in _mates_read(other):
            if mate.kind == entry.kind.kind:
                yield from _judged_again(held, other, header, link, entry)


def _judged_again(
    held: Held, kind: KindForm, header: str, link: LinkForm, entry: Entry
) -> Iterator[tuple[Statement, Statement]]:
    said = [str(s.object) for s in entry.statements if s.cell is not None and s.cell.column == header]
    for statement in entry.statements:
        if statement.predicate != link.property:
            continue
        under = held.names.thing(kind.kind, "")
        found = next(
            (i for i in held.identifiers(kind) if held.iri(kind.kind, i) == str(statement.object)), None
        )
        if found is None or not str(statement.object).startswith(under):
            continue
        fields = held.fields(kind, found).fields
        again = read_entry(
            kind, found, fields, held.names, held.registered, Beside({header: said[0]} if said else {})
        )
        if isinstance(again, Entry):
            graph = next(s.graph for s in again.statements if s.subject == again.iri)
            yield from _moved(held, kind, found, graph)


def _moved(
    held: Held, kind: KindForm, identifier: str, graph: GraphKind
) -> Iterator[tuple[Statement, Statement]]:
    before = held.graph(kind.kind, identifier)
    for held_in, triple in held.triples(kind, identifier):
        if held_in == before and held_in != graph:
            statement = held.statement(held_in, triple)
            yield replace(statement, cell=None), replace(statement, graph=graph)
