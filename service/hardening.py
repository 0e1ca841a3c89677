"""What keeps bad requests from doing harm: host names, sizes, slowness, and headers for browsers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dutygraph.service.problems import ProblemError, problem_response
from dutygraph.service.settings import Settings

_UPLOADS = re.compile(r"/api/v1/bureaus/[^/]+/(imports|names)/?|/import/file")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_POLICY_VIOLATION = 1008
_HTTPS = "max-age=31536000; includeSubDomains"


class SafeHeaders:
    """Adds the headers that browsers heed; one that an answer has already is left as it is."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Stand around *app*."""
        self._app = app
        self._headers = dict(_HEADERS)
        if settings.https_only:
            self._headers["Strict-Transport-Security"] = _HTTPS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class Limits:
    """Refuses foreign hosts, and large or slow bodies while they come in."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Stand before *app*."""
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket" and not self._admits(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._refusal(scope, Headers(scope=scope))
        if problem is not None:
            await problem_response(Request(scope), problem)(scope, receive, send)
            return
        setting, limit = _limit_of(scope, self._settings)
        body = _Body(receive, setting, limit, self._settings.body_seconds)
        await self._app(scope, body.receive, send)

    def _admits(self, headers: Headers) -> bool:
        """Tell whether a websocket comes from a page of this service: browsers say whose page it is."""
        host = headers.get("host", "")
        return allows(host, self._settings.allowed_hosts) and is_of_host(headers.get("origin", ""), host)

    def _refusal(self, scope: Scope, headers: Headers) -> ProblemError | None:
        if not allows(headers.get("host", ""), self._settings.allowed_hosts):
            return ProblemError(400, "unknown-host")
        setting, limit = _limit_of(scope, self._settings)
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length[:20]) > limit:
            return _too_large(setting, limit)
        return None


class _Body:
    """A body that is counted and timed as it comes in."""

    def __init__(self, receive: Receive, setting: str, limit: int, seconds: float) -> None:
        self._receive = receive
        self._setting, self._limit, self._seconds = setting, limit, seconds
        self._size = 0
        self._whole = False

    async def receive(self) -> Message:
        # once the body is there, what is waited for is the caller's going away: that may take long
        seconds = None if self._whole else self._seconds
        try:
            async with asyncio.timeout(seconds):
                message = await self._receive()
        except TimeoutError as error:
            raise ProblemError(408, "too-slow", headers={"Connection": "close"}) from error
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._size > self._limit:
                raise _too_large(self._setting, self._limit)
        return message


def _too_large(setting: str, limit: int) -> ProblemError:
    return ProblemError(413, "too-large", limit=limit, setting=setting, headers={"Connection": "close"})


def _limit_of(scope: Scope, settings: Settings) -> tuple[str, int]:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if scope["method"] == "POST" and _UPLOADS.fullmatch(path):
        return "upload_limit", settings.upload_limit
    return "body_limit", settings.body_limit


def is_of_host(address: str, host: str) -> bool:
    """Tell whether a page's address is of a host, as Origin and Host say; a proxy may leave out the port."""
    try:
        page = urlsplit(address)
    except ValueError:
        return False
    return bool(host) and host in {page.netloc, page.hostname}


def allows(host: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a Host header names a host that is answered to; ports do not matter."""
    name = re.sub(r":\d*$", "", host).lower()
    return any(_matcher(pattern)(name) for pattern in allowed)


def _matcher(pattern: str) -> Callable[[str], bool]:
    if pattern == "*":
        return lambda _name: True
    if pattern.startswith("*."):
        return lambda name: name.endswith(pattern[1:].lower())
    return lambda name: name == pattern.lower()
