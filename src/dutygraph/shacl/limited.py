"""Validation under a time limit: in a process of its own, which is killed when the time is over.

pyoxigraph runs a query to its end: no signal and no thread can stop it, only the end of its process does.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from dutygraph.shacl.errors import EngineError, ShaclError, TimeLimitError
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.source import Source, quads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib import Graph

WORKER = "dutygraph.shacl.worker"


@dataclass(frozen=True)
class Task:
    """What the process is asked; `is_store` tells that `data` holds what a Store had already changed.

    `graphs` are named only where `data` is the caller's own file.
    """

    data: Path
    is_store: bool
    shapes: Graph
    engine: str
    graphs: tuple[str, ...] | None
    advanced: bool
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What it answers: results and counts, or what it raised."""

    results: tuple[Result, ...] = ()
    examined: tuple[tuple[str, int], ...] = ()
    error: ShaclError | None = None


def validate(
    data: Source,
    shapes: Graph,
    graphs: Sequence[str] | None,
    *,
    engine: str,
    advanced: bool,
    seconds: float,
) -> Report:
    """Validate in a process of its own, and kill it after so many seconds (`math.inf`: never).

    A file is read by the process itself; any other source is written to a file for it first, outside the
    limit. Ctrl-C ends the process at once.

    Raises TimeLimitError, EngineError when the process dies, and what `validate` raises.
    """
    with tempfile.TemporaryDirectory(prefix="dutygraph-") as name:
        folder = Path(name)
        is_file = isinstance(data, str | Path)
        file = Path(data) if isinstance(data, str | Path) else _written(data, graphs, folder / "data.nt")
        named = tuple(graphs) if is_file and graphs is not None else None
        task = Task(file, isinstance(data, ox.Store), shapes, engine, named, advanced, seconds)
        (folder / "task").write_bytes(pickle.dumps(task))
        outcome = _run(folder, seconds)
    if outcome.error is not None:
        raise outcome.error
    return Report.of(outcome.results, dict(outcome.examined), shapes)


def _written(data: Source, graphs: Sequence[str] | None, file: Path) -> Path:
    triples = (quad.triple for quad in quads(data, graphs, every=True))
    ox.serialize(triples, str(file), format=ox.RdfFormat.N_TRIPLES)
    return file


def _run(folder: Path, seconds: float) -> Outcome:
    # The worker finds this very package, and nothing that lies about in the current folder.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-P", "-m", WORKER, str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    ) as process:
        try:
            _, told = process.communicate(timeout=None if math.isinf(seconds) else seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeLimitError(seconds) from error
        finally:
            process.kill()
    answer = folder / "outcome"
    if not answer.is_file():
        last = told.decode(errors="replace").strip().rpartition("\n")[2]
        raise EngineError(f"the validating process ended with {process.returncode}: {last}")
    outcome: Outcome = pickle.loads(answer.read_bytes())  # noqa: S301 - written by our own process
    return outcome
