"""The ledger as an Excel workbook, the same bytes each time."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from dutygraph.examples.bureau_ledger import Ledger, Row, Sheet, sheets

if TYPE_CHECKING:
    from pathlib import Path

_CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER_COLUMNS = frozenset(
    {
        "年度", "公布星级", "序号", "风险权重", "得分", "金额", "数值", "星级",
        "申报节点数", "申报风险数", "申报措施数",
    }
)  # fmt: skip
_WIDEST = 46


def write_workbook(ledger: Ledger, path: Path) -> None:
    """Write all sheets to ``path``; equal ledgers give equal files."""
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties(
        {"title": "三级监督台账", "author": "监督办公室", "created": _CREATED.replace(tzinfo=None)}
    )
    for sheet in sheets():
        _write_sheet(book, sheet, ledger[sheet.name])
    book.close()


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet, rows: list[Row]) -> None:
    """Write one sheet: bold frozen header, filter, widths that fit the text."""
    page = book.add_worksheet(sheet.name)
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column, head)
        widest = max([_width(column), *(_width(row.get(column, "")) for row in rows)])
        page.set_column(place, place, min(widest + 2, _WIDEST))
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(sheet.columns):
            text = row.get(column, "")
            if not text:
                continue
            if sheet.excel_dates and _DATE.fullmatch(text):
                page.write_datetime(line, place, date.fromisoformat(text), day)
            elif column in _NUMBER_COLUMNS and text.replace(".", "", 1).isdigit():
                page.write_number(line, place, float(text))
            else:
                page.write_string(line, place, text)
    if rows:
        page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)


def _width(text: str) -> int:
    """Return how many columns of a monospaced terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
