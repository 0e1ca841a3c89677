"""From grids to records: which sheet is which form, where its header stands, what each cell holds."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from dutygraph.loaders.catalogue import form_of, mentioned_kinds, sheet_forms
from dutygraph.loaders.forms import (
    ERROR_COLUMN,
    ORIGIN_COLUMN,
    SAMPLE_COLUMN,
    SERVICE_SHEETS,
    ColumnForm,
    SheetForm,
    plain_header,
)
from dutygraph.loaders.grid import Grid, Header, find_header, is_service, letters, unmerged
from dutygraph.loaders.messages import say
from dutygraph.loaders.unfit import UnfitError
from dutygraph.loaders.values import Raw, has_control, normalise, plain, split
from dutygraph.model import Cell, Problem, Record, Text

_LIKE_A_NAME = re.compile("[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Row:
    """A record with the form it was read by.

    ``sample`` marks the sample row of an empty form, ``origin`` the place of the row that this one corrects.
    """

    form: SheetForm
    record: Record
    problems: tuple[Problem, ...] = ()
    sample: bool = False
    origin: str = ""

    def cell(self, column: str | None = None) -> Cell:
        """Return the cell of this row under a header."""
        return Cell(self.record.file, self.record.sheet, self.record.row, column)


@dataclass(slots=True)
class Reading:
    """What was read so far, in the order of the files."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    remarks: list[tuple[Cell, str]] = field(default_factory=list)
    """The rows of unknown sheets, as text, each with its place."""
    corrected: bool = False
    """Whether a workbook of rejected rows is among the sources, which is no whole ledger."""


_SURELY, _PERHAPS = 0.75, 0.5
"""How alike a name must be to one that is missing to be refused, or to be pointed out (difflib's ratio)."""


def read_grids(grids: Sequence[Grid], reading: Reading) -> None:
    """Add the records of some grids of one source to *reading*."""
    if grids and all(grid.blank for grid in grids):
        reading.problems.append(Problem(Cell(grids[0].file), say("empty-workbook")))
        return
    known = [(grid, form_of(grid.sheet)) for grid in grids]
    for grid, form in known:
        if form is not None:
            reading.forms.add(form.name)
            _read_sheet(unmerged(grid), form, reading)
        elif grid.sheet.strip() not in SERVICE_SHEETS:
            _tell_unknown_sheet(grid, {form.name for _, form in known if form}, reading)
    if grids and not any(form for _, form in known):
        found = tuple(grid.sheet for grid in grids)
        expected = tuple(form.name for form in sheet_forms()[:10])
        reading.problems.append(
            Problem(Cell(grids[0].file), say("no-known-sheet", found=found, expected=expected))
        )


def _tell_unknown_sheet(grid: Grid, there: AbstractSet[str], reading: Reading) -> None:
    place = Cell(grid.file, grid.sheet)
    missing = [form.name for form in sheet_forms() if form.name not in there]
    meant = _closest(grid.sheet, missing, _SURELY)
    if meant and not grid.blank:
        reading.problems.append(Problem(place, say("misnamed-sheet", name=meant)))
        return
    close = _closest(grid.sheet, missing, _PERHAPS)
    hint = say("did-you-mean", name=close) if close else ""
    filled = [
        (n, [text for cell in row if (text := plain(cell))]) for n, row in enumerate(grid.rows, start=1)
    ]
    kept = [
        (replace(place, row=number), f"{grid.sheet}：{' | '.join(texts)}")
        for number, texts in filled
        if texts
    ]
    reading.remarks.extend(kept)
    reading.notices.append(Problem(place, say("unknown-sheet", rows=len(kept), hint=hint)))


def _closest(name: str, names: Sequence[str], cutoff: float) -> str | None:
    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=cutoff)), None)


def _read_sheet(grid: Grid, form: SheetForm, reading: Reading) -> None:
    place = Cell(grid.file, grid.sheet)
    if grid.hidden:
        reading.notices.append(Problem(place, say("hidden-sheet")))
    if grid.blank:
        reading.notices.append(Problem(place, say("no-rows")))
        return
    header = find_header(grid, form)
    if header is None:
        expected = tuple(column.header for column in form.columns)
        reading.problems.append(Problem(place, say("no-header", expected=expected)))
        return
    layout = _layout(grid, form, header, reading)
    before = len(reading.rows)
    reading.rows.extend(_rows(grid, form, header, layout, reading))
    if len(reading.rows) == before:
        reading.notices.append(Problem(place, say("no-rows")))


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: Sequence[tuple[int, ColumnForm]]
    extras: Mapping[int, str]
    service: Mapping[str, int]
    broken: tuple[Problem, ...]


def _layout(grid: Grid, form: SheetForm, header: Header, reading: Reading) -> _Layout:
    known: dict[str, list[int]] = defaultdict(list)
    extras: dict[int, str] = {}
    service: dict[str, int] = {}
    for index, name in enumerate(header.names):
        column = form.known(name) if name else None
        if column:
            known[column.header].append(index)
        elif is_service(name):
            service[plain_header(name)] = index
        elif name or any(plain(row[index]) for row in grid.rows[header.data :] if index < len(row)):
            extras[index] = f"{name} ({letters(index)})" if not name or name in extras.values() else name
    reading.corrected |= ERROR_COLUMN in service
    broken = tuple(_header_problems(grid, form, header, known))
    reading.problems.extend(broken)
    reading.notices.extend(_header_notices(grid, form, header, known, extras))
    reading.problems.extend(_misnamed_columns(grid, form, header, known, extras))
    columns = [(known[column.header][0], column) for column in form.columns if column.header in known]
    return _Layout(columns, extras, service, broken)


def _header_problems(
    grid: Grid, form: SheetForm, header: Header, known: Mapping[str, Sequence[int]]
) -> Iterator[Problem]:
    for column in form.columns:
        places = known.get(column.header, ())
        cell = Cell(grid.file, grid.sheet, header.row + 1, column.header)
        if len(places) > 1:
            names = tuple(map(letters, places))
            yield Problem(cell, say("duplicate-header", column=column.header, letters=names))
        if not places and column.required:
            yield Problem(cell, say("missing-column", column=column.header, help=column.help))


def _header_notices(
    grid: Grid,
    form: SheetForm,
    header: Header,
    known: Mapping[str, Sequence[int]],
    extras: Mapping[int, str],
) -> Iterator[Problem]:
    absent = [c.header for c in form.columns if c.header not in known and not c.required and not c.optional]
    if absent:
        place = Cell(grid.file, grid.sheet, header.row + 1)
        yield Problem(place, say("absent-columns", columns=tuple(absent)))
    for index, name in extras.items():
        count = sum(1 for row in grid.rows[header.data :] if index < len(row) and plain(row[index]))
        cell = Cell(grid.file, grid.sheet, header.row + 1, name)
        if not header.names[index]:
            yield Problem(cell, say("no-column-name", letters=letters(index), count=count))
            continue
        close = _closest(name, absent, _PERHAPS)
        hint = say("did-you-mean", name=close) if close else ""
        yield Problem(cell, say("unknown-column", count=count, hint=hint))


def _misnamed_columns(
    grid: Grid,
    form: SheetForm,
    header: Header,
    known: Mapping[str, Sequence[int]],
    extras: Mapping[int, str],
) -> Iterator[Problem]:
    """Yield the filled columns that surely are one the sheet lacks: left out, they would look like gaps."""
    absent = [column.header for column in form.columns if column.header not in known]
    for index, name in extras.items():
        filled = any(plain(row[index]) for row in grid.rows[header.data :] if index < len(row))
        meant = _closest(header.names[index], absent, _SURELY) if header.names[index] and filled else None
        if meant:
            cell = Cell(grid.file, grid.sheet, header.row + 1, name)
            yield Problem(cell, say("misnamed-column", name=meant))


def _rows(grid: Grid, form: SheetForm, header: Header, layout: _Layout, reading: Reading) -> Iterator[Row]:
    for offset, raw in enumerate(grid.rows[header.data :], start=header.data + 1):
        filled = any(cell not in (None, "") and plain(cell) for cell in raw)
        if not filled and not any((offset - 1, index) in grid.lost for index in range(len(raw))):
            continue
        if all(plain(cell) == name for cell, name in zip(raw, header.names, strict=False)):
            place = Cell(grid.file, grid.sheet, offset)
            reading.notices.append(Problem(place, say("repeated-header")))
            continue
        row = _row(grid, form, offset, raw, layout, reading)
        if row.record.values or row.record.extras:
            yield row


def _row(
    grid: Grid, form: SheetForm, number: int, raw: Sequence[Raw], layout: _Layout, reading: Reading
) -> Row:
    values: dict[str, str] = {}
    problems = list(layout.broken)
    for index, column in layout.columns:
        found = raw[index] if index < len(raw) else None
        lost = (number - 1, index) in grid.lost
        if not lost and (found is None or found == ""):
            continue
        cell = Cell(grid.file, grid.sheet, number, column.header)
        try:
            if lost:
                raise UnfitError(say("lost-value", help=column.help))  # noqa: TRY301
            value = normalise(column, found, values)
        except UnfitError as error:
            problem = Problem(cell, error.text)
            problems.append(problem)
            reading.problems.append(problem)
            value = plain(found)
        else:
            if isinstance(found, str):
                reading.notices.extend(Problem(cell, text) for text in _oddities(column, found))
        if value:
            values[column.header] = value
    extras = {name: text for i, name in layout.extras.items() if i < len(raw) and (text := plain(raw[i]))}
    service = {name: plain(raw[i]) for name, i in layout.service.items() if i < len(raw)}
    record = Record(grid.sheet, grid.file, number, values, extras)
    sample, origin = bool(service.get(SAMPLE_COLUMN)), service.get(ORIGIN_COLUMN, "")
    return Row(form, record, tuple(problems), sample, origin)


def _oddities(column: ColumnForm, found: str) -> Iterator[Text]:
    if found.startswith("="):
        yield say("formula-text")
    if has_control(found):
        yield say("control-characters")
    if column.kinds and mentioned_kinds().issuperset(column.kinds):
        for item in split(found):
            if _LIKE_A_NAME.fullmatch(item.strip()):
                yield say("like-a-name", value=item.strip())
