"""Declared totals beside what is registered (facts F4–F7, discrepancy D1)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import pyoxigraph as ox

from dutygraph.model import Thing
from dutygraph.store import BureauGraphs, Store
from dutygraph.things import Things


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A declared total: its figure, the count in the ledger, the sum of its parts (None where not given)."""

    total: Thing
    declared: int
    counted: int | None
    parts: int | None


def declared_totals(
    store: Store, names: BureauGraphs, *, things: Things | None = None
) -> tuple[TotalRow, ...]:
    """Return the declared totals of one prepared bureau, in order of id; *things*: its register, if made."""
    file = resources.files("dutygraph.coverage").joinpath("declared-totals.rq")
    things = Things(store.triples(names.checked())) if things is None else things
    rows = [
        TotalRow(
            total=things.thing(row["total"].value),
            declared=int(row["declared"].value),
            counted=None if row["counted"] is None else int(row["counted"].value),
            parts=_parts(row),
        )
        for row in store.select(file.read_text(encoding="utf-8"), graphs=names.checked())
    ]
    return tuple(sorted(rows, key=lambda row: row.total.id))


def _parts(row: ox.QuerySolution) -> int | None:
    return int(row["parts"].value) if int(row["partCount"].value) else None
