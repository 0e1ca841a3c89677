"""Lay the deliberate faults of ``faults.toml`` over the clean ledger.

A fault names its edits. An edit names a sheet and either ``add`` (a new row), or the rows matched by
``where`` with ``set`` (cells to overwrite) or ``delete = true``. An edit that matches nothing is an error:
the fault would silently not be there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field

from dutygraph.examples.bureau_ledger import Ledger, Row, folder


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to one sheet."""

    sheet: str
    where: Row = field(default_factory=dict)
    set: Row = field(default_factory=dict)
    add: Row = field(default_factory=dict)
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate fault: a name, what happened in words, and the edits that make it."""

    id: str
    story: str
    edits: tuple[Edit, ...]


def faults() -> tuple[Fault, ...]:
    """Return the faults of ``faults.toml`` in file order."""
    listed = tomllib.loads((folder() / "faults.toml").read_text("utf-8"))["fault"]
    return tuple(
        Fault(entry["id"], entry["story"], tuple(Edit(**edit) for edit in entry["edit"])) for entry in listed
    )


def apply_faults(ledger: Ledger, listed: tuple[Fault, ...]) -> Ledger:
    """Return a copy of the ledger with all faults applied in order.

    Raises LookupError when an edit matches no row.
    """
    faulty = {sheet: [dict(row) for row in rows] for sheet, rows in ledger.items()}
    for fault in listed:
        for edit in fault.edits:
            faulty[edit.sheet] = _edited(faulty[edit.sheet], edit, fault.id)
    return faulty


def _edited(rows: list[Row], edit: Edit, fault: str) -> list[Row]:
    """Return the rows of one sheet after one edit."""
    if edit.add:
        return [*rows, edit.add]
    matched = _matched(rows, edit.where, fault)
    if edit.delete:
        return [row for row in rows if row not in matched]
    return [{**row, **edit.set} if row in matched else row for row in rows]


def _matched(rows: list[Row], pattern: Row, fault: str) -> list[Row]:
    """Return the rows that hold every cell of the pattern."""
    found = [row for row in rows if all(row.get(key, "") == value for key, value in pattern.items())]
    if not found:
        raise LookupError(f"{fault}: no row with {pattern}")
    return found
