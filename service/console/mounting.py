"""The console on the service's application: its routes, the session behind every event, start and stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cache
from typing import Any

import socketio
from fastapi import FastAPI, Request
from nicegui import Client, core, ui
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from dutygraph.service.console import assets, incoming, saving, signing_in
from dutygraph.service.console.elsewhere import Elsewhere
from dutygraph.service.console.gate import Gate, ReadingByCookie
from dutygraph.service.console.page import Page
from dutygraph.service.console.pages import PAGES
from dutygraph.service.console.shell import show
from dutygraph.service.console.visit import Visit, visit_of

_SOCKET = "/_nicegui_ws/"
_FILES = "/_nicegui/"
_LOOK_EVERY = 15.0


def add_console(app: FastAPI) -> AbstractAsyncContextManager[None]:
    """Add the console to the service's application; return what has to run while the service does."""
    pages = nicegui_pages()
    app.include_router(signing_in.router)
    app.include_router(assets.router)
    app.include_router(incoming.router)
    app.include_router(saving.router)
    app.router.routes.append(ConsoleRoute(GZipMiddleware(Gate(pages)), tuple(page.path for page in PAGES)))
    app.router.routes.append(Elsewhere())
    app.add_middleware(ReadingByCookie)
    return _running(app, pages)


class ConsoleRoute(BaseRoute):
    """Takes what belongs to the console, and nothing else: other addresses are answered as without it."""

    def __init__(self, gate: ASGIApp, paths: tuple[str, ...]) -> None:
        """Send what is asked of these *paths* through the *gate*."""
        self._gate = gate
        self._patterns = [compile_path(path)[0] for path in paths]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is the console's."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] == "websocket":
            found = path.startswith(_SOCKET)
        else:
            page = any(pattern.match(path) for pattern in self._patterns)
            found = (
                scope["type"] == "http"
                and scope["method"] in {"GET", "HEAD"}
                and (page or path.startswith(_FILES))
            )
        return (Match.FULL if found else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await self._gate(scope, receive, send)


@cache
def nicegui_pages() -> FastAPI:
    """Return NiceGUI with all pages. It is one for the whole process, by its making."""
    for page in PAGES:
        _register(page)
    _guard_events()
    holder = FastAPI(openapi_url=None)
    ui.run_with(
        holder,
        title="责任图谱 Dutygraph",
        dark=None,
        tailwind=False,  # it would make style sheets in the browser, with megabytes of script
        gzip_middleware_factory=None,
        show_welcome_message=False,
        reconnect_timeout=15.0,
        message_history_length=100,
        binding_refresh_interval=None,
    )
    return holder


def _register(page: Page) -> None:
    async def built(request: Request) -> None:
        visit: Visit = request.state.visit
        await show(page, PAGES, visit.with_params(dict(request.path_params)))

    ui.page(page.path, response_timeout=60.0)(built)


def _guard_events() -> None:
    """Let nothing through from a browser whose session has ended since the page was opened."""
    handlers = core.sio.handlers["/"]
    connecting: Callable[..., Awaitable[None]] = handlers["connect"]
    acting: Callable[[str, dict[str, Any]], None] = handlers["event"]

    async def connect(sid: str, environ: dict[str, Any], auth: object = None) -> None:
        if not _is_of_session(environ):
            # the words that make the page of NiceGUI load itself anew, which leads to the sign-in
            raise socketio.exceptions.ConnectionRefusedError("Implicit handshake failed")
        await connecting(sid, environ, auth)

    def event(sid: str, message: dict[str, Any]) -> None:
        client = Client.instances.get(str(message.get("client_id")))
        if client is not None and _still_in(client, in_use=True):
            acting(sid, message)

    core.sio.on("connect", connect)
    core.sio.on("event", event)


def _is_of_session(environ: dict[str, Any]) -> bool:
    """Tell whether a socket comes with the session that the page was opened in."""
    scope = environ["asgi.scope"]
    request = Request({**scope, "type": "http"})
    client = Client.instances.get(request.query_params.get("client_id", ""))
    if client is None:
        return False
    opened: Visit = client.request.state.visit
    now = visit_of(request, opened.service)
    return now is not None and now.signed.token.id == opened.signed.token.id


def _still_in(client: Client, *, in_use: bool) -> bool:
    visit: Visit = client.request.state.visit
    if visit.is_alive(in_use=in_use):
        return True
    client.open(signing_in.address(visit.here))
    return False


@asynccontextmanager
async def _running(app: FastAPI, pages: FastAPI) -> AsyncIterator[None]:
    async with pages.router.lifespan_context(pages), signing_in.tickets_of(app):
        looking = asyncio.create_task(_look_for_ended())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


async def _look_for_ended() -> None:
    """Lead pages that nobody touches to the sign-in once their session has ended."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        for client in list(Client.instances.values()):
            if client.has_socket_connection:
                _still_in(client, in_use=False)
