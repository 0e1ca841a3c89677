"""One prepared bureau, as the charts read it: rows of the queries beside this file, and names of things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from dutygraph.model import Finding, Text, Thing
from dutygraph.store import BureauGraphs, Store
from dutygraph.things import Things

Row = Mapping[str, str]
"""What the variables of a query stand for; a variable that stands for nothing is not in it."""


class UnknownThingError(Exception):
    """The bureau has nothing of this kind and id; ``text`` says so."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Reading:
    """A bureau's store, the names of its graphs, and the register of its things."""

    store: Store
    names: BureauGraphs
    things: Things

    @classmethod
    def of(cls, store: Store, names: BureauGraphs, things: Things | None = None) -> Reading:
        """Return the reading of a bureau; *things* spares making the register where there is one."""
        return cls(store, names, Things(store.triples(names.checked())) if things is None else things)

    def rows(self, query: str, given: str = "") -> Iterator[Row]:
        """Yield the rows of one of the queries beside this file, named without its ending.

        *given* is put in where the query says ``# given``: VALUES of IRIs of this bureau, nothing else.
        """
        text = _text_of(query).replace("# given", given)
        solutions = self.store.select(text, graphs=(*self.names.checked(), self.names.metrics))
        variables = [variable.value for variable in solutions.variables]
        for row in solutions:
            yield {name: row[name].value for name in variables if row[name] is not None}

    def grouped(self, query: str, key: str) -> Mapping[str, Sequence[Row]]:
        """Return the rows of a query by one variable, which is in every row."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(query):
            groups[row[key]].append(row)
        return groups

    def sorted(self, iris: Iterable[str]) -> tuple[Thing, ...]:
        """Return things by id, each once."""
        return tuple(
            sorted({self.things.thing(iri) for iri in iris}, key=lambda thing: (thing.id, thing.iri))
        )

    def registered(self, kind: str, identifier: str) -> str:
        """Return the IRI of a thing that the bureau has registered.

        Raises:
            UnknownThingError: there is none.

        """
        iri = self.names.thing(kind, identifier)
        if not self.things.types(iri):
            raise UnknownThingError(Text(f"台账中没有“{identifier}”。", f"The ledger has no “{identifier}”."))
        return iri


def values(rows: Iterable[Row], *variables: str) -> tuple[str, ...]:
    """Return what the variables stand for in any of the rows, each once, sorted."""
    return tuple(sorted({row[variable] for row in rows for variable in variables if variable in row}))


def number(rows: Iterable[Row], variable: str) -> int | None:
    """Return the highest number that a variable stands for in any of the rows; None where there is none."""
    return max((int(row[variable]) for row in rows if variable in row), default=None)


def gaps_by_thing(reading: Reading, findings: Iterable[Finding]) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of gaps by the IRI of what they are about, in the order of the findings.

    A gap in a star rating (R27, R29) is one of what was rated.
    """
    rated = {row["rating"]: row["subject"] for row in reading.rows("ratings")}
    found: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        found[rated.get(finding.focus.iri, finding.focus.iri)].append(finding.id)
    return {iri: tuple(dict.fromkeys(ids)) for iri, ids in found.items()}


@cache
def _text_of(query: str) -> str:
    file = resources.files("dutygraph.charts").joinpath(f"{query}.rq")
    return file.read_text(encoding="utf-8")
