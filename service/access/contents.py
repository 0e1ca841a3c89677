"""All that one bureau holds at one commit, each triple with the kind of data it is of.

Made once a commit and never changed; every view of that commit is cut from it. That of the next commit is
made from it and from what the commit changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from threading import RLock
from weakref import WeakSet

import pyoxigraph as ox

from dutygraph.commits.gaps import Seen
from dutygraph.commits.recent import Recent
from dutygraph.model import Cell
from dutygraph.network import metric_triples
from dutygraph.ontology import SV
from dutygraph.service.access.carried import Carried, touched
from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.sorting import Node, Sorting
from dutygraph.service.access.unannounced import asked, reads_unannounced, unannounced
from dutygraph.service.access.union import UnionStore
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.things import NAMING_PREDICATES, Things

__all__ = ["Contents", "Node"]

_ORIGINS = (ox.NamedNode(str(SV.obligedItem)), ox.NamedNode(str(SV.computedFor)))
_QUAD_BYTES = 700
"""Memory that a quad takes with its places in the indexes, as measured."""
NAMING = frozenset(map(ox.NamedNode, NAMING_PREDICATES))
"""What things are called by."""


class Contents:
    """The quads of one bureau, sorted out, and queries over all of them. ``readers`` are views of it."""

    def __init__(
        self,
        names: BureauGraphs,
        head: Seen,
        quads: Iterable[ox.Quad] | Sorting,
        live: EmbeddedStore,
        earlier: Carried | None = None,
    ) -> None:
        """Sort out one consistent reading of a bureau; graphs that ``rows.toml`` does not name stay out.

        *live* is the store that was read, for what is looked up only now and then. *earlier* is all that
        the bureau held at some commit before.
        """
        self.names = names
        self.head = head
        self._live = live
        self.graphs = tuple(f"{names.bureau}/{word}" for word in row_rules().graphs)
        find = partial(unannounced, names, head.as_of)
        self.sorting = quads if isinstance(quads, Sorting) else Sorting(names, row_rules(), quads, find)
        self.quads = self.sorting.quads
        self.rows, self.mentions = self.sorting.rows, self.sorting.mentions
        self.unregistered, self.followers = self.sorting.unregistered, self.sorting.followers
        self.said = self.sorting.said
        self.row_of_unregistered = self.sorting.row_of_unregistered
        self.readers: WeakSet[object] = WeakSet()
        self._earlier = earlier
        self._whole: UnionStore | None = None
        self._lock = RLock()

    def after(self, head: Seen, changes: Sequence[Recent]) -> Contents | None:
        """Return the contents after some commits, equal to a fresh reading; None if they do not fit these."""
        change = touched(self.sorting, [quad for each in changes for quad in (*each.removed, *each.added)])
        same = head.as_of == self.head.as_of and not reads_unannounced().touched_by(change)
        find = None if same else partial(unannounced, self.names, head.as_of)
        followed = self.sorting.after(changes, find)
        if followed is None:
            return None
        with self._lock:
            kept = self._earlier
            if self._whole is not None:
                kept = Carried(
                    self.sorting.lineage,
                    self.head.commit,
                    self.quads.keys(),
                    self._whole.made,
                    None,
                    self.readers,
                )
        return Contents(self.names, head, followed, self._live, kept)

    @property
    def whole(self) -> EmbeddedStore:
        """Everything, to ask queries of."""
        with self._lock:
            if self._whole is None:
                self._whole = UnionStore(self.names, self.graphs, self.quads.values)
                if self._earlier is not None:
                    self._earlier.follow(self._whole, self.sorting, self.quads.keys())
                self._earlier = None
            return self._whole

    def weight(self) -> int:
        """Return about how many bytes of memory they take."""
        whole = 0 if self._whole is None else self._whole.made.weight(len(self.quads))
        return len(self.quads) * _QUAD_BYTES + whole

    @property
    def naming(self) -> Iterator[int]:
        """The places of what things are called by."""
        return (place for place, quad in self.quads.items() if quad.predicate in NAMING)

    @cached_property
    def measured(self) -> EmbeddedStore:
        """Everything and, beside it, the network metrics over everything."""
        held = (*self.graphs, self.names.metrics)
        return UnionStore(self.names, held, lambda: chain(self.quads.values(), self.metrics))

    @cached_property
    def metrics(self) -> list[ox.Quad]:
        """The network metrics, which take a second to compute where the graph was not seen before."""
        graph = ox.NamedNode(self.names.metrics)
        things = Things(self.quads[place].triple for place in self.naming)
        triples = metric_triples(self.whole, self.names, things)
        return [ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples]

    def cell(self, triple: ox.Triple) -> Cell | None:
        """Return the cell that a triple came from, or None; it is looked up in the store itself.

        Cells are as many as triples and seldom asked for.
        """
        return self._live.cell(triple)

    def origin(self, node: ox.NamedNode) -> Node:
        """Return what a derived record was derived for, else the node itself."""
        for predicate in _ORIGINS:
            for _, quad in self.said(node):
                if quad.predicate == predicate and not isinstance(quad.object, ox.Literal):
                    return quad.object
        return node

    def registers(self, node: Node) -> bool:
        """Tell whether something is said about a node."""
        return any(node in anchors for anchors in self.rows.values())

    def ask(self, query: str, given: Mapping[str, Iterable[ox.NamedNode]]) -> frozenset[Node]:
        """Return what a query selects over everything, the values given put in where it says so.

        A line "# name" in the query stands for ``VALUES ?name { … }``; ``?today`` is the date of the check.
        """
        return asked(self.whole, self.names, self.head.as_of, query, given)
