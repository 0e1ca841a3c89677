"""A check report in the forms that people and programs read; one module a form."""

from __future__ import annotations

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
from dutygraph.report.as_xlsx import Link, as_xlsx, no_link


class Format(StrEnum):
    """The forms of a report."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    TURTLE = "turtle"
    JUNIT = "junit"


_WRITERS: Mapping[Format, Callable[[CheckReport, str], bytes]] = {
    Format.TABLE: as_table,
    Format.JSON: as_json,
    Format.CSV: as_csv,
    Format.HTML: as_html,
    Format.TURTLE: as_turtle,
    Format.JUNIT: as_junit,
}


_SUFFIXES = {
    ".json": Format.JSON,
    ".csv": Format.CSV,
    ".xlsx": Format.XLSX,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".ttl": Format.TURTLE,
    ".xml": Format.JUNIT,
}


def format_for(output: Path | None) -> Format:
    """Return the form that a file's name asks for; a table where there is no file or another name."""
    return _SUFFIXES.get(output.suffix.lower(), Format.TABLE) if output else Format.TABLE


def report_bytes(report: CheckReport, format_: Format, lang: str, link: Link = no_link) -> bytes:
    """Return a report in a form; *link* gives the address of a cell of the ledger, for those that link."""
    if format_ is Format.XLSX:
        return as_xlsx(report, lang, link)
    return _WRITERS[format_](report, lang)
