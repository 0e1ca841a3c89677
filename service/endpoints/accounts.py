"""Accounts, for the administrator: who may sign in, in which roles. No data of any bureau."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from dutygraph.model import Text
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.accounts import Account, Grant
from dutygraph.service.accounts.model import check_grant
from dutygraph.service.accounts.passwords import LONGEST
from dutygraph.service.accounts.register import NAME_PATTERN
from dutygraph.service.endpoints.me import GrantModel, grant_model
from dutygraph.service.granting import check_bureau
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import API, ApiModel, BilingualText, bilingual
from dutygraph.service.running import CallerDep, ServiceDep, require_scope
from dutygraph.service.words import grant_called

router = APIRouter(tags=["accounts"], dependencies=[require_scope(Scope.ADMIN)])
_CODE = r"^[^\s/?#<>\"{}|\\^`\x00-\x1f]{1,64}$"
_NEW = {"name": "li.ming", "password": "four words of one's own"}
_GRANT = {"role": "T2", "bureau": "SL01", "person": "P003"}
NamePath = Annotated[str, Path(pattern=NAME_PATTERN, examples=["li.ming"])]


class AccountWanted(ApiModel):
    """An account to make. It has no role yet: grant one."""

    name: str = Field(pattern=NAME_PATTERN)
    password: str = Field(max_length=LONGEST)


class GrantWanted(ApiModel):
    """A role to grant.

    All but the administrator need a bureau; the tiers and post holders a person; FD a department.
    """

    role: Role
    bureau: str | None = Field(default=None, pattern=_CODE)
    person: str | None = Field(default=None, pattern=_CODE)
    department: str | None = Field(default=None, pattern=_CODE)


class GrantMade(GrantModel):
    """A role that was granted, and what should be looked at again."""

    notices: list[BilingualText]


class PasswordWanted(ApiModel):
    """A new password."""

    password: str = Field(max_length=LONGEST)


class StateWanted(ApiModel):
    """Whether the account shall be disabled."""

    disabled: bool


class AccountModel(ApiModel):
    """An account and its roles. Logs name it by ``id`` alone."""

    id: str
    name: str = Field(examples=["li.ming"])
    disabled: bool
    created: datetime
    password_changed: datetime
    grants: list[GrantModel]


def _model(account: Account) -> AccountModel:
    return AccountModel(
        id=account.id,
        name=account.name,
        disabled=account.disabled,
        created=account.created,
        password_changed=account.password_changed,
        grants=[grant_model(grant) for grant in account.grants],
    )


def _grants_said(account: AccountModel) -> list[Text]:
    return [
        grant_called(grant.role.value, grant.bureau, grant.person, grant.department)
        for grant in account.grants
    ]


COLUMNS: tuple[Column[AccountModel], ...] = (
    Column("id", Text("账号标识", "Id"), lambda account: account.id),
    Column("name", Text("账号", "Account"), lambda account: account.name),
    Column("disabled", Text("已停用", "Disabled"), lambda account: account.disabled),
    Column("created", Text("建立时间", "Created"), lambda account: account.created),
    Column(
        "passwordChanged", Text("密码修改时间", "Password changed"), lambda account: account.password_changed
    ),
    Column("grants", Text("身份", "Roles"), lambda account: account.grants, flat=_grants_said),
)


@router.get(
    "/accounts",
    summary="账号列表 / All accounts",
    response_model=Page[AccountModel],
    responses=LIST_RESPONSES,
)
def list_accounts(service: ServiceDep, query: ListQueryDep, request: Request) -> Response:
    """全部账号及其身份 / All accounts with their roles."""
    rows = [_model(account) for account in service.accounts.all()]
    return answer_list(rows, COLUMNS, None, query, request)


@router.post("/accounts", status_code=201, summary="新建账号 / Make an account")
def create_account(
    wanted: Annotated[AccountWanted, Body(openapi_examples={"new": {"value": _NEW}})],
    service: ServiceDep,
    caller: CallerDep,
    response: Response,
) -> AccountModel:
    """新账号没有任何身份，须另行授予 / The account has no role yet."""
    made = service.accounts.create(wanted.name, wanted.password, caller.actor)
    response.headers["Location"] = f"{API}/accounts/{made.name}"
    return _model(made)


@router.get("/accounts/{name}", summary="一个账号 / One account")
def read_account(name: NamePath, service: ServiceDep) -> AccountModel:
    """账号及其身份 / The account with its roles."""
    return _model(service.accounts.account(name))


@router.put("/accounts/{name}/state", summary="停用或启用 / Disable or enable")
def set_state(
    name: NamePath,
    wanted: Annotated[StateWanted, Body(openapi_examples={"disable": {"value": {"disabled": True}}})],
    service: ServiceDep,
    caller: CallerDep,
) -> AccountModel:
    """停用即刻作废其全部登录和令牌 / Disabling ends all its sessions and tokens at once."""
    return _model(service.accounts.disable(name, caller.actor, disabled=wanted.disabled))


@router.put("/accounts/{name}/password", status_code=204, summary="重设密码 / Set a password")
def set_password(
    name: NamePath,
    wanted: Annotated[PasswordWanted, Body(openapi_examples={"new": {"value": {"password": "…"}}})],
    service: ServiceDep,
    caller: CallerDep,
) -> Response:
    """其全部登录和令牌随即作废 / All its sessions and tokens end with it."""
    service.accounts.set_password(name, wanted.password, caller.actor)
    return Response(status_code=204)


@router.post(
    "/accounts/{name}/grants",
    status_code=201,
    summary="授予身份 / Grant a role",
    description="一个账号可有多个身份，每次登录择一。局须在图库中；图库还没有任何局时可先授予，"
    "notices 提醒核对。 / An account may have several roles; a session acts in one. The bureau must be in "
    "the store; where it has none yet, any code is taken, and notices say so.",
)
def grant_role(
    name: NamePath,
    wanted: Annotated[GrantWanted, Body(openapi_examples={"T2": {"value": _GRANT}})],
    service: ServiceDep,
    caller: CallerDep,
    response: Response,
) -> GrantMade:
    """Grant a role at a bureau that is there; whether its person is, the administrator may not know."""
    new = Grant("", wanted.role, wanted.bureau, wanted.person, wanted.department)
    check_grant(new)
    notices = check_bureau(service.committer, new, listing=False)
    made = service.accounts.grant(name, new, caller.actor)
    response.headers["Location"] = f"{API}/accounts/{name}/grants/{made.id}"
    return GrantMade(**grant_model(made).model_dump(), notices=[bilingual(text) for text in notices])


@router.delete("/accounts/{name}/grants/{grant}", status_code=204, summary="撤销身份 / Revoke a role")
def revoke_role(
    name: NamePath,
    grant: Annotated[str, Path(pattern="^[0-9a-f]{16}$", examples=["0" * 16])],
    service: ServiceDep,
    caller: CallerDep,
) -> Response:
    """以该身份进行的登录和令牌随即作废 / Sessions and tokens that act in it end with it."""
    service.accounts.revoke_grant(name, grant, caller.actor)
    return Response(status_code=204)
