"""One part of one bureau's contents, shared by all callers who see the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from threading import RLock
from weakref import WeakSet

import pyoxigraph as ox

from dutygraph.commits.gaps import BureauState
from dutygraph.model import Cell
from dutygraph.ontology import SV
from dutygraph.service.access.carried import Carried
from dutygraph.service.access.contents import NAMING, Contents
from dutygraph.service.access.gaps import VisibleGap, VisibleGaps
from dutygraph.service.access.reading import Reading, read
from dutygraph.service.access.roles import Caller, Data, Reach
from dutygraph.service.access.tables import AccessTables
from dutygraph.service.access.union import UnionStore
from dutygraph.things import Things

_PLACE_BYTES = 250
"""Memory that a visible triple takes beside the stores, as measured."""
_METRIC_OF = ox.NamedNode(str(SV.metricOf))


class ViewStore(UnionStore):
    """A store in memory of what may be seen. The cell of a triple is told where the triple is seen."""

    def __init__(
        self, contents: Contents, places: Sequence[int], beside: Sequence[ox.Quad] | None = None
    ) -> None:
        """Hold the quads at these places, and the network metrics *beside* them, if these were asked for."""
        held = contents.graphs if beside is None else (*contents.graphs, contents.names.metrics)
        super().__init__(
            contents.names,
            held,
            lambda: chain(map(contents.quads.__getitem__, places), beside or ()),
        )
        self._contents = contents

    def cell(self, triple: ox.Triple) -> Cell | None:
        """Return the cell that a visible triple came from, or None."""
        found = self.oxigraph.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return self._contents.cell(triple) if any(True for _ in found) else None


class Cut:
    """What one role and scope sees of one bureau; each part of it is made when first asked for, and once."""

    def __init__(
        self, contents: Contents, caller: Caller, tables: AccessTables, earlier: Carried | None = None
    ) -> None:
        """Keep what to cut from, for whom. *earlier* is what the same see of an earlier commit."""
        self.contents = contents
        self.readers: WeakSet[object] = WeakSet()
        self._earlier = earlier
        self._caller = caller
        self._tables = tables
        self._lock = RLock()
        self._reading: Reading | None = None
        self._store: ViewStore | None = None
        self._measured: ViewStore | None = None
        self._things: Things | None = None
        self._gaps: tuple[BureauState, tuple[VisibleGap, ...]] | None = None

    @property
    def reading(self) -> Reading:
        """Which triples may be seen."""
        with self._lock:
            if self._reading is None:
                self._reading = read(self.contents, self._caller, self._tables)
            return self._reading

    @property
    def store(self) -> ViewStore:
        """The visible triples."""
        with self._lock:
            self._make()
            assert self._store is not None
            return self._store

    def carried(self) -> Carried | None:
        """Return what the next commit's cut may be made from."""
        # without the lock: who asks must not wait for a thread that is just making it
        store, reading, earlier = self._store, self._reading, self._earlier
        if store is None or reading is None:
            return earlier
        lineage, commit = self.contents.sorting.lineage, self.contents.head.commit
        return Carried(lineage, commit, reading.places, store.made, self._things, self.readers)

    def weight(self) -> int:
        """Return about how many bytes of memory it takes, with the gaps and answers that are made of it."""
        reading, stores = self._reading, (self._store, self._measured)
        quads = 0 if reading is None else len(reading.places)
        return quads * _PLACE_BYTES + sum(store.made.weight(quads) for store in stores if store is not None)

    @property
    def measured(self) -> ViewStore:
        """The visible triples and the visible network metrics."""
        with self._lock:
            if self._measured is None:
                self._measured = ViewStore(self.contents, self.reading.places, self._metrics())
            return self._measured

    @property
    def things(self) -> Things:
        """What people call the visible nodes."""
        with self._lock:
            self._make()
            if self._things is None:
                seen, quads = set(self.reading.places), self.contents.quads
                self._things = Things(quads[place].triple for place in self.contents.naming if place in seen)
            return self._things

    def _make(self) -> None:
        """Make the store from that of an earlier commit, and the register of things where there was one."""
        if self._store is not None:
            return
        self._store = ViewStore(self.contents, self.reading.places)
        earlier, self._earlier = self._earlier, None
        if earlier is None:
            return
        change = earlier.follow(self._store, self.contents.sorting, self.reading.places)
        if change is None or earlier.things is None:
            return
        self._things = earlier.things.copy()
        for node in {quad.subject for quad in (*change.gone, *change.came) if quad.predicate in NAMING}:
            if isinstance(node, ox.NamedNode):
                self._things.read_again(node.value, self._naming(node))

    def _naming(self, node: ox.NamedNode) -> Iterator[ox.Triple]:
        said = self.contents.said(node)
        return (q.triple for place, q in said if q.predicate in NAMING and self.reading.shows(place))

    def gaps(self, state: BureauState) -> tuple[VisibleGap, ...]:
        """Return the visible gaps of a state of the bureau."""
        with self._lock:
            if self._gaps is None or self._gaps[0] is not state:
                visible = VisibleGaps(self.reading, self.contents, self._caller, self._tables, self)
                self._gaps = (state, visible.of(state))
            return self._gaps[1]

    def told(self, state: BureauState) -> tuple[VisibleGap, ...]:
        """Return the visible gaps of another state than the bureau's: of another date or a past commit."""
        return VisibleGaps(self.reading, self.contents, self._caller, self._tables, self).of(state)

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the visible quads."""
        return map(self.contents.quads.__getitem__, self.reading.places)

    def sees(self, iri: str) -> bool:
        """Tell whether something is visible about a node."""
        node = ox.NamedNode(iri)
        return node not in self.reading.hidden and self.contents.registers(node)

    def owns(self, iri: str) -> bool:
        """Tell whether a visible node is the caller's own."""
        node = ox.NamedNode(iri)
        return self.sees(iri) and any(node in nodes for nodes in self.reading.own.values())

    def _metrics(self) -> list[ox.Quad]:
        reach = self._reach(Data.METRICS)
        if reach is Reach.ALL:
            return self.contents.metrics
        if reach is not Reach.OWN:
            return []
        own = self.reading.own[Data.METRICS]
        every = self.contents.metrics
        mine = {quad.subject for quad in every if quad.predicate == _METRIC_OF and quad.object in own}
        return [quad for quad in every if quad.subject in mine]

    def _reach(self, data: Data) -> Reach:
        return self._tables.reach(data, self._caller.role)
