"""What every adapter does: read, validate, and print the results in one form, with times and memory.

    python ADAPTER.py DATA… SHAPES

validates each data file against the shapes and prints one JSON object: ``conforms``, ``seconds`` (shapes,
data, validate), ``peak_kib`` (after validation, before printing), and ``results``: sorted lists of source
shape, severity, focus, path and value. Standard library only: it runs in each engine's own environment.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Row = tuple["str | None", ...]

SH = "http://www.w3.org/ns/shacl#"
_TRIPLE = re.compile(r"(\S+)\s+<([^>]*)>\s+(.*?)\s*\.\s*$")
_IRI = re.compile(r"^<(.*)>$", re.DOTALL)
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"


def main(
    shapes: Callable[[str], Any],
    data: Callable[[str], Any],
    validate: Callable[[Any, Any], Any],
    rows: Callable[[Any], Iterable[Row]],
) -> None:
    """Run one engine: four functions, each timed apart from the last.

    *shapes* reads the shapes file, *data* a data file, *validate* takes what they gave and gives a report,
    *rows* yields (shape, severity, focus, path, value) of a report, in N-Triples syntax or None.
    """
    *files, shapes_file = sys.argv[1:]
    seconds, timed = timer()
    prepared = timed("shapes", shapes, shapes_file)
    reports = []
    for file in files:
        graph = timed("data", data, file)
        reports.append(timed("validate", validate, graph, prepared))
        del graph
    peak = peak_kib()
    found = [row for report in reports for row in rows(report)]
    emit(found, seconds, peak)


def timer() -> tuple[dict[str, float], Callable[..., Any]]:
    """Give the seconds by step, and a function that calls another and adds the time it takes.

    ``cpu`` is the processor time of all steps, threads and children included.
    """
    seconds = {"shapes": 0.0, "data": 0.0, "validate": 0.0, "cpu": 0.0}

    def timed(step: str, function: Callable[..., Any], *arguments: object) -> Any:
        start, busy = time.perf_counter(), cpu()
        result = function(*arguments)
        seconds[step] += time.perf_counter() - start
        seconds["cpu"] += cpu() - busy
        return result

    return seconds, timed


def emit(found: Iterable[Row], seconds: Mapping[str, float], peak: int) -> None:
    """Print the results and measurements as JSON."""
    results = sorted(
        [name(shape), name(severity), term(focus), term(path), term(value)]
        for shape, severity, focus, path, value in found
    )
    out = {"conforms": not results, "seconds": seconds, "peak_kib": peak, "results": results}
    json.dump(out, sys.stdout, ensure_ascii=False)


def name(text: str | None) -> str:
    """Give the last part of an IRI."""
    return re.split(r"[/#]", term(text))[-1]


def term(text: str | None) -> str:
    """Give a term in one spelling: an IRI without its brackets, a plain literal without xsd:string."""
    if text is None:
        return ""
    text = str(text)
    match = _IRI.match(text)
    return match[1] if match else text.removesuffix(_STRING)


def cpu() -> float:
    """Give the processor seconds of this process and of the children it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_kib() -> int:
    """Give this process's largest resident memory, and that of the children it waited for."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def report_rows(ntriples: str) -> Iterator[Row]:
    """Yield the rows of a validation report in N-Triples."""
    nodes: dict[str, dict[str, str]] = {}
    results: list[str] = []
    for line in ntriples.splitlines():
        match = _TRIPLE.match(line)
        if match:
            subject, predicate, value = match.groups()
            if predicate == SH + "result":
                results.append(value)
            nodes.setdefault(subject, {})[predicate.removeprefix(SH)] = value
    for result in results:
        node = nodes[result]
        columns = ("sourceShape", "resultSeverity", "focusNode", "resultPath", "value")
        yield tuple(node.get(column) for column in columns)
