"""The table of moves, read from ``moves.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from rdflib import URIRef

from dutygraph import ontology
from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Role

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class State:
    """A state of a life cycle: its concept, and its word in the forms."""

    iri: URIRef
    word: str

    @property
    def label(self) -> Text:
        """What the state is called."""
        return ontology.labels(self.iri)


@dataclass(frozen=True, slots=True)
class Consequence:
    """Other records that move when a record does: a query that selects them, and the word of their state."""

    select: str
    to: str


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. ``start`` is "" where it makes the record; ``by`` is empty for the system's."""

    kind: str
    start: str
    end: str
    by: frozenset[Role]
    name: Text
    guards: tuple[str, ...]
    parties: tuple[str, ...]
    fields: tuple[str, ...]
    sets: Mapping[str, str]
    consequence: Consequence | None


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """The states of a kind of record, its first one, and its moves."""

    kind: str
    scheme: URIRef
    states: Mapping[str, State]
    initial: State
    moves: tuple[Move, ...]

    def state_of(self, iri: str) -> State | None:
        """Return the state that a concept is, or None."""
        return next((state for state in self.states.values() if str(state.iri) == iri), None)

    def meant(self, word: str) -> State | None:
        """Return the state that a word, or the name of its concept, means, or None."""
        found = ontology.concept_for(self.scheme, word.strip())
        return self.state_of(str(found) if found else f"{SV}{word.strip()}")

    def leaving(self, state: State) -> tuple[Move, ...]:
        """Return the moves from a state."""
        return tuple(move for move in self.moves if move.start == state.word)

    def making(self, role: Role) -> Move | None:
        """Return the move by which a role makes such a record, if it does."""
        return next((move for move in self.moves if not move.start and role in move.by), None)


@cache
def life_cycles() -> Mapping[str, LifeCycle]:
    """Return the life cycles by kind."""
    return {cycle["kind"]: _cycle(cycle) for cycle in _table()["cycles"]}


@cache
def called(role: Role | None) -> Text:
    """Return what those are called who move in a role; None is the system."""
    return Text(**_table()["roles"][role.value if role else SYSTEM])


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files("dutygraph.service.lifecycle").joinpath("moves.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _cycle(table: Mapping[str, Any]) -> LifeCycle:
    scheme = SV[table["scheme"]]
    states = {}
    for word in ontology.words(scheme):
        found = ontology.concept_for(scheme, word)
        if found is None:
            raise KeyError(word)
        states[word] = State(found, word)
    rows = (row for row in _table()["moves"] if row["kind"] == table["kind"])
    moves = tuple(_move(row, start) for row in rows for start in _starts(row))
    unknown = {word for move in moves for word in (move.start, move.end) if word and word not in states}
    if unknown:
        raise KeyError(f"{table['kind']}: {unknown}")
    return LifeCycle(table["kind"], scheme, states, states[table["initial"]], moves)


def _starts(row: Mapping[str, Any]) -> list[str]:
    return [row["from"]] if isinstance(row["from"], str) else row["from"]


def _move(row: Mapping[str, Any], start: str) -> Move:
    told = row.get("consequence")
    return Move(
        kind=row["kind"],
        start=start,
        end=row["to"],
        by=frozenset(Role(role) for role in row["by"] if role != SYSTEM),
        name=Text(**row["name"]),
        guards=tuple(row.get("guards", ())),
        parties=tuple(row.get("parties", ())),
        fields=tuple(row.get("fields", ())),
        sets=row.get("sets", {}),
        consequence=Consequence(told["select"], told["to"]) if told else None,
    )
