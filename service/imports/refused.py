"""The refused rows of a file as they stand in its sheets, to be shown with what is wrong with each cell."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from dutygraph.loaders.catalogue import form_of
from dutygraph.model import Record

MOST = 200
"""Rows of a file that are kept for showing; the workbook of refused rows has them all."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row: its number in the sheet, and its cells under the headings."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedSheet:
    """A sheet of a file with the rows of it that were refused."""

    file: str
    name: str
    headings: tuple[str, ...]
    rows: tuple[RefusedRow, ...]


def refused_sheets(records: Iterable[Record]) -> tuple[RefusedSheet, ...]:
    """Return refused rows by sheet, in the order of the file, with all the columns that the form has."""
    sheets: dict[tuple[str, str], list[Record]] = {}
    for record in list(records)[:MOST]:
        sheets.setdefault((record.file, record.sheet), []).append(record)
    found = []
    for (file, name), there in sheets.items():
        form = form_of(name)
        known = [column.header for column in form.columns] if form else []
        said = [header for record in there for header in (*record.values, *record.extras)]
        headings = tuple(dict.fromkeys([*known, *said]))
        rows = (
            RefusedRow(record.row, tuple({**record.values, **record.extras}.get(h, "") for h in headings))
            for record in sorted(there, key=lambda record: record.row)
        )
        found.append(RefusedSheet(file, name, headings, tuple(rows)))
    return tuple(found)


def as_bytes(sheets: Iterable[RefusedSheet]) -> bytes:
    """Return sheets as JSON."""
    return json.dumps([asdict(sheet) for sheet in sheets], ensure_ascii=False).encode("utf-8", "replace")


def read_sheets(data: bytes) -> tuple[RefusedSheet, ...]:
    """Return the sheets that ``as_bytes`` gave."""
    return tuple(
        RefusedSheet(
            told["file"],
            told["name"],
            tuple(told["headings"]),
            tuple(RefusedRow(row["row"], tuple(row["cells"])) for row in told["rows"]),
        )
        for told in json.loads(data)
    )
