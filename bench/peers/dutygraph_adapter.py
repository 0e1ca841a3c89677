"""Dutygraph's compiled engine, from file to report, as any Python user calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner import Row, main

from dutygraph.shacl import compile_shapes
from dutygraph.shacl import validate as compiled


def validate(data: str, shapes: Any) -> Any:
    return compiled(data, shapes, engine="compiled")


def rows(report: Any) -> Iterator[Row]:
    for r in report.results:
        columns = (r.source_shape, r.severity, r.focus_node, r.path, r.value)
        yield tuple(None if node is None else node.n3() for node in columns)


if __name__ == "__main__":
    main(compile_shapes, str, validate, rows)
