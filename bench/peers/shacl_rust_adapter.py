"""shacl-rust: files are read by the engine itself, the shapes with each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shacl_rust
from runner import Row, main


def validate(data: str, shapes: str) -> Any:
    return shacl_rust.validate_file(data, shapes)


def rows(report: Any) -> Iterator[Row]:
    for r in report["results"]:
        columns = ("sourceShape", "severity", "focusNode", "resultPath", "value")
        yield tuple(r.get(column) for column in columns)


main(str, str, validate, rows)
