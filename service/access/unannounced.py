"""What must not be told of yet: the plan items and inspections that ``unannounced.rq`` finds in any graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from itertools import chain

import pyoxigraph as ox
from rdflib import XSD

from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.sorting import TYPE, Node, Sorting
from dutygraph.service.access.union import UnionStore
from dutygraph.shacl.footprint import Footprint, read_by_query
from dutygraph.store import BureauGraphs, EmbeddedStore

_VARIABLES = {"caller": "me", "own": "own", "mine": "mine"}


def unannounced(names: BureauGraphs, as_of: date, sorting: Sorting) -> frozenset[Node]:
    """Return what must not be told of on a day."""
    query, reads = _query()
    graphs = tuple(f"{names.bureau}/{word}" for word in row_rules().graphs)
    store = UnionStore(names, graphs, lambda: _read_by(sorting, reads))
    return asked(store, names, as_of, query, {})


def reads_unannounced() -> Footprint:
    """Return what decides what must not be told of."""
    return _query()[1]


def asked(
    store: EmbeddedStore,
    names: BureauGraphs,
    as_of: date,
    query: str,
    given: Mapping[str, Iterable[ox.NamedNode]],
) -> frozenset[Node]:
    """Return what a query selects, the values given put in where it says so.

    A line "# name" in the query stands for ``VALUES ?name { … }``; ``?today`` is the date of the check.
    """
    text = query.replace("?today", f'"{as_of.isoformat()}"^^<{XSD.date}>')
    for name, nodes in given.items():
        listed = " ".join(sorted(map(str, nodes)))  # the same nodes, the same text: its answer is kept
        text = text.replace(f"# {name}\n", f"VALUES ?{_VARIABLES[name]} {{ {listed} }}\n")
    solutions = store.select(text, graphs=names.checked())
    return frozenset(row[0] for row in solutions if isinstance(row[0], ox.NamedNode | ox.BlankNode))


def _read_by(sorting: Sorting, reads: Footprint) -> Sequence[ox.Quad]:
    """Return what a query may read, and more."""
    quads = sorting.quads
    predicates = {ox.NamedNode(name) for name, _ in reads.reads}
    if reads.everything or TYPE in predicates:
        return list(quads.values())
    typed = (sorting.typed.get(ox.NamedNode(name), ()) for name in reads.classes)
    kept = (quad for quad in quads.values() if quad.predicate in predicates)
    return [*kept, *(quads[place] for place in chain.from_iterable(typed))]


@cache
def _query() -> tuple[str, Footprint]:
    query = resources.files("dutygraph.service.access").joinpath("unannounced.rq").read_text(encoding="utf-8")
    return query, read_by_query(query)
