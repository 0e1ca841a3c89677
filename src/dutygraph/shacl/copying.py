"""Copies of graphs of a Store, as one graph in a Store of its own.

As N-Triples, written and read by pyoxigraph: half the time that it takes to hand over every quad. From a
folder only what is wanted is copied, for there each term is looked up on the disk.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed import ReadableBuffer

_FORMAT = ox.RdfFormat.N_TRIPLES
_Name: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


def copy_of(
    store: ox.Store,
    graphs: Sequence[ox.NamedNode] | None,
    most: int | None = None,
    predicates: frozenset[str] | None = None,
) -> ox.Store | None:
    """Give the union of some graphs of a Store (None: of everything in it) as the default graph of a new one.

    Terms stay as they are, labels of blank nodes too. With more than `most` triples, counted graph by graph,
    there is no copy. Triples of other predicates than `predicates` (None: of any) may be left out.
    """
    if most is not None and graphs is None and len(store) > most:
        return None
    names = list(_all(store) if graphs is None else graphs)
    if predicates is not None and in_folder(store):
        lines = _Lines(most)
        try:
            _write(store, names, predicates, lines)
        except _TooManyError:
            return None
        if b"_:" not in lines.getvalue() and (some := _read(lines.getvalue())) is not None:
            return some
    copy, left = ox.Store(), most
    for name in names:
        lines = _Lines(left)
        try:
            store.dump(lines, _FORMAT, from_graph=name)
        except _TooManyError:
            return None
        left = None if left is None else left - lines.number
        _fill(copy, lines.getvalue(), store, name)
    return copy


def in_folder(store: ox.Store) -> bool:
    """Tell whether a Store lies in a folder; that it can be backed up is all that shows it."""
    try:
        # No backup is made: this folder is there already.
        store.backup(Path(__file__).parent)
    except (RuntimeError, OSError) as error:
        return "in-memory" not in str(error)
    return True


def _write(store: ox.Store, names: list[_Name], predicates: frozenset[str], lines: _Lines) -> None:
    for predicate in sorted(predicates):
        some = f"?s {ox.NamedNode(predicate)} ?o"
        found = store.query(f"CONSTRUCT {{ {some} }} WHERE {{ {some} }}", default_graph=names)
        if isinstance(found, ox.QueryTriples):
            found.serialize(lines, _FORMAT)


def _read(text: bytes) -> ox.Store | None:
    """Give a new Store of these lines, None where a strange IRI is not read again."""
    copy = ox.Store()
    try:
        copy.load(text, _FORMAT, lenient=True)
    except (SyntaxError, ValueError):
        return None
    return copy


def _fill(
    copy: ox.Store, text: bytes, store: ox.Store, name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph
) -> None:
    # Reading gives other labels to blank nodes; and a strange IRI might not be read again.
    if b"_:" not in text:
        try:
            copy.load(text, _FORMAT, lenient=True)
        except (SyntaxError, ValueError):
            pass
        else:
            return
    copy.bulk_extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, name))


def _all(store: ox.Store) -> Iterable[_Name]:
    yield ox.DefaultGraph()
    yield from store.named_graphs()


class _TooManyError(Exception):
    """There are more triples than asked for."""


class _Lines(BytesIO):
    """Takes lines, as many as `most` and no more."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self._most = most
        self.number = 0

    def write(self, some: ReadableBuffer, /) -> int:
        """Take some more bytes; raises _TooManyError."""
        self.number += bytes(some).count(b"\n")
        if self._most is not None and self.number > self._most:
            raise _TooManyError
        return super().write(some)
