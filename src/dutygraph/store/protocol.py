"""What every store can do, embedded or remote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import pyoxigraph as ox

from dutygraph.model import Cell, Delta


class Selecting(Protocol):
    """What can answer a SELECT."""

    def select(self, query: str, *, graphs: Sequence[str]) -> ox.QuerySolutions:
        """Answer a SELECT over the union of *graphs*."""


class Store(Protocol):
    """A set of bureaus' named graphs that can be asked, and changed one commit at a time."""

    def select(self, query: str, *, graphs: Sequence[str]) -> ox.QuerySolutions:
        """Answer a SELECT over the union of *graphs*, which no FROM or GRAPH can widen."""

    def ask(self, query: str, *, graphs: Sequence[str]) -> bool:
        """Answer an ASK over the union of *graphs*."""

    def construct(self, query: str, *, graphs: Sequence[str]) -> Iterable[ox.Triple]:
        """Answer a CONSTRUCT over the union of *graphs*."""

    def triples(self, graphs: Sequence[str]) -> frozenset[ox.Triple]:
        """Return the union of these graphs, each triple once."""

    def cell(self, triple: ox.Triple) -> Cell | None:
        """Return the cell that a triple came from, or None."""

    def commit(self, delta: Delta) -> None:
        """Write a delta and the cells of its statements in one atomic step."""

    def replace(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make a graph hold exactly these triples, in one atomic step."""

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that hold something, sorted."""

    def export(self, graphs: Sequence[str]) -> bytes:
        """Return these graphs as N-Quads, sorted by line, so that equal stores give equal bytes."""
