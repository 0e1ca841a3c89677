"""Rows that were refused, sent out, corrected and handed in again: they take the place of the old ones."""

from __future__ import annotations

from collections.abc import Sequence

from dutygraph.loaders.reading import Reading, Row
from dutygraph.model import Cell, Record

_SEPARATOR = "｜"


def origin_text(record: Record) -> str:
    """Return what the column 原位置 holds: where a refused row stood."""
    return _SEPARATOR.join((record.file, record.sheet, str(record.row)))


def with_corrections(reading: Reading) -> Sequence[Row]:
    """Return the rows, each refused one replaced by its correction if the source holding it is there too."""
    corrected = {row.origin: row for row in reading.rows if row.origin}
    if not corrected:
        return reading.rows
    present = {_origin(row): row for row in reading.rows}
    replaced = {place for place in corrected if place in present}
    reading.problems[:] = [p for p in reading.problems if _place(p.cell) not in replaced]
    reading.notices[:] = [n for n in reading.notices if _place(n.cell) not in replaced]
    kept = [row for row in reading.rows if row.origin not in replaced]
    return [corrected.get(_origin(row), row) for row in kept]


def _origin(row: Row) -> str:
    return origin_text(row.record)


def _place(cell: Cell) -> str:
    return _SEPARATOR.join((cell.file, cell.sheet or "", str(cell.row)))
