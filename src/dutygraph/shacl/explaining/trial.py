"""A copy of the data that a change can be tried on, and taken back."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, RDFS, Literal

from dutygraph.shacl.dataset import Data
from dutygraph.shacl.scope import Scope
from dutygraph.shacl.source import from_rdflib

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from rdflib.term import Node

    from dutygraph.shacl.dataset import Term
    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.source import Source


_HABITUAL = 3
_MANY = 20


@dataclass(frozen=True)
class Habit:
    """How the data uses a predicate.

    `kinds` are the classes of its subjects, `shared` those that all of them have, `values` those that all its
    values have; `several` tells whether it is usual that a subject has two, or there are too few to tell.
    """

    kinds: frozenset[Node]
    shared: frozenset[Node]
    values: frozenset[Node]
    several: bool


class Trial(Data):
    """The data graph in a Store of our own; nothing is ever written to the source."""

    def __init__(self, source: Source, graphs: Sequence[str] | None = None) -> None:
        """Copy the source; raises DataError when it cannot be read."""
        super().__init__(source, graphs, copy=True)
        self._forms: dict[Node, Term] = {}
        self._habits: dict[Node, Habit] = {}
        # Made before the first change, from the triples as they were read.
        self.solutions("SELECT * WHERE {} LIMIT 1")

    def stored(self, node: Node) -> Term:
        """Give a term in the form that it has in the Store."""
        if node not in self._forms:
            raw = from_rdflib(node)
            if isinstance(raw, ox.Literal):
                [text] = self.constants([node])
                [quad] = ox.parse(f"<a:a> <a:a> {text} .", format=ox.RdfFormat.N_TRIPLES)
                raw = quad.object
            self._forms[node] = raw
        return self._forms[node]

    def scope(self, node: Node) -> Scope:
        """Give the scope that holds one node."""
        term = self.stored(node)
        if isinstance(term, ox.BlankNode):
            return Scope(self.listed([term], "?dg0") or "")
        return Scope(f"VALUES ?dg0 {{ {term} }}")

    def named(self, node: Node, variable: str) -> str:
        """Give a pattern that binds a variable to one node, for queries on the plain values."""
        term = self.stored(node)
        if isinstance(term, ox.BlankNode):
            return self.listed([term], f"?{variable}") or ""
        return f"VALUES ?{variable} {{ {self.plain_form(term)} }}"

    def kinds(self, node: Node) -> frozenset[Node]:
        """Give the classes that a node is said to have."""
        return frozenset(o for _, _, o in self.match(node, RDF.type, None))

    def habit(self, predicate: Node) -> Habit:
        """Tell how the data uses a predicate; the answer is that of the first time."""
        if predicate not in self._habits:
            triples = self.match(None, predicate, None)
            subjects, values = Counter(s for s, _, _ in triples), {o for _, _, o in triples}
            several = sum(number > 1 for number in subjects.values())
            every, each = [self.kinds(s) for s in subjects], [self.kinds(o) for o in values]
            self._habits[predicate] = Habit(
                frozenset().union(*every),
                _shared(every),
                _shared([kinds for kinds in each if kinds]),
                several > 1 or several * _MANY > len(subjects) or len(subjects) < _HABITUAL,
            )
        return self._habits[predicate]

    def usual(self, triple: Triple) -> bool:
        """Tell whether the data has the like of a triple that might be added.

        It does not where no node has two values (save one by mistake) and this would be a second, or where
        the subject is of another kind. Nor is what has a class usually given another.
        """
        s, p, _ = triple
        if p == RDF.type:
            return not self.match(s, p, None)
        habit, kinds = self.habit(p), self.kinds(s)
        strange = kinds and habit.kinds and kinds.isdisjoint(habit.kinds)
        return not strange and (habit.several or not self.match(s, p, None))

    def has(self, triple: Triple) -> bool:
        """Tell whether the data has a triple."""
        return not isinstance(triple[0], Literal) and self._quad(triple) in self._store

    def match(self, s: Node | None, p: Node | None, o: Node | None) -> list[Triple]:
        """Give the triples that match, in a fixed order; None matches anything."""
        if isinstance(s, Literal):
            return []
        terms = [None if n is None else self.stored(n) for n in (s, p, o)]
        found = self._store.quads_for_pattern(*terms, ox.DefaultGraph())  # type: ignore[call-arg, arg-type]
        return sorted((self.triple(q.triple) for q in found), key=lambda t: [n.n3() for n in t])

    @contextmanager
    def changed(self, added: Collection[Triple], removed: Collection[Triple]) -> Iterator[None]:
        """Make a change for as long as the context lasts."""
        new = [t for t in dict.fromkeys(added) if not self.has(t)]
        gone = [t for t in dict.fromkeys(removed) if self.has(t)]
        self._write(gone, new)
        try:
            yield
        finally:
            self._write(new, gone)

    def _quad(self, triple: Triple) -> ox.Quad:
        return ox.Quad(*map(self.stored, triple))  # type: ignore[arg-type]

    def _write(self, removed: Collection[Triple], added: Collection[Triple]) -> None:
        before, after = [self._quad(t) for t in removed], [self._quad(t) for t in added]
        if self._plain is self._store and any(q.object in self._kept for q in after):
            # The first literal that the Store would rewrite: from now on there are two forms of the data.
            apart = ox.Store()
            apart.bulk_extend(self._store)
            self.__dict__["_plain"] = apart
        for quad in before:
            self._store.remove(quad)
        self._store.extend(after)
        if self._plain is not self._store:
            for quad in before:
                self._plain.remove(self._as_plain(quad))
            self._plain.extend(self._as_plain(quad) for quad in after)
        self.__dict__.pop("_plain_forms", None)
        if any(t[1] == RDFS.subClassOf for t in (*removed, *added)):
            self.__dict__.pop("_below", None)
        self._counts.clear()

    def _as_plain(self, quad: ox.Quad) -> ox.Quad:
        return ox.Quad(quad.subject, quad.predicate, self.plain_form(quad.object))  # type: ignore[arg-type]


def _shared(sets: Sequence[frozenset[Node]]) -> frozenset[Node]:
    return frozenset.intersection(*sets) if sets else frozenset()


def is_node(term: Node) -> bool:
    """Tell whether a term can be the subject of a triple."""
    return not isinstance(term, Literal)
