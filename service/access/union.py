"""A store in memory of what a view or a bureau holds, made as far as it is asked for.

That of a later commit is made from it: what queries selected is kept where the commit does not touch what
they read, and the store itself is carried on, if nobody reads it any more, instead of being filled anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import RLock
from typing import Any, cast

import pyoxigraph as ox

from dutygraph.shacl.footprint import Footprint, read_by_query
from dutygraph.store import BureauGraphs, EmbeddedStore

_NAMES_GRAPHS = re.compile(r"(?<![?$])\b(?:GRAPH|FROM)\b", re.IGNORECASE)
_MOST_QUERIES = 200
_MOST_ROWS = 5000
_GRAPHS_BYTES, _UNION_BYTES = 450, 500
"""Memory that a quad takes, as measured; the union's with what was selected from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came into a store and went from it, and what of it queries may read.

    ``left`` are the triples that went and stand in no other graph of the union.
    """

    came: Sequence[ox.Quad]
    gone: Sequence[ox.Quad]
    left: Sequence[ox.Triple]
    footprint: Footprint


@dataclass(frozen=True)
class KeptRows:
    """What a query selected, to be read any number of times."""

    variables: Sequence[ox.Variable]
    rows: Sequence[ox.QuerySolution]

    @cached_property
    def ends(self) -> Mapping[str, tuple[str, ...]]:
        """All that ``?to`` stands for by what ``?from`` does, sorted; not to be changed."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            found[row["from"].value].add(row["to"].value)
        return {origin: tuple(sorted(there)) for origin, there in found.items()}

    def __iter__(self) -> Iterator[ox.QuerySolution]:
        """Yield the rows in their order."""
        return iter(self.rows)


@dataclass(slots=True)
class Made:
    """What was made of a store so far: quads in their graphs, their union, what was selected from that."""

    graphs: ox.Store | None = None
    union: ox.Store | None = None
    selected: dict[str, KeptRows] = field(default_factory=dict)
    lock: Any = field(default_factory=RLock)

    def weight(self, quads: int) -> int:
        """Return about how many bytes of memory it takes, made of so many quads."""
        return quads * (_GRAPHS_BYTES * (self.graphs is not None) + _UNION_BYTES * (self.union is not None))


class UnionStore(EmbeddedStore):
    """Quads that do not change. A query over all graphs of a check is asked of their union.

    That is three times as fast as asking the graphs one by one. Both are made when first needed, and what
    was selected from the union is kept.
    """

    def __init__(
        self, names: BureauGraphs, held: Iterable[str], quads: Callable[[], Iterable[ox.Quad]]
    ) -> None:
        """Take *quads*, which are called for at most twice, and the names of all graphs they may stand in."""
        self.folder = None
        self._quads = quads
        self._held = frozenset(held)
        self._union_of = self._held.intersection(names.checked())
        self.merged = frozenset(map(ox.NamedNode, self._union_of))
        self.made = Made()

    @property
    def oxigraph(self) -> ox.Store:  # type: ignore[override]  # nobody assigns to it
        """The quads in their graphs."""
        with self.made.lock:
            if self.made.graphs is None:
                self.made.graphs = ox.Store()
                self.made.graphs.extend(self._quads())
            return self.made.graphs

    def follow(self, earlier: Made, change: Change, *, alone: bool) -> None:
        """Take from the store of an earlier commit what still holds; the store itself where it is *alone*.

        *alone* says that nobody reads the earlier one any more: it is taken from it, and would be made anew.
        """
        with earlier.lock:
            selected = dict(earlier.selected)
            graphs, union = (earlier.graphs, earlier.union) if alone else (None, None)
            if alone:
                earlier.graphs = earlier.union = None
        self.made.selected = {
            query: rows
            for query, rows in selected.items()
            if not (change.footprint.reads and _read(query).touched_by(change.footprint))
        }
        if graphs is not None:
            _exchange(graphs, change.gone, change.came)
            self.made.graphs = graphs
        if union is not None:
            gone = [ox.Quad(*triple) for triple in change.left]
            came = [ox.Quad(*quad.triple) for quad in change.came if quad.graph_name in self.merged]
            _exchange(union, gone, came)
            self.made.union = union

    def select(self, query: str, *, graphs: Sequence[str]) -> ox.QuerySolutions:
        """Answer a SELECT over the union of *graphs*, which no FROM or GRAPH can widen."""
        if not self._asks_union(query, graphs):
            return super().select(query, graphs=graphs)
        return cast("ox.QuerySolutions", self._kept(query, graphs))

    def ends(self, query: str, *, graphs: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return what a query selects as ``?to`` by what it selects as ``?from``, sorted."""
        if not self._asks_union(query, graphs):
            solutions = super().select(query, graphs=graphs)
            return KeptRows(solutions.variables, tuple(solutions)).ends
        return self._kept(query, graphs).ends

    def _kept(self, query: str, graphs: Sequence[str]) -> KeptRows:
        known = self.made.selected.get(query)
        if known is None:
            solutions = self._query(query, graphs)
            if not isinstance(solutions, ox.QuerySolutions):
                raise TypeError("not a SELECT query")
            known = KeptRows(solutions.variables, tuple(solutions))
            if len(self.made.selected) < _MOST_QUERIES and len(known.rows) <= _MOST_ROWS:
                self.made.selected[query] = known
        return known

    def _asks_union(self, query: str, graphs: Sequence[str]) -> bool:
        return self._held.intersection(graphs) == self._union_of and not _NAMES_GRAPHS.search(query)

    def _query(
        self, query: str, graphs: Sequence[str]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        if not self._asks_union(query, graphs):
            return super()._query(query, graphs)
        with self.made.lock:
            union = self.made.union
            if union is None:
                union = self.made.union = ox.Store()
                merged = (quad for quad in self._quads() if quad.graph_name in self.merged)
                union.extend(ox.Quad(*quad.triple) for quad in merged)
        return union.query(query)


def _exchange(store: ox.Store, gone: Iterable[ox.Quad], came: Iterable[ox.Quad]) -> None:
    for quad in gone:
        store.remove(quad)
    store.extend(came)


@lru_cache(maxsize=2048)
def _read(query: str) -> Footprint:
    return read_by_query(query)
