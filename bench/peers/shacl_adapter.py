"""`shacl` (pwin): shapes compiled once; files are read by the engine itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shacl
from runner import Row, main


def validate(data: str, shapes: Any) -> Any:
    return shapes.validate_file(data)


def rows(report: Any) -> Iterator[Row]:
    for r in report.results:
        yield r.source_shape, r.severity_iri, r.focus_node, r.path, r.value


main(shacl.Shapes.from_file, str, validate, rows)
