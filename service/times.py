"""How the service writes a time: one form in answers, logs and exports (RFC 3339, in UTC, with Z)."""

from __future__ import annotations

from datetime import UTC, date, datetime


def time_text(at: datetime, timespec: str = "auto") -> str:
    """Return a time with its zone as 2026-01-05T08:30:00Z; *timespec* as in ``datetime.isoformat``."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def date_text(value: date) -> str:
    """Return a time as ``time_text`` does, a date as 2026-01-05."""
    return time_text(value) if isinstance(value, datetime) else value.isoformat()
