"""pyshifty: shapes prepared once; files are read by the engine itself, the report is N-Triples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner import Row, main, report_rows
from shifty import _shifty


def shapes(file: str) -> Any:
    return _shifty.PreparedValidator(shapes_path=file, shapes_format="turtle")


def validate(data: str, prepared: Any) -> Any:
    # The native class is called: the one around it does the same and needs rdflib to parse the report.
    return prepared.validate_w3c(
        data_path=data, data_format="ntriples", graph_mode="data", run_infer=False, sort_results=False
    )


def rows(report: Any) -> Iterator[Row]:
    return report_rows(report._report_ntriples)  # noqa: SLF001


main(shapes, str, validate, rows)
