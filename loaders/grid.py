"""A sheet as it was found: rows of raw cells, before any form has been looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dutygraph.loaders.forms import SERVICE_COLUMNS, SheetForm, plain_header
from dutygraph.loaders.values import Raw, plain

_SEARCHED = 40
"""Rows from the top in which a header is looked for."""

MergedRange = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of merged cells, counted from 0."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet; ``rows[0]`` is row 1. ``hidden`` sheets are read like others.

    ``lost`` are the 0-based places of cells that hold an error or a formula without a stored result.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[Raw]]
    merged: Sequence[MergedRange] = ()
    hidden: bool = False
    lost: frozenset[tuple[int, int]] = frozenset()

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(plain(cell) for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (0-based row), what each column is called, where data begin."""

    row: int
    names: Sequence[str]
    data: int


def unmerged(grid: Grid) -> Grid:
    """Return the grid with each merged range's value repeated down its first column."""
    if not grid.merged:
        return grid
    rows = [list(row) for row in grid.rows]
    for (top, left), (bottom, _) in grid.merged:
        if top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return replace(grid, rows=rows)


def find_header(grid: Grid, form: SheetForm) -> Header | None:
    """Return the row that names most columns of the form, or None where none names two or a required one."""
    best: int | None = None
    best_score = 0
    for number, row in enumerate(grid.rows[:_SEARCHED]):
        names = [plain(cell) for cell in row]
        known = {column.header: column.required for name in names if name and (column := form.known(name))}
        if len(known) > max(best_score, 0 if any(known.values()) else 1):
            best, best_score = number, len(known)
    if best is None:
        return None
    below = [bottom for (top, _), (bottom, _) in grid.merged if top <= best <= bottom]
    last = max(below, default=best)
    names = _deepest_names(grid, form, best, last)
    return Header(best, names, last + 1)


def is_service(name: str) -> bool:
    """Tell whether a header is one that the product itself adds."""
    return plain_header(name) in SERVICE_COLUMNS


def letters(index: int) -> str:
    """Return the name of a 0-based column as Excel writes it."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _deepest_names(grid: Grid, form: SheetForm, first: int, last: int) -> list[str]:
    # A group title may stand over its own columns: the lowest name that the form knows counts.
    names = [plain(cell) for cell in grid.rows[first]]
    for row in grid.rows[first + 1 : last + 1]:
        for index, cell in enumerate(row):
            if form.known(plain(cell)):
                names[index] = plain(cell)
    return names
