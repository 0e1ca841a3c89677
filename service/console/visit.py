"""Who looks at a page, in which language: what a page may know and ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast
from urllib.parse import urlencode

from nicegui import run
from starlette.requests import HTTPConnection

from dutygraph.service.access.roles import Caller, Scope
from dutygraph.service.access.view import View
from dutygraph.service.accounts import SignedIn, TokenKind
from dutygraph.service.answers import Answers
from dutygraph.service.console.cookies import SESSION, language_chosen, theme_chosen
from dutygraph.service.console.wording import Bilingual, Words
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service, check_scope

Found = TypeVar("Found")


@dataclass(frozen=True)
class Visit:
    """One page opened by one session. ``here`` is its path with the query; ``token`` the session's text."""

    service: Service
    signed: SignedIn
    token: str
    language: str
    theme: str
    here: str
    root: str = ""
    request_id: str = "-"
    query: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """Who looks, in the role of this session."""
        return self.signed.caller

    @property
    def code(self) -> str:
        """The code of the bureau.

        Raises:
            ProblemError: 403, this role belongs to no bureau.

        """
        if self.caller.bureau is None:
            raise ProblemError(403, "forbidden")
        return self.caller.bureau

    @property
    def answers(self) -> Answers:
        """The answers that the service keeps, shared with the endpoints."""
        return self.service.part(Answers)

    @property
    def words(self) -> Words:
        """The language of the page."""
        return Words(self.language)

    def say(self, key: str, **fields: object) -> str:
        """Return a text of ``texts/``: ``visit.say("gaps.none")``."""
        return self.words.say(key, **fields)

    def text(self, text: Bilingual) -> str:
        """Return a text of the service's own functions."""
        return self.words.text(text)

    def url(self, path: str, **query: str | None) -> str:
        """Return the address of a page or an endpoint, from the root of the service."""
        told = {name: value for name, value in query.items() if value}
        return self.root + path + (f"?{urlencode(told)}" if told else "")

    def view(self) -> View:
        """Return what the caller may see of the bureau at its latest commit; it may take long: ``work``.

        Raises:
            ProblemError: 403, this role belongs to no bureau, or the session may not read.
            UnknownBureauError: the bureau has no data yet.

        """
        check_scope(self.caller, Scope.READ)
        return self.service.views.of(self.caller, self.code)

    def with_params(self, params: Mapping[str, str]) -> Visit:
        """Return the visit with the parameters of the page's path."""
        return replace(self, params=params)

    def is_alive(self, *, in_use: bool) -> bool:
        """Tell whether the session is still in force: it may have expired, or been ended elsewhere.

        What somebody does is use; a page that stands open is not, and its session ends like any idle one.
        """
        return self.service.accounts.tokens.signed_in(self.token, in_use=in_use) is not None

    async def work(self, ask: Callable[..., Found], *given: object) -> Found:
        """Return what a function gives that takes long, without keeping other people's pages waiting."""
        return cast("Found", await run.io_bound(ask, *given))


def visit_of(connection: HTTPConnection, service: Service) -> Visit | None:
    """Return whose page a connection asks for, by its cookie; None where no session is in force."""
    token = connection.cookies.get(SESSION, "")
    signed = service.accounts.tokens.signed_in(token) if token else None
    if signed is None or signed.token.kind is not TokenKind.SESSION:
        return None
    scope = connection.scope
    root = scope.get("root_path", "")
    path = scope["path"].removeprefix(root) or "/"
    query = scope.get("query_string", b"").decode("latin-1")
    return Visit(
        service=service,
        signed=signed,
        token=token,
        language=language_chosen(connection),
        theme=theme_chosen(connection),
        here=f"{path}?{query}" if query else path,
        root=root,
        request_id=str(scope.get("state", {}).get("request_id", "-")),
        query=dict(connection.query_params),
    )
