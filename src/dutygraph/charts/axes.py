"""The two axes of the double-key chart: the businesses and the standing key posts (facts F5, F6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph.charts.process import TRUE
from dutygraph.charts.reading import Reading, number, values
from dutygraph.model import Text, Thing


@dataclass(frozen=True, slots=True)
class Supervisor:
    """A current appointment and who was appointed (None where the ledger does not say)."""

    appointment: Thing
    person: Thing | None


Supervisors = Mapping[int, tuple[Supervisor, ...]]
"""Current supervisors by tier, 1 to 3; every tier is there."""


@dataclass(frozen=True, slots=True)
class BusinessAxis:
    """A business: its star, or why it has none (no risk, or never rated), its departments, its supervisors.

    Neither a star nor why not: it has one that whoever looks does not see (an explanation decides it).
    ``supervisors`` is None where whoever looks may not know them.
    """

    thing: Thing
    star: int | None
    unrated: Text | None
    departments: tuple[Thing, ...]
    supervisors: Supervisors | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostAxis:
    """A post: its star, its departments, its category, whether it is a standing key post."""

    thing: Thing
    star: int | None
    unrated: Text | None
    departments: tuple[Thing, ...]
    category: Text | None
    key: bool
    gaps: tuple[str, ...]


def businesses(reading: Reading, gaps: Mapping[str, tuple[str, ...]]) -> tuple[BusinessAxis, ...]:
    """Return every registered business, by id; *gaps* are ids of gaps by the IRI they are about."""
    supervisors = supervisors_by_business(reading)
    found = (
        BusinessAxis(
            thing=reading.things.thing(iri),
            star=number(rows, "star"),
            unrated=_word(reading, values(rows, "status")),
            departments=reading.sorted(values(rows, "department")),
            supervisors=supervisors.get(iri) or dict.fromkeys((1, 2, 3), ()),
            gaps=gaps.get(iri, ()),
        )
        for iri, rows in reading.grouped("businesses", "business").items()
    )
    return tuple(sorted(found, key=lambda business: business.thing.id))


def posts(reading: Reading, gaps: Mapping[str, tuple[str, ...]]) -> tuple[PostAxis, ...]:
    """Return every registered post, by id."""
    found = (
        PostAxis(
            thing=reading.things.thing(iri),
            star=number(rows, "star"),
            unrated=_word(reading, values(rows, "status")),
            departments=reading.sorted(values(rows, "department")),
            category=_word(reading, values(rows, "category")),
            key=rows[0]["key"] == TRUE,
            gaps=gaps.get(iri, ()),
        )
        for iri, rows in reading.grouped("posts", "post").items()
    )
    return tuple(sorted(found, key=lambda post: post.thing.id))


def supervisors_by_business(reading: Reading) -> Mapping[str, Supervisors]:
    """Return the current supervisors of the businesses that have any."""
    found: dict[str, dict[int, list[Supervisor]]] = defaultdict(lambda: {1: [], 2: [], 3: []})
    for row in reading.rows("supervisors"):
        person = row.get("person")
        found[row["business"]][int(row["tier"])].append(
            Supervisor(
                appointment=reading.things.thing(row["appointment"]),
                person=None if person is None else reading.things.thing(person),
            )
        )
    return {
        iri: {tier: tuple(sorted(each, key=lambda one: one.appointment.id)) for tier, each in tiers.items()}
        for iri, tiers in found.items()
    }


def _word(reading: Reading, concepts: tuple[str, ...]) -> Text | None:
    return reading.things.label(concepts[0]) if concepts else None
