"""What an import would change: what earlier imports stated gives way, what was entered online stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyoxigraph as ox
from rdflib import RDF, URIRef
from rdflib.term import Node

from dutygraph.loaders.entries import ENTERED
from dutygraph.loaders.field_values import kind_and_id
from dutygraph.loaders.fields import kind_forms, owned_inversely
from dutygraph.model import Cell, Delta, Statement
from dutygraph.sources import replacing
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.store.cells import as_stored, quads_of

_TYPE = URIRef(RDF.type)
Triple = tuple[Node, Node, Node]


@dataclass(frozen=True, slots=True)
class KindChange:
    """How many things of a kind are new, changed, gone."""

    kind: str
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Undone:
    """A record changed online that a file states otherwise: by which properties, and from which cell."""

    kind: str
    id: str
    properties: tuple[str, ...]
    cell: Cell | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The delta of an import, the things it touches, and what it would undo of that which was done online."""

    delta: Delta
    kinds: tuple[KindChange, ...]
    undone: tuple[Undone, ...]
    kept: int
    """How many statements that were entered online stay although the file does not make them."""

    @property
    def overwritten(self) -> tuple[tuple[str, str], ...]:
        """Kind and id of each record changed online that the file states otherwise."""
        return tuple((one.kind, one.id) for one in self.undone)


def planned(
    store: EmbeddedStore,
    names: BureauGraphs,
    statements: tuple[Statement, ...],
    removed: Collection[ox.Quad] = (),
    *,
    keep: bool = False,
) -> Plan:
    """Return what taking these statements for the bureau's ledgers changes.

    *removed* is what was taken away online (``removed_online``): to state it again is to undo that. With
    *keep* the plan undoes nothing: what was done online stays, and of the file comes what is beside it.
    """
    whole = replacing(store, Delta(names.code, names.base, statements))
    stated = {s.subject for s in statements if s.predicate == _TYPE}
    gives_way = [s for s in whole.removed if not _online(s) or _owners(s) <= stated]
    kept = len(whole.removed) - len(gives_way)
    delta = Delta(names.code, names.base, whole.added, tuple(gives_way))
    wanted = {_triple(s) for s in statements}
    lost = {_triple(s) for s in gives_way if _online(s)} - wanted
    conflict = _Conflict(lost, frozenset(_coming_back(names, whole.added, removed)))
    present = tuple(store.statements(names))
    if keep:
        delta = _keeping(conflict, delta, present, wanted)
        kept += len(gives_way) - len(delta.removed)
    kinds = _kinds(names, {_triple(s) for s in present}, _after(present, delta))
    return Plan(delta, kinds, () if keep else tuple(_undone(names, conflict, statements)), kept)


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Triples stated online that would be lost, statements taken back online that would come again."""

    lost: set[Triple]
    back: frozenset[Statement]

    def fields(self) -> set[tuple[Node, Node]]:
        """Return the fields changed online that the file states otherwise: record and property."""
        return {_field(triple) for triple in self.lost | {_triple(s) for s in self.back}}


def _coming_back(
    names: BureauGraphs, added: Iterable[Statement], removed: Collection[ox.Quad]
) -> Iterator[Statement]:
    gone = frozenset(removed)
    subjects = {str(quad.subject).strip("<>") for quad in gone}
    for statement in added:
        if str(statement.subject) in subjects:
            bare = replace(statement, cell=None)
            if not gone.isdisjoint(as_stored(quads_of(names, (bare,)))):
                yield statement


def _keeping(
    conflict: _Conflict, delta: Delta, present: Collection[Statement], wanted: Collection[Triple]
) -> Delta:
    """Return the part of a delta that leaves standing what was done online.

    A field changed online stays as it is; ties that two records share are taken one by one. What was put
    into another graph online (an inspection that has been held) stays there.
    """
    known, there = set(present), {_triple(s) for s in present}
    now = {s.subject: s.graph for s in present if s.predicate == _TYPE}
    moved = {s.subject for s in conflict.back if s.predicate == _TYPE and _triple(s) in there}
    settled = {field for field in conflict.fields() if field[1] not in _shared() | owned_inversely()}
    back = {_triple(s) for s in conflict.back}
    here = [replace(s, graph=now[s.subject]) if s.subject in moved else s for s in delta.added]
    added = [
        statement
        for statement in here
        if statement not in known
        and (
            _triple(statement) in there
            or not (_field(_triple(statement)) in settled or _triple(statement) in back)
        )
    ]
    stays = conflict.lost | {_triple(s) for s in here if s in known}
    removed = [
        s
        for s in delta.removed
        if _triple(s) not in stays and (_triple(s) in wanted or _field(_triple(s)) not in settled)
    ]
    return replace(delta, added=tuple(added), removed=tuple(removed))


def _undone(names: BureauGraphs, conflict: _Conflict, statements: Sequence[Statement]) -> Iterator[Undone]:
    properties: dict[tuple[str, str], set[str]] = {}
    fields = conflict.fields()
    for owner, predicate in fields:
        for thing in _things(names, (owner,)):
            properties.setdefault(thing, set()).add(str(predicate))
    cells: dict[str, Cell] = {}
    stating = [s for s in statements if _field(_triple(s)) in fields] if properties else []
    for statement in (*stating, *(statements if properties else ())):
        if statement.cell is not None:
            cells.setdefault(str(_field(_triple(statement))[0]), statement.cell)
    for kind, identifier in sorted(properties):
        iri = names.bureau if kind == "bureau" else names.thing(kind, identifier)
        found = tuple(sorted(properties[kind, identifier]))
        yield Undone(kind, identifier, found, cells.get(iri))


def _field(triple: Triple) -> tuple[Node, Node]:
    """Return the record that a triple is a field of, and the property."""
    subject, predicate, value = triple
    return (value if predicate in owned_inversely() else subject), predicate


def _online(statement: Statement) -> bool:
    """Tell whether no import vouches for a statement: it was entered, or the service itself wrote it."""
    return statement.cell is None or statement.cell.file == ENTERED


def _owners(statement: Statement) -> set[Node]:
    """Return the records that a statement is part of."""
    if statement.predicate in owned_inversely():
        return {statement.object}
    if statement.predicate in _shared():
        return {statement.subject, statement.object}
    return {statement.subject}


@cache
def _shared() -> frozenset[URIRef]:
    kinds = kind_forms().values()
    return frozenset(field.property for kind in kinds for field in kind.fields if field.shared)


def _after(present: Collection[Statement], delta: Delta) -> set[Triple]:
    """Return the triples there will be: one goes when nothing vouches for it any more."""
    removed = frozenset(delta.removed)
    vouched = {_triple(s) for s in present if s not in removed}
    return vouched | {_triple(s) for s in delta.added}


def _kinds(names: BureauGraphs, before: set[Triple], after: set[Triple]) -> tuple[KindChange, ...]:
    there, then = _registered(before), _registered(after)
    touched = {triple[0] for triple in before ^ after}
    counts: dict[str, list[int]] = {}
    for subject in touched:
        for kind, _ in _things(names, (subject,)):
            place = 1 if subject in there and subject in then else 0 if subject in then else 2
            if subject in there or subject in then:
                counts.setdefault(kind, [0, 0, 0])[place] += 1
    order: Mapping[str, int] = {kind: number for number, kind in enumerate(kind_forms())}
    known = sorted(counts, key=lambda kind: (order.get(kind, len(order)), kind))
    return tuple(KindChange(kind, *counts[kind]) for kind in known)


def _registered(triples: Iterable[Triple]) -> set[Node]:
    return {subject for subject, predicate, _ in triples if predicate == _TYPE}


def _things(names: BureauGraphs, nodes: Iterable[Node]) -> list[tuple[str, str]]:
    return [found for node in nodes if (found := kind_and_id(str(node), names))]


def _triple(statement: Statement) -> Triple:
    return statement.subject, statement.predicate, statement.object
