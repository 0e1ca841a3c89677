"""What is wrong with a file, laid out as its sheets are: headings, numbered rows, and notes at the cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutygraph.service.imports.refused import RefusedSheet
from dutygraph.service.models import BilingualText
from dutygraph.service.problems import ProblemItem


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as the sheet has it, and what is wrong with it."""

    text: str
    notes: Sequence[BilingualText]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A numbered row; ``notes`` are of the row as a whole."""

    row: int
    cells: Sequence[ShownCell]
    notes: Sequence[BilingualText]


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet with its refused rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[ShownRow]


def lay_out(
    sheets: Sequence[RefusedSheet], problems: Sequence[ProblemItem]
) -> tuple[list[ShownSheet], list[ProblemItem]]:
    """Return the sheets with their notes, and the problems that belong to no row that is shown."""
    notes: dict[tuple[str | None, int | None], list[ProblemItem]] = defaultdict(list)
    for problem in problems:
        cell = problem.cell
        notes[(cell.sheet, cell.row) if cell else (None, None)].append(problem)
    shown = [
        ShownSheet(
            sheet.name,
            sheet.headings,
            [
                _row(sheet, place, notes.pop((sheet.name, row.row), ()))
                for place, row in enumerate(sheet.rows)
            ],
        )
        for sheet in sheets
    ]
    return shown, [problem for rest in notes.values() for problem in rest]


def _row(sheet: RefusedSheet, place: int, problems: Sequence[ProblemItem]) -> ShownRow:
    row = sheet.rows[place]
    by_column: Mapping[str, list[BilingualText]] = {heading: [] for heading in sheet.headings}
    whole: list[BilingualText] = []
    for problem in problems:
        column = problem.cell.column if problem.cell else None
        by_column.get(column or "", whole).append(problem.text)
    pairs = zip(sheet.headings, row.cells, strict=True)
    return ShownRow(row.row, [ShownCell(text, by_column[heading]) for heading, text in pairs], whole)
