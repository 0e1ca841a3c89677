"""One form of times, wherever the service writes one: UTC with Z."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from dutygraph.commits import COMMAND_LINE
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.control import status
from dutygraph.service.logs import JsonLines
from dutygraph.service.times import time_text
from tests.service.running import PASSWORD, Door

SERVICE = Path(__file__).parent.parent.parent / "service"
WITH_OFFSET = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d")
WITH_Z = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def test_a_time_of_any_zone_is_written_in_utc_with_z() -> None:
    at = datetime(2026, 1, 5, 16, 30, tzinfo=timezone(timedelta(hours=8)))
    assert time_text(at) == "2026-01-05T08:30:00Z"
    assert time_text(at.replace(microsecond=250_000), "milliseconds") == "2026-01-05T08:30:00.250Z"


def test_answers_and_exports_write_every_time_with_z(shared_small: Door) -> None:
    accounts = shared_small.service.accounts
    if accounts.id_of("times.root") is None:
        accounts.create("times.root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
    root = shared_small.client_with(shared_small.sign_in("times.root"))
    office = shared_small.client_for(Grant("", Role.SO, "demo"))
    asked = [(root, f"/accounts{form}") for form in ("", "/times.root", "?format=csv")]
    asked += [(root, f"/tokens{form}") for form in ("", "?format=csv")]
    data = ("", "/gaps", "/coverage", "/commits", "/commits/1", "/commits?format=csv")
    asked += [(office, f"/bureaus/demo{path}") for path in data]
    asked += [(office, path) for path in ("/sessions/current", "/audit", "/audit?format=csv")]

    for client, path in asked:
        answer = client.get(f"/api/v1{path}")
        assert answer.status_code == 200, path
        assert WITH_Z.search(answer.text), path
        assert not WITH_OFFSET.search(answer.text), path


def test_the_log_and_the_control_socket_write_times_with_z(shared_small: Door) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    record = logging.LogRecord("dutygraph", logging.INFO, __file__, 1, "service.started", None, None)
    record.created = datetime(2026, 1, 5, 8, 30, tzinfo=UTC).timestamp()
    handler.emit(record)

    assert json.loads(stream.getvalue())["at"] == "2026-01-05T08:30:00.000Z"
    assert WITH_Z.fullmatch(str(status(shared_small.service)["lastEntryAt"]))


def test_no_part_of_the_service_writes_times_in_a_way_of_its_own() -> None:
    """Where ``isoformat`` of a time stands, it is for the database or a tag, which nobody reads."""
    own = {"times.py", "tokens.py", "register.py", "view.py"}
    times = re.compile(r"(?:\bat|\bnow\(\)|_at)\.isoformat")
    assert [f.name for f in SERVICE.rglob("*.py") if f.name not in own and times.search(f.read_text())] == []
