"""Side by side: the time from a commit to the new list of gaps, in a store of one bureau and of many.

    python bench/recheck.py [--bureaus 1 10 100] [--rounds 20]

The example bureau is copied under other names. Changed are, in the first bureau, a control's owner post, a
tier-3 appointment (taken away), an issue (closed), and records drawn at random (taken away whole). Every
change is undone, and the undoing is timed too. The stores are changed in turn: they share the machine's load.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from random import Random
from statistics import median, quantiles

import pyoxigraph as ox
from rdflib import RDF, URIRef

from dutygraph.model import Delta, Statement
from dutygraph.ontology import SV
from dutygraph.recheck import Recheck
from dutygraph.sources import OpenSource, open_source
from dutygraph.store import EmbeddedStore

BUREAU = Path(str(resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")))
AS_OF = date(2025, 12, 31)
Pair = tuple[list[Statement], list[Statement]]


def copied(source: OpenSource, number: int) -> EmbeddedStore:
    """Give a store of so many bureaus, the first of them the source's."""
    text = source.store.export(source.store.graphs()).decode()
    store = EmbeddedStore()
    for count in range(number):
        named = text if count == 0 else text.replace("/bureau/SL01", f"/bureau/C{count:04}")
        store.oxigraph.bulk_load(named.encode(), ox.RdfFormat.N_QUADS)
    return store


def by_record(source: OpenSource) -> dict[URIRef, list[Statement]]:
    records: dict[URIRef, list[Statement]] = {}
    for statement in source.store.statements(source.names):
        records.setdefault(statement.subject, []).append(statement)
    return records


def of(records: dict[URIRef, list[Statement]], kind: URIRef) -> list[URIRef]:
    return sorted(
        r for r, stated in records.items() if any((s.predicate, s.object) == (RDF.type, kind) for s in stated)
    )


def other(statement: Statement, value: URIRef) -> Pair:
    return [Statement(statement.subject, statement.predicate, value, statement.graph)], [statement]


def owner_post(records: dict[URIRef, list[Statement]], random: Random) -> Pair:
    """Give a control another owner post."""
    owned = [s for r in of(records, SV.Control) for s in records[r] if s.predicate == SV.ownerPost]
    statement = random.choice(owned)
    return other(statement, random.choice([p for p in of(records, SV.Post) if p != statement.object]))


def appointment(records: dict[URIRef, list[Statement]], random: Random) -> Pair:
    """Take a tier-3 appointment away."""
    tiers = [s for r in of(records, SV.SupervisorAppointment) for s in records[r] if s.predicate == SV.tier]
    third = [s.subject for s in tiers if str(s.object) == "3"]
    return [], records[random.choice(third)]


def issue(records: dict[URIRef, list[Statement]], random: Random) -> Pair:
    """Close an issue, or open a closed one."""
    states = [s for r in of(records, SV.Issue) for s in records[r] if s.predicate == SV.state]
    statement = random.choice(states)
    closed = SV["issue-closed"]
    return other(statement, SV["issue-rectifying"] if statement.object == closed else closed)


def any_record(records: dict[URIRef, list[Statement]], random: Random) -> Pair:
    """Take any record away."""
    return [], records[random.choice(sorted(records))]


CHANGES: tuple[Callable[[dict[URIRef, list[Statement]], Random], Pair], ...] = (
    owner_post,
    appointment,
    issue,
    any_record,
)


def timed(watch: Recheck, source: OpenSource, pair: Pair) -> Iterator[tuple[float, float]]:
    """Commit a change and undo it; yield the seconds each took, by the clock and of the processor."""
    for added, removed in (pair, pair[::-1]):
        delta = Delta(source.names.code, source.names.base, tuple(added), tuple(removed))
        start, cpu = time.perf_counter(), time.process_time()
        watch.commit(delta)
        yield time.perf_counter() - start, time.process_time() - cpu


def main() -> None:
    """Measure and print one line for each kind of change and size of store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bureaus", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    source = open_source([BUREAU])
    records = by_record(source)
    watches = {size: Recheck(copied(source, size), source.names, AS_OF) for size in arguments.bureaus}
    times: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for number in range(arguments.rounds):
        for change in CHANGES:
            pair = change(records, Random(number))
            for size, watch in watches.items():
                times.setdefault((change.__name__, size), []).extend(timed(watch, source, pair))
    for size in arguments.bureaus:
        times["all four", size] = [t for change in CHANGES for t in times[change.__name__, size]]
    print(f"{'change':14}{'bureaus':>8}{'median ms':>11}{'p95 ms':>9}{'cpu ms':>8}{'to one':>8}")
    for (name, size), seconds in times.items():
        clock, cpu = zip(*seconds, strict=True)
        first, _ = zip(*times[name, arguments.bureaus[0]], strict=True)
        figures = (1000 * median(clock), 1000 * quantiles(clock, n=20)[-1], 1000 * median(cpu))
        print(f"{name:14}{size:8}{figures[0]:11.1f}{figures[1]:9.1f}{figures[2]:8.1f}", end="")
        print(f"{median(clock) / median(first):8.2f}")


if __name__ == "__main__":
    main()
