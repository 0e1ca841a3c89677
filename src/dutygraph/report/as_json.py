"""A check report as JSON, for programs: the shape is the one documented in docs/reference/report-json.md."""

from __future__ import annotations

import json
from typing import Any

from dutygraph.model import Cell, CheckReport, Finding, Problem, Text, Thing, Waiver


def as_json(report: CheckReport, _lang: str = "") -> bytes:
    """Return the report as JSON in UTF-8; equal reports give equal bytes, ``computedAt`` apart."""
    return (json.dumps(as_data(report), ensure_ascii=False, indent=2) + "\n").encode()


def as_data(report: CheckReport) -> dict[str, Any]:
    """Return the report as plain lists and dictionaries."""
    return {
        "bureau": report.bureau,
        "label": report.bureau_label,
        "asOf": report.as_of.isoformat(),
        "computedAt": report.computed_at.isoformat(timespec="seconds"),
        "conforms": report.conforms,
        "counts": dict(report.counts),
        "rules": [
            {
                "rule": outcome.rule,
                "severity": outcome.severity.value,
                "label": _text(outcome.label),
                "examined": outcome.examined,
                "gaps": outcome.gaps,
                "waived": outcome.waived,
            }
            for outcome in report.rules
        ],
        "gaps": [_finding(finding) for finding in report.findings],
        "notices": [_problem(problem) for problem in report.notices],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "focus": _thing(finding.focus),
        "value": None if finding.value is None else _thing(finding.value),
        "message": _text(finding.message),
        "remedy": _text(finding.remedy),
        "responsible": {
            "department": finding.responsible.department,
            "post": finding.responsible.post,
            "supervisors": {
                str(tier): list(ids) for tier, ids in sorted(finding.responsible.supervisors.items())
            },
        },
        "cell": None if finding.cell is None else _cell(finding.cell),
    }
    if finding.waived is not None:
        data["waived"] = _waiver(finding.waived)
    if finding.explanation is not None:
        data["explanation"] = {"text": _text(finding.explanation.text), **finding.explanation.data}
    return data


def _thing(thing: Thing) -> dict[str, str | None]:
    return {"id": thing.id, "kind": thing.kind or None, "iri": thing.iri or None, "label": thing.label}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _cell(cell: Cell) -> dict[str, str | int | None]:
    return {"file": cell.file, "sheet": cell.sheet, "row": cell.row, "column": cell.column}


def _waiver(waiver: Waiver) -> dict[str, str | None]:
    return {
        "until": None if waiver.until is None else waiver.until.isoformat(),
        "by": waiver.by,
        "reason": waiver.reason,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"cell": _cell(problem.cell), "message": _text(problem.message)}
