"""A private copy of a data graph that follows its changes; what a session asks its queries of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from dutygraph.shacl.dataset import Data, Term
from dutygraph.shacl.ways import TYPE, Tracer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rdflib.term import Node

_LIST = "tag:dutygraph,2026:shacl:focus"
_ANCHOR = ox.NamedNode(_LIST)
_TYPE = ox.NamedNode(TYPE)


class Mirror(Data):
    """The union of some graphs of a Store, in memory, each triple once.

    Small: reading it costs the same, however large the Store is.
    """

    def __init__(self, store: ox.Store, graphs: Sequence[str] | None = None) -> None:
        """Copy the graphs; raises DataError when none of them is there."""
        super().__init__(store, graphs, copy=True)
        # Made before a target literal is kept: what comes from a Store needs no second copy.
        self._asked = self._plain

    def update(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Make triples come and go (what is in both, stays); give those that really did."""
        new = {ox.Quad(*t) for t in added}
        gone = {q for q in (ox.Quad(*t) for t in removed) if q not in new and q in self._asked}
        new = {q for q in new if q not in self._asked}
        for quad in gone:
            self._asked.remove(quad)
        self._asked.extend(new)
        self.__dict__.pop("_below", None)
        return {q.triple for q in new | gone}

    def has_value(self, focus: Term, predicate: Node) -> bool:
        """Tell whether a node has a value."""
        return self._any(focus, ox.NamedNode(str(predicate)), None)

    def is_value(self, focus: Term, predicate: Node) -> bool:
        """Tell whether a node is a value."""
        return self._any(None, ox.NamedNode(str(predicate)), focus)

    def tracer(self, triples: Iterable[ox.Triple]) -> Tracer:
        """Give a tracer of a change that the data have already followed."""
        return Tracer(triples, self._asked)

    def is_instance(self, focus: Term, classes: Iterable[str]) -> bool:
        """Tell whether a node has one of some classes, given as IRIs."""
        return any(self._any(focus, _TYPE, ox.NamedNode(cls)) for cls in classes)

    def types(self, node: Term | ox.Triple) -> Iterator[str]:
        """Give the classes of a node."""
        if isinstance(node, ox.NamedNode | ox.BlankNode):
            for quad in self._asked.quads_for_pattern(node, _TYPE, None, ox.DefaultGraph()):
                if isinstance(quad.object, ox.NamedNode):
                    yield quad.object.value

    def select(self, query: str) -> ox.QuerySolutions:
        """Answer a SELECT."""
        return self._select(query, plain=True)

    def triples(self) -> Iterator[ox.Triple]:
        """Give all triples."""
        return self._about(None)

    def about(self, node: Term) -> Iterator[ox.Triple]:
        """Give the triples that a node is the subject of."""
        return self._about(node)

    def _about(self, node: Term | None) -> Iterator[ox.Triple]:
        if not isinstance(node, ox.Literal):
            for quad in self._asked.quads_for_pattern(node, None, None, ox.DefaultGraph()):
                yield quad.triple

    def relist(self, name: str, nodes: Iterable[Term]) -> str:
        """Make a list of nodes beside the data; give a pattern that binds `?dg0` to each of them."""
        graph = ox.NamedNode(f"{_LIST}:{name}")
        self._asked.clear_graph(graph)
        self.enlist(name, nodes)
        return f"GRAPH {graph} {{ {_ANCHOR} {_ANCHOR} ?dg0 }}"

    def enlist(self, name: str, added: Iterable[Term], removed: Iterable[Term] = ()) -> None:
        """Change a list of nodes."""
        graph = ox.NamedNode(f"{_LIST}:{name}")
        for term in removed:
            self._asked.remove(ox.Quad(_ANCHOR, _ANCHOR, term, graph))
        self._asked.extend(ox.Quad(_ANCHOR, _ANCHOR, term, graph) for term in added)

    def _any(self, subject: Term | None, predicate: ox.NamedNode, value: Term | None) -> bool:
        if isinstance(subject, ox.Literal):
            return False
        found = self._asked.quads_for_pattern(subject, predicate, value, ox.DefaultGraph())
        return next(iter(found), None) is not None


def as_stored(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Give triples with their literals as a Store gives them back ("01"^^xsd:integer becomes "1")."""
    scratch = ox.Store()
    scratch.extend(ox.Quad(*triple) for triple in triples)
    return [quad.triple for quad in scratch]
