"""A check report in the forms that people and programs read; one module a format."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from dutygraph.model import CheckReport
from dutygraph.report.as_json import as_json


class Format(StrEnum):
    """The forms of a report."""

    TABLE = "table"
    JSON = "json"


class FormatError(Exception):
    """A report cannot be written in the form asked for; the message says what to do."""


Writer = Callable[[CheckReport, str], bytes]


def _json(report: CheckReport, _lang: str) -> bytes:
    return as_json(report).encode()


def _table(report: CheckReport, lang: str) -> bytes:
    lines = (
        f"{finding.rule} {finding.focus.id} {finding.message.in_language(lang)}"
        for finding in report.findings
    )
    return ("\n".join(lines) + "\n").encode()


WRITERS: dict[Format, Writer] = {Format.TABLE: _table, Format.JSON: _json}


def write_report(report: CheckReport, format_: Format, *, lang: str, output: Path | None) -> None:
    """Write a report to a file, or to standard output where *output* is None.

    Raises:
        FormatError: a form that is not text was asked for without a file.
        OSError: the file cannot be written.

    """
    data = WRITERS[format_](report, lang)
    if output is not None:
        output.write_bytes(data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
