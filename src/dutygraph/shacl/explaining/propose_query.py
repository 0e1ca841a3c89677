"""What might mend a row of a SPARQL-based constraint: that a NOT EXISTS of it finds something.

A value is put in the place of another only where that is all that is asked. To take away any triple that a
row was made of would silence it too, but says nothing about what is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from rdflib import RDF, URIRef, Variable

from dutygraph.shacl.explaining.matched import Solution, matched, put
from dutygraph.shacl.explaining.trial import is_node
from dutygraph.shacl.explaining.values import Wanted, candidates
from dutygraph.shacl.explaining.walk import Chain, Route, Step, grown, inverted, walk
from dutygraph.shacl.model import Ask, Select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

    from dutygraph.shacl.explaining.change import Change, Fresh
    from dutygraph.shacl.explaining.faults import Fault
    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.explaining.query import Pattern, Patterns
    from dutygraph.shacl.explaining.trial import Trial

_WIDEST = 12
_MATCHES = 3
_LONGEST = 4


@dataclass(frozen=True)
class _State:
    """A way to make some patterns of a group hold: what variables stand for, what must come and go."""

    known: Solution
    added: tuple[Triple, ...] = ()
    removed: tuple[Triple, ...] = ()


def proposals_for_query(data: Trial, fault: Fault, fresh: Fresh) -> Iterator[Change]:
    """Give changes that make a group of a NOT EXISTS match, group by group as they are written."""
    constraint = fault.constraint
    if not isinstance(constraint, Select | Ask):
        return
    for group, solution in matched(data, fault.shape, constraint, fault.result).absent:
        # What a FILTER would say to a value made up here cannot be known.
        if group.exact and not group.present and all(p.way is not None for p in group.found):
            states = _Filling(data, group, fresh).states(solution)
            for state in states[:3]:
                yield fresh.change(state.added, state.removed)


class _Filling:
    def __init__(self, data: Trial, group: Patterns, fresh: Fresh) -> None:
        self.data = data
        self.group = group
        self.fresh = fresh
        typed = [p for p in group.found if p.way == Step(RDF.type) and isinstance(p.object, URIRef)]
        self.kinds = {str(p.subject): p.object for p in typed if isinstance(p.subject, Variable)}
        self.subjects = {str(p.subject) for p in group.found if isinstance(p.subject, Variable)}

    def states(self, solution: Solution) -> list[_State]:
        """Give the ways to make the whole group hold, those that add least first."""
        states = [_State(solution)]
        for pattern in self.group.found:
            onwards = [new for state in states for new in self._onwards(state, pattern)]
            states = sorted(onwards, key=lambda state: len(state.added))[:_WIDEST]
        return [state for state in states if 0 < len(state.added) <= _LONGEST]

    def _onwards(self, state: _State, pattern: Pattern) -> list[_State]:
        start, end = put(pattern.subject, state.known), put(pattern.object, state.known)
        way = pattern.way
        if way is None:
            return []
        there = list(self._there(start, way, end))[:_MATCHES]
        held = [_State(self._bind(state.known, pattern, *ends), state.added, state.removed) for ends in there]
        # A pattern that holds as it is needs nothing added.
        if held and not isinstance(start, Variable) and not isinstance(end, Variable):
            return held
        return held + self._made(state, pattern, start, way, end)

    def _there(self, start: Node, way: Route, end: Node) -> Iterator[tuple[Node, Node]]:
        if isinstance(start, Variable) and isinstance(end, Variable):
            return
        if isinstance(start, Variable):
            if way == Step(RDF.type):
                found = self.data.match(None, RDF.type, end)
                # Where there is just one of a kind, it is meant.
                yield from [(t[0], end) for t in found if len(found) == 1]
            else:
                yield from ((node, end) for node in walk(self.data, end, inverted(way)).ends if is_node(node))
            return
        for node in walk(self.data, start, way).ends:
            if isinstance(end, Variable) or node == end:
                yield start, node

    def _made(self, state: _State, pattern: Pattern, start: Node, way: Route, end: Node) -> list[_State]:
        starts = self._nodes(start, new=way == Step(RDF.type)) if isinstance(start, Variable) else [start]
        ends = self._values(end, way) if isinstance(end, Variable) else [end]
        found: list[_State] = []
        for one, two in product(starts, ends):
            known = self._bind(state.known, pattern, one, two)
            for triples in grown(self.data, one, way, two, self.fresh.node)[:2] if is_node(one) else []:
                added = tuple(dict.fromkeys([*state.added, *triples]))
                if all(map(self.data.usual, triples)):
                    found.append(_State(known, added, state.removed))
                elif len(triples) == len(self.group.found) == 1 and two == pattern.object:
                    found += [_State(known, added, (*state.removed, old)) for old in self._other(triples[0])]
        return found

    def _other(self, triple: Triple) -> list[Triple]:
        """Give the one value that another would stand in the place of."""
        s, p, _ = triple
        there = [] if p == RDF.type else self.data.match(s, p, None)
        return there if len(there) == 1 and self.data.kinds(s) <= self.data.habit(p).kinds else []

    def _nodes(self, variable: Variable, *, new: bool) -> list[Node]:
        kind = self.kinds.get(str(variable))
        found = [] if kind is None or new else self.data.match(None, RDF.type, kind)
        # Where there is just one of a kind, it is meant.
        return [found[0][0]] if len(found) == 1 else [self.fresh.node(kind)]

    def _values(self, variable: Variable, way: Route) -> list[Node]:
        if str(variable) in self.subjects:
            return self._nodes(variable, new=False)
        last = way.parts[-1] if isinstance(way, Chain) else way
        predicate = last.predicate if isinstance(last, Step) and not last.inverse else None
        return [value for value, _ in candidates(self.data, Wanted(), self.fresh, (), predicate)]

    @staticmethod
    def _bind(known: Solution, pattern: Pattern, start: Node, end: Node) -> Solution:
        new = dict(known)
        for term, value in ((pattern.subject, start), (pattern.object, end)):
            if isinstance(term, Variable):
                new[str(term)] = value
        return new
