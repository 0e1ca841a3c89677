"""Where a gap stands in the bureau: the businesses it touches, their stars, whose appointments these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from rdflib import DCTERMS, ORG

from dutygraph.model import Finding, Thing
from dutygraph.ontology import SV
from dutygraph.responsible import Ways, load_ways
from dutygraph.service.access.view import View

_PREFIXES = f"PREFIX sv: <{SV}>\nPREFIX org: <{ORG}>\nPREFIX dcterms: <{DCTERMS}>\n"
_TIERS = (3, 2, 1)
_LISTED = ("Business", "Department", "Person", "Post")
"""The classes of which all things are named beside a list of gaps."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a gap touches: ids of businesses, the highest star, the tier that acts first, if any is named."""

    businesses: tuple[str, ...]
    star: int | None
    tier: int | None


class Placing:
    """The places of all gaps of one view, made of what the caller sees. Never changes once made."""

    def __init__(self, view: View) -> None:
        """Follow the ways to businesses (``responsible.toml``) and read the stars, in the view.

        The view itself is not kept: it would be held in memory for as long as this is.
        """
        self._things = view.things
        self._businesses = _follow(view)
        self._stars = {focus: int(star) for focus, star in _pairs(view, "?from sv:hasStar ?to").items()}
        self.persons: Mapping[str, str] = _pairs(
            view,
            "?appointment a sv:SupervisorAppointment ; dcterms:identifier ?from ; "
            "sv:appointee/dcterms:identifier ?to",
        )
        """The person of each appointment, by ids."""
        ways = _ways()
        self._registered = {kind: tuple(_registered(view, kind)) for kind in _LISTED}
        self.departments: tuple[Thing, ...] = self.registered("Department")
        self.answering = (ways.tier1_name, ways.office_name)
        """Who answers beside the departments: tier 1 as a body, and the office."""

    def registered(self, kind: str) -> tuple[Thing, ...]:
        """Return the visible things of a class, by id."""
        return self._registered[kind]

    def of(self, finding: Finding) -> Place:
        """Return the place of a gap."""
        focus = finding.focus.iri
        businesses = self._businesses.get(focus, ())
        own = self._stars.get(focus)
        stars = [self._stars[iri] for iri in businesses if iri in self._stars] if own is None else [own]
        named = finding.responsible.supervisors
        return Place(
            businesses=tuple(self._things.thing(iri).id for iri in businesses),
            star=max(stars, default=None),
            tier=next((tier for tier in _TIERS if named.get(tier)), None),
        )


@cache
def _ways() -> Ways:
    return load_ways()


def _follow(view: View) -> Mapping[str, Sequence[str]]:
    found: dict[str, tuple[str, ...]] = {}
    for kind, paths in _ways().paths["business"].items():
        for path in paths:
            step = "BIND(?from AS ?to)" if path == "self" else f"?from {path} ?to"
            pattern = f"?from a sv:{kind} . {step} . ?to a sv:Business"
            ends = view.ends(f"{_PREFIXES}SELECT DISTINCT ?from ?to {{ {pattern} }}")
            for origin, there in ends.items():
                found.setdefault(origin, there)
    return found


def _registered(view: View, kind: str) -> Sequence[Thing]:
    rows = _select(view, f"SELECT DISTINCT ?thing {{ ?thing a sv:{kind} }}")
    return sorted((view.things.thing(row["thing"].value) for row in rows), key=lambda thing: thing.id)


def _pairs(view: View, pattern: str) -> dict[str, str]:
    ends = pattern.replace("?to", "?end")
    rows = _select(view, f"SELECT ?from (MAX(?end) AS ?to) {{ {ends} }} GROUP BY ?from")
    return {row["from"].value: row["to"].value for row in rows if row["from"] and row["to"]}


def _select(view: View, query: str) -> ox.QuerySolutions:
    return view.store.select(_PREFIXES + query, graphs=view.graphs)
