"""What every workbook we write has in common: text stays text, headers are frozen, columns have a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter

Workbook: TypeAlias = xlsxwriter.Workbook

_LIVE = ("=", "+", "-", "@", "\t", "\r")
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_WIDEST = 48
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula when it opens it from CSV.

    In a workbook this is not needed: there text is written as text.
    """
    return f"'{text}" if text.startswith(_LIVE) else text


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """Yield a workbook in which no text becomes a formula, a link or a number; write it to *path* at the end.

    Equal content gives equal bytes.

    Raises:
        OSError: the file cannot be written.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as workbook:
        workbook.set_properties({"created": _NO_TIME})
        yield workbook
    path.write_bytes(content.getvalue())


def write_row(sheet: Any, row: int, texts: Sequence[str], style: Any = None) -> None:
    """Write texts as texts from the first column on; blank ones are left out."""
    for column, text in enumerate(texts):
        if text:
            sheet.write_string(row, column, text, style)


def width(texts: Sequence[str]) -> int:
    """Return a column width in which these texts can be read, Chinese counted double."""
    widest = max((sum(2 if _wide(c) else 1 for c in text) for text in texts), default=0)
    return min(max(widest + 3, 9), _WIDEST)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
