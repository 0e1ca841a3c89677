"""The columns of a list of gaps: the API's members in JSON, the office's form in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dutygraph.model import Text
from dutygraph.report.rows import GAP_COLUMNS, OFFICE_COLUMNS, place
from dutygraph.report.words import columns, kind_name, word
from dutygraph.service.gaps.models import GapModel
from dutygraph.service.gaps.rows import GapRow, gravity
from dutygraph.service.lists import Column, Form


def gap_columns(form: Form) -> Sequence[Column[GapRow]]:
    """Return the columns for a form; a list can be sorted by the members of the JSON in any form."""
    return JSON_COLUMNS if form == "json" else (*JSON_COLUMNS, *FILE_COLUMNS)


def _member(name: str) -> Callable[[GapRow], object]:
    return lambda row: getattr(row.model, name)


_SORTED_BY: dict[str, Callable[[GapRow], object]] = {
    "severity": lambda row: gravity(row.finding.severity),
    "focus": lambda row: row.finding.focus.id,
    "value": lambda row: None if row.finding.value is None else row.finding.value.id,
    "waived": lambda row: None if row.finding.waived is None else row.finding.waived.until,
    "assignment": lambda row: None if row.history.assignment is None else row.history.assignment.due,
    "cell": lambda row: place(row.finding.cell, "zh"),
    "department": lambda row: row.finding.responsible.department,
    "post": lambda row: row.finding.responsible.post,
    "rule": lambda row: row.finding.rule,
    "star": lambda row: row.place.star,
    "id": lambda row: row.finding.id,
    "firstSeen": lambda row: row.history.first_seen.at,
    "lastSeen": lambda row: row.history.last_seen.at,
}
"""By what a list is sorted: a severity by gravity, an assignment by its due date, a waiver by its end."""


def _json_columns() -> Sequence[Column[GapRow]]:
    found = []
    for name, field in GapModel.model_fields.items():
        key = field.alias or name
        title = Text(key, key)
        get = _member(name)
        found.append(Column(key, title, get, exported=False, flat=_SORTED_BY.get(key, get)))
    return tuple(found)


JSON_COLUMNS = _json_columns()


def _waived(row: GapRow) -> Text | None:
    waiver = row.finding.waived
    if waiver is None:
        return None
    zh, en = (f"，至{waiver.until}", f" until {waiver.until}") if waiver.until else ("", "")
    return Text(f"{waiver.by}批准{zh}", f"by {waiver.by}{en}")


def _in_both(name: Callable[[str], str]) -> Text:
    return Text(name("zh"), name("en"))


def _tier(tier: int) -> Callable[[GapRow], object]:
    return lambda row: row.finding.responsible.supervisors.get(tier, ())


_CELLS: dict[str, Callable[[GapRow], object]] = {
    "number": lambda row: row.number,
    "rule": lambda row: row.finding.rule,
    "requirement": lambda row: row.rule.label,
    "severity": lambda row: _in_both(lambda lang: word("severity", row.finding.severity.value, lang)),
    "kind": lambda row: _in_both(lambda lang: kind_name(row.finding.focus.kind, lang)),
    "id": lambda row: row.finding.focus.id,
    "label": lambda row: "" if row.finding.focus.label == row.finding.focus.id else row.finding.focus.label,
    "message": lambda row: row.finding.message,
    "remedy": lambda row: row.finding.remedy,
    "department": lambda row: row.finding.responsible.department,
    "post": lambda row: row.finding.responsible.post,
    "tier1": _tier(1),
    "tier2": _tier(2),
    "tier3": _tier(3),
    "cell": lambda row: _in_both(lambda lang: place(row.finding.cell, lang)),
    "waived": _waived,
    "gap": lambda row: row.finding.id,
    "handler": lambda row: None if row.history.assignment is None else row.history.assignment.person,
    "due": lambda row: None if row.history.assignment is None else row.history.assignment.due,
    "progress": lambda row: None if row.history.assignment is None else row.history.assignment.remark,
}


def _file_columns() -> Sequence[Column[GapRow]]:
    headings = {lang: columns(lang) for lang in ("zh", "en")}
    return tuple(
        Column(f"file:{key}", Text(headings["zh"][key], headings["en"][key]), _CELLS[key], sortable=False)
        for key in GAP_COLUMNS + OFFICE_COLUMNS
    )


FILE_COLUMNS = _file_columns()
