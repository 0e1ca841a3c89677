"""A gap as JSON and back: how the register remembers a gap that is there no more."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from dutygraph.model import Cell, Finding, Responsible, Severity, Text, Thing, Waiver


def to_json(finding: Finding) -> str:
    """Return a gap as JSON, its explanation left out; equal gaps give equal texts."""
    told = asdict(finding)
    del told["explanation"]
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_day)


def from_json(text: str) -> Finding:
    """Return the gap that ``to_json`` wrote.

    Raises:
        ValueError: not a text of that form.

    """
    try:
        told = json.loads(text)
        return Finding(
            id=told["id"],
            rule=told["rule"],
            severity=Severity(told["severity"]),
            focus=Thing(**told["focus"]),
            path=told["path"],
            value=None if told["value"] is None else Thing(**told["value"]),
            message=Text(**told["message"]),
            remedy=Text(**told["remedy"]),
            responsible=_responsible(told["responsible"]),
            cell=None if told["cell"] is None else Cell(**told["cell"]),
            shape=told["shape"],
            component=told["component"],
            waived=_waiver(told["waived"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a gap: {error}") from error


def _responsible(told: dict[str, Any]) -> Responsible:
    supervisors = {int(tier): tuple(ids) for tier, ids in told["supervisors"].items()}
    return Responsible(told["department"], told["post"], supervisors)


def _waiver(told: dict[str, Any] | None) -> Waiver | None:
    if told is None:
        return None
    until = None if told["until"] is None else date.fromisoformat(told["until"])
    return Waiver(until, told["by"], told["reason"])


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")
