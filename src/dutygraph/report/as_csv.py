"""The gap list as CSV, with the byte order mark that makes Excel read Chinese."""

from __future__ import annotations

import csv
import io

from dutygraph.model import CheckReport
from dutygraph.report.rows import GAP_COLUMNS, gap_rows, unexamined_rows
from dutygraph.report.safe_text import safe_text
from dutygraph.report.words import columns


def as_csv(report: CheckReport, lang: str) -> bytes:
    """Return the gaps, one a row, then the rules that examined nothing.

    Text that a spreadsheet would take for a formula is made harmless.
    """
    headings = columns(lang)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([headings[column] for column in GAP_COLUMNS])
    for row in (*gap_rows(report, lang), *unexamined_rows(report, lang)):
        writer.writerow([safe_text(row.get(column, "")) for column in GAP_COLUMNS])
    return text.getvalue().encode("utf-8-sig")
