"""All that one bureau holds at one commit, each triple with the kind of data it is of.

Made once a commit and never changed; every view of that commit is cut from it. That of the next commit is
made from it and from what the commit changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources
from itertools import chain

import pyoxigraph as ox
from rdflib import RDF, XSD

from dutygraph.commits.gaps import Seen
from dutygraph.commits.recent import Recent
from dutygraph.model import Cell, GraphKind
from dutygraph.network import write_metrics
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Data
from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.union import UnionStore
from dutygraph.shacl.footprint import Footprint, read_by_query
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.things import NAMING_PREDICATES

Node = ox.NamedNode | ox.BlankNode | ox.Triple

_ORIGINS = (ox.NamedNode(str(SV.obligedItem)), ox.NamedNode(str(SV.computedFor)))
_TYPE = ox.NamedNode(str(RDF.type))
_NAMING = frozenset(map(ox.NamedNode, NAMING_PREDICATES))


class Contents:
    """The quads of one bureau, sorted out by kind of data and by whose they are.

    ``rows`` gives the places in ``quads`` by row and *anchor*: the node by which a triple is or is not
    one's own, as a rule its subject. ``mentions`` gives the places of the triples that name a registered
    node without being about it, ``unregistered`` those that name a node nobody registered, by its row.
    ``followers`` gives the records about a record, which are whose that one is. ``naming`` are the places
    of what things are called by.
    """

    def __init__(
        self, names: BureauGraphs, head: Seen, quads: Iterable[ox.Quad], live: EmbeddedStore
    ) -> None:
        """Sort out one consistent reading of a bureau; graphs that ``rows.toml`` does not name stay out.

        *live* is the store that was read, for what is looked up only now and then.
        """
        self.names = names
        self.head = head
        self._live = live
        self._rules = row_rules()
        self._graphs: dict[object, Data] = {
            ox.NamedNode(f"{names.bureau}/{word}"): row for word, row in self._rules.graphs.items()
        }
        self.graphs = tuple(f"{names.bureau}/{word}" for word in self._rules.graphs)
        # The keys of a dict, in order: the next commit takes a copy, which costs little.
        self._held = (
            quads
            if isinstance(quads, dict)
            else dict.fromkeys(quad for quad in quads if quad.graph_name in self._graphs)
        )
        self.quads = list(self._held)
        self._sort()

    def after(self, head: Seen, changes: Iterable[Recent]) -> Contents | None:
        """Return the contents after some commits, equal to a fresh reading; None if they do not fit these."""
        held = self._held.copy()
        for change in changes:
            for quad in change.removed:
                if quad.graph_name in self._graphs and held.pop(quad, self) is self:
                    return None
            held.update(dict.fromkeys(quad for quad in change.added if quad.graph_name in self._graphs))
        return Contents(self.names, head, held, self._live)

    @cached_property
    def whole(self) -> EmbeddedStore:
        """Everything, to ask queries of."""
        return UnionStore(self.names, self.graphs, lambda: self.quads)

    def said(self, node: Node) -> Iterator[tuple[int, ox.Quad]]:
        """Yield what is said about a node, with the places."""
        return ((place, self.quads[place]) for place in self._about.get(node, ()))

    @cached_property
    def measured(self) -> EmbeddedStore:
        """Everything and, beside it, the network metrics over everything, which take a second to compute."""
        store = EmbeddedStore()
        store.oxigraph.extend(self.quads)
        write_metrics(store, self.names)
        return store

    @property
    def metrics(self) -> list[ox.Quad]:
        """The network metrics."""
        graph = ox.NamedNode(self.names.metrics)
        return list(self.measured.oxigraph.quads_for_pattern(None, None, None, graph))

    def cell(self, triple: ox.Triple) -> Cell | None:
        """Return the cell that a triple came from, or None; it is looked up in the store itself.

        Cells are as many as triples and seldom asked for.
        """
        return self._live.cell(triple)

    def _sort(self) -> None:
        self.rows: dict[Data, dict[Node, list[int]]] = {row: {} for row in Data}
        self.mentions: dict[Node, list[int]] = defaultdict(list)
        self.unregistered: dict[Data, list[int]] = defaultdict(list)
        self.followers: dict[Node, list[Node]] = defaultdict(list)
        self._index()
        rules, of_conclusion = self._rules, self._rows_of_conclusions()
        of_node = self._with_followers(self._rows_of_nodes())
        of_property = self._rows_of_properties()
        for place, (subject, predicate, value, graph) in enumerate(self.quads):
            row = (
                rules.properties.get(predicate)
                or of_property.get((subject, predicate))
                or of_node.get(subject)
                or self._graphs[graph]
            )
            if isinstance(value, ox.Literal):
                self.rows[row].setdefault(subject, []).append(place)
                continue
            anchor = subject
            if predicate == rules.conclusion and value in of_conclusion:
                row, anchor = of_conclusion[value], value
            self.rows[row].setdefault(anchor, []).append(place)
            named = value if anchor == subject else subject
            if named in self._about:
                self.mentions[named].append(place)
            else:
                self._note_unregistered(named, place)

    def _index(self) -> None:
        self._about: dict[Node, list[int]] = {}
        self._typed: dict[object, list[int]] = {}
        self.naming: list[int] = []
        for place, quad in enumerate(self.quads):
            self._about.setdefault(quad.subject, []).append(place)
            if quad.predicate in _NAMING:
                self.naming.append(place)
                if quad.predicate == _TYPE:
                    self._typed.setdefault(quad.object, []).append(place)

    def _note_unregistered(self, node: Node, place: int) -> None:
        row = Data.EXTRAS if isinstance(node, ox.Triple) else self.row_of_unregistered(node)
        if row is not None:
            self.unregistered[row].append(place)

    def row_of_unregistered(self, node: Node) -> Data | None:
        """Return the row that a node would be of, by the word in its IRI; None for what is no bureau's."""
        if not isinstance(node, ox.NamedNode) or not node.value.startswith(f"{self.names.base}bureau/"):
            return None
        kind = node.value.partition("/bureau/")[2].partition("/")[2].partition("/")[0] or "bureau"
        return self._rules.unregistered.get(kind, Data.EXTRAS)

    def origin(self, node: ox.NamedNode) -> Node:
        """Return what a derived record was derived for, else the node itself."""
        for predicate in _ORIGINS:
            for _, quad in self.said(node):
                if quad.predicate == predicate and not isinstance(quad.object, ox.Literal):
                    return quad.object
        return node

    def _rows_of_nodes(self) -> Mapping[Node, Data]:
        """Return the row of each node whose class tells it, wherever its triples stand."""
        found: dict[Node, Data] = {}
        for a_class, row in self._rules.classes.items():
            found.update(dict.fromkeys(self._instances(a_class, None), row))
        restricted = ox.NamedNode(self.names.asserted(GraphKind.RESTRICTED))
        for a_class, row in self._rules.restricted_classes.items():
            for node in self._instances(a_class, restricted):
                found.setdefault(node, row)
        query, reads = _unannounced()
        read = UnionStore(self.names, self.graphs, lambda: self._read_by(reads))
        for node in self._asked(read, query, {}):
            found.setdefault(node, Data.UNANNOUNCED)
        return found

    def _with_followers(self, of_node: Mapping[Node, Data]) -> Mapping[Node, Data]:
        """Return the rows of nodes with those of their followers; in the restricted graph, all follow."""
        restricted = ox.NamedNode(self.names.asserted(GraphKind.RESTRICTED))
        found = dict(of_node)
        for a_class, name in self._rules.followers.items():
            kept_apart = set(self._instances(a_class, restricted))
            for follower in self._instances(a_class, None):
                for _, quad in self.said(follower):
                    if quad.predicate != name or isinstance(quad.object, ox.Literal):
                        continue
                    self.followers[quad.object].append(follower)
                    row = of_node.get(quad.object)
                    if row is None and follower in kept_apart:
                        row = self._row_by_graph(quad.object)
                    if row is not None:
                        found[follower] = row
        return found

    def _row_by_graph(self, node: Node) -> Data | None:
        rows = [self._graphs[quad.graph_name] for _, quad in self.said(node) if quad.predicate == _TYPE]
        return next((row for row in rows if row is not Data.STRUCTURE), None)

    def _rows_of_properties(self) -> Mapping[tuple[Node, ox.NamedNode], Data]:
        """Return the row of a property of a node, where its class decides on it."""
        return {
            (node, name): row
            for a_class, properties in self._rules.properties_of.items()
            for node in self._instances(a_class, None)
            for name, row in properties.items()
        }

    def _rows_of_conclusions(self) -> Mapping[Node, Data]:
        return {
            node: row
            for a_class, row in self._rules.conclusions.items()
            for node in self._instances(a_class, None)
        }

    def _instances(self, a_class: ox.NamedNode, graph: ox.NamedNode | None) -> list[Node]:
        found = (self.quads[place] for place in self._typed.get(a_class, ()))
        return [quad.subject for quad in found if graph is None or quad.graph_name == graph]

    def _read_by(self, reads: Footprint) -> Sequence[ox.Quad]:
        """Return what a query may read, and more."""
        predicates = {ox.NamedNode(name) for name, _ in reads.reads}
        typed = (self._typed.get(ox.NamedNode(name), ()) for name in reads.classes)
        if reads.everything or _TYPE in predicates:
            return self.quads
        kept = [quad for quad in self.quads if quad.predicate in predicates]
        return [*kept, *(self.quads[place] for place in chain.from_iterable(typed))]

    def registers(self, node: Node) -> bool:
        """Tell whether something is said about a node."""
        return any(node in anchors for anchors in self.rows.values())

    def ask(self, query: str, given: Mapping[str, Iterable[ox.NamedNode]]) -> frozenset[Node]:
        """Return what a query selects over everything, the values given put in where it says so.

        A line "# name" in the query stands for ``VALUES ?name { … }``; ``?today`` is the date of the check.
        """
        return self._asked(self.whole, query, given)

    def _asked(
        self, store: EmbeddedStore, query: str, given: Mapping[str, Iterable[ox.NamedNode]]
    ) -> frozenset[Node]:
        today = f'"{self.head.as_of.isoformat()}"^^<{XSD.date}>'
        text = query.replace("?today", today)
        for name, nodes in given.items():
            listed = " ".join(str(node) for node in nodes)
            text = text.replace(f"# {name}\n", f"VALUES ?{_VARIABLES[name]} {{ {listed} }}\n")
        solutions = store.select(text, graphs=self.names.checked())
        return frozenset(row[0] for row in solutions if isinstance(row[0], ox.NamedNode | ox.BlankNode))


_VARIABLES = {"caller": "me", "own": "own", "mine": "mine"}


@cache
def _unannounced() -> tuple[str, Footprint]:
    query = resources.files("dutygraph.service.access").joinpath("unannounced.rq").read_text(encoding="utf-8")
    return query, read_by_query(query)
