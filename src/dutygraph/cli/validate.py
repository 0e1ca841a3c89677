"""``dutygraph validate``: the SHACL validator by itself, any data and any shapes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from dutygraph.cli.console import errors
from dutygraph.cli.options import Engine, EngineName, Lang, Language, Output
from dutygraph.cli.validate_forms import ResultFormat, Told, as_json_lines, as_plan, put, summary, write
from dutygraph.shacl import (
    Report,
    Result,
    ShaclError,
    UnsupportedError,
    compile_shapes,
    iter_results,
    validate,
)
from dutygraph.shacl import explain as explain_all
from dutygraph.shacl import plan as plan_of
from dutygraph.shacl.explaining import prefixed, prefixes_of
from dutygraph.shacl.source import load

NOT_CONFORMING = 1
FAILED = 2
NOT_SUPPORTED = 3


def run(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="数据图文件 / the data graph")],
    shapes: Annotated[
        Path, typer.Option("--shapes", "-s", metavar="FILE", help="形状文件 / the shapes graph")
    ],
    format_: Annotated[
        ResultFormat,
        typer.Option(
            "--format", help="输出格式；lines 逐条写出，适合很长的报告 / format; lines for long reports"
        ),
    ] = ResultFormat.TEXT,
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
    plan: Annotated[
        bool,
        typer.Option(
            "--plan", help="列出每条约束的查询、行数和耗时 / show the query, rows and time of each constraint"
        ),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            min=0.001,
            metavar="SECONDS",
            help="超时即停，退出码 2 / stop after so long, exit code 2",
        ),
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """用 SHACL 形状校验任意 RDF 数据 / Validate any RDF data against any SHACL shapes.

    退出码同 pySHACL：0 合格，1 不合格，2 无法校验，3 引擎不支持。
    / Exit codes are pySHACL's: 0 conforms, 1 does not, 2 cannot be validated, 3 not supported.
    """
    try:
        with _ended_by_ctrl_c():
            if plan:
                conforms = _plan(data, shapes, graph, output)
            elif format_ is ResultFormat.LINES and engine is EngineName.COMPILED and time_limit is None:
                conforms = _stream(data, shapes, graph, output)
            else:
                report, told = _report(data, shapes, graph, engine, time_limit, explain)
                conforms = report.conforms
                with _opened(output) as file:
                    write(format_, report, told, lang.value, file)
                if format_ is ResultFormat.LINES:
                    sys.stderr.write(summary(conforms, len(report.results), report.examined))
    except UnsupportedError as error:
        _leave(error, NOT_SUPPORTED)
    except (ShaclError, OSError) as error:
        _leave(error, FAILED)
    raise typer.Exit(0 if conforms else NOT_CONFORMING)


def _report(
    data: Path,
    shapes: Path,
    graphs: list[str] | None,
    engine: EngineName,
    time_limit: float | None,
    explain: bool,
) -> tuple[Report, Told]:
    if not explain:
        report = validate(data, shapes, engine=engine.value, graphs=graphs, time_limit=time_limit)
        _tell_imports(report)
        return report, {}
    # Each file is read once, so that blank nodes stay the same.
    data_graph, shapes_graph = load(data, graphs, every=True), load(shapes)
    report = validate(data_graph, shapes_graph, engine=engine.value, time_limit=time_limit)
    _tell_imports(report)
    name = prefixed(prefixes_of(data) | prefixes_of(shapes))
    told = explain_all(report, data_graph, shapes_graph, name=name)
    return report, dict(enumerate(told))


def _stream(data: Path, shapes: Path, graphs: list[str] | None, output: Path | None) -> bool:
    """Write results as they are found; none is kept."""
    compiled = compile_shapes(shapes)
    _tell_imports(Report.of((), {}, compiled.graph))
    results = iter_results(data, compiled, graphs=graphs)
    found = 0

    def counted() -> Iterator[Result]:
        nonlocal found
        for found, result in enumerate(results, 1):  # noqa: B007 - the caller wants the count
            yield result

    with _opened(output) as file:
        put(as_json_lines(counted(), compiled.graph), file)
    sys.stderr.write(summary(not found, found, results.examined))
    return not found


def _plan(data: Path, shapes: Path, graphs: list[str] | None, output: Path | None) -> bool:
    steps = plan_of(data, shapes, graphs=graphs)
    with _opened(output) as file:
        put(as_plan(steps), file)
    return True


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with output.open("wb") as file:
            yield file


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the process at once: while a query runs, Python would not hear of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_imports(report: Report) -> None:
    for name in report.imports:
        text = (
            f"owl:imports <{name}>：不联网取用，其中的形状未校验 / not fetched, its shapes were not checked"
        )
        errors().print(text, style="yellow", markup=False)


def _leave(error: Exception, code: int) -> None:
    errors().print(f"{type(error).__name__}: {error}", style="bold red", markup=False)
    raise typer.Exit(code) from error
