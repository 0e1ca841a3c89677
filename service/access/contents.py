"""All that one bureau holds at one commit, each triple with the kind of data it is of.

Made once a commit and never changed; every view of that commit is cut from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import resources

import pyoxigraph as ox
from rdflib import RDF, XSD

from dutygraph.commits.gaps import Seen
from dutygraph.model import Cell, GraphKind
from dutygraph.network import write_metrics
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Data
from dutygraph.service.access.rows import row_rules
from dutygraph.store import BureauGraphs, EmbeddedStore

Node = ox.NamedNode | ox.BlankNode | ox.Triple

_ORIGINS = (ox.NamedNode(str(SV.obligedItem)), ox.NamedNode(str(SV.computedFor)))
_TYPE = ox.NamedNode(str(RDF.type))


class Contents:
    """The quads of one bureau, sorted out by kind of data and by whose they are.

    ``rows`` gives the places in ``quads`` by row and *anchor*: the node by which a triple is or is not
    one's own, as a rule its subject. ``mentions`` gives the places of the triples that name a registered
    node without being about it, ``unregistered`` those that name a node nobody registered, by its row.
    ``followers`` gives the records about a record, which are whose that one is.
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
        self.quads = [quad for quad in quads if quad.graph_name in self._graphs]
        self.whole = EmbeddedStore()
        self.whole.oxigraph.extend(self.quads)
        self._sort()

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
        rules, of_conclusion = self._rules, self._rows_of_conclusions()
        of_node = self._with_followers(self._rows_of_nodes())
        of_property = self._rows_of_properties()
        subjects = {quad.subject for quad in self.quads}
        for place, quad in enumerate(self.quads):
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            row = (
                rules.properties.get(predicate)
                or of_property.get((subject, predicate))
                or of_node.get(subject)
                or self._graphs[quad.graph_name]
            )
            if isinstance(value, ox.Literal):
                self.rows[row].setdefault(subject, []).append(place)
                continue
            anchor = subject
            if predicate == rules.conclusion and value in of_conclusion:
                row, anchor = of_conclusion[value], value
            self.rows[row].setdefault(anchor, []).append(place)
            named = value if anchor == subject else subject
            if named in subjects:
                self.mentions[named].append(place)
            else:
                self._note_unregistered(named, place)

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
            for quad in self.whole.oxigraph.quads_for_pattern(node, predicate, None, None):
                if not isinstance(quad.object, ox.Literal):
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
        query = resources.files("dutygraph.service.access").joinpath("unannounced.rq")
        for node in self.ask(query.read_text(encoding="utf-8"), {}):
            found.setdefault(node, Data.UNANNOUNCED)
        return found

    def _with_followers(self, of_node: Mapping[Node, Data]) -> Mapping[Node, Data]:
        """Return the rows of nodes with those of their followers; in the restricted graph, all follow."""
        restricted = ox.NamedNode(self.names.asserted(GraphKind.RESTRICTED))
        found = dict(of_node)
        for a_class, name in self._rules.followers.items():
            kept_apart = set(self._instances(a_class, restricted))
            for follower in self._instances(a_class, None):
                for quad in self.whole.oxigraph.quads_for_pattern(follower, name, None, None):
                    if isinstance(quad.object, ox.Literal):
                        continue
                    self.followers[quad.object].append(follower)
                    row = of_node.get(quad.object)
                    if row is None and follower in kept_apart:
                        row = self._row_by_graph(quad.object)
                    if row is not None:
                        found[follower] = row
        return found

    def _row_by_graph(self, node: Node) -> Data | None:
        asserted = self.whole.oxigraph.quads_for_pattern(node, _TYPE, None, None)
        rows = [self._graphs[quad.graph_name] for quad in asserted]
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
        found = self.whole.oxigraph.quads_for_pattern(None, _TYPE, a_class, graph)
        return [quad.subject for quad in found]

    def registers(self, node: Node) -> bool:
        """Tell whether something is said about a node."""
        return any(node in anchors for anchors in self.rows.values())

    def ask(self, query: str, given: Mapping[str, Iterable[ox.NamedNode]]) -> frozenset[Node]:
        """Return what a query selects over everything, the values given put in where it says so.

        A line "# name" in the query stands for ``VALUES ?name { … }``; ``?today`` is the date of the check.
        """
        today = f'"{self.head.as_of.isoformat()}"^^<{XSD.date}>'
        text = query.replace("?today", today)
        for name, nodes in given.items():
            listed = " ".join(str(node) for node in nodes)
            text = text.replace(f"# {name}\n", f"VALUES ?{_VARIABLES[name]} {{ {listed} }}\n")
        solutions = self.whole.select(text, graphs=self.names.checked())
        return frozenset(row[0] for row in solutions if isinstance(row[0], ox.NamedNode | ox.BlankNode))


_VARIABLES = {"caller": "me", "own": "own", "mine": "mine"}
