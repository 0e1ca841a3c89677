"""Finding a registered thing by what a user types: its id or its name, else the nearest ones are told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NoReturn

import pyoxigraph as ox

from dutygraph.charts.reading import Reading
from dutygraph.cli.console import refuse
from dutygraph.cli.options import Language
from dutygraph.model import Text, Thing
from dutygraph.ontology import SV
from dutygraph.pictures.look import address

_KINDS = (
    "Business",
    "ProcessNode",
    "IntegrityRisk",
    "Control",
    "Post",
    "Person",
    "SupervisorAppointment",
    "Department",
    "Issue",
)
"""The kinds that people mean first by an id."""


def find_thing(reading: Reading, kind: str | None, asked: str, lang: Language) -> Thing:
    """Return the registered thing of an id or a name; refuse with the nearest names."""
    things = [thing for thing in _registered(reading) if kind is None or thing.kind == kind]
    by_id = [thing for thing in things if asked in (thing.id, address(thing))]
    found = _first_kind(reading, by_id or [thing for thing in things if thing.label == asked])
    if not found:
        _refuse_unknown(things, asked, lang)
    if len(found) > 1:
        _refuse_several(found, asked, lang)
    return found[0]


def _first_kind(reading: Reading, things: Sequence[Thing]) -> Sequence[Thing]:
    """Return those of the kind that people mean first: a post and its duty, say, have the same id."""
    for kind in _KINDS:
        found = [thing for thing in things if str(SV[kind]) in reading.things.types(thing.iri)]
        if found:
            return found
    return things


def _refuse_unknown(things: Iterable[Thing], asked: str, lang: Language) -> NoReturn:
    names = {name: thing for thing in things for name in (thing.id, thing.label)}
    near = difflib.get_close_matches(asked, names, n=3, cutoff=0.4)
    near += [name for name in names if asked in name and name not in near][: 3 - len(near)]
    told = dict.fromkeys(_told(names[name]) for name in near)
    said = Text(
        f"台账中没有“{asked}”。" + (f"相近的有：{'、'.join(told)}。" if told else ""),
        f"The ledger has no “{asked}”." + (f" Near it: {', '.join(told)}." if told else ""),
    )
    refuse(said, lang)


def _refuse_several(found: Iterable[Thing], asked: str, lang: Language) -> NoReturn:
    told = [address(thing) for thing in found]
    said = Text(
        f"“{asked}”不止一个：{'、'.join(told)}；请用编号指明。",
        f"There are several “{asked}”: {', '.join(told)}; say which by its id.",
    )
    refuse(said, lang)


def _told(thing: Thing) -> str:
    return thing.id if thing.label in ("", thing.id) else f"{thing.id} {thing.label}"


def _registered(reading: Reading) -> Iterable[Thing]:
    start = f"{reading.names.bureau}/"
    triples = reading.store.triples(reading.names.checked())
    subjects = {one.subject.value for one in triples if isinstance(one.subject, ox.NamedNode)}
    for iri in sorted(one for one in subjects if one.startswith(start)):
        if any(name.startswith(str(SV)) for name in reading.things.types(iri)):
            yield reading.things.thing(iri)
