"""What is judged on rows as they stand, before they become things: blanks, repeats, samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dutygraph.loaders.messages import say
from dutygraph.loaders.reading import Reading, Row
from dutygraph.model import Cell, Problem, Text


def without_samples(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    """Leave out the sample rows of the empty forms, unless nothing else was written yet."""
    only_samples = all(row.sample for row in rows)
    sheets: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.sample:
            sheets[row.record.file].append(row.record.sheet)
    for file, names in sheets.items():
        text = say("sample-read" if only_samples else "sample-skipped", sheets=tuple(names))
        reading.notices.append(Problem(Cell(file), text))
    return rows if only_samples else [row for row in rows if not row.sample]


def checked(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    """Return the rows with what is missing or repeated in them added to their problems.

    A row of another file that says nothing new (the same sheet handed in twice) is left out.
    """
    seen: dict[tuple[str, ...], Row] = {}
    result = []
    for row in rows:
        first = seen.get(_key(row))
        if first and first.record.file != row.record.file and _says_no_more(row, first):
            continue
        found = (*_blanks(row), *_repeats(row, seen))
        reading.problems.extend(found)
        result.append(replace(row, problems=(*row.problems, *found)) if found else row)
    return result


def place_of(row: Row, seen_from: Cell) -> Text:
    """Name a row as one reads it standing in another row."""
    sheet = row.record.sheet if row.record.file == seen_from.file else f"{row.record.file} {row.record.sheet}"
    return say("place", sheet=sheet, row=row.record.row)


def _blanks(row: Row) -> Iterator[Problem]:
    values = row.record.values
    absent = {problem.cell.column for problem in row.problems}
    for column in row.form.columns:
        if column.required and column.header not in values and column.header not in absent:
            yield Problem(row.cell(column.header), say("required", help=column.help))
    if row.form.one_of and not any(header in values for header in row.form.one_of):
        columns = tuple(row.form.one_of)
        yield Problem(row.cell(row.form.one_of[0]), say("one-of", columns=columns))


def _key(row: Row) -> tuple[str, ...]:
    return (row.form.name, *(row.record.values.get(header, "") for header in row.form.key))


def _says_no_more(row: Row, first: Row) -> bool:
    return not row.record.extras and row.record.values.items() <= first.record.values.items()


def _repeats(row: Row, seen: dict[tuple[str, ...], Row]) -> Iterator[Problem]:
    key = _key(row)
    first = seen.setdefault(key, row) if any(key[1:]) else row
    if first is row:
        return
    shown = "，".join(value for value in key[1:] if value)
    column = next(header for header, value in zip(row.form.key, key[1:], strict=True) if value)
    cell = row.cell(column)
    if (first.record.file, first.record.sheet) == (cell.file, cell.sheet):
        yield Problem(cell, say("duplicate-key", row=first.record.row, key=shown))
    else:
        yield Problem(cell, say("duplicate-key-elsewhere", place=place_of(first, cell), key=shown))
