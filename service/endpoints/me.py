"""One's own account: its roles, its password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.accounts.passwords import LONGEST
from dutygraph.service.endpoints.sessions import SessionModel, check_password, session_model
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import ServiceDep, SessionDep, SignedInDep

router = APIRouter(tags=["me"])
_EXAMPLE = {"current": "four words of one's own", "password": "four other words of one's own"}


class GrantModel(ApiModel):
    """A role at a bureau, as a person or for a functional department."""

    id: str = Field(examples=["0f3a9c5e7d1b2468"])
    role: Role
    bureau: str | None = Field(examples=["SL01"])
    person: str | None = Field(examples=["P003"])
    department: str | None = Field(examples=["D02"])


class Me(ApiModel):
    """One's own account, and the session one is in."""

    account: str
    session: SessionModel
    grants: list[GrantModel]


class PasswordChange(ApiModel):
    """The password as it is, and as it shall be."""

    current: str = Field(max_length=LONGEST)
    password: str = Field(max_length=LONGEST)


def grant_model(grant: Grant) -> GrantModel:
    """Return a grant as the API gives it."""
    return GrantModel(
        id=grant.id,
        role=grant.role,
        bureau=grant.bureau,
        person=grant.person,
        department=grant.department,
    )


@router.get("/me", summary="自己的账号和身份 / One's own account and roles")
def read_me(signed: SignedInDep, service: ServiceDep) -> Me:
    """当前登录和全部身份 / The session one is in and all of one's roles."""
    account = service.accounts.account(signed.caller.account)
    return Me(
        account=account.name,
        session=session_model(account.name, signed.token),
        grants=[grant_model(grant) for grant in account.grants],
    )


@router.put("/me/password", status_code=204, summary="修改自己的密码 / Change one's own password")
def change_password(
    wanted: Annotated[PasswordChange, Body(openapi_examples={"change": {"value": _EXAMPLE}})],
    signed: SessionDep,
    service: ServiceDep,
    request: Request,
) -> Response:
    """其他登录和全部程序令牌随即作废 / All other sessions and all programs' tokens end with it."""
    name = signed.caller.account
    if check_password(service, request, name, wanted.current) is None:
        raise ProblemError(403, "wrong-current-password")
    service.accounts.set_password(name, wanted.password, signed.caller.actor, keep=signed.token.id)
    return Response(status_code=204)
