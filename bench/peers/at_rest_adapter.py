"""Dutygraph on data at rest in a pyoxigraph Store, bureaus as named graphs.

    python at_rest_adapter.py one|side|threads|union STORE SHAPES

STORE is N-Quads, read into memory before anything is timed, or a folder. ``one`` validates the first bureau,
``side`` every bureau by itself, ``threads`` the same on as many threads as there are processors, ``union``
all graphs as one.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
from dutygraph_adapter import rows
from runner import emit, peak_kib, timer

from dutygraph.shacl import Compiled, Report, compile_shapes, validate, validate_each

_BUREAU = re.compile(r"(.*/bureau/[^/]+)/.*")


def bureaus(store: ox.Store) -> list[list[str]]:
    """Give the graphs of each bureau."""
    names = sorted(graph.value for graph in store.named_graphs())
    return [list(group) for _, group in groupby(names, key=lambda name: _BUREAU.sub(r"\1", name))]


def opened(place: str) -> ox.Store:
    """Give the store in memory or in a folder."""
    if Path(place).is_dir():
        return ox.Store(place)
    store = ox.Store()
    store.bulk_load(path=place, format=ox.RdfFormat.N_QUADS)
    return store


def check(store: ox.Store, shapes: Compiled, graphs: list[str] | None) -> Report:
    """Validate these graphs of the store, None for all."""
    return validate(store, shapes, engine="compiled", graphs=graphs)


def check_all(store: ox.Store, shapes: Compiled, graphs: list[list[str]]) -> list[Report]:
    """Validate every bureau by itself, several at a time."""
    return list(validate_each(store, shapes, graphs))


def run(mode: str, place: str, shapes: str) -> None:
    """Time one way of validating, and print the results."""
    store = opened(place)
    graphs = bureaus(store)
    chosen: list[list[str] | None] = [None] if mode == "union" else [*graphs][: 1 if mode == "one" else None]
    # Forget the memory that loading took: only what holds the data and what validation adds is counted.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    seconds, timed = timer()
    # Compiled once for all bureaus, and shared by the reports.
    compiled = timed("shapes", compile_shapes, shapes)
    if mode == "threads":
        reports = timed("validate", check_all, store, compiled, graphs)
    else:
        reports = [timed("validate", check, store, compiled, mine) for mine in chosen]
    peak = peak_kib()
    emit([row for report in reports for row in rows(report)], seconds, peak)


run(*sys.argv[1:])
