"""``dutygraph validate``: the SHACL validator by itself, any data and any shapes."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rdflib import Graph
from rdflib.term import Node

from dutygraph.cli.console import errors
from dutygraph.cli.options import Engine, EngineName, Output
from dutygraph.shacl import Report, Result, ShaclError, ShapeError, UnsupportedError, path_text, validate

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
) -> None:
    """用 SHACL 形状校验任意 RDF 数据 / Validate any RDF data against any SHACL shapes.

    退出码同 pySHACL：0 合格，1 不合格，2 无法校验，3 引擎不支持。
    / Exit codes are pySHACL's: 0 conforms, 1 does not, 2 cannot be validated, 3 not supported.
    """
    try:
        report = validate(data, shapes, engine=engine.value, graphs=graph)
        text = _WRITERS[format_](report)
        if output is None:
            sys.stdout.buffer.write(text.encode())
        else:
            output.write_text(text, encoding="utf-8")
    except UnsupportedError as error:
        _leave(error, NOT_SUPPORTED)
    except (ShapeError, ShaclError, OSError) as error:
        _leave(error, FAILED)
    raise typer.Exit(0 if report.conforms else NOT_CONFORMING)


def _leave(error: Exception, code: int) -> None:
    errors().print(f"{type(error).__name__}: {error}", style="bold red", markup=False)
    raise typer.Exit(code) from error


def _as_text(report: Report) -> str:
    examined = sum(report.examined.values())
    conforms = str(report.conforms).lower()
    head = f"conforms: {conforms}; {len(report.results)} results; {examined} focus nodes examined\n"
    if not examined:
        head += "nothing was examined: no target of the shapes is in the data\n"
    return head + "".join(_line(report, result) for result in report.results)


def _line(report: Report, result: Result) -> str:
    path = "" if result.path is None else f" {path_text(report.shapes, result.path)}"
    value = "" if result.value is None else f" = {_n3(result.value)}"
    messages = " / ".join(str(message) for message in result.filled(path.strip()))
    severity, component = (str(term).rpartition("#")[2] for term in (result.severity, result.component))
    return f"- {severity} {_n3(result.focus_node)}{path}{value} [{component}] {messages}".rstrip() + "\n"


def _as_turtle(report: Report) -> str:
    return report.graph().serialize(format="turtle")


def _as_json(report: Report) -> str:
    data = {
        "conforms": report.conforms,
        "examined": dict(report.examined),
        "results": [_as_data(report.shapes, result) for result in report.results],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


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
