"""Signing in and out: a password for a token that acts in one role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field

from dutygraph.commits.acts import Action, Actor
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.accounts import Account, Grant, SignedIn, Token, TokenKind
from dutygraph.service.accounts.passwords import LONGEST, BusyError
from dutygraph.service.accounts.register import NOBODY, utc_now
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service, ServiceDep, SignedInDep

router = APIRouter(tags=["sessions"])
_EXAMPLE = {"account": "li.ming", "password": "four words of one's own", "role": "SO", "bureau": "SL01"}


class SignIn(ApiModel):
    """An account, its password, and which of its roles to act in."""

    account: str = Field(max_length=64)
    password: str = Field(max_length=LONGEST)
    role: Role | None = None
    bureau: str | None = Field(default=None, max_length=64)
    person: str | None = Field(default=None, max_length=64)
    department: str | None = Field(default=None, max_length=64)


class SessionModel(ApiModel):
    """In which role a token acts, what it may be used for, and until when."""

    account: str = Field(examples=["li.ming"])
    role: Role
    bureau: str | None = Field(examples=["SL01"])
    person: str | None = Field(examples=["P003"])
    department: str | None = Field(examples=["D02"])
    scopes: list[Scope]
    kind: TokenKind
    expires_at: datetime


class NewSession(SessionModel):
    """A session, with the token to send as ``Authorization: Bearer``."""

    token: str


@router.post(
    "/sessions",
    status_code=201,
    summary="登录 / Sign in",
    description="有多个身份而未选定时回409，choices 列出可选的身份。"
    " / An account of several roles that names none gets 409, with the roles in choices.",
)
def sign_in(
    wanted: Annotated[SignIn, Body(openapi_examples={"SO": {"value": _EXAMPLE}})],
    service: ServiceDep,
    request: Request,
) -> NewSession:
    """Check the password, slowly for who guesses; give a token for one role."""
    account = account_of(service, request, wanted.account, wanted.password)
    text, token = begin_session(service, account, _chosen(account.grants, wanted))
    return NewSession(token=text, **session_model(account.name, token).model_dump())


def begin_session(
    service: Service, account: Account, grant: Grant, *, after: Token | None = None
) -> tuple[str, Token]:
    """Begin a session of an account in one of its roles, and note it; return the token's text and the token.

    The password was checked before: ``account_of``; or the session goes on *after* another in another role,
    and ends when that would have ended.

    Raises:
        AccountsError: the password was changed since, or the other session has ended.

    """
    life = timedelta(hours=service.accounts.rules.session_hours)
    if after is not None:
        life = min(life, after.expires - utc_now())
    within = None if after is None else after.id
    text, token = service.accounts.tokens.issue(account, grant, TokenKind.SESSION, life, within=within)
    actor = Actor(account.name, grant.role.value, grant.person)
    service.committer.note(
        actor, Action.SIGN_IN, bureau=grant.bureau, target=f"account/{account.id}", note=token.id[:8]
    )
    service.measures.sign_ins.labels("started").inc()
    return text, token


def account_of(service: Service, request: Request, name: str, password: str) -> Account:
    """Return the account whose password was given; what fails is noted, and guesses are slowed down.

    Raises:
        ProblemError: 401, account or password is wrong; 429, too many were.

    """
    account = check_password(service, request, name, password)
    if account is None:
        service.measures.sign_ins.labels("refused").inc()
        known = service.accounts.id_of(name)
        # what was typed as an account may be a password: it is written down only where it is an account
        actor = Actor(NOBODY if known is None else name, NOBODY)
        target = "account/-" if known is None else f"account/{known}"
        service.committer.note(actor, Action.SIGN_IN_FAILED, bureau=None, target=target)
        raise ProblemError(401, "wrong-password", headers={"WWW-Authenticate": 'Bearer realm="dutygraph"'})
    return account


def check_password(service: Service, request: Request, name: str, password: str) -> Account | None:
    """Return the account if the password is its own, None if not; guesses are slowed down.

    Raises:
        ProblemError: 429, too many were wrong.
        BusyError: too many passwords are being checked; this attempt does not count.

    """
    address = request.client.host if request.client else "-"
    seconds = service.accounts.throttle.begin(name, address)
    if seconds:
        service.measures.sign_ins.labels("delayed").inc()
        headers = {"Retry-After": str(seconds)}
        raise ProblemError(429, "too-many-attempts", seconds=seconds, headers=headers)
    try:
        account = service.accounts.password_is(name, password)
    except BusyError:
        service.accounts.throttle.withdraw(name, address)
        raise
    if account is not None:
        service.accounts.throttle.succeeded(name, address)
    return account


def _chosen(grants: Sequence[Grant], wanted: SignIn) -> Grant:
    named = {
        "role": wanted.role,
        "bureau": wanted.bureau,
        "person": wanted.person,
        "department": wanted.department,
    }
    asked = {name: value for name, value in named.items() if value is not None}
    found = [g for g in grants if all(getattr(g, name) == value for name, value in asked.items())]
    if not found:
        raise ProblemError(403, "no-such-grant")
    if len(found) > 1:
        choices = [
            {"role": g.role.value, "bureau": g.bureau, "person": g.person, "department": g.department}
            for g in found
        ]
        raise ProblemError(409, "choose-grant", choices=choices)
    return found[0]


def session_model(account: str, token: Token) -> SessionModel:
    """Return a token as the API describes it to who holds it."""
    grant = token.grant
    return SessionModel(
        account=account,
        role=grant.role,
        bureau=grant.bureau,
        person=grant.person,
        department=grant.department,
        scopes=sorted(token.scopes),
        kind=token.kind,
        expires_at=token.expires,
    )


@router.get("/sessions/current", summary="当前登录 / The session one is in")
async def read_session(signed: SignedInDep) -> SessionModel:
    """以何身份、凭何范围、到何时为止 / In which role, with which scopes, until when."""
    return session_model(signed.caller.account, signed.token)


@router.delete("/sessions/current", status_code=204, summary="登出 / Sign out")
def sign_out(signed: SignedInDep, service: ServiceDep) -> Response:
    """立即作废当前令牌 / Ends the token that the request was made with, at once."""
    end_session(service, signed)
    return Response(status_code=204)


def end_session(service: Service, signed: SignedIn) -> None:
    """End the token that somebody is signed in with, at once, and note it."""
    service.accounts.tokens.revoke(signed.account_id, signed.token.id)
    service.committer.note(
        signed.caller.actor,
        Action.SIGN_OUT,
        bureau=signed.caller.bureau,
        target=f"account/{signed.account_id}",
        note=signed.token.id[:8],
    )
