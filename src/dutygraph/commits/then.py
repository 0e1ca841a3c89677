"""Judging by the rules of then, in a process of its own.

What is read from rule files is remembered for the life of a process: other rules need another process. It
reads a pickled ``Task`` and writes the pickled report; both ends are this program.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from dutygraph.check import check
from dutygraph.model import CheckReport, Text
from dutygraph.rulefiles import take_rule_files_from
from dutygraph.store import BureauGraphs, EmbeddedStore, StoreFolderError


@dataclass(frozen=True, slots=True)
class Task:
    """What to judge: a bureau's quads as N-Quads, by which date, by the rule files in which folder."""

    root: Path
    names: BureauGraphs
    as_of: date
    quads: bytes


def check_then(
    store: EmbeddedStore, names: BureauGraphs, as_of: date, files: Mapping[str, bytes]
) -> CheckReport:
    """Check a bureau of a store in memory by the rules in these files.

    Raises:
        StoreFolderError: this version of the product cannot run these rules.

    """
    with TemporaryDirectory(prefix="dutygraph-rules-") as folder:
        root = Path(folder)
        for name, data in files.items():
            path = root / name
            if not path.resolve().is_relative_to(root.resolve()):
                raise _not_run(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        quads = ox.serialize(iter(store.oxigraph), format=ox.RdfFormat.N_QUADS) or b""
        done = subprocess.run(  # noqa: S603 - this program; nothing of the task is on its command line
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            input=pickle.dumps(Task(root, names, as_of, quads)),
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise _not_run(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    report = pickle.loads(done.stdout)  # noqa: S301 - written by the process above
    assert isinstance(report, CheckReport)
    return report


def _not_run(why: str) -> StoreFolderError:
    return StoreFolderError(
        Text(
            f"本版本无法运行当时的规则（{why}）。可按现行规则检查：--rules-of now。",
            f"This version cannot run the rules of then ({why}). Check by the rules of now: --rules-of now.",
        )
    )


def main() -> None:
    """Judge what standard input says, and write the report to standard output."""
    task = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by the process that started this one
    assert isinstance(task, Task)
    take_rule_files_from(task.root)
    store = EmbeddedStore()
    store.oxigraph.bulk_extend(ox.parse(task.quads, ox.RdfFormat.N_QUADS))
    sys.stdout.buffer.write(pickle.dumps(check(store, task.names, as_of=task.as_of)))
