"""The running service, and what an endpoint asks of it: who calls, and what that caller may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dutygraph.commits import Committer, StoreFolder
from dutygraph.model import Text
from dutygraph.service.access.roles import Caller, Scope
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from dutygraph.service.accounts import Accounts, SignedIn, TokenKind
from dutygraph.service.accounts.model import ROLE_SCOPES
from dutygraph.service.accounts.register import Rules, utc_now
from dutygraph.service.accounts.signing import open_key
from dutygraph.service.measures import Measures
from dutygraph.service.problems import ProblemError
from dutygraph.service.settings import Settings

Part = TypeVar("Part")


@dataclass(frozen=True)
class Service:
    """All that runs: the store with its one writer, the accounts, what each caller may see, the measures.

    ``parts`` holds what other packages keep running beside these (the SPARQL workers, the control
    socket), by type.
    """

    settings: Settings
    folder: StoreFolder
    committer: Committer
    accounts: Accounts
    views: Views
    measures: Measures
    parts: dict[type, object] = field(default_factory=dict)

    def part(self, kind: type[Part]) -> Part:
        """Return the part of a type.

        Raises:
            ProblemError: 503, it does not run.

        """
        if kind not in self.parts:
            raise ProblemError(503, "unavailable")
        return cast("Part", self.parts[kind])


PartOpener = Callable[[Service], AbstractContextManager[object]]
"""Starts a part of the service; leaving the block stops it."""


def service_of(request: Request) -> Service:
    """Return the running service."""
    return cast("Service", request.app.state.service)


ServiceDep = Annotated[Service, Depends(service_of)]

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="POST /api/v1/sessions 给出令牌 / gives the token",
)


async def signed_in_by(
    request: Request,
    service: ServiceDep,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> SignedIn:
    """Return who calls and by which token.

    On the event loop, not in a thread: it is one look-up by key. A console that keeps its token elsewhere
    than in the header may put it into ``request.state.token``.

    Raises:
        ProblemError: 401, nobody is signed in, or the token is not in force.

    """
    text = given.credentials if given is not None else getattr(request.state, "token", None)
    if text is None:
        raise ProblemError(401, "not-signed-in", headers={"WWW-Authenticate": 'Bearer realm="dutygraph"'})
    found = service.accounts.tokens.signed_in(text)
    if found is None:
        challenge = 'Bearer realm="dutygraph", error="invalid_token"'
        raise ProblemError(401, "session-ended", headers={"WWW-Authenticate": challenge})
    request.state.account_id = found.account_id
    return found


SignedInDep = Annotated[SignedIn, Depends(signed_in_by)]


async def signed_in(found: SignedInDep) -> Caller:
    """Return who calls."""
    return found.caller


CallerDep = Annotated[Caller, Depends(signed_in)]


async def signed_in_with_password(found: SignedInDep) -> SignedIn:
    """Return who calls, where it is a session and not a program's token.

    Raises:
        ProblemError: 403, it is a program's token.

    """
    if found.token.kind is not TokenKind.SESSION:
        raise ProblemError(403, "session-needed")
    return found


SessionDep = Annotated[SignedIn, Depends(signed_in_with_password)]


_NO_DATA = Text(
    "管理员只管账号和设置，不查看、不修改任何局的数据。请以业务身份登录。",
    "The administrator manages accounts and settings, and neither sees nor changes data of any bureau. Sign "
    "in in a role of the bureau.",
)
_NOT_FOR_ROLE = {
    Scope.READ: _NO_DATA,
    Scope.WRITE: _NO_DATA,
    Scope.SPARQL: Text("自由查询只供监督办公室使用。", "Free queries are for the supervision office alone."),
    Scope.ADMIN: Text(
        "账号只由管理员管理，以当前身份不能查看或修改。自己的账号见 GET /api/v1/me。",
        "Accounts are the administrator's to see and to change. Your own is at GET /api/v1/me.",
    ),
}


def check_scope(caller: Caller, scope: Scope) -> None:
    """Refuse a token that lacks a scope; where none of the role can have it, the role forbids.

    Raises:
        ProblemError: 403.

    """
    if scope not in ROLE_SCOPES[caller.role]:
        raise ProblemError(403, "forbidden", detail=_NOT_FOR_ROLE[scope])
    if scope not in caller.scopes:
        challenge = f'Bearer realm="dutygraph", error="insufficient_scope", scope="{scope.value}"'
        raise ProblemError(403, "scope-missing", scope=scope.value, headers={"WWW-Authenticate": challenge})


def require_scope(scope: Scope) -> Any:
    """Return a dependency that refuses tokens without a scope: ``dependencies=[require_scope(…)]``."""

    async def has_scope(caller: CallerDep) -> None:
        check_scope(caller, scope)

    return Depends(has_scope)


CodePath = Annotated[str, Path(max_length=64, description="局编号 / The bureau's code", examples=["SL01"])]


def view_of(code: CodePath, caller: CallerDep, service: ServiceDep) -> View:
    """Return what the caller may see of a bureau.

    Raises:
        ProblemError: 403, the token may not read; 404, the bureau is not the caller's.
        UnknownBureauError: there is no such bureau; it is answered like one that is not the caller's.

    """
    check_scope(caller, Scope.READ)
    if code != caller.bureau:
        raise ProblemError(404, "unknown-bureau", code=code)
    return service.views.of(caller, code)


ViewDep = Annotated[View, Depends(view_of)]


@contextmanager
def open_service(
    settings: Settings, parts: Sequence[PartOpener] = (), clock: Callable[[], datetime] = utc_now
) -> Iterator[Service]:
    """Open the store folder and the accounts and start the parts; stop and close them at the end.

    *clock* is for the accounts: sessions, tokens and delays end by it.

    Raises:
        StoreError: the folder or the accounts cannot be used.

    """
    with ExitStack() as stack:
        folder = stack.enter_context(StoreFolder.open(settings.store))
        committer = Committer(folder, base=settings.base)
        accounts = open_accounts(settings, committer, clock)
        stack.callback(accounts.close)
        measures = Measures()
        committer.on_commit(lambda _code: measures.commits.inc())
        views = Views(committer, most_bytes=settings.views_memory)
        service = Service(settings, folder, committer, accounts, views, measures)
        for part in parts:
            running = stack.enter_context(part(service))
            service.parts[type(running)] = running
        yield service


def open_accounts(
    settings: Settings, committer: Committer, clock: Callable[[], datetime] = utc_now
) -> Accounts:
    """Open the accounts of a store folder as the settings say.

    Raises:
        StoreError: the file of accounts or the key of tokens cannot be used.

    """
    rules = Rules(
        session_hours=settings.session_hours,
        session_idle_minutes=settings.session_idle_minutes,
        token_days=settings.token_days,
        password_length=settings.password_length,
        attempts=settings.sign_in_attempts,
        longest_delay=settings.sign_in_longest_delay,
    )
    return Accounts(settings.store, open_key(settings.secret_path), committer.note, rules, clock)
