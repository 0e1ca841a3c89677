"""A running service with two small bureaus, asked over HTTP as any client does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from dutygraph.commits import COMMAND_LINE, Action, Actor, Committer, StoreFolder
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.accounts import Grant, TokenKind
from dutygraph.service.app import create_app
from dutygraph.service.parts import PARTS
from dutygraph.service.running import Service, open_service
from dutygraph.service.settings import Settings
from dutygraph.sources import read
from dutygraph.store import DEFAULT_BASE, BureauGraphs
from tests.cli.door import LEDGER
from tests.loaders.ledgers import Rows, write_book

NAMES = BureauGraphs(DEFAULT_BASE, "demo")
OTHER = BureauGraphs(DEFAULT_BASE, "other")
SECONDS = 1.5
ROWS = 60
WAITING = 25

ISSUES: Rows = (
    ("问题编号", "标题", "来源", "发现日期"),
    ("I001", "勘查不到位", "监督检查", "2025-04-01"),
)
TALKS: Rows = (
    ("谈话编号", "日期", "方式", "关联问题", "谈话人"),
    ("TH01", "2025-04-03", "提醒谈话", "I001", "A01"),
)
PEOPLE: Rows = (("人员编号", "姓名"), ("P001", "张一"), ("P011", "李十一"))
OTHER_PEOPLE: Rows = (
    ("人员编号", "姓名"),
    ("P001", "王外局"),
)
OTHER_BASICS: Rows = (("局编号", "局名称", "年度", "数据日期"), ("other", "别局", 2025, "2025-12-31"))
SHEETS: Mapping[str, Rows] = {**LEDGER, "谈话记录": TALKS, "姓名对照": PEOPLE}


@dataclass(frozen=True)
class Office:
    """The running service, where it listens, and a token of each account."""

    service: Service
    address: str
    tokens: Mapping[str, str]

    @property
    def sparql(self) -> str:
        return f"{self.address}/sparql"

    def ask(
        self, query: str | None, *, who: str = "so", method: str = "GET", **given: Any
    ) -> httpx2.Response:
        """Ask by GET; *given* are more parameters of httpx."""
        params = [*([] if query is None else [("query", query)]), *given.pop("params", [])]
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **given.pop("headers", {})}
        return httpx2.request(method, self.sparql, params=params, headers=headers, timeout=30, **given)

    def rows(self, query: str, **given: Any) -> list[tuple[str | None, ...]]:
        """Ask a SELECT and return the values, sorted; an error fails the test."""
        answer = self.ask(query, **given)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        names = found["head"]["vars"]
        return sorted(
            tuple(row[name]["value"] if name in row else None for name in names)
            for row in found["results"]["bindings"]
        )


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Office]:
    """Fill a store, run the service on a free port of this machine, stop it at the end."""
    if not (folder / "store").exists():
        fill(folder)
    given = {"sparql_seconds": SECONDS, "sparql_rows": ROWS, "sparql_waiting": WAITING, **settings}
    set_up = Settings(store=folder / "store", **given)
    with open_service(set_up, PARTS) as service:
        tokens = _tokens(service)
        with _listening(set_up, service) as address:
            yield Office(service, address, tokens)


def fill(folder: Path) -> None:
    """Make the store with both bureaus, at commit 1 each."""
    opened = StoreFolder.open(folder / "store", create=True)
    committer = Committer(opened)
    books = {"demo": SHEETS, "other": {**LEDGER, "基本信息": OTHER_BASICS, "姓名对照": OTHER_PEOPLE}}
    for code, sheets in books.items():
        book = write_book(folder / f"{code}.xlsx", sheets)
        loaded = read([book], base=DEFAULT_BASE, bureau=None, partial=False, engine="compiled")
        assert not loaded.problems, loaded.problems
        committer.commit(loaded.delta, Actor("office", "SO"), Action.IMPORT, target=f"import/{code}")
    opened.close()


def _tokens(service: Service) -> dict[str, str]:
    wanted = {
        "so": (Grant("", Role.SO, "demo"), None),
        "so-of-other": (Grant("", Role.SO, "other"), None),
        "reader": (Grant("", Role.SO, "demo"), [Scope.READ]),
        "tier-one": (Grant("", Role.T1, "demo", person="P001"), None),
        "trainee": (Grant("", Role.TRAINEE, "demo"), None),
        "administrator": (Grant("", Role.ADMINISTRATOR), None),
    }
    tokens = {}
    for name, (grant, scopes) in wanted.items():
        service.accounts.create(name, "Yu-3-hua-shi-ban-deng", COMMAND_LINE)
        given = service.accounts.grant(name, grant, COMMAND_LINE)
        account = service.accounts.account(name)
        tokens[name], _ = service.accounts.tokens.issue(
            account, given, TokenKind.PROGRAM, timedelta(hours=1), scopes=scopes
        )
    return tokens


@contextmanager
def _listening(settings: Settings, service: Service) -> Iterator[str]:
    app = create_app(settings, service)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2)
    )
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
