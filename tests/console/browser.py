"""A real browser on a service that serves the example bureau, and what it noticed while it was used."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from socket import create_server
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from dutygraph.commits import COMMAND_LINE
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import TokenKind
from dutygraph.service.console.mounting import add_console
from dutygraph.service.parts import PARTS
from dutygraph.service.running import Service, open_service
from dutygraph.service.serving import configuration
from dutygraph.service.settings import load_settings
from tests.service.running import GRANTS, PASSWORD

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
_PATIENCE = 15_000


@dataclass
class Console:
    """The console as people use it. ``noticed`` holds what no page may cause, but for what a test expects."""

    url: str
    service: Service
    browser: Browser
    noticed: list[str] = field(default_factory=list)
    kept: dict[tuple[Role, int, str, str], Page] = field(default_factory=dict)

    def stranger(self, path: str, width: int = 1366) -> Page:
        """Open a page without having signed in."""
        return self._opened(path, width, "zh", "light", ())

    def open(
        self, role: Role, path: str, *, width: int = 1366, language: str = "zh", theme: str = "light"
    ) -> Page:
        """Open a page in a role's session; the same window again for the same way of looking."""
        key = (role, width, language, theme)
        page = self.kept.get(key)
        if page is None:
            cookies = (("session", self.session(role)), ("language", language), ("theme", theme))
            page = self.kept[key] = self._opened(path, width, language, theme, cookies)
        else:
            page.goto(self.url + path)
        page.wait_for_selector("#main h1")
        return page

    def session(self, role: Role) -> str:
        """Return the text of a new session's token."""
        accounts = self.service.accounts
        account = accounts.account(role.value.lower())
        life = timedelta(hours=1)
        return accounts.tokens.issue(account, account.grants[0], TokenKind.SESSION, life)[0]

    def _opened(
        self, path: str, width: int, language: str, theme: str, cookies: tuple[tuple[str, str], ...]
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            locale="zh-CN" if language == "zh" else "en-US",
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(_PATIENCE)
        context.add_cookies(
            [{"name": f"dutygraph-{name}", "value": value, "url": self.url} for name, value in cookies]
        )
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.noticed.append(f"error on a page: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.goto(self.url + path)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.noticed.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        inside = (self.url, self.url.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(inside):
            self.noticed.append(f"asked an outside host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.noticed.append(f"answered {response.status}: {response.url.removeprefix(self.url)}")


def found_by_axe(page: Page) -> list[str]:
    """Return what axe-core finds that is serious or critical: rule, and where."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: Mapping[str, Any] = page.evaluate("rules => axe.run(document, rules)", _AXE_RULES)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@contextmanager
def serving(store: Path, browser: Browser) -> Iterator[Console]:
    """Serve a store with the console, in a thread, as ``dutygraph serve`` does; an account for each role."""
    settings = load_settings(store=store)
    with open_service(settings, PARTS) as service:
        for role, grant in GRANTS.items():
            service.accounts.create(role.value.lower(), PASSWORD, COMMAND_LINE, role=grant)
        service.accounts.create("two.roles", PASSWORD, COMMAND_LINE, role=GRANTS[Role.SO])
        service.accounts.grant("two.roles", GRANTS[Role.T1], COMMAND_LINE)
        server = uvicorn.Server(configuration(settings, service, add_console))
        listener = create_server(("127.0.0.1", 0))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield Console(f"http://127.0.0.1:{listener.getsockname()[1]}", service, browser)
        finally:
            server.should_exit = True
            thread.join()
