"""Run an engine in a process of its own: time, processor time, peak memory, results."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Key: TypeAlias = tuple[str, str, str, str]
_RULE = re.compile(r"R\d+")


@dataclass
class Measured:
    """One run: seconds by step, processor seconds, peak KiB, results; or why there are none."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    peak_kib: int = 0
    conforms: bool | None = None
    results: Counter[Key] = field(default_factory=Counter)
    failed: str = ""

    @property
    def total(self) -> float:
        """Seconds from files to results in hand."""
        return sum(self.seconds.values())


def run(command: Sequence[str | Path], limit: float) -> Measured:
    """Run one adapter; it is stopped when it takes longer than *limit* seconds."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        over = threading.Event()

        def stop() -> None:
            over.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit, stop)
        timer.start()
        process.wait()
        timer.cancel()
        if over.is_set():
            return Measured(failed=f"over {limit:.0f} s")
        out.seek(0)
        err.seek(0)
        if process.returncode:
            last = err.read().decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
            return Measured(failed=f"failed: {last[0][:160]}")
        printed = json.loads(out.read())
    seconds = printed["seconds"]
    cpu = seconds.pop("cpu")
    return Measured(
        seconds=seconds,
        cpu=cpu,
        peak_kib=printed["peak_kib"],
        conforms=printed["conforms"],
        results=Counter(key(row) for row in printed["results"]),
    )


def key(row: Sequence[str]) -> Key:
    """Give what makes two results the same: rule, severity, focus, value.

    A value that only repeats the focus is dropped: engines differ in whether a result of ``sh:sparql`` that
    binds no ``?value`` has one.
    """
    shape, severity, focus, _path, value = row
    rule = _RULE.match(shape)
    return (rule[0] if rule else "unnamed shape", severity, focus, "" if value == focus else value)


def differences(reference: Counter[Key], found: Counter[Key]) -> dict[str, tuple[int, int]]:
    """Give by rule how many results an engine lacks, and how many it has too many."""
    lacking, extra = reference - found, found - reference
    missed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for (rule, *_), count in lacking.items():
        missed[rule] += count
    for (rule, *_), count in extra.items():
        added[rule] += count
    return {rule: (missed[rule], added[rule]) for rule in sorted(missed | added)}
