"""What a worker process does: load what one caller may see, evaluate one query, write the answer.

The process knows nothing else: no network, no other file while it evaluates, no secret, and limits on its
memory and time that the operating system holds even if the service is gone.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from dutygraph.service.sparql.rows import CUT, WRITERS

KEPT = 2
"""How many callers' data a worker keeps loaded."""

_SPARE_SECONDS = 1  # the service ends a query at the limit; the system does it this much later
_NICENESS = 5  # the service itself goes first
GRAPH_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "rdf-xml": ox.RdfFormat.RDF_XML,
    "json-ld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "n-quads": ox.RdfFormat.N_QUADS,
}


class Failure(StrEnum):
    """Why there is no answer."""

    SYNTAX = "syntax"
    EVALUATION = "evaluation"
    MEMORY = "memory"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Job:
    """One query: the data (a file of N-Quads, by *key*), the text, the dataset, the format, file and limits.

    Without graphs and without a dataset of its own, a query's default graph is the union of all graphs.
    ``mark`` is how a graph format writes a remark ("#", "<!-- -->" or nothing); ``most_bytes`` is in bytes.
    """

    key: str
    data: str
    text: str
    base: str
    prefixes: Mapping[str, str]
    own_dataset: bool
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    format: str
    mark: str
    answer: str
    most_rows: int
    most_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a query: rows written, the limit it was cut at, or why it failed in whose words."""

    rows: int = 0
    cut: str | None = None
    failure: Failure | None = None
    said: str = ""


def prepare(memory: int) -> None:
    """Make the process fit for strangers' queries; *memory* is in bytes beyond what it has now."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a Python handler would wait for the engine to come back
    os.environ.clear()
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pages = Path("/proc/self/statm")
    if pages.exists():
        most = int(pages.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def answer(job: Job) -> Outcome:
    """Evaluate a query and write the answer. A query that is wrong is an outcome, not an error."""
    store = _load(job.key, job.data)
    # a result that is cut at its head is written again there
    with open(job.answer, "wb") as file, _sealed(job.seconds):  # noqa: PTH123 - no Path work while sealed
        try:
            return _evaluate(store, job, file)
        except SyntaxError as error:
            return Outcome(failure=Failure.SYNTAX, said=str(error))
        except MemoryError:
            return Outcome(failure=Failure.MEMORY)
        except OSError as error:
            return Outcome(failure=Failure.SPACE, said=str(error))
        except (RuntimeError, ValueError) as error:
            return Outcome(failure=Failure.EVALUATION, said=str(error))


@lru_cache(maxsize=KEPT)
def _load(key: str, data: str) -> ox.Store:
    """Return the store of one caller's data; *key* changes with every commit."""
    del key
    store = ox.Store()
    # not bulk_load, which asks for 200 MB at once and is no faster here
    store.load(path=data, format=ox.RdfFormat.N_QUADS)
    return store


@contextmanager
def _sealed(seconds: float) -> Iterator[None]:
    """Let nothing be opened meanwhile, neither file nor connection, and no more time be used than this."""
    files, times = resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU)
    until = int(time.process_time() + seconds) + 1 + _SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (until, times[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, files[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, files)
        resource.setrlimit(resource.RLIMIT_CPU, times)


def _evaluate(store: ox.Store, job: Job, file: BinaryIO) -> Outcome:
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if job.default_graphs is not None or job.named_graphs is not None:
        default = [ox.NamedNode(name) for name in job.default_graphs or ()]
        named = [ox.NamedNode(name) for name in job.named_graphs or ()]
    found = store.query(
        job.text,
        base_iri=job.base,
        prefixes=dict(job.prefixes),
        use_default_graph_as_union=default is None and not job.own_dataset,
        default_graph=default,
        named_graphs=named,
    )
    if isinstance(found, ox.QuerySolutions):
        return _write_rows(found, job, file)
    if isinstance(found, ox.QueryTriples):
        return _write_triples(found, job, file)
    file.write(WRITERS[job.format]([]).truth(value=bool(found)))
    return Outcome(rows=1)


def _write_rows(solutions: ox.QuerySolutions, job: Job, file: BinaryIO) -> Outcome:
    writer = WRITERS[job.format]([variable.value for variable in solutions.variables])
    written = file.write(writer.head())
    rows, cut = 0, None
    for solution in solutions:
        if rows == job.most_rows:
            cut = "rows"
            break
        row = writer.row(tuple(solution), rows)
        if written + len(row) > job.most_bytes:
            cut = "bytes"
            break
        written += file.write(row)
        rows += 1
    file.write(writer.end())
    if cut is not None:
        writer.cut(file, cut, _most(job, cut))
    return Outcome(rows, cut)


def _write_triples(triples: ox.QueryTriples, job: Job, file: BinaryIO) -> Outcome:
    rows, cut = 0, None

    def within_limits() -> Iterator[ox.Triple]:
        nonlocal rows, cut
        for triple in triples:
            if rows == job.most_rows or file.tell() > job.most_bytes:
                cut = "rows" if rows == job.most_rows else "bytes"
                return
            rows += 1
            yield triple

    # an engine's error comes out of the first step already; the serialiser would hide which it was
    begun = within_limits()
    first = next(begun, None)
    ox.serialize(
        () if first is None else chain([first], begun),
        file,
        GRAPH_FORMATS[job.format],
        prefixes=dict(job.prefixes),
    )
    if cut is not None and job.mark:
        remark = f"{CUT} {cut}={_most(job, cut)}"
        opening, closing = [*job.mark.split(), ""][:2]
        file.write(f"\n{opening} {remark} {closing}".rstrip().encode() + b"\n")
    return Outcome(rows, cut)


def _most(job: Job, cut: str) -> int:
    return job.most_rows if cut == "rows" else job.most_bytes
