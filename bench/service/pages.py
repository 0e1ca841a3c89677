"""What was measured, as lines to read and as a page of the documents."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

from clients import Measured

ENDPOINTS = ("gaps", "coverage", "chart", "commit", "first commit at a bureau")


@dataclass
class Phase:
    """A part of a run: with thinking or flat out; memories in MB, loads, the service's CPU seconds."""

    name: str
    seconds: float
    measured: Measured
    memories: list[int]
    loads: list[float]
    cpu: float


@dataclass
class Run:
    """A service over so many bureaus. ``imported`` is 0 where the store was there already."""

    bureaus: int
    imported: float
    warmed: float
    memory: int
    phases: list[Phase] = field(default_factory=list)


def part(values: list[float], share: float) -> float:
    """Return a percentile in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def rows(run: Run, phase: Phase) -> list[tuple[str, ...]]:
    found = []
    for name in ENDPOINTS:
        values = phase.measured.seconds.get(name)
        if values:
            figures = (f"{part(values, share):.0f}" for share in (0.5, 0.95, 0.99))
            found.append((str(run.bureaus), phase.name, name, str(len(values)), *figures))
    return found


def show(run: Run, phase: Phase) -> None:
    for row in rows(run, phase):
        sys.stdout.write("  ".join(f"{cell:>10}" for cell in row) + "\n")
    total = sum(len(values) for values in phase.measured.seconds.values())
    errors = phase.measured.errors
    sys.stdout.write(
        f"{total / phase.seconds:.1f} requests a second, {len(errors)} errors, "
        f"{phase.measured.checked} answers checked, {phase.cpu / max(total, 1) * 1000:.1f} ms CPU a request\n"
    )
    sys.stdout.write(f"memory MB: {phase.memories}, load average {phase.loads}\n")
    for error in errors[:5]:
        sys.stdout.write(f"  {error}\n")
    sys.stdout.flush()


def write_page(page: Path, runs: list[Run], machine: str, arguments: argparse.Namespace) -> None:
    lines = [
        "# Benchmarks of the service",
        "",
        f"Measured by `python -m bench.service` on {machine}; load generator and service share the machine.",
        f"{arguments.readers} readers, each signed in, ask for pages of 50 gaps (half of the questions),",
        "coverage, and the double-key chart;",
        f"“thinking”: {arguments.thinking:g} s between questions on average, “flat out”: none. A closed",
        "loop: who waits for an answer asks nothing meanwhile. One answer in ten is read and checked.",
        f"One writer changes a control every {arguments.every:g} s, twenty times at one bureau, then",
        "at the next. All times in milliseconds, as the client sees them; a commit is answered when its gaps",
        f"are refreshed. {arguments.minutes:g} minutes for each size, a fifth of it flat out.",
        "",
        "| bureaus | readers | request | count | p50 | p95 | p99 |",
        "|--:|---|---|--:|--:|--:|--:|",
    ]
    lines += [f"| {' | '.join(row)} |" for run in runs for phase in run.phases for row in rows(run, phase)]
    lines += [
        "",
        "| bureaus | readers | requests a second | errors | checked | CPU ms a request | memory, MB | load |",
        "|--:|---|--:|--:|--:|--:|---|---|",
    ]
    for run in runs:
        for phase in run.phases:
            total = sum(len(values) for values in phase.measured.seconds.values())
            memories = ", ".join(map(str, phase.memories))
            errors = len(phase.measured.errors)
            loads = ", ".join(f"{load:.1f}" for load in phase.loads)
            cpu, checked = phase.cpu / max(total, 1) * 1000, phase.measured.checked
            lines.append(
                f"| {run.bureaus} | {phase.name} | {total / phase.seconds:.1f} | {errors} | {checked} | "
                f"{cpu:.1f} | {memories} | {loads} |"
            )
    lines += ["", "A service computes a bureau when it is first asked for it, and then keeps it:"]
    lines += [
        f"{run.warmed:.2f} s a bureau at {run.bureaus} ({run.memory} MB after the last)." for run in runs
    ]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
