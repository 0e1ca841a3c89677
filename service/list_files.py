"""A list as a file: CSV that Excel reads as Chinese, or a workbook; no text becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import xlsxwriter
from pydantic import BaseModel

from dutygraph.model import Text, Thing
from dutygraph.report.safe_text import safe_text
from dutygraph.service.times import time_text

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Flat = str | int | float | Decimal | None

_LONGEST_CELL = 32_767
_WIDEST = 60
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIGITS = re.compile(r"(\d{1,18})")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # equal lists give equal bytes


def flat(value: object, lang: str) -> Flat:
    """Return a value of a list as one cell shows it: a number, a text, or nothing."""
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no").in_language(lang)
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, BaseModel):
        value = list(value.model_dump(mode="json").values())
    if isinstance(value, list | tuple | set | frozenset):
        parts = [str(flat(part, lang)) for part in value if part is not None]
        return ("; " if lang == "en" else "；").join(parts)
    return _words(value, lang)


def _words(value: object, lang: str) -> str:
    if isinstance(value, Text):
        return value.in_language(lang)
    if isinstance(value, Thing):
        return value.id if value.label in {"", value.id} else f"{value.id} {value.label}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return time_text(value, "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def sort_key(value: object, lang: str) -> tuple[int, Decimal | float | int, tuple[str | int, ...]] | None:
    """Return what a value is sorted by, None for none: numbers as numbers, the digits in a text too."""
    shown = flat(value, lang)
    if shown is None or shown == "":
        return None
    if isinstance(shown, str):
        # text and digits alternate, text first, so that equal places always hold equal types
        return 1, 0, tuple(int(p) if i % 2 else p for i, p in enumerate(_DIGITS.split(shown)))
    return 0, shown, ()


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Flat]]) -> bytes:
    """Return CSV with the byte order mark by which Excel knows UTF-8; formulas are made harmless."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([safe_text(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig", errors="replace")


def as_xlsx(headings: Sequence[str], rows: Sequence[Sequence[Flat]]) -> bytes:
    """Return a workbook of one sheet: frozen heading, filter, texts as texts and numbers as numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties({"created": _NO_TIME})
        bold = book.add_format({"bold": True, "text_wrap": True})
        sheet = book.add_worksheet()
        for number, heading in enumerate(headings):
            sheet.write_string(0, number, heading, bold)
            widest = max((len(str(row[number] or "")) for row in rows[:200]), default=0)
            sheet.set_column(number, number, min(2 * max(widest, len(heading)) + 2, _WIDEST))
        for line, row in enumerate(rows, start=1):
            for number, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if isinstance(cell, str):
                    sheet.write_string(line, number, _NOT_IN_XML.sub("\ufffd", cell)[:_LONGEST_CELL])
                else:
                    sheet.write_number(line, number, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), max(len(headings) - 1, 0))
    return content.getvalue()
