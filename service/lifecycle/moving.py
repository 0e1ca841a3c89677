"""Making a move: is it listed, is it the caller's, do its guards hold, what does it change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyoxigraph as ox
from rdflib import URIRef

from dutygraph.loaders.entries import Entry
from dutygraph.loaders.field_values import kind_and_id
from dutygraph.loaders.fields import KindForm, kind_forms
from dutygraph.model import Delta, GraphKind, Statement, Text
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.lifecycle.changes_of_state import change_statements, state_of, state_statement
from dutygraph.service.lifecycle.conditions import Condition, Situation, selected, unmet
from dutygraph.service.lifecycle.table import LifeCycle, Move, State, called, life_cycles
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.changes import entered, replacing
from dutygraph.service.records.fielderrors import field_errors
from dutygraph.service.records.held import Held
from dutygraph.store import DERIVED_KINDS
from dutygraph.store.cells import triple_of

_TIERS = {Role.T1: 1, Role.T2: 2, Role.T3: 3}


@dataclass(frozen=True, slots=True)
class Asked:
    """A move as it is asked for: to which state, why, with which fields; on which day and at what time."""

    to: str
    note: str
    fields: Mapping[str, object]
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves: the caller, the appointment they act by, and whether the record is their own."""

    caller: Caller
    appointment: str | None
    own: bool

    @property
    def tiered(self) -> bool:
        """Whether the caller acts as a supervisor of a tier, which takes an appointment."""
        return self.caller.role in _TIERS

    def situation(self, held: Held, record: str, today: date, note: str = "") -> Situation:
        """Return what the conditions ask about."""
        person = self.caller.person
        return Situation(
            record=record,
            actor=self.appointment,
            person=held.names.thing("person", person) if person else None,
            role=self.caller.role,
            today=today,
            note=note,
        )


def mover_of(held: Held, caller: Caller, today: date, *, own: bool) -> Mover:
    """Return who a caller is among the bureau's appointments: of the tiers, one that is in force today."""
    tier = _TIERS.get(caller.role)
    if tier is None or caller.person is None:
        return Mover(caller, None, own)
    person = held.names.thing("person", caller.person)
    current = [
        identifier
        for kind, identifier in held.pointing(person, str(SV.appointee))
        if kind == "appointment" and _in_force(held, identifier, tier, today)
    ]
    return Mover(caller, held.names.thing("appointment", current[0]) if current else None, own)


def _in_force(held: Held, identifier: str, tier: int, today: date) -> bool:
    fields = held.fields(kind_forms()["appointment"], identifier).fields
    start, end = fields.get("validFrom"), fields.get("validTo")
    return (
        fields.get("tier") == tier
        and isinstance(start, str)
        and start <= today.isoformat()
        and (not isinstance(end, str) or today.isoformat() <= end)
    )


def moving(held: Held, cycle: LifeCycle, identifier: str, mover: Mover, asked: Asked) -> tuple[Move, Delta]:
    """Return the move that was asked for and the delta that makes it.

    Raises:
        ProblemError: 409 not listed or a guard does not hold, 403 not the caller's, 422 a field is wrong.

    """
    state = state_of(held, cycle, identifier)
    move = _listed(cycle, state, asked.to, mover)
    _entitled(held, cycle, identifier, mover, move, asked)
    kind = kind_forms()[cycle.kind]
    delta = _delta(held, cycle, kind, identifier, mover, move, asked)
    scratch = with_delta(held, delta)
    situation = mover.situation(held, held.iri(cycle.kind, identifier), asked.today, asked.note)
    refuse_unmet(unmet(scratch, situation, "guards", move.guards))
    if move.consequence is not None:
        delta = _with_consequences(
            held, move, selected(scratch, situation, move.consequence.select), asked, delta
        )
    return move, delta


def refuse_unmet(conditions: Sequence[Condition]) -> None:
    """Refuse a move some of whose guards do not hold.

    Raises:
        ProblemError: 409, naming every one.

    """
    if conditions:
        errors = [ErrorItem(condition.text) for condition in conditions]
        raise ProblemError(409, "guards-unmet", count=len(errors), errors=errors)


def with_delta(held: Held, delta: Delta) -> ox.Store:
    """Return the bureau's asserted triples, names of people apart, as they would be after a delta."""
    scratch = ox.Store()
    for kind in DERIVED_KINDS:
        graph = ox.NamedNode(held.names.asserted(kind))
        text = held.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        scratch.load(text or b"", format=ox.RdfFormat.N_TRIPLES)
    for statement in delta.removed:
        scratch.remove(ox.Quad(*triple_of(statement)))
    for statement in delta.added:
        scratch.add(ox.Quad(*triple_of(statement)))
    return scratch


def by_whom(move: Move) -> Text:
    """Say who makes a move."""
    who = [called(role) for role in Role if role in move.by] or [called(None)]
    return Text("或".join(one.zh for one in who), " or ".join(one.en for one in who))


def _listed(cycle: LifeCycle, state: State, word: str, mover: Mover) -> Move:
    wanted = cycle.meant(word)
    leaving = cycle.leaving(state)
    found = [move for move in leaving if wanted and cycle.states[move.end] == wanted]
    own = [move for move in found if mover.caller.role in move.by]
    if not found:
        choices = [
            {"to": move.end, "by": by_whom(move).zh, "zh": move.name.zh, "en": move.name.en}
            for move in leaving
        ]
        errors = [
            ErrorItem(
                Text(f"{m.name.zh}：→{m.end}（{by_whom(m).zh}）", f"{m.name.en}: → {m.end} ({by_whom(m).en})")
            )
            for m in leaving
        ]
        raise ProblemError(409, "move-not-listed", state=state.word, errors=errors, choices=choices)
    if not own:
        raise ProblemError(403, "move-not-yours", by=by_whom(found[0]).zh, by_en=by_whom(found[0]).en)
    return own[0]


def _entitled(held: Held, cycle: LifeCycle, identifier: str, mover: Mover, move: Move, asked: Asked) -> None:
    if mover.tiered and mover.appointment is None:
        raise ProblemError(403, "no-appointment", day=asked.today.isoformat())
    if not mover.own:
        raise ProblemError(403, "move-not-own")
    situation = mover.situation(held, held.iri(cycle.kind, identifier), asked.today, asked.note)
    nothing = Delta(held.names.code, held.names.base, ())
    missing = unmet(with_delta(held, nothing), situation, "parties", move.parties) if move.parties else ()
    if missing:
        errors = [ErrorItem(condition.text) for condition in missing]
        raise ProblemError(403, "move-of-party", zh=missing[0].text.zh, en=missing[0].text.en, errors=errors)


def _delta(
    held: Held, cycle: LifeCycle, kind: KindForm, identifier: str, mover: Mover, move: Move, asked: Asked
) -> Delta:
    before = held.fields(kind, identifier).fields
    foreign = [name for name in asked.fields if name not in move.fields]
    if foreign:
        items = [ErrorItem(_not_given(kind, move, name), f"/body/fields/{name[:60]}") for name in foreign]
        raise ProblemError(422, "unfit", count=len(items), errors=items)
    written = {name: _written(word, held, mover, asked) for name, word in move.sets.items()}
    fields = {**before, **{n: v for n, v in written.items() if v is not None}, **asked.fields}
    fields |= {"state": move.end} if kind.field("state") else {}
    entry = entered(held, kind, identifier, fields, cells={})
    if not isinstance(entry, Entry):
        errors = field_errors(entry, "/body/fields")
        raise ProblemError(422, "unfit", count=len(errors), errors=errors)
    visible = {triple for _, triple in held.triples(kind, identifier)}
    delta = replacing(held, entry, visible)
    graph = next(s.graph for s in entry.statements if s.subject == entry.iri)
    states = (state_of(held, cycle, identifier), cycle.states[move.end])
    made = (asked.today, asked.now, mover.appointment, asked.note)
    return _with_change(held, cycle, identifier, states, graph, made, delta)


def _not_given(kind: KindForm, move: Move, name: str) -> Text:
    known = kind.field(name)
    title = known.title if known else Text(name[:60], name[:60])
    titles = [field.title for one in move.fields if (field := kind.field(one))]
    if not titles:
        return Text(
            f"这一步不填“{title.zh}”，也不填其他栏。", f"This move takes no fields, so not “{title.en}”."
        )
    zh, en = "、".join(one.zh for one in titles), ", ".join(one.en for one in titles)
    return Text(
        f"这一步不填“{title.zh}”；可填：{zh}。", f"“{title.en}” is not given with this move; {en} may be."
    )


def _with_change(
    held: Held,
    cycle: LifeCycle,
    identifier: str,
    states: tuple[State, State],
    graph: GraphKind,
    made: tuple[date, datetime, str | None, str],
    delta: Delta,
) -> Delta:
    stated = state_statement(held, cycle, identifier, states[1], graph)
    old: list[Statement] = []
    new = [*change_statements(held, cycle, identifier, states, graph, made)]
    for kept, triple in held.triples(kind_forms()[cycle.kind], identifier):
        statement = held.statement(kept, triple)
        if statement.predicate == SV.state and statement.object != states[1].iri:
            old.append(replace(statement, cell=None))
    keyed = {(s.subject, s.predicate, s.object) for s in delta.added}
    there = any(
        triple == triple_of(stated) for _, triple in held.triples(kind_forms()[cycle.kind], identifier)
    )
    if not there and (stated.subject, stated.predicate, stated.object) not in keyed:
        new.append(stated)
    added = [s for s in delta.added if not (s.predicate == SV.state and s.object != states[1].iri)]
    removed = dict.fromkeys((*delta.removed, *old))
    return replace(delta, added=(*added, *new), removed=tuple(removed))


def _written(word: str, held: Held, mover: Mover, asked: Asked) -> object:
    if word == "today":
        return asked.today.isoformat()
    if word == "person":
        return mover.caller.person
    if word == "actor":
        found = kind_and_id(mover.appointment, held.names) if mover.appointment else None
        return found[1] if found else None
    return word


def _with_consequences(held: Held, move: Move, iris: Sequence[str], asked: Asked, delta: Delta) -> Delta:
    cycle = life_cycles()[move.kind]
    end = cycle.states[move.consequence.to if move.consequence else move.end]
    for iri in iris:
        found = kind_and_id(iri, held.names)
        if found is None or found[0] != move.kind:
            continue
        state = state_of(held, cycle, found[1])
        kind = kind_forms()[move.kind]
        fields = {**held.fields(kind, found[1]).fields, "state": end.word}
        entry = entered(held, kind, found[1], fields, cells={})
        if isinstance(entry, Entry):
            visible = {triple for _, triple in held.triples(kind, found[1])}
            more = replacing(held, entry, visible)
            graph = next(s.graph for s in entry.statements if s.subject == URIRef(iri))
            made = (asked.today, asked.now, None, "")
            more = _with_change(held, cycle, found[1], (state, end), graph, made, more)
            delta = replace(delta, added=(*delta.added, *more.added), removed=(*delta.removed, *more.removed))
    return delta
