"""What operators see: health, measures, the log, the page of the API; and a service that starts and stops."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dutygraph import __version__
from dutygraph.cli.app import app
from dutygraph.commits.acts import COMMAND_LINE
from dutygraph.service import health
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.logs import JsonLines, log_what_nobody_catches, set_up_logs
from dutygraph.service.settings import load_settings
from tests.service.conftest import StartSmall
from tests.service.running import PASSWORD, Door

LINK = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


def test_ready_counts_nothing_and_tells_of_a_full_disk(
    start_small: StartSmall, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = start_small()
    assert door.client.get("/ready").json() == {"status": "ready"}

    usage = shutil.disk_usage(door.service.folder.path)
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", usage.total * 1000)
    full = door.client.get("/ready")

    assert full.status_code == 503
    assert "磁盘" in full.json()["text"]["zh"]
    assert door.client.get("/health").json() == {"status": "ok", "version": __version__}


def measured(text: str, name: str, **labels: str) -> float:
    for line in text.splitlines():
        named = line.startswith((name + "{", name + " "))
        if named and all(f'{label}="{value}"' in line for label, value in labels.items()):
            return float(line.rpartition(" ")[2])
    return 0.0


def test_measures_count_requests_by_route_and_tell_nothing_of_data(start_small: StartSmall) -> None:
    door = start_small()
    client = door.client_for(Grant("", Role.T2, "demo", person="P777"))
    for rule in ("R01", "R02", "R99"):
        client.get(f"/api/v1/rules/{rule}")
    client.get("/P777-secret")
    committer = door.service.committer
    committer.recheck(committer.bureaus()[0].code, date(2025, 11, 30), COMMAND_LINE)

    text = door.client.get("/metrics").text

    counted = {"method": "GET", "route": "/api/v1/rules/{rule}"}
    assert measured(text, "dutygraph_requests_total", status="200", **counted) == 2
    assert measured(text, "dutygraph_requests_total", status="404", **counted) == 1
    assert measured(text, "dutygraph_requests_total", status="404", route="-") == 1
    assert measured(text, "dutygraph_request_seconds_count", **counted) == 3
    assert measured(text, "dutygraph_commits_total") == 1
    assert measured(text, "dutygraph_sign_ins_total", outcome="started") == 1
    for hidden in ("P777", "demo", "t2-", "R01", "secret"):
        assert hidden not in text


class Logged(NamedTuple):
    door: Door
    stream: io.StringIO

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def logged(start_small: StartSmall, tmp_path: Path) -> Iterator[Logged]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    door, stream = start_small(), io.StringIO()
    set_up_logs(load_settings(store=tmp_path / "store"), stream)
    try:
        yield Logged(door, stream)
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def test_the_log_tells_of_requests_without_personal_data(logged: Logged) -> None:
    client = logged.door.client_for(Grant("", Role.T2, "demo", person="P777"))
    client.get("/api/v1/me", headers={"X-Request-Id": "request-0001", "User-Agent": "P779"})
    client.get("/api/v1/me?person=P778")
    client.get("/api/v1/rules/R12")
    account = logged.door.service.accounts.all()[0]

    text = logged.stream.getvalue()
    line = next(found for found in logged.lines() if found.get("requestId") == "request-0001")
    assert {key: line[key] for key in ("event", "level", "method", "route", "status", "account")} == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/api/v1/me",
        "status": 200,
        "account": account.id,
    }
    assert line["ms"] >= 0
    for hidden in ("P777", "P778", "P779", account.name, PASSWORD, "R12", "Bearer", "testclient"):
        assert hidden not in text, hidden


def test_the_log_of_a_failure_names_the_place_and_not_what_was_said(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("张三 P003")

    monkeypatch.setattr(logged.door.service.committer, "bureaus", fail)
    answer = logged.door.client.get("/ready")

    failed = next(line for line in logged.lines() if line["event"] == "request.failed")
    assert failed["level"] == "error"
    assert failed["error"] == "builtins.RuntimeError"
    assert failed["requestId"] == answer.json()["requestId"] == answer.headers["x-request-id"]
    assert any(place.endswith(" fail") for place in failed["trace"])
    assert "P003" not in logged.stream.getvalue()


def test_what_fails_in_a_thread_or_warns_says_no_data_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("张三 P003")

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    with warnings.catch_warnings():  # it puts showwarning back
        log_what_nobody_catches()
        warnings.simplefilter("always")
        warnings.warn("P003 has no name", UserWarning, stacklevel=1)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    warned, failed = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (warned["event"], warned["level"], warned["kind"]) == ("warning", "warning", "UserWarning")
    assert re.search(r"test_operations\.py:\d+$", warned["place"])
    assert (failed["event"], failed["error"]) == ("thread.failed", "builtins.RuntimeError")
    assert failed["trace"][-1].endswith(" fail")
    shown = capsys.readouterr()
    assert "P003" not in stream.getvalue() + shown.out + shown.err


def test_the_page_of_the_api_needs_no_other_host(shared_small: Door) -> None:
    page = shared_small.client.get("/docs")
    assets = LINK.findall(page.text)

    assert page.status_code == 200
    assert len(assets) == 4
    assert not any("//" in asset for asset in assets)
    for asset in assets:
        assert shared_small.client.get(asset).status_code == 200, asset
    start = shared_small.client.get("/docs/start.js").text
    assert "http" not in start.replace("https:", "http:").replace("dutygraph", "") or "//" not in start
    document = re.search(r'data-document="([^"]+)"', page.text)
    assert document is not None
    assert shared_small.client.get(document[1]).json()["openapi"].startswith("3.")
    # and the browser is told to load from nowhere else
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert shared_small.client.get("/docs/../secret.key").status_code == 404


def test_the_document_names_the_security_tags_examples_and_problems(shared_small: Door) -> None:
    document = shared_small.client.get("/openapi.json").json()

    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    tags = {tag["name"] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert "/ " in operation["summary"], where
            assert set(operation["tags"]) <= tags, where
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem["$ref"].endswith("/Problem"), where
            is_open = path in {"/api/v1/sessions", "/health", "/ready", "/metrics"}
            if not is_open and operation["tags"] != ["catalogue"] and path != "/api/v1/questions":
                assert operation["security"] == [{"token": []}], where
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                assert content["application/json"].get("examples"), where
    assert "HTTPValidationError" not in document["components"]["schemas"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def dutygraph(*words: object, given: str = "") -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("dutygraph")
    return subprocess.run(
        [command, *map(str, words)], input=given, capture_output=True, text=True, timeout=120, check=False
    )


def here(*words: object, given: str = "") -> Result:
    """Run a command in this process, where it does not come to serve."""
    return CliRunner().invoke(app, list(map(str, words)), input=given)


def test_a_service_starts_with_its_first_administrator_and_stops_when_told(tmp_path: Path) -> None:
    store, port = tmp_path / "store", free_port()
    serve = ("serve", "--store", store, "--port", port, "--lang", "en")
    made = ("account", "create", "root", "--role", "administrator", "--store", store, "--lang", "en")

    assert here(*made, given="short").exit_code == 2
    refused = dutygraph(*serve)
    assert refused.returncode == 2
    assert "dutygraph account create NAME --role administrator" in " ".join(refused.stderr.split())
    assert here(*made, given=PASSWORD + "\n").exit_code == 0
    opened = here(*serve, "--host", "0.0.0.0")
    assert (opened.exit_code, "--public" in opened.output) == (2, True)

    command = Path(sys.executable).with_name("dutygraph")
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([command, *map(str, serve)], stderr=log, env=os.environ)
    try:
        wait_for(port)
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/ready")
        assert json.load(answer)["status"] == "ready"
        assert "server" not in {name.lower() for name in answer.headers}
        for second in (dutygraph(*serve), dutygraph("account", "list", "--store", store, "--lang", "en")):
            assert second.returncode == 2
            assert "Traceback" not in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
    said = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert f"http://127.0.0.1:{port}" in said[0]
    assert [json.loads(line)["event"] for line in said[1:] if "service." in line] == [
        "service.started",
        "service.stopping",
        "service.stopped",
    ]


def wait_for(port: int) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    pytest.fail("the service did not start")
