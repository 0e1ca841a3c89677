"""The process that `limited` starts: does one task and leaves its outcome in a file."""

from __future__ import annotations

import math
import pickle
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from dutygraph.shacl import validate
from dutygraph.shacl.errors import ShaclError
from dutygraph.shacl.limited import Outcome, Task
from dutygraph.shacl.source import parse_file

if TYPE_CHECKING:
    from dutygraph.shacl.source import Source

# Longer than the limit by this, it ends itself: whoever started it is gone.
GRACE = 5


def do(task: Task) -> Outcome:
    """Validate as a task says."""
    try:
        report = validate(
            _source(task),
            task.shapes,
            engine="compiled" if task.engine == "compiled" else "pyshacl",
            graphs=task.graphs,
            advanced=task.advanced,
        )
    except ShaclError as error:
        return Outcome(error=error)
    return Outcome(report.results, tuple(report.examined.items()))


def _source(task: Task) -> Source:
    if not task.is_store:
        return task.data
    store = ox.Store()
    store.bulk_extend(parse_file(task.data))
    return store


def main(folder: Path) -> None:
    """Do the task in a folder; Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task: Task = pickle.loads((folder / "task").read_bytes())  # noqa: S301 - written by our own process
    if hasattr(signal, "alarm") and not math.isinf(task.seconds):
        signal.alarm(math.ceil(task.seconds) + GRACE)
    done = pickle.dumps(do(task))
    (folder / "outcome").write_bytes(done)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
