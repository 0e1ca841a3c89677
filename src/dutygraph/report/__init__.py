"""A check report in the forms that people and programs read; one module a form."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from dutygraph.model import CheckReport
from dutygraph.report.as_csv import as_csv
from dutygraph.report.as_html import as_html
from dutygraph.report.as_json import as_json
from dutygraph.report.as_junit import as_junit
from dutygraph.report.as_table import as_table
from dutygraph.report.as_turtle import as_turtle
from dutygraph.report.as_xlsx import as_xlsx


class Format(StrEnum):
    """The forms of a report."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    TURTLE = "turtle"
    JUNIT = "junit"


class FormatError(Exception):
    """A report cannot be written in the form asked for; the message says what to do."""


WRITERS: Mapping[Format, Callable[[CheckReport, str], bytes]] = {
    Format.TABLE: as_table,
    Format.JSON: as_json,
    Format.CSV: as_csv,
    Format.XLSX: as_xlsx,
    Format.HTML: as_html,
    Format.TURTLE: as_turtle,
    Format.JUNIT: as_junit,
}


def write_report(report: CheckReport, format_: Format, *, lang: str, output: Path | None) -> None:
    """Write a report to a file, or to standard output where *output* is None.

    Raises:
        FormatError: a workbook was asked for without a file.
        OSError: the file cannot be written.
    """
    if output is None and format_ is Format.XLSX:
        raise FormatError(
            "请用 -o 指明要写的文件，例如 -o gaps.xlsx / Name the file with -o, such as -o gaps.xlsx"
        )
    data = WRITERS[format_](report, lang)
    if output is not None:
        output.write_bytes(data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
