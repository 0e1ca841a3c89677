"""States and their changes as data: where a record stands, the record of a move, the moves that were made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pyoxigraph as ox
from rdflib import RDF, XSD, Literal, URIRef
from rdflib.namespace import DCTERMS

from dutygraph import ontology
from dutygraph.loaders.entries import ENTERED
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Cell, GraphKind, Statement, Text
from dutygraph.ontology import SV
from dutygraph.service.lifecycle.table import LifeCycle, State
from dutygraph.service.records.held import Held
from dutygraph.service.times import time_text

_KIND = "state-change"
_STATE = ox.NamedNode(str(SV.state))


@dataclass(frozen=True, slots=True)
class ChangeOfState:
    """A move that was made: from, to, on which day and at what time, by which appointment, with what note."""

    id: str
    start: Text | None
    end: Text | None
    on: str | None
    at: str | None
    by: str | None
    note: str | None


def state_of(held: Held, cycle: LifeCycle, identifier: str) -> State:
    """Return where a record stands; one that says nothing stands at the beginning."""
    iri = ox.NamedNode(held.iri(cycle.kind, identifier))
    for _, quad in held.quads(iri, _STATE, None):
        if isinstance(quad.object, ox.NamedNode) and (state := cycle.state_of(quad.object.value)):
            return state
    return cycle.initial


def state_statement(
    held: Held, cycle: LifeCycle, identifier: str, state: State, graph: GraphKind
) -> Statement:
    """Return the statement that a record stands at a state."""
    cell = Cell(ENTERED, kind_forms()[cycle.kind].form.name, None, None)
    return Statement(URIRef(held.iri(cycle.kind, identifier)), SV.state, state.iri, graph, cell)


def change_statements(
    held: Held,
    cycle: LifeCycle,
    identifier: str,
    states: tuple[State, State],
    graph: GraphKind,
    made: tuple[date, datetime, str | None, str],
) -> Iterator[Statement]:
    """Yield the record of a move; *made* is its day, time, appointment and note."""
    on, at, actor, note = made
    name = _free_id(held, cycle.kind, identifier, states[1], on)
    iri = URIRef(held.names.thing(_KIND, name))
    kept = graph if graph is not GraphKind.PUBLIC else GraphKind.BUSINESS
    cell = Cell(ENTERED, kind_forms()[_KIND].form.name, None, None)
    said = [(URIRef(RDF.type), SV.StateChange)]
    said += [(URIRef(RDF.type), above) for above in ontology.superclasses(SV.StateChange) if above in SV]
    said += [
        (SV.changeOf, URIRef(held.iri(cycle.kind, identifier))),
        (SV.fromState, states[0].iri),
        (SV.toState, states[1].iri),
    ]
    said += [(SV.changedBy, URIRef(actor))] if actor else []
    yield Statement(iri, URIRef(DCTERMS.identifier), Literal(name), kept, cell)
    yield Statement(
        iri, SV.changedOn, Literal(on.isoformat(), datatype=XSD.date, normalize=False), kept, cell
    )
    stamp = time_text(at, "microseconds")
    yield Statement(iri, SV.changedAt, Literal(stamp, datatype=XSD.dateTime, normalize=False), kept, cell)
    if note:
        yield Statement(iri, SV.note, Literal(note), kept, cell)
    for predicate, value in said:
        yield Statement(iri, predicate, value, kept, cell)


def history(held: Held, kind: str, identifier: str) -> list[ChangeOfState]:
    """Return the moves of a record that a store knows of, oldest first."""
    iri = held.iri(kind, identifier)
    found = [_read(held, name) for other, name in held.pointing(iri, str(SV.changeOf)) if other == _KIND]
    return sorted(found, key=lambda change: (change.on or "", change.at or "", change.id))


def _read(held: Held, identifier: str) -> ChangeOfState:
    iri = ox.NamedNode(held.names.thing(_KIND, identifier))
    said: dict[str, str] = {}
    for _, quad in held.quads(iri, None, None):
        value = quad.object
        if isinstance(value, ox.NamedNode | ox.Literal):
            said.setdefault(quad.predicate.value.removeprefix(str(SV)), value.value)
    by = said.get("changedBy")
    return ChangeOfState(
        id=identifier,
        start=_label(said.get("fromState")),
        end=_label(said.get("toState")),
        on=said.get("changedOn"),
        at=said.get("changedAt"),
        by=by.removeprefix(held.names.thing("appointment", "")) if by else None,
        note=said.get("note"),
    )


def _label(iri: str | None) -> Text | None:
    try:
        return ontology.labels(URIRef(iri)) if iri else None
    except KeyError:
        return None


def _free_id(held: Held, kind: str, identifier: str, end: State, on: date) -> str:
    # issues are named as their sheet 问题流转 names them
    first = identifier if kind == "issue" else f"{kind}-{identifier}"
    name, number = f"{first}-{on.isoformat()}-{end.word}", 1
    while held.registered(_KIND, name if number == 1 else f"{name}-{number}"):
        number += 1
    return name if number == 1 else f"{name}-{number}"
