"""What stands before the pages: who is signed in, and what a browser may load and run."""

from __future__ import annotations

import secrets

from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dutygraph.service.console.cookies import SESSION, language_chosen
from dutygraph.service.console.signing_in import address
from dutygraph.service.console.visit import visit_of
from dutygraph.service.models import API
from dutygraph.service.running import Service

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_SCRIPT = b"<script"
_FILES = "/_nicegui/"
_FORWARDED_PREFIX = b"x-forwarded-prefix"


class Gate:
    """Lets who is signed in to the pages; others are sent to the sign-in, and come back from there.

    NiceGUI's own files are for everybody. Sockets are let through: ``mounting`` looks at their sessions.
    """

    def __init__(self, pages: ASGIApp) -> None:
        """Stand before the *pages*."""
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or socket."""
        # a caller could have it put into addresses of scripts; the service's root_path is a setting
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != _FORWARDED_PREFIX]
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] == "websocket" or path.startswith(_FILES):
            await self._pages(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        visit = visit_of(HTTPConnection(scope), service)
        if visit is None:
            query = scope["query_string"].decode("latin-1")
            wanted = f"{path}?{query}" if query else path
            answer = RedirectResponse(scope.get("root_path", "") + address(wanted), 303)
            await answer(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["visit"], state["account_id"] = visit, visit.signed.account_id
        await self._pages(scope, receive, _Guarded(send).send)


class _Guarded:
    """Gives a page its policy: only the scripts that NiceGUI's template holds may run, marked by a nonce.

    All values in the template are escaped: ``<script`` is found where the template has it and nowhere else.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body" or self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        headers = MutableHeaders(scope=self._start)
        nonce = secrets.token_urlsafe(18)
        if headers.get("content-type", "").startswith("text/html"):
            self._body = self._body.replace(_SCRIPT, f'<script nonce="{nonce}"'.encode())
        headers["Content-Length"] = str(len(self._body))
        headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
        headers["Referrer-Policy"] = "same-origin"  # else forms would come without an Origin
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body, "more_body": False})


class ReadingByCookie:
    """Lets the session of the console read the API, as for a file to download: GET and HEAD alone.

    What changes something needs the header that no page can be tricked into sending.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            headers = Headers(scope=scope)
            if path.startswith(f"{API}/") and "authorization" not in headers:
                _read_by_cookie(scope)
        await self._app(scope, receive, send)


def _read_by_cookie(scope: Scope) -> None:
    connection = HTTPConnection(scope)
    token = connection.cookies.get(SESSION)
    if token is None:
        return
    scope.setdefault("state", {})["token"] = token
    language = language_chosen(connection).encode()
    scope["headers"] = [
        *(pair for pair in scope["headers"] if pair[0] != b"accept-language"),
        (b"accept-language", language),
    ]
