"""Bad requests: large, slow, deep, of the wrong form. Each gets a problem, none a 500."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dutygraph.commits import COMMAND_LINE
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.problems import problem_texts
from dutygraph.store import StoreError
from tests.service.conftest import StartSmall
from tests.service.running import PASSWORD, Door, Served, running, served

SESSIONS = "/api/v1/sessions"
LIMIT = 4096


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with running(
        tmp_path_factory.mktemp("hardening") / "store",
        allowed_hosts=("testserver", "127.0.0.1", "*.power.example"),
        body_limit=LIMIT,
        upload_limit=LIMIT,
        body_seconds=1,
        header_seconds=4,  # on a busy machine two hundred clients take more than a second to be heard
    ) as door:
        door.service.accounts.create("root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
        yield door


@pytest.fixture
def server(door: Door) -> Iterator[Served]:
    with served(door) as server:
        yield server


def test_every_text_of_a_problem_is_in_both_languages() -> None:
    for key, texts in problem_texts().items():
        assert set(texts) == {"title", "detail"}, key
        for text in texts.values():
            assert any("一" <= character <= "鿿" for character in text.zh), key
            assert not any("一" <= character <= "鿿" for character in text.en), key


@pytest.mark.parametrize(
    ("method", "path", "status", "key"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/v1/sessions/", 404, "not-found"),
        ("DELETE", "/health", 405, "method-not-allowed"),
        ("GET", "/api/v1/me", 401, "not-signed-in"),
        ("GET", "/api/v1/rules?page=0", 422, "invalid"),
        ("GET", "/api/v1/rules?sort=nothing", 422, "unsortable"),
        ("GET", "/api/v1/rules/R1", 422, "invalid"),
    ],
)
def test_errors_are_problems(door: Door, method: str, path: str, status: int, key: str) -> None:
    answer = door.client.request(method, path)

    said = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said["type"].endswith(f"/problem/{key}")
    assert said["status"] == status
    assert said["instance"] == path.partition("?")[0]
    assert said["requestId"] == answer.headers["x-request-id"]
    assert said["title"] == problem_texts()[key]["title"].zh
    assert said["text"]["zh"] == said["detail"] != said["text"]["en"]


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("en-GB,en;q=0.9", "en"), ("fr, en;q=0.2", "en"), ("zh-CN", "zh"), ("en;q=0.1, zh", "zh")],
)
def test_a_problem_is_told_in_the_language_asked_for(door: Door, header: str, language: str) -> None:
    answer = door.client.get("/nowhere", headers={"Accept-Language": header})

    assert answer.headers["content-language"] == language
    assert answer.json()["detail"] == answer.json()["text"][language]


def test_each_wrong_field_is_named_in_both_languages(door: Door) -> None:
    answer = door.client.post(SESSIONS, json={"account": 7, "passwort": "x"})

    assert answer.status_code == 422
    errors = {error["pointer"]: error["text"] for error in answer.json()["errors"]}
    assert set(errors) == {"/body/account", "/body/password", "/body/passwort"}
    assert errors["/body/password"] == {"zh": "必须填写。", "en": "This is required."}
    assert all(text["zh"] != text["en"] for text in errors.values())


@pytest.mark.parametrize(
    ("body", "kind", "status", "key"),
    [
        (b"[" * 3000, "application/json", 400, "unreadable-body"),
        (b'{"account": ' * 300, "application/json", 400, "unreadable-body"),
        (b'{"account": "\xff\xfe"}', "application/json", 400, "unreadable-body"),
        (b"{", "application/json", 400, "unreadable-body"),
        (b'{"account": "\\ud800", "password": "x"}', "application/json", 422, "invalid"),
        (b"account=x&password=y", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"<a/>", "text/xml", 415, "unsupported-media-type"),
        (b"", "application/json", 422, "invalid"),
        (b"null", "application/json", 422, "invalid"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(
    door: Door, body: bytes, kind: str, status: int, key: str
) -> None:
    answer = door.client.post(SESSIONS, content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, key)


def test_a_large_body_is_refused_by_its_length_before_it_is_read(door: Door) -> None:
    answer = door.client.post(SESSIONS, content=b" " * (LIMIT + 1))

    assert answer.status_code == 413
    assert str(LIMIT) in answer.json()["detail"]
    assert "body_limit" in answer.json()["detail"]


def test_a_large_body_without_a_length_is_cut_off_while_it_is_read(server: Served) -> None:
    with connected(server) as peer:
        peer.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n")
        peer.sendall(b"Content-Type: application/json\r\n\r\n")
        chunk = b"400\r\n" + b" " * 0x400 + b"\r\n"
        for _ in range(5):
            peer.sendall(chunk)
        answer = peer.recv(65536)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_of_the_largest_size_is_read(door: Door) -> None:
    body = json.dumps({"account": "nobody", "password": "x"}).encode()

    answer = door.client.post(
        SESSIONS, content=body.ljust(LIMIT), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("testserver", 200),
        ("127.0.0.1:8046", 200),
        ("duty.power.example", 200),
        ("DUTY.power.example:443", 200),
        ("power.example.evil.example", 400),
        ("evil.example", 400),
        ("", 400),
    ],
)
def test_only_allowed_hosts_are_answered(door: Door, host: str, status: int) -> None:
    assert door.client.get("/health", headers={"Host": host}).status_code == status


def test_answers_carry_what_browsers_heed_and_no_banner(door: Door) -> None:
    for path in ("/health", "/nowhere", "/api/v1/rules", "/docs"):
        headers = door.client.get(path, headers={"Origin": "https://evil.example"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers
        assert "strict-transport-security" not in headers


def test_https_only_is_told_where_it_is_set(start_empty: StartSmall) -> None:
    answer = start_empty(https_only=True).client.get("/health")

    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("error", "status", "key"),
    [
        (RuntimeError("secret of P003"), 500, "internal"),
        (StoreError(Text("磁盘 /var/x 已满", "The disk /var/x is full")), 503, "store"),
        (ForbiddenError(Text("不可以", "You may not")), 403, "forbidden"),
    ],
)
def test_what_fails_inside_shows_nothing_of_its_insides(
    door: Door, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, key: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(door.service.committer, "bureaus", fail)

    answer = door.client.get("/ready")

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, key)
    for hidden in ("P003", "Traceback", "/var/x", "RuntimeError"):
        assert hidden not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def connected(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def test_two_hundred_slow_clients_keep_nobody_waiting(server: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(server)) for _ in range(200)]
        for number, peer in enumerate(slow):
            head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            # half of them send their headers byte by byte, half their body
            body = b"Content-Type: application/json\r\nContent-Length: 400\r\n\r\n{"
            peer.sendall(head + (body if number % 2 else b"X-Slow: "))
        started = time.perf_counter()
        for _ in range(20):
            with connected(server) as quick:
                quick.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                assert quick.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert time.perf_counter() - started < 5

        # and they are not waited for without end: 408 for a slow body, an end for slow headers
        ends = [end_of(peer) for peer in slow]
    assert all(end == b"" for end in ends[::2])
    assert all(end.startswith(b"HTTP/1.1 408 ") for end in ends[1::2])


def end_of(peer: socket.socket) -> bytes:
    received = b""
    try:
        while part := peer.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def test_small_answers_are_not_held_back(server: Served) -> None:
    taken = []
    with connected(server) as peer:
        for _ in range(15):
            started = time.perf_counter()
            peer.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            received = b""
            while not received.endswith(b"}"):
                received += peer.recv(4096)
            taken.append(time.perf_counter() - started)

    # without TCP_NODELAY each takes 40 ms and more
    assert min(taken[5:]) < 0.03


@pytest.mark.parametrize(
    "sent", [b"GARBAGE\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"]
)
def test_what_is_not_http_gets_a_problem(server: Served, sent: bytes) -> None:
    with connected(server) as peer:
        peer.sendall(sent)
        head, _, body = end_of(peer).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["type"].endswith("/bad-request")


def test_headers_without_end_are_refused(server: Served) -> None:
    with connected(server) as peer:
        peer.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: " + b"x" * 40_000)
        assert end_of(peer).startswith(b"HTTP/1.1 400 ")
