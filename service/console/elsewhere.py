"""An address that is no page, asked for by a browser: told in words, with a way back."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from dutygraph.service.console.signing_in import plain_page
from dutygraph.service.console.wrong import wrong_of
from dutygraph.service.problems import ProblemError

_NOT_FOR_PEOPLE = ("/api/", "/sparql", "/docs", "/openapi.json", "/health", "/ready", "/metrics", "/console/")


class Elsewhere(BaseRoute):
    """Takes what nothing else took, where somebody reads it; programs get the problem as ever."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a person asks."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return Match.NONE, {}
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        reads = "text/html" in Headers(scope=scope).get("accept", "")
        return (Match.FULL if reads and not path.startswith(_NOT_FOR_PEOPLE) else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope)
        wrong = wrong_of(ProblemError(404, "not-found"), "-")
        answer: HTMLResponse = plain_page(request, "elsewhere", wrong.status, wrong=wrong)
        await answer(scope, receive, send)
