"""Telling derived triples from stated ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, Dataset, Graph, URIRef

from dutygraph.shacl.source import parse_file, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from dutygraph.shacl.explaining.model import Triple
    from dutygraph.shacl.source import Source


class InGraphs:
    """Derived is what stands in some named graphs of the source."""

    def __init__(self, source: Source, graphs: Collection[str]) -> None:
        """Look into these graphs; there are none in a single rdflib graph."""
        self._source = source
        self._graphs = [ox.NamedNode(g) for g in sorted(graphs)]
        self._triples: set[Triple] = set()
        self._terms: set[Node] = set()
        if self._graphs:
            self._fill()

    def derived(self, triple: Triple) -> bool:
        """Tell whether a triple of the data stands there."""
        return triple in self._triples

    def stated(self, triple: Triple) -> bool:
        """Tell whether people would add a triple: nothing with its predicate, or its class, is derived."""
        return triple not in self._triples and _term(triple) not in self._terms

    def _fill(self) -> None:
        for triple in self._read():
            self._triples.add(triple)
            self._terms.add(_term(triple))

    def _read(self) -> Iterable[Triple]:
        source = self._source
        if isinstance(source, Dataset):
            names = {URIRef(g.value) for g in self._graphs}
            return [(s, p, o) for s, p, o, name in source.quads((None, None, None, None)) if name in names]
        if isinstance(source, Graph):
            return []
        if isinstance(source, ox.Store):
            quads = [q for g in self._graphs for q in source.quads_for_pattern(None, None, None, g)]
        else:
            quads = [q for q in parse_file(source) if q.graph_name in self._graphs]
        return [(to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in quads]


class ByTest:
    """Derived is what a function of the caller's says, of triples that are there or might be."""

    def __init__(self, test: Callable[[Triple], bool]) -> None:
        """Ask this function."""
        self._test = test

    def derived(self, triple: Triple) -> bool:
        """Tell whether a triple is derived."""
        return self._test(triple)

    def stated(self, triple: Triple) -> bool:
        """Tell whether people would add a triple."""
        return not self._test(triple)


def _term(triple: Triple) -> Node:
    return triple[2] if triple[1] == RDF.type else triple[1]
