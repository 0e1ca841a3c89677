"""What the caller must do."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.model import Severity, Text
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep
from dutygraph.service.gaps.mine import DutyKind, DutyRow, Ground, Mine
from dutygraph.service.gaps.rows import gravity, rows_of
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText, ThingModel, thing_model
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["gaps"])


class DutyModel(ApiModel):
    """One thing to do: what, why it is the caller's, about which thing, by when; ``gap`` if it is one."""

    kind: DutyKind
    ground: Ground
    thing: ThingModel
    text: BilingualText
    due: date | None
    overdue: bool
    severity: Severity | None
    gap: str | None = Field(examples=["bb9a3f62d8fb"])


class DutyCounts(ApiModel):
    """How many things there are to do, how many of them are overdue, how many have a date."""

    all: int
    overdue: int
    dated: int


class DutyPage(Page[DutyModel]):
    """What is to be done; ``counts`` counts the whole list, as filtered."""

    counts: DutyCounts


KINDS = {
    DutyKind.CLOSE_GAP: Text("消除缺口", "close the gap"),
    DutyKind.REPORT_SHEET: Text("反馈任务单", "report the task sheet"),
    DutyKind.CLOSE_SHEET: Text("关闭任务单", "close the task sheet"),
    DutyKind.RECTIFY_ISSUE: Text("整改问题", "rectify the issue"),
    DutyKind.WAIVER_ENDS: Text("豁免到期", "the waiver ends"),
}
GROUNDS = {
    Ground.ASSIGNED: Text("派给本人", "assigned to you"),
    Ground.POST: Text("本人岗位负责", "your post answers for it"),
    Ground.OWNER: Text("本人为整改责任人", "you own it"),
    Ground.SUPERVISOR: Text("本人监督", "you supervise it"),
    Ground.COMMITTEE: Text("党总支部", "the general branch"),
    Ground.OFFICE: Text("监督办公室", "the supervision office"),
    Ground.DEPARTMENT: Text("本部门", "your department"),
    Ground.APPROVER: Text("本人批准", "you approved it"),
}


def _severity(row: DutyRow) -> int | None:
    return None if row.severity is None else gravity(row.severity)


COLUMNS: tuple[Column[DutyRow], ...] = (
    Column("kind", Text("事项", "To do"), lambda row: row.kind, flat=lambda row: KINDS[row.kind]),
    Column("ground", Text("缘由", "Why yours"), lambda row: row.ground, flat=lambda row: GROUNDS[row.ground]),
    Column("thing", Text("对象", "Thing"), lambda row: thing_model(row.thing), flat=lambda row: row.thing),
    Column("text", Text("说明", "What"), lambda row: row.text, sortable=False),
    Column("due", Text("期限", "Due"), lambda row: row.due),
    Column("overdue", Text("逾期", "Overdue"), lambda row: row.overdue),
    Column("severity", Text("等级", "Severity"), lambda row: row.severity, flat=_severity, exported=False),
    Column("gap", Text("缺口编号", "Gap id"), lambda row: row.gap),
)


@router.get("/mine", summary="我的待办 / What I must do", response_model=DutyPage, responses=LIST_RESPONSES)
def list_mine(
    view: ViewDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    kind: Annotated[
        list[DutyKind] | None, Query(max_length=9, description="只要这些事项 / Only these")
    ] = None,
    overdue: Annotated[bool | None, Query(description="只要逾期的 / Only those overdue")] = None,
) -> Response:
    """负责或受派的缺口，到期的任务单、问题、豁免；逾期的在前 / Gaps and duties due; overdue first."""
    rows = [row for row in duties_of(view, answers) if not kind or row.kind in kind]
    rows = [row for row in rows if overdue is None or row.overdue is overdue]
    counted = Counter(row.overdue for row in rows)
    dated = sum(1 for row in rows if row.due is not None)
    beside = {"counts": {"all": len(rows), "overdue": counted[True], "dated": dated}}
    return answer_list(rows, COLUMNS, view, query, request, beside=beside)


def duties_of(view: View, answers: Answers) -> tuple[DutyRow, ...]:
    """Return what the caller must do, overdue first."""
    return answers.of(view, "mine", lambda: Mine(view, rows_of(view, answers)).duties())
