"""A session beside a full run: random changes, and what must hold after each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from unittest.mock import patch

import pyoxigraph as ox
from agreement import PREFIXES, keys, ttl
from rdflib import Graph

from dutygraph.shacl import Change, EngineError, Report, Session, incremental, validate

Changes = Sequence[tuple[Sequence[str], Sequence[str]]]


def quads(statements: Iterable[str]) -> list[ox.Quad]:
    prefixes = PREFIXES.rpartition("ex: sh:declare")[0]
    return list(ox.parse(prefixes + " ".join(f"{s} ." for s in statements), format=ox.RdfFormat.TURTLE))


def full_run(store: ox.Store, shapes: Graph) -> Report:
    return validate(store, shapes, engine="compiled")


def hold(change: Change, before: Report, after: Report) -> None:
    """Hold a change to what it must be: the difference of two full runs, as multisets."""
    assert keys(change.report) == keys(after)
    assert change.report.examined == after.examined
    old, new = Counter(before.results), Counter(after.results)
    assert Counter(change.new) == new - old
    assert Counter(change.resolved) == old - new
    assert Counter(change.persisting) == new & old


def compare(data: Sequence[str], shape: str, changes: Changes) -> None:
    """Apply changes one by one (statements added, statements removed) and compare with full runs.

    However few focus nodes there are, only those that a change concerns are looked at.
    """
    with patch.object(incremental, "FEW", 0):
        _compare(data, shape, changes)


def _compare(data: Sequence[str], shape: str, changes: Changes) -> None:
    store, shapes = ox.Store(), ttl(shape)
    store.extend(quads(data))
    try:
        before = full_run(store, shapes)
    except EngineError:
        return
    session = Session(store, shapes)
    assert keys(session.report) == keys(before)
    for added, removed in changes:
        change = session.apply(added=quads(added), removed=quads(removed))
        after = full_run(store, shapes)
        hold(change, before, after)
        before = after
