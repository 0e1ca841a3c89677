"""Compare our engine with the peers on the same files, results before times.

    python compare.py [--bureaus 1 10 100] [--runs 3] [--limit 300] [--only ENGINE…] [--tables TABLE…]

Every run is a process of its own; engines take turns, in the other order every second round. An engine
whose results differ gets its time printed all the same, beside what is different. What is measured is kept
in ``results.json``; a later call adds to it and writes ``docs/benchmarks.md`` anew.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changes import measure_changes
from engines import HERE, WORK, Engine, ours, peers
from generate import code, write_data, write_disk
from measure import Key, Measured, differences, run
from tables import write_tables

DATA = WORK / "data"
RESULTS = WORK / "results.json"
SHAPES = DATA / "shapes.ttl"
LONG = 30.0
"""Seconds after which a run is not repeated."""

GAPS = (0, 100, 500, 1000)
SHAPE_COUNTS = ("10", "40", "")


@dataclass(frozen=True)
class Case:
    """One line of a table: what is run on what. `size` is what the table is over."""

    table: str
    size: int
    engine: Engine
    mode: str
    command: tuple[str | Path, ...]

    @property
    def name(self) -> str:
        """A key for the results file."""
        return f"{self.table}|{self.size}|{self.engine.name}|{self.mode}"


def main() -> None:
    """Run the tables asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bureaus", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--only", nargs="+", help="engines by name")
    parser.add_argument("--modes", nargs="+", help='lines of a table, such as "side, memory"')
    parser.add_argument("--tables", nargs="+", default=[*TABLES, "change"], choices=[*TABLES, "change"])
    parser.add_argument("--keep-data", action="store_true", help="use the data that is there")
    asked = parser.parse_args()
    if not asked.keep_data:
        make_data(asked.bureaus, asked.tables)
    known = _kept()
    wanted = [engine for engine in (*peers(), ours()) if engine.name in (asked.only or [engine.name])]
    over: set[tuple[str, str]] = set()
    for table in asked.tables:
        if table == "change":
            known = _keep(dict(measure_changes(DATA, asked.bureaus)))
            continue
        for cases in TABLES[table](sorted(asked.bureaus), wanted):
            fresh = [
                case
                for case in cases
                if (case.engine.name, case.mode) not in over and (asked.modes or [case.mode]).count(case.mode)
            ]
            lines = measure_all(fresh, asked.runs, asked.limit)
            over |= {(c.engine.name, c.mode) for c in fresh if lines[c.name]["failed"].startswith("over")}
            known = _keep(lines)
    write_tables(known, HERE.parent / "docs" / "benchmarks.md")


def _kept() -> dict[str, Any]:
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}  # type: ignore[no-any-return]


def _keep(lines: Mapping[str, object]) -> dict[str, Any]:
    known = _kept() | dict(lines)
    RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
    return known


def make_data(sizes: list[int], tables: list[str]) -> None:
    """Write the files that the tables read."""
    write_data(DATA, sizes, 10)
    if {"rest", "change"} & set(tables):
        write_disk(DATA, sizes)
    if "gaps" in tables:
        for gaps in GAPS:
            write_data(WORK / f"gaps-{gaps}", [1], gaps)


def measure_all(cases: list[Case], runs: int, limit: float) -> dict[str, dict[str, object]]:
    """Run the cases of one size in turns, compare their results, print and give what came of each."""
    measured: dict[str, list[Measured]] = {case.name: [] for case in cases}
    for turn in range(runs):
        for case in cases if turn % 2 == 0 else reversed(cases):
            before = measured[case.name]
            if not before or not (before[-1].failed or before[-1].total > LONG):
                before.append(run(case.command, limit))
    judge, reference = reference_of(cases, measured)
    lines = {}
    for case in cases:
        lines[case.name] = line_of(case, measured[case.name], judge, reference)
        print(case.name, json.dumps(lines[case.name], ensure_ascii=False), flush=True)
    return lines


def reference_of(cases: list[Case], measured: dict[str, list[Measured]]) -> tuple[str, Counter[Key]]:
    """Give who is the judge, and the right results: pySHACL's where it finished, else ours."""
    for wanted in ("pyshacl", ours().name):
        for case in cases:
            runs = measured[case.name]
            whole = not case.mode.startswith("one")
            if case.engine.name == wanted and whole and runs and not runs[-1].failed:
                return wanted, runs[-1].results
    return "", Counter()


def line_of(case: Case, runs: list[Measured], judge: str, expected: Counter[Key]) -> dict[str, object]:
    """Give what is kept of one case: seconds of every run, memory, equality."""
    last = runs[-1]
    if case.mode.startswith("one"):
        first = f"/bureau/{code(1)}/"
        expected = Counter({k: n for k, n in expected.items() if first in f"{k[2]}/"})
    good = [r for r in runs if not r.failed]
    return {
        "table": case.table,
        "size": case.size,
        "engine": case.engine.name,
        "mode": case.mode,
        "failed": last.failed,
        "seconds": [r.total for r in good],
        "steps": good[-1].seconds if good else {},
        "cpu": [r.cpu for r in good],
        "peak_kib": max((r.peak_kib for r in good), default=0),
        "results": last.results.total(),
        "judge": judge,
        "different": differences(expected, last.results) if good and judge else {},
    }


def files(sizes: list[int], engines: list[Engine]) -> Iterator[list[Case]]:
    """All bureaus as one file, and file by file."""
    for size in sizes:
        yield [Case("file", size, e, "file", _call(e, [DATA / f"all-{size}.nt"], SHAPES)) for e in engines]
        if size > 1:
            parts = [DATA / "bureaus" / f"{code(number)}.nt" for number in range(1, size + 1)]
            yield [Case("each", size, e, "each", _call(e, parts, SHAPES)) for e in engines]


def rest(sizes: list[int], engines: list[Engine]) -> Iterator[list[Case]]:
    """Ours on data at rest, in memory and in a folder, judged by ours on the file."""
    for size in sizes:
        for engine in engines:
            if engine == ours():
                cases = [Case("rest", size, engine, "file", _call(engine, [DATA / f"all-{size}.nt"], SHAPES))]
                script = HERE / "peers" / "at_rest_adapter.py"
                for place, title in ((DATA / f"all-{size}.nq", "memory"), (DATA / f"store-{size}", "folder")):
                    for mode in ("one", "side", "threads", "union"):
                        command = (engine.python, script, mode, str(place), str(SHAPES))
                        cases.append(Case("rest", size, engine, f"{mode}, {title}", command))
                yield cases


def shapes(_sizes: list[int], engines: list[Engine]) -> Iterator[list[Case]]:
    """One bureau, more and more shapes."""
    for count in SHAPE_COUNTS:
        file = DATA / (f"shapes-{count}.ttl" if count else "shapes.ttl")
        data = [DATA / "bureaus" / f"{code(1)}.nt"]
        yield [Case("shapes", int(count or 0), e, "file", _call(e, data, file)) for e in engines]


def gaps(_sizes: list[int], engines: list[Engine]) -> Iterator[list[Case]]:
    """One bureau, more and more results."""
    for count in GAPS:
        data = [WORK / f"gaps-{count}" / "all-1.nt"]
        yield [Case("gaps", count, e, "file", _call(e, data, SHAPES)) for e in engines]


TABLES: dict[str, Callable[[list[int], list[Engine]], Iterator[list[Case]]]] = {
    "file": files,
    "rest": rest,
    "shapes": shapes,
    "gaps": gaps,
}


def _call(engine: Engine, data: list[Path], file: Path) -> tuple[str | Path, ...]:
    return (engine.python, "-W", "ignore", engine.adapter, *data, file)


if __name__ == "__main__":
    main()
