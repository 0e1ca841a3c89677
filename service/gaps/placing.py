"""Where a gap stands in the bureau: the businesses it touches, their stars, whose appointments these are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import DCTERMS, ORG

from dutygraph.model import Finding, Thing
from dutygraph.ontology import SV
from dutygraph.responsible import load_ways
from dutygraph.service.access.view import View

_PREFIXES = f"PREFIX sv: <{SV}>\nPREFIX org: <{ORG}>\nPREFIX dcterms: <{DCTERMS}>\n"
_TIERS = (3, 2, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """What a gap touches: ids of businesses, the highest star, the tier that acts first, if any is named."""

    businesses: tuple[str, ...]
    star: int | None
    tier: int | None


class Placing:
    """The places of all gaps of one view, made of what the caller sees. Never changes once made."""

    def __init__(self, view: View) -> None:
        """Follow the ways to businesses (``responsible.toml``) and read the stars, in the view."""
        self._view = view
        self._businesses = self._follow()
        self._stars = {focus: int(star) for focus, star in self._pairs("?from sv:hasStar ?to").items()}
        self.persons: Mapping[str, str] = self._pairs(
            "?appointment a sv:SupervisorAppointment ; dcterms:identifier ?from ; "
            "sv:appointee/dcterms:identifier ?to"
        )
        """The person of each appointment, by ids."""
        ways = load_ways()
        self.departments: tuple[Thing, ...] = self.registered("Department")
        self.answering = (ways.tier1_name, ways.office_name)
        """Who answers beside the departments: tier 1 as a body, and the office."""

    def registered(self, kind: str) -> tuple[Thing, ...]:
        """Return the visible things of a class, by id."""
        rows = self._select(f"SELECT DISTINCT ?thing {{ ?thing a sv:{kind} }}")
        found = [self._view.things.thing(row["thing"].value) for row in rows]
        return tuple(sorted(found, key=lambda thing: thing.id))

    def of(self, finding: Finding) -> Place:
        """Return the place of a gap."""
        focus = finding.focus.iri
        businesses = self._businesses.get(focus, ())
        own = self._stars.get(focus)
        stars = [self._stars[iri] for iri in businesses if iri in self._stars] if own is None else [own]
        named = finding.responsible.supervisors
        return Place(
            businesses=tuple(self._view.things.thing(iri).id for iri in businesses),
            star=max(stars, default=None),
            tier=next((tier for tier in _TIERS if named.get(tier)), None),
        )

    def _follow(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, tuple[str, ...]] = {}
        for kind, paths in load_ways().paths["business"].items():
            for path in paths:
                step = "BIND(?from AS ?to)" if path == "self" else f"?from {path} ?to"
                ends: dict[str, set[str]] = defaultdict(set)
                pattern = f"?from a sv:{kind} . {step} . ?to a sv:Business"
                for row in self._select(f"SELECT DISTINCT ?from ?to {{ {pattern} }}"):
                    ends[row["from"].value].add(row["to"].value)
                for origin, there in ends.items():
                    found.setdefault(origin, tuple(sorted(there)))
        return found

    def _pairs(self, pattern: str) -> dict[str, str]:
        ends = pattern.replace("?to", "?end")
        rows = self._select(f"SELECT ?from (MAX(?end) AS ?to) {{ {ends} }} GROUP BY ?from")
        return {row["from"].value: row["to"].value for row in rows if row["from"] and row["to"]}

    def _select(self, query: str) -> ox.QuerySolutions:
        return self._view.store.select(_PREFIXES + query, graphs=self._view.graphs)
