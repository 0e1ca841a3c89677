"""A document as Excel: one sheet a table, and what the document is about. No text becomes a formula."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dutygraph.documents.labels import label
from dutygraph.documents.model import Cell, Content, Shaded, Sheet
from dutygraph.documents.words import word

LONGEST_TEXT = 32_767  # what a cell can hold
_A3 = 8
_SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_BASE: dict[str, Any] = {
    "text_wrap": True,
    "valign": "top",
    "font_name": "宋体",
    "font_size": 10,
    "border": 1,
}
_HEAD = {**_BASE, "bold": True, "bg_color": "#E9EDF1", "valign": "vcenter", "align": "center"}


def as_xlsx(content: Content) -> bytes:
    """Return the workbook of a document; where there is nothing to show, its first sheet says so."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, _SAFE) as workbook:
        made = content.heading.made_at.replace(tzinfo=None)
        workbook.set_properties({"created": made, "author": "Dutygraph", "title": title(content)})
        forms = _Forms(workbook)
        for sheet in content.sheets:
            _write(workbook.add_worksheet(sheet.name), sheet, content, forms)
        about = workbook.add_worksheet(word("sheet", "about", content.language))
        _write_about(about, content, forms)
        if content.note:
            about.activate()
            about.set_first_sheet()
    return data.getvalue()


def title(content: Content) -> str:
    """Return what the document is called."""
    return word("title", content.kind.value, content.language)


class _Forms:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str], Format] = {}
        self.head = workbook.add_format(_HEAD)
        self.upright = workbook.add_format({**_HEAD, "rotation": 270})
        self.plain = workbook.add_format(_BASE)

    def of(self, cell: Cell) -> Format:
        if not isinstance(cell, Shaded):
            return self.plain
        colours = (cell.fill, cell.ink)
        if colours not in self._made:
            paint = {**_BASE, "bg_color": cell.fill, "font_color": cell.ink}
            self._made[colours] = self._workbook.add_format(paint)
        return self._made[colours]


def _write(sheet: Worksheet, table: Sheet, content: Content, forms: _Forms) -> None:
    upright = len(table.headings) if table.upright_from is None else table.upright_from
    for column, (heading, width) in enumerate(zip(table.headings, table.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(
            0, column, heading[:LONGEST_TEXT], forms.upright if column >= upright else forms.head
        )
    for line, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, line, column, cell, forms)
    sheet.freeze_panes(1, table.frozen)
    if table.upright_from is None:
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.headings) - 1)
    else:
        sheet.set_row(0, 150)
    _page(sheet, content, wide=table.upright_from is not None)


def _write_cell(sheet: Worksheet, line: int, column: int, cell: Cell, forms: _Forms) -> None:
    value = cell.value if isinstance(cell, Shaded) else cell
    if isinstance(value, int):
        sheet.write_number(line, column, value, forms.of(cell))
    elif value:
        sheet.write_string(line, column, value[:LONGEST_TEXT], forms.of(cell))
    else:
        sheet.write_blank(line, column, None, forms.of(cell))


def _page(sheet: Worksheet, content: Content, *, wide: bool) -> None:
    unit = content.heading.unit.replace("&", "&&")  # an ampersand begins a command in headers
    as_of = f"{label('as_of', content.language)} {content.heading.as_of}"
    sheet.set_header(f"&L{unit}&C{title(content)}&R{as_of}"[:250])
    sheet.set_footer("&C&P / &N")
    sheet.set_landscape()
    sheet.set_paper(_A3 if wide else 9)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write_about(sheet: Worksheet, content: Content, forms: _Forms) -> None:
    language = content.language
    facts: list[tuple[str, str | int]] = [
        (label("unit", language), content.heading.unit),
        (label("as_of", language), content.heading.as_of.isoformat()),
        (label("made_at", language), content.heading.made_at.strftime("%Y-%m-%d %H:%M UTC")),
        (label("scope", language), content.heading.scope),
    ]
    facts += [(label("note", language), content.note)] if content.note else []
    facts += [
        (label(key, language), value) for key, value in content.fields.items() if isinstance(value, str | int)
    ]
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, title(content), forms.head)
    sheet.write_blank(0, 1, None, forms.head)
    for line, (name, value) in enumerate(facts, start=1):
        sheet.write_string(line, 0, name, forms.plain)
        _write_cell(sheet, line, 1, value, forms)
    _page(sheet, content, wide=False)
