"""Which cell of which form a triple came from, kept in the store as RDF 1.2 reifications.

A cell is the node ``<bureau>/cell/<file>/<sheet>/<row>/<column>`` (a part that is unknown is empty) and
``rdf:reifies`` the triples it gave. Cells stand in graphs of their own (``cells-<kind>``), as sensitive
as the triples themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

import pyoxigraph as ox

from dutygraph.model import Cell, Delta, GraphKind, Statement
from dutygraph.store.graphs import BureauGraphs, segment
from dutygraph.store.terms import to_oxigraph

_REIFIES = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")


def triple_of(statement: Statement) -> ox.Triple:
    """Return a statement's triple in pyoxigraph's terms."""
    return ox.Triple(
        ox.NamedNode(str(statement.subject)),
        ox.NamedNode(str(statement.predicate)),
        to_oxigraph(statement.object),
    )


def quads_of(names: BureauGraphs, statements: Iterable[Statement]) -> Iterator[ox.Quad]:
    """Yield each statement's quad, and the one that ties it to its cell."""
    asserted = {kind: ox.NamedNode(names.asserted(kind)) for kind in GraphKind}
    cells = {kind: ox.NamedNode(names.cells(kind)) for kind in GraphKind}
    nodes: dict[Cell, ox.NamedNode] = {}
    for statement in statements:
        triple, cell = triple_of(statement), statement.cell
        graph = asserted[statement.graph]
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)
        if cell is not None:
            node = nodes.get(cell) or nodes.setdefault(cell, ox.NamedNode(_cell_iri(names, cell)))
            yield ox.Quad(node, _REIFIES, triple, cells[statement.graph])


def as_stored(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return quads with their literals as a store gives them back: numbers and dates in their usual form."""
    scratch = ox.Store()
    scratch.extend(quads)
    return set(scratch)


def effect(store: ox.Store, names: BureauGraphs, delta: Delta) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return what a delta takes from a store and puts into it: only what is there, only what is not.

    A statement with a cell is that cell's word for the triple: the triple goes when no cell vouches for it
    any more. A statement without one is the triple itself, which goes with all its cells.
    """
    stated: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, ox.NamedNode] = {
        ox.NamedNode(names.cells(kind)): ox.NamedNode(names.asserted(kind)) for kind in GraphKind
    }
    removed: set[ox.Quad] = set()
    for quad in as_stored(quads_of(names, (one for one in delta.removed if one.cell is None))):
        if quad in store:
            words = store.quads_for_pattern(None, _REIFIES, quad.triple, None)
            removed |= {quad, *(word for word in words if stated.get(word.graph_name) == quad.graph_name)}
    told = as_stored(quads_of(names, (one for one in delta.removed if one.cell is not None)))
    gone = {quad for quad in told if quad.graph_name in stated and quad in store}
    removed |= gone
    for word in gone:
        triple, graph = word.object, word.graph_name
        if isinstance(triple, ox.Triple) and removed.issuperset(
            store.quads_for_pattern(None, _REIFIES, triple, graph)
        ):
            removed.add(ox.Quad(triple.subject, triple.predicate, triple.object, stated[graph]))
    added = as_stored(quads_of(names, delta.added))
    return removed - added, {quad for quad in added if quad not in store}


def cell_of(store: ox.Store, triple: ox.Triple) -> Cell | None:
    """Return the first cell (in file, sheet, row order) that gave a triple, or None."""
    found = (_read_cell(quad.subject) for quad in store.quads_for_pattern(None, _REIFIES, triple, None))
    return min(found, key=_order, default=None)


def read_cells(store: ox.Store, names: BureauGraphs, kind: GraphKind) -> Mapping[ox.Triple, Sequence[Cell]]:
    """Return the cells of every triple of one bureau's graph."""
    cells: dict[ox.Triple, list[Cell]] = {}
    for quad in store.quads_for_pattern(None, _REIFIES, None, ox.NamedNode(names.cells(kind))):
        if isinstance(quad.object, ox.Triple):
            cells.setdefault(quad.object, []).append(_read_cell(quad.subject))
    return cells


def _cell_iri(names: BureauGraphs, cell: Cell) -> str:
    row = "" if cell.row is None else str(cell.row)
    parts = (cell.file, cell.sheet or "", row, cell.column or "")
    return f"{names.bureau}/cell/" + "/".join(segment(part) for part in parts)


def _read_cell(node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Cell:
    if not isinstance(node, ox.NamedNode):
        raise TypeError(f"not a cell: {node}")
    file, sheet, row, column = (unquote(part) for part in node.value.rsplit("/", 4)[1:])
    return Cell(file, sheet or None, int(row) if row else None, column or None)


def _order(cell: Cell) -> tuple[str, str, int, str]:
    return (cell.file, cell.sheet or "", cell.row or 0, cell.column or "")
