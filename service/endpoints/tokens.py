"""Tokens for programs: issued from a session, for its role, for no more than it may do itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.accounts import Token, TokenKind
from dutygraph.service.accounts.model import ROLE_SCOPES
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.running import ServiceDep, SessionDep
from dutygraph.service.words import all_called, called

router = APIRouter(tags=["sessions"])
_EXAMPLE = {"label": "weekly report", "days": 90, "scopes": ["read"]}


class TokenWanted(ApiModel):
    """What a program's token is for, how many days it holds, what it may be used for."""

    label: str = Field(min_length=1, max_length=80)
    days: int = Field(default=90, ge=1, le=3650)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))


class TokenModel(ApiModel):
    """A token in force. Its text is shown once, when it is issued."""

    id: str
    kind: TokenKind
    label: str
    role: Role
    bureau: str | None
    scopes: list[Scope]
    created: datetime
    expires_at: datetime
    last_used: datetime | None
    current: bool


class NewToken(TokenModel):
    """A token, with its text."""

    token: str


def _model(token: Token, current: str) -> TokenModel:
    return TokenModel(
        id=token.id,
        kind=token.kind,
        label=token.label,
        role=token.grant.role,
        bureau=token.grant.bureau,
        scopes=sorted(token.scopes),
        created=token.created,
        expires_at=token.expires,
        last_used=token.last_used,
        current=token.id == current,
    )


def _kind(token: TokenModel) -> Text | None:
    return called("token", token.kind.value)


def _role(token: TokenModel) -> Text | None:
    return called("role", token.role.value)


COLUMNS: tuple[Column[TokenModel], ...] = (
    Column("id", Text("编号", "Id"), lambda token: token.id),
    Column("kind", Text("类别", "Kind"), lambda token: token.kind.value, flat=_kind),
    Column("label", Text("用途", "Label"), lambda token: token.label),
    Column("role", Text("角色", "Role"), lambda token: token.role.value, flat=_role),
    Column("bureau", Text("局编号", "Bureau"), lambda token: token.bureau),
    Column(
        "scopes",
        Text("范围", "Scopes"),
        lambda token: token.scopes,
        sortable=False,
        flat=lambda token: all_called("scope", token.scopes),
    ),
    Column("created", Text("签发时间", "Issued"), lambda token: token.created),
    Column("expiresAt", Text("到期时间", "Expires"), lambda token: token.expires_at),
    Column("lastUsed", Text("最近使用", "Last used"), lambda token: token.last_used),
    Column("current", Text("当前", "Current"), lambda token: token.current),
)


@router.get(
    "/tokens",
    summary="自己的令牌 / One's own tokens",
    response_model=Page[TokenModel],
    responses=LIST_RESPONSES,
)
def list_tokens(signed: SessionDep, service: ServiceDep, query: ListQueryDep, request: Request) -> Response:
    """列出自己有效的登录和程序令牌 / Lists one's sessions and programs' tokens in force."""
    found = service.accounts.tokens.of_account(signed.account_id)
    rows = [_model(token, signed.token.id) for token in found]
    return answer_list(rows, COLUMNS, None, query, request)


@router.post("/tokens", status_code=201, summary="签发程序令牌 / Issue a token for a program")
def issue_token(
    wanted: Annotated[TokenWanted, Body(openapi_examples={"read": {"value": _EXAMPLE}})],
    signed: SessionDep,
    service: ServiceDep,
) -> NewToken:
    """令牌只在此处显示一次；身份与当前登录相同 / The text is shown this once; the role is the session's."""
    _refuse_beyond(wanted, signed.token.grant.role, service.accounts.rules.token_days)
    account = service.accounts.account(signed.caller.account)
    text, token = service.accounts.tokens.issue(
        account,
        signed.token.grant,
        TokenKind.PROGRAM,
        timedelta(days=wanted.days),
        label=wanted.label,
        scopes=wanted.scopes,
        within=signed.token.id,
    )
    service.committer.note(
        signed.caller.actor,
        Action.TOKEN,
        bureau=signed.caller.bureau,
        target=f"token/{token.id[:8]}",
        note="issued",
    )
    return NewToken(token=text, **_model(token, signed.token.id).model_dump())


def _refuse_beyond(wanted: TokenWanted, role: Role, longest: int) -> None:
    errors = []
    if wanted.days > longest:
        text = Text(f"最长{longest}天。", f"At most {longest} days are given.")
        errors.append(ErrorItem(text, pointer="/body/days"))
    beyond = sorted(set(wanted.scopes) - ROLE_SCOPES[role])
    if beyond:
        listed = "、".join(beyond)
        text = Text(f"角色{role.value}没有范围{listed}。", f"The role {role.value} has no scope {listed}.")
        errors.append(ErrorItem(text, pointer="/body/scopes"))
    if errors:
        raise ProblemError(403, "token-beyond", errors=errors)


@router.delete("/tokens/{token}", status_code=204, summary="撤销令牌 / Revoke a token")
def revoke_token(
    token: Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=["0" * 32])],
    signed: SessionDep,
    service: ServiceDep,
) -> Response:
    """立即作废自己的一个令牌或登录 / Ends one of one's own tokens or sessions, at once."""
    if not service.accounts.tokens.revoke(signed.account_id, token):
        raise ProblemError(404, "unknown-token")
    service.committer.note(
        signed.caller.actor,
        Action.TOKEN,
        bureau=signed.caller.bureau,
        target=f"token/{token[:8]}",
        note="revoked",
    )
    return Response(status_code=204)
