"""The audit log of the caller's bureau, and whether its chain holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.commits.acts import Action, AuditEntry
from dutygraph.model import Text
from dutygraph.service.access.roles import Data, Reach, Role, Scope
from dutygraph.service.access.view import View
from dutygraph.service.gaps.audit import AuditFilter, entries_of, target_called
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText, bilingual
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import CallerDep, Service, ServiceDep, check_scope
from dutygraph.service.words import called

router = APIRouter(prefix="/audit", tags=["audit"])
_MOST = 50
_NOT_READ = Text(
    "审计记录只供监督办公室和一级监督员查看，各看本单位的。",
    "The audit log is for the supervision office and tier 1, each that of their bureau.",
)


class EntryModel(ApiModel):
    """One entry; ``target`` names what was touched by kind and id, "…" where the caller does not see it."""

    sequence: int = Field(examples=[12])
    at: datetime
    account: str = Field(examples=["li.ming"])
    role: str = Field(examples=["SO"])
    person: str | None = Field(examples=["P003"])
    action: Action
    target: str = Field(examples=["gap/bb9a3f62d8fb"])
    note: str
    commit: int | None
    digest: str | None
    previous: str
    hash: str


class BrokenModel(ApiModel):
    """A place where the chain or a commit's file is not as it was written."""

    text: BilingualText
    sequence: int | None
    commit: int | None


class Verification(ApiModel):
    """Whether the audit chain and the files of commits hold.

    ``broken`` are the places of the caller's bureau and of none; those of other bureaus are only counted.
    """

    holds: bool
    broken: list[BrokenModel]
    elsewhere: int


def _role(entry: AuditEntry) -> Text | None:
    return called("role", entry.actor.role)


def _action(entry: AuditEntry) -> Text | None:
    return called("action", entry.action.value)


COLUMNS: tuple[Column[AuditEntry], ...] = (
    Column("sequence", Text("序号", "No."), lambda entry: entry.sequence),
    Column("at", Text("时间", "At"), lambda entry: entry.at),
    Column("account", Text("账号", "Account"), lambda entry: entry.actor.account),
    Column("role", Text("角色", "Role"), lambda entry: entry.actor.role, flat=_role),
    Column("person", Text("人员", "Person"), lambda entry: entry.actor.person),
    Column("action", Text("事项", "Action"), lambda entry: entry.action.value, flat=_action),
    Column(
        "target",
        Text("对象", "Target"),
        lambda entry: entry.target,
        flat=lambda entry: target_called(entry.target),
    ),
    Column("note", Text("备注", "Note"), lambda entry: entry.note),
    Column("commit", Text("提交", "Commit"), lambda entry: entry.commit),
    Column("digest", Text("改动摘要", "Digest"), lambda entry: entry.digest, sortable=False),
    Column("previous", Text("前一条哈希", "Previous hash"), lambda entry: entry.previous, sortable=False),
    Column("hash", Text("哈希", "Hash"), lambda entry: entry.hash, sortable=False),
)


@router.get("", summary="审计记录 / The audit log", response_model=Page[EntryModel], responses=LIST_RESPONSES)
def list_entries(  # noqa: PLR0913, PLR0917 - one parameter a filter
    caller: CallerDep,
    service: ServiceDep,
    query: ListQueryDep,
    request: Request,
    begins: Annotated[
        datetime | None, Query(alias="from", description="不早于（缺时区按UTC）/ Not before; UTC by default")
    ] = None,
    ends: Annotated[datetime | None, Query(alias="to", description="早于 / Before")] = None,
    account: Annotated[
        list[str] | None, Query(max_length=_MOST, description="账号 / Accounts", examples=[["li.ming"]])
    ] = None,
    role: Annotated[
        list[str] | None, Query(max_length=_MOST, description="角色 / Roles", examples=[["SO"]])
    ] = None,
    person: Annotated[
        list[str] | None, Query(max_length=_MOST, description="人员 / Persons", examples=[["P003"]])
    ] = None,
    action: Annotated[list[Action] | None, Query(max_length=_MOST, description="事项 / Actions")] = None,
    target: Annotated[
        str, Query(max_length=200, description="对象含有 / Target contains", examples=["gap/"])
    ] = "",
) -> Response:
    """最新的在前 / Newest first."""
    view = _view(service, caller)
    asked = AuditFilter(
        _aware(begins), _aware(ends), account or (), role or (), person or (), action or (), target
    )
    return answer_list(list(entries_of(service, view, asked)), COLUMNS, None, query, request)


@router.get("/verification", summary="核验审计链 / Verify the audit chain")
def verify_chain(caller: CallerDep, service: ServiceDep) -> Verification:
    """逐条核对哈希和各次提交的改动文件 / Every hash, and the file of changes of every commit."""
    view = _view(service, caller)
    view.require(Data.AUDIT, Reach.ALL)
    found = service.committer.verify()
    own = [one for one in found if one.bureau in {None, view.names.code}]
    return Verification(
        holds=not found,
        broken=[
            BrokenModel(text=bilingual(one.text), sequence=one.sequence, commit=one.commit) for one in own
        ],
        elsewhere=len(found) - len(own),
    )


def _view(service: Service, caller: CallerDep) -> View:
    check_scope(caller, Scope.READ)
    if caller.role is Role.ADMINISTRATOR or caller.bureau is None:
        raise ProblemError(403, "forbidden", detail=_NOT_READ)
    return service.views.of(caller, caller.bureau)


def _aware(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
