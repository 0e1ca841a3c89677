"""The log: one JSON object a line, or plain lines; nothing in it says who somebody is.

Requests are logged by the template of their route, never by their path or query, which hold ids of people;
callers by the opaque id of their account. Of an error the log has its type and where it arose: what it says
may quote data.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from dutygraph.service.settings import Settings
from dutygraph.service.times import time_text

LOGGER = "dutygraph"
_QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio")
_FIELDS = "fields"
_FRAMES = 30


def log(
    event: str, *, level: int = logging.INFO, error: BaseException | None = None, **fields: object
) -> None:
    """Log an event. *fields* must not say who somebody is: no names, no paths, no text of a user's."""
    logging.getLogger(LOGGER).log(
        level,
        event,
        extra={_FIELDS: fields},
        exc_info=None if error is None else (type(error), error, error.__traceback__),
    )


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Have everything logged on *stream* (default: standard error) as the settings say."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_what_nobody_catches() -> None:
    """Have warnings, and what fails in a thread, in the log too: Python would print them, data and all."""
    warnings.showwarning = _warned
    threading.excepthook = _failed_in_a_thread


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line  # what is said, and the line of code, may quote data
    log("warning", level=logging.WARNING, kind=category.__name__, place=f"{filename}:{lineno}")


def _failed_in_a_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        log("thread.failed", level=logging.ERROR, error=failed.exc_value)


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(_content(record), ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """Writes a record as one line that people read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        content = _content(record)
        start = " ".join(str(content.pop(key)) for key in ("at", "level", "event"))
        return " ".join([start, *(f"{key}={value}" for key, value in content.items())])


def _content(record: logging.LogRecord) -> dict[str, Any]:
    at = time_text(datetime.fromtimestamp(record.created, tz=UTC), "milliseconds")
    content: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "event": _event(record)}
    fields = getattr(record, _FIELDS, None)
    if isinstance(fields, Mapping):
        content |= {key: value for key, value in fields.items() if value is not None}
    if record.exc_info and record.exc_info[1] is not None:
        content |= _error(record.exc_info[1])
    return content


def _event(record: logging.LogRecord) -> str:
    if record.name == LOGGER:
        return record.getMessage()
    # what a library says may hold a path: its template, without what is filled in
    return f"{record.name}: {str(record.msg).splitlines()[0] if record.msg else ''}"


def _error(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        "cause": None if error.__cause__ is None else type(error.__cause__).__qualname__,
    }
