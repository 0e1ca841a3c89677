"""A second service, a damaged folder, a full disk, a stop amid a request, a clock that goes back."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from dutygraph.commits import Committer, StoreFolder
from tests.commits.bureaus import Clock, commit, delta, risk
from tests.service.bad_days import COMMAND, HOME, Answer, controls, copy_of, make_store, serving, symptoms

_MEBI = 1024 * 1024


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("made"))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return copy_of(made, tmp_path)


def refused(store: Path) -> str:
    """Return what a service says that cannot start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    words = [COMMAND, "serve", "--store", store, "--port", port, "--lang", "en"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


def test_a_second_service_on_the_same_store_does_not_start(store: Path) -> None:
    with serving(store) as service:
        assert "is in use by another program" in refused(store)
        assert service.ask("GET", "/ready").status == 200


@pytest.mark.parametrize("pattern", ["MANIFEST-*", "CURRENT"])
def test_a_service_over_damaged_files_does_not_start(store: Path, pattern: str) -> None:
    for file in (store / "graph").glob(pattern):
        file.write_bytes(os.urandom(64))

    assert "damaged" in refused(store)
    assert symptoms(store) == {"damaged"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", place]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system may not be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_on_a_full_disk_reads_go_on_and_writes_work_again_once_there_is_room(
    made: Path, small_disk: Path
) -> None:
    store = copy_of(made, small_disk)
    ballast = small_disk / "ballast"
    with serving(store) as service:
        service.sign_in()
        assert service.add_control("C1").status == 201
        free = os.statvfs(small_disk)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - 8 * _MEBI)

        full = service.add_control("C2")
        assert full.status in {503, 507}
        assert "磁盘" in full.body["text"]["zh"]
        assert "make room" in full.body["text"]["en"]
        assert service.ask("GET", f"{HOME}/gaps").status == 200
        assert service.ask("GET", "/ready").status == 503

        ballast.unlink()
        assert service.add_control("C3").status == 201
    assert set(controls(store)) == {"C1", "C3"}
    assert symptoms(store) <= {"left-by-a-kill", "disk-low"}


def test_where_a_file_takes_no_more_nothing_is_confirmed_that_is_not_there(store: Path) -> None:
    """The system refuses to let a file grow, amid a commit: what a disk does that is full all at once."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (96 * 1024, resource.RLIM_INFINITY))

    confirmed, answer = list[str](), None
    with serving(store, before=limit) as service:
        service.sign_in()
        for number in range(200):
            answer = service.add_control(f"F{number}")
            if answer.status != 201:
                break
            confirmed.append(f"F{number}")
        assert answer is not None
        assert answer.status in {503, 507}, answer
        assert "dutygraph doctor" in answer.body["text"]["zh"]
        assert service.ask("GET", f"{HOME}/gaps").status == 200

    assert symptoms(store) <= {"left-by-a-kill"}
    there = controls(store)
    assert set(confirmed) <= set(there)
    assert len(there) <= len(confirmed) + 1
    with serving(store) as service:
        service.sign_in()
        assert service.add_control("after").status == 201


def test_a_stop_finishes_the_request_under_way(store: Path) -> None:
    answers: list[Answer] = []
    with serving(store) as service:
        service.sign_in()
        assert service.add_control("C1").status == 201
        asking = Thread(target=lambda: answers.append(service.add_control("C2")))
        # a request whose body is not all there yet, when the stop is asked for
        slow = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        body = b'{"asOf": "2026-03-31"}'
        slow.putrequest("POST", f"{HOME}/checks")
        slow.putheader("Authorization", f"Bearer {service.token}")
        slow.putheader("Content-Type", "application/json")
        slow.putheader("Content-Length", str(len(body)))
        slow.endheaders(body[:5])
        sleep(0.3)
        asking.start()
        asking.join(30)

        service.process.send_signal(signal.SIGTERM)
        sleep(0.3)
        slow.send(body[5:])
        finished = slow.getresponse()
        assert finished.status in {200, 201}, finished.read()
        slow.close()
        assert service.process.wait(60) == 0
    assert answers[0].status == 201
    assert set(controls(store)) == {"C1", "C2"}
    assert symptoms(store) == set()


def test_a_gigabyte_is_refused_without_being_read(store: Path) -> None:
    with serving(store) as service:
        service.sign_in()
        for path in (f"{HOME}/imports?name=x.xlsx", f"{HOME}/records/control"):
            upload = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
            upload.putrequest("POST", path)
            upload.putheader("Authorization", f"Bearer {service.token}")
            upload.putheader("Content-Length", str(1024 * _MEBI))
            upload.endheaders(b"PK\x03\x04")
            assert upload.getresponse().status == 413
            upload.close()
        status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        assert resident < 900 * 1024


def test_a_clock_that_goes_back_makes_no_entry_older_than_the_last(store: Path) -> None:
    clock = Clock(datetime(2027, 5, 1, 8, tzinfo=UTC))
    with StoreFolder.open(store) as folder:
        committer = Committer(folder, clock=clock)
        before = commit(committer, delta(risk("R9-1"))).entry
        clock.now = datetime(2026, 5, 1, 8, tzinfo=UTC)
        after = commit(committer, delta(risk("R9-2"))).entry

        assert after.at >= before.at
        assert "clock 2026-05-01" in after.note
        assert committer.verify() == []
    assert symptoms(store) == {"clock-behind"}
