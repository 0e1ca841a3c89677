"""Measure a running service: ``python -m bench.service``; see ``--help``.

A service of its own process, over 1 and over 100 bureaus: 50 readers, each signed in, ask for pages of gaps,
coverage and the double-key chart, first with time to think, then flat out, while one writer commits. Before
that each bureau is asked once: a service computes a bureau when it is first asked for it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from clients import API, Connection, Measured, Tokens, read, write
from pages import Phase, Run, show, write_page
from stores import Account, make_accounts, make_store

_SAMPLE_SECONDS = 30.0
_WARM_AT_ONCE = 2


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where stores are made, and kept for the next run")
    parser.add_argument("--bureaus", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10, help="of each size: four fifths with thinking")
    parser.add_argument("--thinking", type=float, default=5.0, help="mean seconds between questions")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between commits")
    parser.add_argument("--page", type=Path, help="write the results here, as Markdown")
    arguments = parser.parse_args()
    runs = [measure(arguments, bureaus) for bureaus in arguments.bureaus]
    if arguments.page:
        write_page(arguments.page, runs, machine(), arguments)
    if any(phase.measured.errors for run in runs for phase in run.phases):
        raise SystemExit(1)


def machine() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    count = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{cpu}, {count} CPUs, Python {platform.python_version()}"


def measure(arguments: argparse.Namespace, bureaus: int) -> Run:
    path = arguments.folder / f"store-{bureaus}"
    arguments.folder.mkdir(parents=True, exist_ok=True)
    imported = make_store(path, bureaus)
    reading, writing = make_accounts(path, bureaus, arguments.readers)
    with service(path) as (port, process):
        tokens = asyncio.run(sign_in(port, [*reading, *writing]))
        began = time.perf_counter()
        asyncio.run(warm(port, tokens, writing))
        warmed = (time.perf_counter() - began) / bureaus
        sys.stderr.write(f"\n{bureaus} bureaus: asked once in {warmed:.2f} s each, {memory(process)} MB\n")
        run = Run(bureaus, imported, warmed, memory(process))
        seconds = arguments.minutes * 60
        for name, thinking, length in (
            ("thinking", arguments.thinking, seconds * 0.8),
            ("flat out", 0.0, seconds * 0.2),
        ):
            phase = asyncio.run(
                load(port, tokens, process, name, reading, writing, thinking, arguments.every, length)
            )
            run.phases.append(phase)
            show(run, phase)
    return run


@contextmanager
def service(path: Path) -> Iterator[tuple[int, int]]:
    """Run ``dutygraph serve`` over a store; give its port and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("dutygraph")
    with (path.parent / "serve.log").open("w") as log:
        running = subprocess.Popen([command, "serve", "--store", path, "--port", str(port)], stderr=log)
        try:
            while running.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield port, running.pid
        finally:
            running.terminate()
            running.wait(60)


async def sign_in(port: int, accounts: list[Account]) -> Tokens:
    """Sign in one after the other: a password takes a core for tens of milliseconds."""
    tokens = {}
    for account in accounts:
        connection = Connection(port)
        tokens[account] = await connection.sign_in(account)
        connection.close()
    return tokens


async def warm(port: int, tokens: Tokens, accounts: list[Account]) -> None:
    """Ask for the gaps of every bureau once."""
    waiting = list(reversed(accounts))

    async def one() -> None:
        while waiting:
            account = waiting.pop()
            connection = Connection(port, tokens[account])
            status, _, body = await connection.ask("GET", f"{API}/bureaus/{account.bureau}/gaps")
            assert status == HTTPStatus.OK, body
            assert json.loads(body)["total"] > 0
            connection.close()

    await asyncio.gather(*(one() for _ in range(_WARM_AT_ONCE)))


async def load(  # noqa: PLR0913, PLR0917 - all that a phase is made of
    port: int,
    tokens: Tokens,
    process: int,
    name: str,
    reading: list[Account],
    writing: list[Account],
    thinking: float,
    every: float,
    seconds: float,
) -> Phase:
    measured, stop, memories = Measured(), asyncio.Event(), [memory(process)]
    loads, spent = [round(os.getloadavg()[0], 1)], cpu_seconds(process)

    async def sample() -> None:
        while True:
            await asyncio.sleep(min(_SAMPLE_SECONDS, seconds / 4))
            memories.append(memory(process))
            loads.append(round(os.getloadavg()[0], 1))

    sampling = asyncio.create_task(sample())
    readers = [read(port, tokens, account, n, thinking, measured, stop) for n, account in enumerate(reading)]
    working = asyncio.gather(*readers, write(port, tokens, writing, every, measured, stop))
    began = time.perf_counter()
    done, _ = await asyncio.wait([working], timeout=seconds)
    took = time.perf_counter() - began
    stop.set()
    await working
    sampling.cancel()
    assert not done, "the load ended before its time"
    return Phase(name, took, measured, memories, loads, cpu_seconds(process) - spent)


def cpu_seconds(process: int) -> float:
    """Return the seconds of CPU that a process has spent, without those that it started."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> int:
    """Return the resident megabytes of a process and those it started."""
    total = 0
    for number in (process, *children(process)):
        try:
            status = Path(f"/proc/{number}/status").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return total // 1024


def children(process: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, check=False)
    return [int(word) for word in found.stdout.split()]


if __name__ == "__main__":
    main()
