"""The rows that were refused, in their own form with the reasons, to be corrected and handed in again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from dutygraph.loaders.catalogue import form_of, sheet_forms
from dutygraph.loaders.corrections import origin_text
from dutygraph.loaders.forms import ERROR_COLUMN, ORIGIN_COLUMN, SheetForm
from dutygraph.loaders.workbooks_out import Workbook, new_workbook, width, write_row
from dutygraph.model import Cell, Loaded, Problem, Record


def write_rejected(loaded: Loaded, path: Path) -> None:
    """Write the refused rows of a load, each with what is wrong with it and where it stood.

    The workbook can be loaded again beside the one it came from (its rows then take the place of the
    refused ones) or, for rows that stand by themselves, alone.

    Raises:
        OSError: the file cannot be written.
    """
    with new_workbook(path) as workbook:
        by_form: dict[str, list[Record]] = defaultdict(list)
        for record in loaded.rejected:
            if form := form_of(record.sheet):
                by_form[form.name].append(record)
        _write_bureau(workbook, loaded, by_form)
        for form in sheet_forms():
            if form.name in by_form:
                _write_sheet(workbook, form, by_form[form.name], loaded.problems)


def _write_bureau(workbook: Workbook, loaded: Loaded, by_form: Mapping[str, Sequence[Record]]) -> None:
    form = next(form for form in sheet_forms() if form.entities[0].kind == "bureau")
    if form.name in by_form or not loaded.delta.bureau:
        return
    sheet = workbook.add_worksheet(form.name)
    write_row(sheet, 0, [form.key[0], ERROR_COLUMN])
    write_row(sheet, 1, [loaded.delta.bureau])


def _write_sheet(
    workbook: Workbook, form: SheetForm, records: Sequence[Record], problems: Sequence[Problem]
) -> None:
    extras = list(dict.fromkeys(name for record in records for name in record.extras))
    headers = [*(column.header for column in form.columns), *extras, ERROR_COLUMN, ORIGIN_COLUMN]
    sheet = workbook.add_worksheet(form.name)
    bold = workbook.add_format({"bold": True, "bg_color": "#DDE8F3"})
    wrong = workbook.add_format({"bg_color": "#FFD9D9"})
    write_row(sheet, 0, headers, bold)
    sheet.freeze_panes(1, 0)
    concerned = _by_place(problems, records)
    rows: list[list[str]] = []
    for number, record in enumerate(records, start=1):
        found = concerned.get(Cell(record.file, record.sheet, record.row), ())
        told = "\n".join(_told(problem) for problem in found)
        texts = {**record.values, **record.extras, ERROR_COLUMN: told, ORIGIN_COLUMN: origin_text(record)}
        rows.append([texts.get(header, "") for header in headers])
        write_row(sheet, number, rows[-1])
        for column in {problem.cell.column for problem in found} & set(headers):
            place = headers.index(column or "")
            sheet.write_string(number, place, rows[-1][place], wrong)
    for place, header in enumerate(headers):
        sheet.set_column(place, place, width([header, *(row[place] for row in rows)]))


def _by_place(problems: Sequence[Problem], records: Sequence[Record]) -> Mapping[Cell, Sequence[Problem]]:
    """Sort problems by row; those of a sheet's header concern each of its rows."""
    places = {Cell(record.file, record.sheet, record.row) for record in records}
    found: dict[Cell, list[Problem]] = defaultdict(list)
    for problem in problems:
        row = Cell(problem.cell.file, problem.cell.sheet, problem.cell.row)
        of_sheet = (place for place in places if (place.file, place.sheet) == (row.file, row.sheet))
        for place in (row,) if row in places else of_sheet:
            found[place].append(problem)
    return found


def _told(problem: Problem) -> str:
    column = f"{problem.cell.column}：" if problem.cell.column else ""
    return f"{column}{problem.message.zh} / {problem.message.en}"
