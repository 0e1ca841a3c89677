"""The bureau's ledger as rows of text, and how its written parts are read.

A ledger is sheet name → rows, a row is column header → text, as a clerk would type it.
The hand-written parts stand as CSV files in ``examples/bureau/``; the rest is computed from them.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

Row = dict[str, str]
Ledger = dict[str, list[Row]]

SEPARATOR = "；"
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook: its name, its headers, how its dates are written, its CSV file."""

    name: str
    columns: tuple[str, ...]
    excel_dates: bool
    source: str | None


def folder() -> Traversable:
    """Return the folder that holds the example bureau's data."""
    return files("dutygraph.examples") / "bureau"


def sheets() -> tuple[Sheet, ...]:
    """Return the sheets of the workbook, in order, from ``sheets.toml``."""
    listed = tomllib.loads((folder() / "sheets.toml").read_text("utf-8"))["sheet"]
    return tuple(
        Sheet(entry["name"], tuple(entry["columns"]), entry["dates"] == "excel", entry.get("list"))
        for entry in listed
    )


def read_list(name: str) -> list[Row]:
    """Return the rows of one CSV file of the data folder, in file order."""
    return list(csv.DictReader((folder() / name).read_text("utf-8").splitlines()))


def split(cell: str) -> list[str]:
    """Return the members of a list cell."""
    return [part for part in cell.split(SEPARATOR) if part]


def join(parts: Iterable[str]) -> str:
    """Return a list cell of the given members, each once, in first-seen order."""
    return SEPARATOR.join(dict.fromkeys(parts))


def spread(rows: Iterable[Row], column: str) -> list[str]:
    """Return the members of a list column over all rows, repeats kept."""
    return list(chain.from_iterable(split(row[column]) for row in rows))


def working_day(day: date, step: int) -> date:
    """Return ``day`` or the nearest working day before (``step`` −1) or after it (``step`` +1)."""
    while day.weekday() > _FRIDAY:
        day += timedelta(days=step)
    return day
