"""Guards and parties: what must hold for a move, each an ASK with what it asks for in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import pyoxigraph as ox
from rdflib import DCTERMS, RDF, RDFS, XSD

from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Role

_PARAMETERS = "# parameters"
_PREFIXES = {"sv": str(SV), "rdf": str(RDF), "rdfs": str(RDFS), "dcterms": str(DCTERMS), "xsd": str(XSD)}
_NOBODY = "urn:dutygraph:nobody"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold: its name, what it says, its query."""

    name: str
    text: Text
    query: str


@dataclass(frozen=True, slots=True)
class Situation:
    """A move about to be made: of which record, by whom, on which day, with what note."""

    record: str
    actor: str | None
    person: str | None
    role: Role
    today: date
    note: str = ""

    def values(self) -> str:
        """Return the values that every query begins with."""
        terms = (
            ox.NamedNode(self.record),
            ox.NamedNode(self.actor or _NOBODY),
            ox.NamedNode(self.person or _NOBODY),
            ox.Literal(self.role.value),
            ox.Literal(self.today.isoformat(), datatype=ox.NamedNode(str(XSD.date))),
            ox.Literal(self.note),
        )
        return f"VALUES (?record ?actor ?person ?role ?today ?note) {{ ({' '.join(map(str, terms))}) }}"


@cache
def condition(folder: str, name: str) -> Condition:
    """Return a guard (``guards``) or a party (``parties``) by name.

    Raises:
        KeyError: the file does not say what it asks for.
        FileNotFoundError: there is no such file.

    """
    text = _read(f"{folder}/{name}.rq")
    said = dict(
        line.removeprefix("# ").split(": ", 1)
        for line in text.splitlines()
        if line.startswith(("# zh: ", "# en: "))
    )
    return Condition(name, Text(said["zh"], said["en"]), text)


def unmet(store: ox.Store, situation: Situation, folder: str, names: Iterable[str]) -> Sequence[Condition]:
    """Return the conditions that do not hold in a store's default graph."""
    asked = (condition(folder, name) for name in names)
    return [one for one in asked if not store.query(_with_values(one.query, situation), prefixes=_PREFIXES)]


def selected(store: ox.Store, situation: Situation, file: str) -> list[str]:
    """Return the IRIs that a consequence's query selects."""
    rows = store.query(_with_values(_read(file), situation), prefixes=_PREFIXES)
    if not isinstance(rows, ox.QuerySolutions):
        raise TypeError(f"{file} is no SELECT")
    return sorted(row[0].value for row in rows if isinstance(row[0], ox.NamedNode))


def _with_values(query: str, situation: Situation) -> str:
    if _PARAMETERS not in query:
        raise ValueError("a query without a place for its parameters")
    # a group of a UNION that reads a value needs it for itself
    return query.replace(_PARAMETERS, situation.values())


@cache
def _read(file: str) -> str:
    return resources.files("dutygraph.service.lifecycle").joinpath(file).read_text(encoding="utf-8")
