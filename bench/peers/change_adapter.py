"""Dutygraph after a change of one record: the bureau under watch in a store of many.

    python change_adapter.py STORE

Records of the first bureau, evenly over all kinds, are changed one by one: one value is taken out and put
back, then the whole record is. Timed is the commit until the new list of gaps is there. Now and then the list
is compared with that of a full check. STORE is N-Quads, read into memory, or a folder, of which a copy is
changed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pyoxigraph as ox
from runner import peak_kib

from dutygraph.check import check
from dutygraph.model import Delta, Statement
from dutygraph.recheck import Recheck
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore

NAMES = BureauGraphs(DEFAULT_BASE, "SL01")
AS_OF = date(2025, 12, 31)
RECORDS = 40
EVERY = 25
_FIXED = ("#type", "/identifier")


def opened(place: str, scratch: str) -> EmbeddedStore:
    """Give the store in memory or a copy of the folder."""
    if Path(place).is_dir():
        return EmbeddedStore(Path(shutil.copytree(place, Path(scratch) / "store")))
    store = EmbeddedStore()
    store.oxigraph.bulk_load(path=place, format=ox.RdfFormat.N_QUADS)
    return store


def changes(store: EmbeddedStore) -> Iterator[tuple[str, Delta]]:
    """Yield changes, each followed by the one that undoes it."""
    statements = sorted(store.statements(NAMES), key=repr)
    records = [list(group) for _, group in groupby(statements, key=attrgetter("subject"))]
    chosen = [records[at * len(records) // RECORDS] for at in range(RECORDS)]
    for record in chosen:
        values = [s for s in record if not str(s.predicate).endswith(_FIXED)] or record
        yield from _there_and_back("one value", tuple(values[len(values) // 2 :][:1]))
    for record in chosen:
        yield from _there_and_back("a whole record", tuple(record))


def _there_and_back(kind: str, gone: tuple[Statement, ...]) -> Iterator[tuple[str, Delta]]:
    yield kind, Delta(NAMES.code, NAMES.base, (), gone)
    yield kind, Delta(NAMES.code, NAMES.base, gone)


def main() -> None:
    """Change, time, compare, print."""
    with tempfile.TemporaryDirectory() as scratch:
        store = opened(sys.argv[1], scratch)
        watch = Recheck(store, NAMES, AS_OF)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        times: dict[str, list[float]] = {}
        different = compared = 0
        for number, (kind, delta) in enumerate(changes(store)):
            start = time.perf_counter()
            watch.commit(delta)
            times.setdefault(kind, []).append(time.perf_counter() - start)
            if number % EVERY == 0:
                compared += 1
                full = {gap.id for gap in check(store, NAMES, as_of=AS_OF).findings}
                different += full != {gap.id for gap in watch.findings}
        print(
            json.dumps({"times": times, "different": different, "compared": compared, "peak_kib": peak_kib()})
        )


main()
