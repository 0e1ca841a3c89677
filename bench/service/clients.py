"""HTTP clients that cost little, so that what is measured is the service: readers and one writer."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from random import Random
from secrets import token_hex
from time import perf_counter
from typing import Any

from stores import PASSWORD, Account

API = "/api/v1"
_LONGEST_IDLE = 3.0
"""Seconds after which a connection is not used again: the service hangs up after five."""
_CHECKED = 0.1
"""The part of all answers that is read and checked."""
_FIELDS = {"label": "双人勘查", "stage": ["事中"], "ownerPost": ["G02"], "risk": ["R04-05"]}


@dataclass
class Measured:
    """What was measured: seconds by endpoint, answers that were errors, how many were checked."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    checked: int = 0


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self._port, self.token = port, token
        self._used = 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sign_in(self, account: Account) -> str:
        status, _, body = await self.ask(
            "POST", f"{API}/sessions", {"account": account.name, "password": PASSWORD}
        )
        assert status == HTTPStatus.CREATED, body
        self.token = str(json.loads(body)["token"])
        return self.token

    async def ask(
        self, method: str, path: str, content: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; return status, headers and body of the answer."""
        if self._streams is None or perf_counter() - self._used > _LONGEST_IDLE:
            self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        body = b"" if content is None else json.dumps(content).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        if content is not None:
            lines.append("Content-Type: application/json")
        if self.token is not None:
            lines.append(f"Authorization: Bearer {self.token}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        answer = await reader.readexactly(int(told.get("content-length", "0")))
        self._used = perf_counter()
        return int(head[0].split(" ")[1]), told, answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


def questions(chance: Random, account: Account) -> Iterator[tuple[str, str]]:
    """Yield what a person asks, endpoint and path: mostly pages of gaps, then coverage, then the chart."""
    home = f"{API}/bureaus/{account.bureau}"
    while True:
        page = chance.randint(1, 3)
        yield (
            "gaps",
            chance.choice(
                [
                    f"{home}/gaps?page={page}",
                    f"{home}/gaps?severity=Violation&page={page}",
                    f"{home}/gaps?aspect=point&sort=rule",
                    f"{home}/gaps?star=3",
                ]
            ),
        )
        yield (
            "coverage",
            f"{home}/coverage?by={chance.choice(account.axes)}",
        )
        yield "gaps", f"{home}/gaps?page={page + 1}"
        yield "chart", f"{home}/charts/double-key"


Tokens = Mapping[Account, str]


async def read(
    port: int,
    tokens: Tokens,
    account: Account,
    number: int,
    thinking: float,
    measured: Measured,
    stop: asyncio.Event,
) -> None:
    """Ask one question after the other, with time to think between them (a mean in seconds, 0: none).

    A closed loop: who waits for an answer asks nothing meanwhile. Every tenth answer is read and checked.
    """
    chance = Random(number)
    connection = Connection(port, tokens[account])
    seen = 0
    if thinking:
        await asyncio.sleep(chance.random() * 2 * thinking)
    for endpoint, path in questions(chance, account):
        if stop.is_set():
            break
        began = perf_counter()
        try:
            status, _, body = await connection.ask("GET", path)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            measured.errors.append(f"{error!r} {path}")
            connection.close()
            connection = Connection(port, tokens[account])
            await asyncio.sleep(1)
            continue
        measured.seconds[endpoint].append(perf_counter() - began)
        if status != HTTPStatus.OK:
            measured.errors.append(f"{status} {path} {body[:200]!r}")
        elif chance.random() < _CHECKED:
            told = json.loads(body)
            measured.checked += 1
            wrong = problem(endpoint, told, seen)
            measured.errors.extend([f"{wrong}: {path}"] if wrong else [])
            seen = max(seen, told["commit"])
        if thinking:
            await asyncio.sleep(chance.expovariate(1 / thinking))
    connection.close()


def problem(endpoint: str, told: Any, seen: int) -> str | None:
    """Say what is wrong with an answer: it is older than one before, or its figures do not add up."""
    if told["commit"] < seen:
        return f"commit {told['commit']} after {seen}"
    if endpoint == "gaps":
        counts, begin = told["counts"], (told["page"] - 1) * told["size"]
        shown = min(told["size"], max(0, told["total"] - begin))
        right = len(told["items"]) == shown and sum(counts.values()) == told["total"]
        return None if right else "the page is not as long as it should be"
    if endpoint == "coverage":
        right = all(row["covered"] + len(row["missing"]) == row["total"] for row in told["items"])
        return None if right and told["items"] else "what is covered and missing is not the total"
    businesses = {axis["thing"]["id"] for axis in told["businesses"]}
    right = bool(businesses) and all(cell["business"] in businesses for cell in told["cells"])
    return None if right else "a cell of the chart is of no business"


async def write(
    port: int,
    tokens: Tokens,
    accounts: Sequence[Account],
    every: float,
    measured: Measured,
    stop: asyncio.Event,
) -> None:
    """Commit one changed control every so many seconds: twenty at one bureau, then at the next."""
    for turn in count():
        if stop.is_set():
            return
        account = accounts[turn % len(accounts)]
        connection = Connection(port, tokens[account])
        await _write_some(connection, account, every, measured, stop)
        connection.close()


async def _write_some(
    connection: Connection, account: Account, every: float, measured: Measured, stop: asyncio.Event
) -> None:
    url = f"{API}/bureaus/{account.bureau}/records/control"
    identifier = f"BENCH-{token_hex(4)}"
    first = True
    tag = ""
    for number in range(20):
        if stop.is_set():
            break
        began = perf_counter()
        fields = {**_FIELDS, "label": f"双人勘查{number}"}
        if first:
            status, headers, body = await connection.ask("POST", url, {"id": identifier, "fields": fields})
        else:
            # every other commit opens a gap (a control without an owner), the next one closes it
            owned = fields if number % 2 == 0 else {k: v for k, v in fields.items() if k != "ownerPost"}
            path = f"{url}/{identifier}"
            status, headers, body = await connection.ask("PUT", path, {"fields": owned}, If_Match=tag)
        tag = headers.get("etag", "")
        endpoint = "first commit at a bureau" if first else "commit"
        measured.seconds[endpoint].append(perf_counter() - began)
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            measured.errors.append(f"{status} {url} {body[:300]!r}")
        first = False
        await asyncio.sleep(every)
