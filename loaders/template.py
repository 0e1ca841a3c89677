"""The empty forms: headers, drop-downs, one sample row, and a sheet that explains every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dutygraph.loaders.catalogue import sheet_forms
from dutygraph.loaders.forms import SAMPLE_COLUMN, SERVICE_SHEETS, ColumnForm, SheetForm
from dutygraph.loaders.grid import letters
from dutygraph.loaders.messages import say
from dutygraph.loaders.workbooks_out import Workbook, new_workbook, width, write_row

_ROWS = 5_000
"""How far down the drop-downs reach."""

_GUIDE, _LISTS = SERVICE_SHEETS
_YES_NO = ("是", "否")
_TIERS = ("一级", "二级", "三级")
_STARS = ("1", "2", "3")


def write_template(path: Path, *, apart: bool = False) -> None:
    """Write the empty forms as a workbook, or with *apart* those that are kept in a file of their own.

    Raises:
        OSError: the file cannot be written.
    """
    forms = [form for form in sheet_forms() if form.apart is apart]
    with new_workbook(path) as workbook:
        _write_guide(workbook, forms)
        for form in forms:
            workbook.add_worksheet(form.name)
        lists = _write_lists(workbook, forms)
        for form in forms:
            _write_form(workbook, form, forms, lists)


def _write_guide(workbook: Workbook, forms: Sequence[SheetForm]) -> None:
    sheet = workbook.add_worksheet(_GUIDE)
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    bold = workbook.add_format({"bold": True, "bg_color": "#DDE8F3"})
    title = workbook.add_format({"bold": True, "font_size": 14})
    sheet.set_column(0, 0, 22, wrap)
    sheet.set_column(1, 1, 16, wrap)
    sheet.set_column(2, 2, 10, wrap)
    sheet.set_column(3, 4, 56, wrap)
    head = say("guide-title")
    write_row(sheet, 0, [f"{head.zh}  {head.en}"], title)
    row = 1
    for text in (
        say(key) for key in ("guide-lists", "guide-blank", "guide-dates", "guide-people", "guide-sample")
    ):
        write_row(sheet, row, [text.zh])
        write_row(sheet, row + 1, [text.en])
        row += 2
    headers = [say(f"guide-{name}") for name in ("sheet", "column", "needed", "zh", "en")]
    write_row(sheet, row + 1, [f"{text.zh} {text.en}" for text in headers], bold)
    row += 2
    for form in forms:
        write_row(sheet, row, [form.name, form.title.en, "", form.explanation.zh, form.explanation.en], bold)
        for column in form.columns:
            row += 1
            needed = say("guide-yes").zh if column.required else ""
            write_row(sheet, row, [form.name, column.header, needed, column.help.zh, column.help.en])
        row += 1


def _write_lists(workbook: Workbook, forms: Sequence[SheetForm]) -> Mapping[tuple[str, ...], str]:
    """Write the words of the drop-downs to a hidden sheet; return where each list stands."""
    sheet = workbook.add_worksheet(_LISTS)
    sheet.hide()
    places: dict[tuple[str, ...], str] = {}
    for form in forms:
        for column in form.columns:
            words = _words(column)
            if words and words not in places:
                column_name = letters(len(places))
                for row, word in enumerate(words):
                    sheet.write_string(row, len(places), word)
                places[words] = f"='{_LISTS}'!${column_name}$1:${column_name}${len(words)}"
    return places


def _words(column: ColumnForm) -> tuple[str, ...]:
    fixed = {"boolean": _YES_NO, "tier": _TIERS, "star": _STARS}
    return fixed.get(column.type, column.words)


def _write_form(
    workbook: Workbook,
    form: SheetForm,
    forms: Sequence[SheetForm],
    lists: Mapping[tuple[str, ...], str],
) -> None:
    sheet = workbook.get_worksheet_by_name(form.name)
    must = workbook.add_format({"bold": True, "bg_color": "#F8DFC0", "border": 1})
    may = workbook.add_format({"bold": True, "bg_color": "#DDE8F3", "border": 1})
    sample = workbook.add_format({"italic": True, "font_color": "#888888"})
    text = workbook.add_format({"num_format": "@"})
    for place, column in enumerate(form.columns):
        sheet.set_column(place, place, width([column.header, column.sample]), text)
        sheet.write_string(0, place, column.header, must if column.required else may)
        sheet.write_comment(0, place, f"{column.help.zh}\n{column.help.en}")
        if rule := _validation(column, forms, lists):
            sheet.data_validation(1, place, _ROWS, place, rule)
    sheet.write_string(0, len(form.columns), SAMPLE_COLUMN, may)
    mark = say("sample-mark")
    write_row(sheet, 1, [*(column.sample for column in form.columns), f"{mark.zh} {mark.en}"], sample)
    sheet.set_column(len(form.columns), len(form.columns), 30)
    sheet.freeze_panes(1, 0)


def _validation(
    column: ColumnForm, forms: Sequence[SheetForm], lists: Mapping[tuple[str, ...], str]
) -> dict[str, Any] | None:
    """Return a drop-down; only a closed list of which one word is chosen refuses other input."""
    base = {"validate": "list", "input_title": column.header[:32], "input_message": column.help.zh[:255]}
    words = _words(column)
    if words:
        return {**base, "source": lists[words], "show_error": not column.many}
    source = _ids_of(column, forms)
    return {**base, "source": source, "show_error": False} if source else None


def _ids_of(column: ColumnForm, forms: Sequence[SheetForm]) -> str | None:
    """Return the range that holds the identifiers a reference may name, if a sheet of the workbook does."""
    for form in forms:
        for entity in form.entities:
            if column.kinds[:1] == (entity.kind,) and entity.registers and not entity.each:
                headers = [c.header for c in form.columns]
                column_name = letters(headers.index(entity.ids[0].columns[0]))
                return f"='{form.name}'!${column_name}$2:${column_name}${_ROWS}"
    return None
