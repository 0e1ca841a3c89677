"""The store in this process: pyoxigraph, in memory or in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import pyoxigraph as ox
from rdflib import URIRef

from dutygraph.model import Cell, Delta, GraphKind, Statement, Text
from dutygraph.store.cells import cell_of, effect, read_cells
from dutygraph.store.errors import StoreError, not_written
from dutygraph.store.graphs import BureauGraphs
from dutygraph.store.guarded import Guarded, Trouble, damaged
from dutygraph.store.terms import to_rdflib

# RocksDB's words for a folder that another has; "block" stands in what it says of damage
_IN_USE = re.compile(r"lock hold by|[Ww]hile lock file")


class EmbeddedStore:
    """A pyoxigraph store. One writer; each ``commit`` is one update, hence atomic."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the store in *folder* (made if absent), or an empty one in memory.

        Raises:
            StoreError: the folder is not a store, is damaged, or another process has it open.

        """
        self.folder = folder
        if folder is not None and _holds_something_else(folder):
            raise StoreError(
                Text(
                    f"“{folder}”里有别的文件，不是图库。请指定一个图库文件夹，或一个空的、尚不存在的文件夹。",
                    f"{folder} holds other files and is no store. Name a store folder, or one that is empty "
                    "or does not exist yet.",
                )
            )
        self.trouble = Trouble()
        self._guard: Guarded | None = None
        self._known_to_read: set[str] = set()
        if folder is None:
            self.oxigraph = ox.Store()
            return
        try:
            self._guard = Guarded(ox.Store(folder), folder, self.trouble)
        except (OSError, ValueError, RuntimeError) as error:
            raise _not_opened(folder, error) from error
        self.oxigraph = cast("ox.Store", self._guard)

    @staticmethod
    def is_store(folder: Path) -> bool:
        """Tell whether a folder looks like one of our stores (RocksDB's CURRENT file)."""
        return (folder / "CURRENT").is_file()

    def select(self, query: str, *, graphs: Sequence[str]) -> ox.QuerySolutions:
        """Answer a SELECT over the union of *graphs*, which no FROM or GRAPH can widen."""
        solutions = self._query(query, graphs)
        if not isinstance(solutions, ox.QuerySolutions):
            raise TypeError("not a SELECT query")
        return solutions

    def ask(self, query: str, *, graphs: Sequence[str]) -> bool:
        """Answer an ASK over the union of *graphs*."""
        return bool(self._query(query, graphs))

    def construct(self, query: str, *, graphs: Sequence[str]) -> Iterable[ox.Triple]:
        """Answer a CONSTRUCT over the union of *graphs*."""
        triples = self._query(query, graphs)
        if not isinstance(triples, ox.QueryTriples):
            raise TypeError("not a CONSTRUCT query")
        return triples

    def cell(self, triple: ox.Triple) -> Cell | None:
        """Return the cell that a triple came from, or None."""
        return cell_of(self.oxigraph, triple)

    def statements(self, names: BureauGraphs) -> Iterator[Statement]:
        """Yield what one bureau's asserted graphs hold, once for every cell that gave it."""
        for kind in GraphKind:
            cells = read_cells(self.oxigraph, names, kind)
            for quad in self.oxigraph.quads_for_pattern(None, None, None, ox.NamedNode(names.asserted(kind))):
                subject, predicate = to_rdflib(quad.subject), to_rdflib(quad.predicate)
                if isinstance(subject, URIRef) and isinstance(predicate, URIRef):
                    for cell in cells.get(quad.triple, (None,)):
                        yield Statement(subject, predicate, to_rdflib(quad.object), kind, cell)

    def commit(self, delta: Delta) -> None:
        """Write a delta and the cells of its statements in one atomic update."""
        removed, added = effect(self.oxigraph, BureauGraphs(delta.base, delta.bureau), delta)
        self._update(removed, added)

    def replace(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make a graph hold exactly these triples, in one atomic update."""
        name = ox.NamedNode(graph)
        wanted = {ox.Quad(t.subject, t.predicate, t.object, name) for t in triples}
        present = set(self.oxigraph.quads_for_pattern(None, None, None, name))
        self._update(present - wanted, wanted - present)

    def change(self, removed: Iterable[ox.Quad], added: Iterable[ox.Quad]) -> None:
        """Take quads out and put quads in, in one atomic update; what is in both, stays."""
        new = set(added)
        self._update(set(removed) - new, new)

    def quads(self, graphs: Sequence[str]) -> Iterator[ox.Quad]:
        """Yield the quads of these graphs, one graph after the other."""
        for graph in graphs:
            yield from self.oxigraph.quads_for_pattern(None, None, None, ox.NamedNode(graph))

    def snapshot(self, graphs: Sequence[str]) -> list[ox.Quad]:
        """Return the quads of these graphs as they were at one moment, whatever is written meanwhile."""
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in graphs]
        # one pattern, row by row: this one ends at a damaged block
        rows = self.oxigraph.query("SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }", named_graphs=named)
        assert isinstance(rows, ox.QuerySolutions)
        return [ox.Quad(row["s"], row["p"], row["o"], row["g"]) for row in rows]

    def sync(self) -> None:
        """Force to disk what has been written, so that a power cut cannot take it back.

        RocksDB hands its log to the operating system at each update, but does not wait for the disk.

        Raises:
            StoreError: the disk does not take it.

        """
        if self.folder is None:
            return
        try:
            for log in self.folder.glob("*.log"):
                with log.open("rb") as file:
                    os.fsync(file.fileno())
        except FileNotFoundError:  # RocksDB has just written that log out into its tables, and forced those
            pass
        except OSError as error:
            raise not_written(error) from error

    def close(self) -> None:
        """Let go of the folder. The store cannot be used any more."""
        del self.oxigraph
        if self._guard is not None:
            self._guard.let_go()

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that hold something, sorted."""
        # pyoxigraph remembers the names of graphs that were emptied
        held = (
            name
            for name in self.oxigraph.named_graphs()
            if any(True for _ in self.oxigraph.quads_for_pattern(None, None, None, name))
        )
        return tuple(sorted(name.value for name in held))

    def triples(self, graphs: Sequence[str]) -> frozenset[ox.Triple]:
        """Return the union of these graphs, each triple once."""
        return frozenset(
            quad.triple
            for graph in graphs
            for quad in self.oxigraph.quads_for_pattern(None, None, None, ox.NamedNode(graph))
        )

    def export(self, graphs: Sequence[str]) -> bytes:
        """Return these graphs as N-Quads, sorted by line, so that equal stores give equal bytes."""
        lines = sorted(
            f"{quad} .\n"
            for graph in graphs
            for quad in self.oxigraph.quads_for_pattern(None, None, None, ox.NamedNode(graph))
        )
        return "".join(lines).encode()

    def _query(
        self, query: str, graphs: Sequence[str]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        # pyoxigraph's lists are invariant: one list for each of its two parameters
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(name) for name in graphs]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(name) for name in graphs]
        self._read_through(graphs)
        return self.oxigraph.query(query, default_graph=default, named_graphs=named)

    def _read_through(self, graphs: Sequence[str]) -> None:
        """Read each graph on disk once before it is first queried, so that damage is told.

        Over a damaged block, pyoxigraph's ASK, its joins and its sorting try the same step for ever.
        """
        if self.folder is None or self._known_to_read.issuperset(graphs):
            return
        for _ in self.quads([name for name in graphs if name not in self._known_to_read]):
            pass
        self._known_to_read.update(graphs)

    def _update(self, removed: set[ox.Quad], added: set[ox.Quad]) -> None:
        try:
            if removed:
                self._exchange(removed, added)
            else:
                # pyoxigraph adds all the quads of one call or none, and faster than an update is parsed.
                self.oxigraph.extend(added)
        except OSError as error:
            failed = not_written(error)
            self.trouble.unwritten = failed.text
            raise failed from error
        self.trouble.unwritten = None

    def _exchange(self, removed: set[ox.Quad], added: set[ox.Quad]) -> None:
        operations = [
            f"{verb} DATA {{\n" + "".join(_graph_pattern(quad) for quad in quads) + "}"
            for verb, quads in (("DELETE", removed), ("INSERT", added))
            if quads
        ]
        self.oxigraph.update(" ;\n".join(operations))


def _not_opened(folder: Path, error: Exception) -> StoreError:
    if isinstance(error, RuntimeError):
        return damaged(folder, error)
    if _IN_USE.search(str(error)):
        return StoreError(
            Text(
                f"图库“{folder}”正被另一个程序使用。请等它结束后再试。",
                f"The store {folder} is in use by another program. Wait until it has finished.",
            )
        )
    return StoreError(
        Text(
            f"无法打开图库“{folder}”，它可能已损坏，或者没有读写权限：{error}。"
            "请检查权限；已损坏的，用 dutygraph restore 由备份恢复。",
            f"The store {folder} cannot be opened; it may be damaged, or not yours to write: {error}. "
            "Check permissions; where it is damaged, restore a backup with dutygraph restore.",
        )
    )


def _holds_something_else(folder: Path) -> bool:
    if folder.is_dir():
        return not EmbeddedStore.is_store(folder) and any(folder.iterdir())
    return folder.exists()


def _graph_pattern(quad: ox.Quad) -> str:
    value = f"<<( {quad.object} )>>" if isinstance(quad.object, ox.Triple) else str(quad.object)
    return f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {value} }}\n"
