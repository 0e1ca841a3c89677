"""Waivers: tier 1 leaves a gap open until a date; it stays visible, and is counted apart."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import Field

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.roles import Data, Scope
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import require_write
from dutygraph.service.answers import AnswersDep
from dutygraph.service.endpoints.gaps import GapPath
from dutygraph.service.gaps.waivers import WaiverAsked, WaiverRow, WaiverState, end, waive, waivers_of
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel
from dutygraph.service.openapi import problem_response_of
from dutygraph.service.running import CodePath, ServiceDep, ViewDep, require_scope

router = APIRouter(prefix="/bureaus/{code}", tags=["gaps"])
_EXAMPLE = {"waive": {"value": {"reason": "后备人员2026年3月到岗", "until": "2026-03-31"}}}
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: problem_response_of("已消除、已豁免或已结束 / Resolved, waived or ended already")
}


class WaiverWanted(ApiModel):
    """Why the gap may stay open, until when (the last day), from when; by default from the data's date."""

    reason: str = Field(min_length=1, max_length=2000)
    until: date
    from_: date | None = Field(default=None, alias="from")


class WaiverModel(ApiModel):
    """A waiver, its state on the date of the data, and the ids of the gaps that it covers now."""

    id: str = Field(examples=["HM01"])
    rule: str = Field(examples=["R26"])
    focus: str = Field(examples=["B10"])
    reason: str
    from_: date | None = Field(alias="from")
    until: date | None
    by: str | None = Field(examples=["A05"])
    state: WaiverState
    gaps: list[str]


def _model(row: WaiverRow) -> WaiverModel:
    told = {column.key: column.get(row) for column in COLUMNS}
    return WaiverModel.model_validate(told)


def _gaps(row: WaiverRow) -> list[str]:
    return [finding.id for finding in row.gaps]


_STATES = {
    WaiverState.IN_FORCE: Text("有效", "in force"),
    WaiverState.TO_COME: Text("尚未开始", "to come"),
    WaiverState.ENDED: Text("已结束", "ended"),
    WaiverState.VOID: Text("无效", "void"),
}
COLUMNS: tuple[Column[WaiverRow], ...] = (
    Column("id", Text("豁免编号", "Waiver"), lambda row: row.id),
    Column("rule", Text("规则", "Rule"), lambda row: row.rule),
    Column("focus", Text("对象", "Thing"), lambda row: row.focus),
    Column("reason", Text("理由", "Reason"), lambda row: row.reason),
    Column("from", Text("起", "From"), lambda row: row.begins),
    Column("until", Text("止", "Until"), lambda row: row.until),
    Column("by", Text("批准人", "Approved by"), lambda row: row.by),
    Column("state", Text("状态", "State"), lambda row: row.state, flat=lambda row: _STATES[row.state]),
    Column("gaps", Text("缺口", "Gaps"), _gaps, sortable=False),
)


@router.get(
    "/waivers", summary="豁免列表 / The waivers", response_model=Page[WaiverModel], responses=LIST_RESPONSES
)
def list_waivers(
    view: ViewDep,
    query: ListQueryDep,
    request: Request,
    state: Annotated[
        list[WaiverState] | None, Query(max_length=4, description="只要这些状态 / Only these states")
    ] = None,
) -> Response:
    """按数据日期说明各项豁免的状态 / Each with its state on the date of the data."""
    view.require(Data.WAIVERS)

    def rows() -> list[WaiverRow]:
        return [row for row in waivers_of(view) if not state or row.state in state]

    return answer_list(rows, COLUMNS, view, query, request)


@router.post(
    "/gaps/{gap}/waiver",
    status_code=201,
    summary="豁免缺口 / Waive a gap",
    dependencies=[require_scope(Scope.WRITE)],
    responses=_CONFLICT,
)
def waive_gap(
    gap: GapPath,
    wanted: Annotated[WaiverWanted, Body(openapi_examples=_EXAMPLE)],
    code: CodePath,
    view: ViewDep,
    service: ServiceDep,
    answers: AnswersDep,
    response: Response,
) -> WaiverModel:
    """一级监督员批准；同规则同对象的缺口一并豁免 / By tier 1; covers all gaps of the rule at the thing."""
    require_write(view.caller, Action.GAP_WAIVE)
    asked = WaiverAsked(gap, wanted.reason, wanted.from_, wanted.until)
    waiver, _ = waive(service, view.caller, code, asked, answers)
    response.headers["Location"] = f"/api/v1/bureaus/{quote(code, safe='')}/waivers/{quote(waiver, safe='')}"
    return _model(_one(service.views.of(view.caller, code), waiver))


@router.delete(
    "/waivers/{waiver}",
    status_code=204,
    summary="结束豁免 / End a waiver",
    dependencies=[require_scope(Scope.WRITE)],
    responses=_CONFLICT,
)
def end_waiver(
    waiver: Annotated[str, Path(max_length=400, description="豁免编号 / The waiver's id", examples=["HM01"])],
    code: CodePath,
    view: ViewDep,
    service: ServiceDep,
    on: Annotated[
        date | None,
        Query(
            description="从哪天起不再有效，缺省为数据日期 / The first day that it no longer holds,"
            " by default the date of the data",
        ),
    ] = None,
) -> Response:
    """止期改为前一天；从未生效的删除 / It ends the day before; one that never held is removed."""
    require_write(view.caller, Action.GAP_WAIVE)
    end(service, view.caller, code, waiver, on)
    return Response(status_code=204)


def _one(view: View, waiver: str) -> WaiverRow:
    return next(row for row in waivers_of(view) if row.id == waiver)
