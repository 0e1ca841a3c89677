"""pyshacl-turbo: shapes compiled once; files are read by the engine itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyshacl_turbo import compile_shapes
from rdflib import SH
from runner import Row, main


def validate(data: Path, shapes: Any) -> Any:
    return shapes.validate(data)[1]


def rows(report: Any) -> Iterator[Row]:
    columns = (SH.sourceShape, SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value)
    # Not every result node: those of sh:detail are no results of their own.
    for result in report.objects(None, SH.result):
        yield tuple(None if (node := report.value(result, c)) is None else node.n3() for c in columns)


main(compile_shapes, Path, validate, rows)
