"""What happens around every request: its id, its log line, its measures, and no exception left unanswered."""

from __future__ import annotations

import logging
import re
import time
import uuid
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dutygraph.service.logs import log
from dutygraph.service.measures import Measures
from dutygraph.service.models import API
from dutygraph.service.problems import ProblemError, problem_response

REQUEST_ID = "X-Request-Id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")
_NO_ROUTE = "-"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestsSeen:
    """The outermost layer: gives each request an id, measures and logs it; what failed is a 500."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        measures = _measures_of(scope)
        if measures is not None:
            measures.under_way.inc()
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            log("request.failed", level=logging.ERROR, error=error, requestId=request_id, route=_route(scope))
            if not answer.status:
                problem = ProblemError(500, "internal", request=request_id)
                await problem_response(Request(scope), problem)(scope, receive, answer.send)
        finally:
            seconds = time.perf_counter() - started
            if measures is not None:
                measures.under_way.dec()
            _tell(scope, answer.status, seconds, measures)


class _Answer:
    """Watches an answer go out, and puts the request's id on it."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID] = self._request_id
        await self._send(message)


def _tell(scope: Scope, status: int, seconds: float, measures: Measures | None) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    route = _route(scope)
    if measures is not None:
        measures.answered(method, route, status, seconds)
    level = logging.WARNING if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    log(
        "request",
        level=level,
        requestId=scope["state"]["request_id"],
        method=method,
        route=route,
        status=status or None,
        ms=round(seconds * 1000, 1),
        account=scope["state"].get("account_id"),
    )


def _route(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return _NO_ROUTE
    # a route of an included router may know its own part of the path alone
    inside = scope["path"].removeprefix(scope.get("root_path", "")).startswith(f"{API}/")
    return f"{API}{path}" if inside and not path.startswith(API) else str(path)


def _measures_of(scope: Scope) -> Measures | None:
    service = getattr(scope["app"].state, "service", None) if "app" in scope else None
    return None if service is None else service.measures
