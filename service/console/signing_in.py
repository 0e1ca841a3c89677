"""Signing in and out on pages: plain forms without scripts, on the service's own sessions."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, FastAPI, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from dutygraph.service.accounts import Account, Grant, Token
from dutygraph.service.accounts.passwords import LONGEST
from dutygraph.service.accounts.register import utc_now
from dutygraph.service.console.cookies import (
    LANGUAGE,
    THEME,
    THEMES,
    drop_session,
    keep_preference,
    keep_session,
    language_chosen,
    theme_chosen,
)
from dutygraph.service.console.pages import PAGES
from dutygraph.service.console.templates import render
from dutygraph.service.console.visit import visit_of
from dutygraph.service.console.wording import Words
from dutygraph.service.endpoints.sessions import account_of, begin_session, end_session
from dutygraph.service.failures import problem_of
from dutygraph.service.hardening import is_of_host
from dutygraph.service.languages import LANGUAGES
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service, ServiceDep

router = APIRouter(include_in_schema=False)

PATH = "/sign-in"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_TICKET_LIFE = timedelta(minutes=5)
_MOST_TICKETS = 1000
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,1500}")
_Short = Annotated[str, Form(max_length=64)]
_Next = Annotated[str, Form(alias="next", max_length=2000)]


class Tickets:
    """Says for a few minutes that a password was right, until a role is chosen. Each is good once."""

    def __init__(self) -> None:
        """Begin without any."""
        self._accounts: dict[str, tuple[Account, datetime]] = {}
        self._lock = Lock()

    def issue(self, account: Account) -> str:
        """Return a ticket of an account."""
        now = utc_now()
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._accounts = {key: kept for key, kept in self._accounts.items() if kept[1] > now}
            while len(self._accounts) >= _MOST_TICKETS:
                self._accounts.pop(next(iter(self._accounts)))
            self._accounts[ticket] = (account, now + _TICKET_LIFE)
        return ticket

    def redeem(self, ticket: str) -> Account | None:
        """Return the account of a ticket, as it was when its password was checked; None for no ticket."""
        with self._lock:
            account, ends = self._accounts.pop(ticket, (None, utc_now()))
        return account if ends > utc_now() else None


@asynccontextmanager
async def tickets_of(app: FastAPI) -> AsyncIterator[None]:
    """Keep tickets while the service runs."""
    app.state.tickets = Tickets()
    yield


def address(wanted: str) -> str:
    """Return where to sign in before a page is shown: path and query, from the root of the service."""
    return f"{PATH}?{urlencode({'next': wanted})}"


@router.get("/")
async def home(request: Request, service: ServiceDep) -> Response:
    """Lead to the first page that the role may open."""
    visit = visit_of(request, service)
    if visit is None:
        return _to(request, PATH)
    there = [page.path for page in PAGES if page.in_navigation and page.may(visit)]
    return _to(request, there[0] if there else PAGES[0].path)


@router.get(PATH)
async def ask(
    request: Request, service: ServiceDep, wanted: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> Response:
    """Show the form; who is signed in goes on."""
    if visit_of(request, service) is not None:
        return _to(request, _own(wanted))
    return plain_page(request, "sign-in", next=_own(wanted), problem=None, account="")


@router.post(PATH)
def sign_in(
    request: Request,
    service: ServiceDep,
    account: _Short,
    password: Annotated[str, Form(max_length=LONGEST)],
    wanted: _Next = "/",
) -> Response:
    """Check the password; begin the session, or have a role chosen first."""
    refuse_other_sites(request)
    try:
        found = _with_a_role(account_of(service, request, account, password))
    except Exception as error:
        problem = problem_of(request, error)
        if problem is None:
            raise
        return plain_page(
            request, "sign-in", problem.status_code, next=_own(wanted), problem=problem, account=account
        )
    if len(found.grants) == 1:
        return _begin(request, service, found, found.grants[0], _own(wanted))
    tickets: Tickets = request.app.state.tickets
    ticket = tickets.issue(found)
    return plain_page(request, "choose", next=_own(wanted), ticket=ticket, grants=found.grants)


@router.post(f"{PATH}/role")
def choose_role(
    request: Request, service: ServiceDep, ticket: _Short, grant: _Short, wanted: _Next = "/"
) -> Response:
    """Begin the session in the role that was chosen."""
    refuse_other_sites(request)
    tickets: Tickets = request.app.state.tickets
    account = tickets.redeem(ticket)
    chosen = _grant(account.grants if account else (), grant)
    if account is None or chosen is None:
        return _to(request, address(_own(wanted)))
    return _begin(request, service, account, chosen, _own(wanted))


@router.post("/role")
def change_role(request: Request, service: ServiceDep, grant: _Short) -> Response:
    """Go on in another of one's roles: the session ends and another begins, without the password."""
    refuse_other_sites(request)
    visit = visit_of(request, service)
    if visit is None:
        return _to(request, PATH)
    account = service.accounts.account(visit.caller.account)
    chosen = _grant(account.grants, grant)
    if chosen is None:
        raise ProblemError(403, "no-such-grant")
    answer = _begin(request, service, account, chosen, "/", after=visit.signed.token)
    end_session(service, visit.signed)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, service: ServiceDep) -> Response:
    """End the session at once."""
    refuse_other_sites(request)
    visit = visit_of(request, service)
    if visit is not None:
        end_session(service, visit.signed)
    answer = _to(request, PATH)
    drop_session(answer, request)
    return answer


@router.get("/preferences")
async def prefer(
    request: Request,
    language: Annotated[str, Query(max_length=8)] = "",
    theme: Annotated[str, Query(max_length=8)] = "",
    wanted: Annotated[str, Query(alias="next", max_length=2000)] = "/",
) -> Response:
    """Keep a language or theme, and go back to the page as it stands: its filters may have changed since."""
    referer = request.headers.get("referer", "")
    if is_of_host(referer, request.headers.get("host", "")):
        came = urlsplit(referer)
        path = came.path.removeprefix(request.scope.get("root_path", ""))
        wanted = f"{path}?{came.query}" if came.query else path
    answer = _to(request, _own(wanted))
    if language in LANGUAGES:
        keep_preference(answer, request, LANGUAGE, language)
    if theme in THEMES:
        keep_preference(answer, request, THEME, theme)
    return answer


def _begin(
    request: Request,
    service: Service,
    account: Account,
    grant: Grant,
    wanted: str,
    after: Token | None = None,
) -> Response:
    text, token = begin_session(service, account, grant, after=after)
    answer = _to(request, wanted)
    keep_session(answer, request, text, token.expires)
    return answer


def _with_a_role(account: Account) -> Account:
    if not account.grants:
        raise ProblemError(403, "no-such-grant")
    return account


def _grant(grants: Sequence[Grant], wanted: str) -> Grant | None:
    return next((grant for grant in grants if grant.id == wanted), None)


def refuse_other_sites(request: Request) -> None:
    """Refuse forms that another site sends."""
    origin = request.headers.get("origin")
    if origin is not None and not is_of_host(origin, request.headers.get("host", "")):
        raise ProblemError(403, "forbidden")


def _own(wanted: str) -> str:
    """Return a path of this service, never the address of another site."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)


def plain_page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page without scripts, for who is not signed in."""
    words = Words(language_chosen(request))
    root = request.scope.get("root_path", "")
    body = render(
        template,
        say=words.say,
        text=words.text,
        language=words.language,
        theme=theme_chosen(request),
        root=root,
        here=str(values.get("next", "/")),
        **values,
    )
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
    return HTMLResponse(str(body), status, headers)
