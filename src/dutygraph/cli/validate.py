"""``dutygraph validate``: the SHACL validator by itself, any data and any shapes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rdflib import Graph
from rdflib.term import Node

from dutygraph.cli.console import errors
from dutygraph.cli.options import Engine, EngineName, Lang, Language, Output
from dutygraph.shacl import (
    Explanation,
    Report,
    Result,
    ShaclError,
    ShapeError,
    UnsupportedError,
    path_text,
    validate,
)
from dutygraph.shacl import explain as explain_all
from dutygraph.shacl.explaining import as_data, as_lines, prefixed, prefixes_of
from dutygraph.shacl.source import load

Told = Mapping[int, Explanation]

NOT_CONFORMING = 1
FAILED = 2
NOT_SUPPORTED = 3


class ResultFormat(StrEnum):
    """The forms of a validation report."""

    TEXT = "text"
    TURTLE = "turtle"
    JSON = "json"


def run(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="数据图文件 / the data graph")],
    shapes: Annotated[
        Path, typer.Option("--shapes", "-s", metavar="FILE", help="形状文件 / the shapes graph")
    ],
    format_: Annotated[ResultFormat, typer.Option("--format", help="输出格式 / format")] = ResultFormat.TEXT,
    engine: Engine = EngineName.COMPILED,
    graph: Annotated[
        list[str] | None,
        typer.Option("--graph", metavar="IRI", help="只看这些命名图 / only these named graphs"),
    ] = None,
    output: Output = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="说明每条结果的依据和最小改动（text、json）/ tell why, and what would mend it (text, json)",
        ),
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """用 SHACL 形状校验任意 RDF 数据 / Validate any RDF data against any SHACL shapes.

    退出码同 pySHACL：0 合格，1 不合格，2 无法校验，3 引擎不支持。
    / Exit codes are pySHACL's: 0 conforms, 1 does not, 2 cannot be validated, 3 not supported.
    """
    try:
        if explain:
            text, conforms = _explained(data, shapes, graph, engine, format_, lang)
        else:
            report = validate(data, shapes, engine=engine.value, graphs=graph)
            text, conforms = _WRITERS[format_](report, {}, lang.value), report.conforms
        if output is None:
            sys.stdout.buffer.write(text.encode())
        else:
            output.write_text(text, encoding="utf-8")
    except UnsupportedError as error:
        _leave(error, NOT_SUPPORTED)
    except (ShapeError, ShaclError, OSError) as error:
        _leave(error, FAILED)
    raise typer.Exit(0 if conforms else NOT_CONFORMING)


def _explained(
    data: Path,
    shapes: Path,
    graphs: list[str] | None,
    engine: EngineName,
    format_: ResultFormat,
    lang: Language,
) -> tuple[str, bool]:
    """Validate and explain; each file is read once, so that blank nodes stay the same."""
    data_graph, shapes_graph = load(data, graphs), load(shapes)
    report = validate(data_graph, shapes_graph, engine=engine.value)
    name = prefixed(prefixes_of(data) | prefixes_of(shapes))
    told = explain_all(report, data_graph, shapes_graph, name=name)
    return _WRITERS[format_](report, dict(enumerate(told)), lang.value), report.conforms


def _leave(error: Exception, code: int) -> None:
    errors().print(f"{type(error).__name__}: {error}", style="bold red", markup=False)
    raise typer.Exit(code) from error


def _as_text(report: Report, told: Told, lang: str) -> str:
    examined = sum(report.examined.values())
    conforms = str(report.conforms).lower()
    head = f"conforms: {conforms}; {len(report.results)} results; {examined} focus nodes examined\n"
    if not examined:
        head += "nothing was examined: no target of the shapes is in the data\n"
    lines = (
        _line(report, result) + "".join(f"    {line}\n" for line in _reasons(told.get(number), lang))
        for number, result in enumerate(report.results)
    )
    return head + "".join(lines)


def _reasons(explanation: Explanation | None, lang: str) -> list[str]:
    return [] if explanation is None else as_lines(explanation, lang)


def _line(report: Report, result: Result) -> str:
    path = "" if result.path is None else f" {path_text(report.shapes, result.path)}"
    value = "" if result.value is None else f" = {_n3(result.value)}"
    messages = " / ".join(str(message) for message in result.filled(path.strip()))
    severity, component = (str(term).rpartition("#")[2] for term in (result.severity, result.component))
    return f"- {severity} {_n3(result.focus_node)}{path}{value} [{component}] {messages}".rstrip() + "\n"


def _as_turtle(report: Report, _told: Told, _lang: str) -> str:
    return report.graph().serialize(format="turtle")


def _as_json(report: Report, told: Told, _lang: str) -> str:
    data = {
        "conforms": report.conforms,
        "examined": dict(report.examined),
        "results": [
            _as_data(report.shapes, result) | _as_reasons(told.get(number))
            for number, result in enumerate(report.results)
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _as_reasons(explanation: Explanation | None) -> dict[str, object]:
    return {} if explanation is None else {"explanation": as_data(explanation)}


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


_WRITERS = {ResultFormat.TEXT: _as_text, ResultFormat.TURTLE: _as_turtle, ResultFormat.JSON: _as_json}
