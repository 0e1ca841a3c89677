"""Judging a bureau by another date."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.roles import Scope
from dutygraph.service.access.writes import require_write
from dutygraph.service.gaps.comparison import EARLIEST, LATEST
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.models import CommitEffectModel, change_model
from dutygraph.service.running import CodePath, ServiceDep, ViewDep, require_scope

router = APIRouter(prefix="/bureaus/{code}", tags=["commits"])
_EXAMPLES = {"date": {"value": {"asOf": "2026-01-31"}}, "data": {"value": {"asOf": None}}}


class CheckWanted(ApiModel):
    """The date to judge by from now on; null for that of the data, or today where the data have none."""

    as_of: date | None = Field(default=None, examples=["2026-01-31"])


class Checked(ApiModel):
    """The date that was judged by, and what that did to the gaps."""

    as_of: date
    change: CommitEffectModel


@router.post(
    "/checks",
    status_code=201,
    summary="按另一日期复核 / Judge by another date",
    dependencies=[require_scope(Scope.WRITE)],
)
def recheck(
    wanted: Annotated[CheckWanted, Body(openapi_examples=_EXAMPLES)],
    code: CodePath,
    view: ViewDep,
    service: ServiceDep,
) -> Checked:
    """此后的提交都按该日期判断，直到再次复核 / Commits are judged by it from now on, until the next check."""
    require_write(view.caller, Action.RECHECK)
    if wanted.as_of is not None and not EARLIEST <= wanted.as_of <= LATEST:
        text = Text(
            f"日期须在 {EARLIEST} 至 {LATEST} 之间。", f"The date must be from {EARLIEST} to {LATEST}."
        )
        raise ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer="/body/asOf")])
    committed = service.committer.recheck(code, wanted.as_of, view.caller.actor)
    after = service.views.of(view.caller, code)
    return Checked(as_of=committed.state.head.as_of, change=change_model(committed, after))
