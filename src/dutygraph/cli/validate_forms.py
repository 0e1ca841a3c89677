"""The forms of a SHACL validation report, written piece by piece: a report may be long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import BinaryIO

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from dutygraph.shacl import Explanation, Report, Result, Step, path_text
from dutygraph.shacl.explaining import as_data, as_lines
from dutygraph.shacl.source import from_rdflib

Told = Mapping[int, Explanation]

_PREFIXES = {"sh": "http://www.w3.org/ns/shacl#", "xsd": "http://www.w3.org/2001/XMLSchema#"}


class ResultFormat(StrEnum):
    """The forms of a validation report."""

    TEXT = "text"
    TURTLE = "turtle"
    JSON = "json"
    LINES = "lines"


def write(form: ResultFormat, report: Report, told: Told, lang: str, file: BinaryIO) -> None:
    """Write a report in a form; `told` are explanations by the number of the result."""
    if form is ResultFormat.TURTLE:
        _write_turtle(report, file)
    else:
        put(_WRITERS[form](report, told, lang), file)


def put(pieces: Iterable[str], file: BinaryIO) -> None:
    """Write a text piece by piece, in UTF-8."""
    for piece in pieces:  # noqa: FURB122 - writelines would pass by a `write` that is wrapped
        file.write(piece.encode())


def as_json_lines(results: Iterable[Result], shapes: Graph) -> Iterator[str]:
    """Give one JSON object a line for each result."""
    for result in results:
        yield json.dumps(_as_data(shapes, result), ensure_ascii=False) + "\n"


def as_plan(steps: Iterable[Step]) -> Iterator[str]:
    """Give each query with the shape and constraint it is for, its rows and its time."""
    before = ""
    for step in steps:
        if step.shape != before:
            yield f"shape {step.shape or '-'}\n"
            before = step.shape
        yield f"  {step.component}: {step.rows} rows, {step.seconds * 1000:.1f} ms\n    {step.query}\n"


def summary(conforms: bool, results: int, examined: Mapping[str, int]) -> str:
    """Give the whole in a line, or two where nothing was examined."""
    count = sum(examined.values())
    head = f"conforms: {str(conforms).lower()}; {results} results; {count} focus nodes examined\n"
    if not count:
        head += "nothing was examined: no target of the shapes is in the data\n"
    return head


def _as_text(report: Report, told: Told, lang: str) -> Iterator[str]:
    yield summary(report.conforms, len(report.results), report.examined)
    for number, result in enumerate(report.results):
        yield _line(report, result)
        if number in told:
            yield from (f"    {line}\n" for line in as_lines(told[number], lang))


def _line(report: Report, result: Result) -> str:
    path = "" if result.path is None else f" {path_text(report.shapes, result.path)}"
    value = "" if result.value is None else f" = {_n3(result.value)}"
    messages = " / ".join(str(message) for message in result.filled(path.strip()))
    severity, component = (str(term).rpartition("#")[2] for term in (result.severity, result.component))
    return f"- {severity} {_n3(result.focus_node)}{path}{value} [{component}] {messages}".rstrip() + "\n"


def _write_turtle(report: Report, file: BinaryIO) -> None:
    triples = (ox.Triple(*(from_rdflib(term) for term in triple)) for triple in report.triples())  # type: ignore[arg-type]
    ox.serialize(triples, file, ox.RdfFormat.TURTLE, prefixes=_PREFIXES)


def _as_json(report: Report, told: Told, _lang: str) -> Iterator[str]:
    head = {"conforms": report.conforms, "examined": dict(report.examined)}
    yield json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + ',\n  "results": ['
    for number, result in enumerate(report.results):
        reasons = {"explanation": as_data(told[number])} if number in told else {}
        text = json.dumps(_as_data(report.shapes, result) | reasons, ensure_ascii=False, indent=2)
        yield ("," if number else "") + "\n    " + text.replace("\n", "\n    ")
    yield "\n  ]\n}\n" if report.results else "]\n}\n"


def _as_lines(report: Report, _told: Told, _lang: str) -> Iterator[str]:
    return as_json_lines(report.results, report.shapes)


def _as_data(shapes: Graph, result: Result) -> dict[str, object]:
    path = None if result.path is None else path_text(shapes, result.path)
    return {
        "focusNode": _n3(result.focus_node),
        "path": path,
        "value": None if result.value is None else _n3(result.value),
        "sourceShape": _n3(result.source_shape),
        "component": str(result.component),
        "severity": str(result.severity),
        "messages": [{"text": str(m), "lang": m.language} for m in result.filled(path or "")],
    }


def _n3(term: Node) -> str:
    return term.n3()


_WRITERS: Mapping[ResultFormat, Callable[[Report, Told, str], Iterator[str]]] = {
    ResultFormat.TEXT: _as_text,
    ResultFormat.JSON: _as_json,
    ResultFormat.LINES: _as_lines,
}
