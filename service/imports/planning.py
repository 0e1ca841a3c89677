"""What an import would change: what earlier imports stated gives way, what was entered online stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rdflib import RDF, URIRef
from rdflib.term import Node

from dutygraph.loaders.entries import ENTERED
from dutygraph.loaders.field_values import kind_and_id
from dutygraph.loaders.fields import kind_forms, owned_inversely
from dutygraph.model import Delta, Statement
from dutygraph.sources import replacing
from dutygraph.store import BureauGraphs, EmbeddedStore

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
class Plan:
    """The delta of an import, the things it touches, and the records entered online that it writes over."""

    delta: Delta
    kinds: tuple[KindChange, ...]
    overwritten: tuple[tuple[str, str], ...]
    kept: int
    """How many statements that were entered online stay although the file does not make them."""


def planned(store: EmbeddedStore, names: BureauGraphs, statements: tuple[Statement, ...]) -> Plan:
    """Return what taking these statements for the bureau's ledgers changes."""
    whole = replacing(store, Delta(names.code, names.base, statements))
    stated = {s.subject for s in statements if s.predicate == _TYPE}
    gives_way = [s for s in whole.removed if not _online(s) or _owners(s) <= stated]
    kept = len(whole.removed) - len(gives_way)
    delta = Delta(names.code, names.base, whole.added, tuple(gives_way))
    present = tuple(store.statements(names))
    triples = {_triple(s) for s in present}
    after = _after(present, delta)
    wanted = {_triple(s) for s in statements}
    lost = {_triple(s) for s in gives_way if _online(s)} - wanted
    touched = {thing for triple in lost for thing in _things(names, (triple[0],))}
    return Plan(delta, _kinds(names, triples, after), tuple(sorted(touched)), kept)


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
