"""Who must act on a gap (domain section 9); the ways there are data, in ``responsible.toml``."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from rdflib import ORG

from dutygraph.model import Responsible, Text
from dutygraph.ontology import SV
from dutygraph.rulefiles import rule_files
from dutygraph.shacl.concern import Concern, concern_of_query
from dutygraph.shacl.footprint import Footprint, read_by_query
from dutygraph.shacl.ways import Tracer
from dutygraph.store import Selecting
from dutygraph.things import Things

_PREFIXES = f"PREFIX sv: <{SV}>\nPREFIX org: <{ORG}>\n"
_TIERS = (1, 2, 3)
Ends = Callable[[str], Mapping[str, tuple[str, ...]]]
_TARGETS = {"post": "Post", "business": "Business", "department": "Department"}


@dataclass(frozen=True, slots=True)
class Ways:
    """What ``responsible.toml`` says: paths by target and kind, and the kinds of tier 1 and the office."""

    paths: Mapping[str, Mapping[str, Sequence[str]]]
    tier1: frozenset[str]
    office: frozenset[str]
    tier1_name: Text
    office_name: Text


def load_ways() -> Ways:
    """Read ``responsible.toml``."""
    text = rule_files("dutygraph").joinpath("responsible.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Ways(
        paths={target: data[target] for target in _TARGETS},
        tier1=frozenset(data["tier1"]["kinds"]),
        office=frozenset(data["office"]["kinds"]),
        tier1_name=Text(**data["tier1"]["name"]),
        office_name=Text(**data["office"]["name"]),
    )


class Responsibilities:
    """The answer to "who must act" for every node of one bureau, computed once and kept up to date."""

    def __init__(
        self, store: Selecting, graphs: Sequence[str], things: Things, ends: Ends | None = None
    ) -> None:
        """Follow the ways of ``responsible.toml`` over the union of *graphs*.

        *ends* answers a query for ``?from`` and ``?to``, where the store need not be asked every time.
        """
        self._ends = ends or self._select
        self._store, self._graphs = store, graphs
        self._things = things
        self._ways = load_ways()
        self._known: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._gather()

    def refresh(self, change: Footprint, tracer: Tracer) -> bool:
        """Follow anew the ways that a change of the graphs touches; tell whether any leads elsewhere now."""
        before = {way: pairs for way, pairs in self._known.items() if _reads(way).touched_by(change)}
        for way, pairs in before.items():
            origins = _concern(way).nodes(tracer, change)
            named = {node.value for node in origins or () if isinstance(node, ox.NamedNode)}
            if origins is None:
                self._known[way] = self._ask(_query(way))
            elif named:
                kept = {origin: ends for origin, ends in pairs.items() if origin not in named}
                self._known[way] = {**kept, **self._ask(_query(way, named))}
        moved = any(self._known[way] != pairs for way, pairs in before.items())
        if moved:
            self._gather()
        return moved

    def _gather(self) -> None:
        self._found = {target: self._follow(target) for target in _TARGETS}
        self._run_by = self._pairs("?from sv:runBy ?to . ?to a sv:Department")
        self._supervised = {tier: self._pairs(f"?from sv:supervisedAtTier{tier} ?to") for tier in _TIERS}
        self._committee = sorted(
            self._pairs("?from a sv:CurrentAppointment ; sv:tier 1 . BIND(?from AS ?to)")
        )

    def of(self, focus: str, kind: str) -> Responsible:
        """Return who must act on a gap at a node of this IRI and kind."""
        if kind in self._ways.office:
            return Responsible(self._ways.office_name.zh, None, dict.fromkeys(_TIERS, ()))
        businesses = self._found["business"].get(focus, ())
        posts = self._found["post"].get(focus, ())
        departments = self._departments(focus, posts, businesses)
        tiers = {
            tier: tuple(sorted({self._id(a) for b in businesses for a in self._supervised[tier].get(b, ())}))
            for tier in _TIERS
        }
        named = "；".join(self._things.label(d).zh for d in departments)
        if kind in self._ways.tier1:
            named = named or self._ways.tier1_name.zh
            tiers = {1: tuple(self._id(appointment) for appointment in self._committee), 2: tiers[2], 3: ()}
        return Responsible(
            named or None,
            "；".join(self._id(post) for post in posts) or None,
            tiers,
        )

    def _departments(self, focus: str, posts: Sequence[str], businesses: Sequence[str]) -> Sequence[str]:
        direct = self._found["department"]
        of_posts = sorted({d for post in posts for d in direct.get(post, ())})
        of_businesses = sorted({d for b in businesses for d in self._run_by.get(b, ())})
        return direct.get(focus) or of_posts or of_businesses

    def _id(self, iri: str) -> str:
        return self._things.thing(iri).id

    def _follow(self, target: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for kind, paths in self._ways.paths[target].items():
            for path in paths:
                step = "BIND(?from AS ?to)" if path == "self" else f"?from {path} ?to"
                pairs = self._pairs(f"?from a sv:{kind} . {step} . ?to a sv:{_TARGETS[target]}")
                for origin, ends in pairs.items():
                    found.setdefault(origin, ends)
        return found

    def _pairs(self, pattern: str) -> Mapping[str, tuple[str, ...]]:
        if pattern not in self._known:
            self._known[pattern] = self._ask(_query(pattern))
        return self._known[pattern]

    def _ask(self, query: str) -> Mapping[str, tuple[str, ...]]:
        return self._ends(query)

    def _select(self, query: str) -> Mapping[str, tuple[str, ...]]:
        pairs: dict[str, set[str]] = defaultdict(set)
        for row in self._store.select(query, graphs=self._graphs):
            pairs[row["from"].value].add(row["to"].value)
        return {origin: tuple(sorted(ends)) for origin, ends in pairs.items()}


def _query(pattern: str, origins: Iterable[str] = ()) -> str:
    listed = " ".join(f"<{origin}>" for origin in sorted(origins))
    only = f"VALUES ?from {{ {listed} }} " if listed else ""
    return f"{_PREFIXES}SELECT DISTINCT ?from ?to {{ {only}{pattern} }}"


@cache
def _reads(pattern: str) -> Footprint:
    return read_by_query(_query(pattern))


@cache
def _concern(pattern: str) -> Concern:
    return concern_of_query(_query(pattern), "from")
