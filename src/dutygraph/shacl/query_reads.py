"""What a SPARQL query reads of the data, and how a change leads back to the focus nodes that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from dutygraph.shacl.patterns import Names, Statement, UnknownPatternError, statements
from dutygraph.shacl.sparql_text import Group, Item, parse, words
from dutygraph.shacl.ways import TYPE, Back, Edge, Then, Typed, Way, nullable, only_first, predicates

ANY = ""
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "GRAPH", "SERVICE", "DESCRIBE", "BASE"}
_PATTERN_GROUPS = {"where", "group", "optional", "exists", "minus"}

Classes: TypeAlias = Mapping[str, frozenset[str]]
"""Variables whose values have one of some classes, or are one of some."""


@dataclass
class Reads:
    """What patterns name: predicates, each with a class its subject must have or ANY; classes after `a`."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)

    def note(self, statement: Statement, known: _Known) -> None:
        """Add what one triple pattern reads."""
        way = known.narrowed(statement)
        if isinstance(way, Typed):
            self.classes |= way.classes
            return
        guard = known.guards.get(_variable(statement.subject))
        first = only_first(way)
        for predicate in predicates(way):
            # Only where the predicate stands nowhere but at the start is its subject the pattern's.
            self.pairs |= {(predicate, cls) for cls in (guard if guard and predicate in first else {ANY})}


@dataclass(frozen=True)
class QueryReads:
    """All that a query reads; the ways to it from one variable, and what no way leads to."""

    reads: Reads
    ways: tuple[Way, ...]
    loose: Reads


@dataclass(frozen=True)
class _Known:
    """What is known of variables in a group: their classes, the classes they are, the patterns around."""

    guards: Classes
    values: Classes
    edges: tuple[Statement, ...] = ()

    def narrowed(self, statement: Statement) -> Way:
        values = self.values.get(_variable(statement.value))
        return Typed(values) if values and statement.way == Edge(TYPE) else statement.way


def query_reads(
    query: str, constants: Mapping[str, str], guards: Classes, start: str = "this"
) -> QueryReads | None:
    """Give what the patterns of a query read, or None where it may be anything; the ways go from `start`.

    Every sub-SELECT that speaks of `start` must project it.
    `constants` are the IRIs that some variables stand for. It may be anything where a predicate is a variable
    or negated, where a path of no length may start at any node, where a graph is named, and where the answer
    does not depend on the data alone (NOW, RAND, …).
    """
    return _query_reads(query, frozenset(constants.items()), frozenset(guards.items()), start)


# Shapes are run again and again, on one bureau after another.
@lru_cache(maxsize=1024)
def _query_reads(
    query: str,
    constants: frozenset[tuple[str, str]],
    guards: frozenset[tuple[str, frozenset[str]]],
    start: str,
) -> QueryReads | None:
    try:
        tree = parse(query)
        tokens = [token for group in tree.below() for token in group.tokens()]
        if _VOLATILE & set(words(tokens)):
            return None
        reader = _Reader(Names(_prefixes(tree.tokens()), dict(constants)), start)
        reader.read(tree, _Known(dict(guards), {}))
    except (UnknownPatternError, ValueError):
        return None
    return QueryReads(reader.reads, tuple(dict.fromkeys(reader.ways)), reader.loose)


def _prefixes(tokens: list[str]) -> dict[str, str]:
    places = (at for at, token in enumerate(tokens) if token.upper() == "PREFIX")
    return {tokens[at + 1].removesuffix(":"): tokens[at + 2][1:-1] for at in places}


class _Reader:
    def __init__(self, names: Names, start: str) -> None:
        self.names, self.start = names, start
        self.reads, self.loose = Reads(), Reads()
        self.ways: list[Way] = []

    def read(self, group: Group, known: _Known) -> None:
        if group.kind == "subselect":
            # Another variable of that name, unless it is projected; $this always is.
            this = {name: classes for name, classes in known.guards.items() if name == "this"}
            known = _Known(this, {})
        elif group.kind in _PATTERN_GROUPS:
            own = statements(group.triples(), self.names)
            _refuse_loose_paths(own)
            types = {_variable(s.subject): s.way.classes for s in own if isinstance(s.way, Typed)}
            known = _Known(
                {**known.guards, **{v: c for v, c in types.items() if v}},
                {**known.values, **_limits(group.items, self.names)},
                (*known.edges, *own),
            )
            self._note(own, known)
        for inner in group.groups():
            self.read(inner, known)

    def _note(self, own: list[Statement], known: _Known) -> None:
        reached = _reached(known.edges, self.start)
        for statement in own:
            self.reads.note(statement, known)
            way = known.narrowed(statement)
            subject, value = _variable(statement.subject), _variable(statement.value)
            if subject in reached:
                self.ways.append(_joined(reached[subject], way))
            elif value in reached:
                self.ways.append(_joined(reached[value], Back(way)))
            else:
                self.loose.note(statement, known)


def _reached(edges: tuple[Statement, ...], start: str) -> dict[str, Way | None]:
    """Give a way from `start` to each variable that these patterns, all of which must hold, join with it.

    Each way goes on from another of them, so that what one goes over before its last step, another ends with.
    """
    reached: dict[str, Way | None] = {start: None}
    grown = True
    while grown:
        grown = False
        for edge in edges:
            subject, value = _variable(edge.subject), _variable(edge.value)
            if isinstance(edge.way, Typed) or not subject or not value:
                continue
            for one, two, way in ((subject, value, edge.way), (value, subject, Back(edge.way))):
                if one in reached and two not in reached:
                    reached[two] = _joined(reached[one], way)
                    grown = True
    return reached


def _joined(first: Way | None, second: Way) -> Way:
    return second if first is None else Then(first, second)


def _variable(token: str) -> str:
    return token[1:] if token[0] in "?$" else ""


def _refuse_loose_paths(own: list[Statement]) -> None:
    # A path of no length reaches every node of the graph, unless one end is a node found otherwise.
    anchored = {_variable(t) for s in own if not nullable(s.way) for t in (s.subject, s.value)} - {""}
    for statement in own:
        ends = {_variable(statement.subject), _variable(statement.value)}
        if nullable(statement.way) and not ends & anchored:
            raise UnknownPatternError("a path of no length")


def _limits(items: list[Item], names: Names) -> dict[str, frozenset[str]]:
    """Give the variables that `FILTER (?v IN (…))` holds to some IRIs."""
    found: dict[str, frozenset[str]] = {}
    tokens = [item if isinstance(item, str) else "{}" for item in items]
    upper = words(tokens)
    for at, word in enumerate(upper):
        if word != "FILTER" or upper[at + 1 : at + 2] != ["("] or upper[at + 3 : at + 5] != ["IN", "("]:
            continue
        end = tokens.index(")", at)
        listed = [names.iri(token) for token in tokens[at + 5 : end] if token != ","]  # noqa: S105
        if tokens[end + 1 : end + 2] == [")"] and all(listed):
            found[_variable(tokens[at + 2])] = frozenset(iri for iri in listed if iri)
    return found
