"""The bureaus that a caller may see, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic import Field

from dutygraph.bureaus import describe_bureau
from dutygraph.check import count_classes
from dutygraph.model import Severity, Text
from dutygraph.service.access.roles import Caller, Data, Reach, Scope
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep
from dutygraph.service.figures import answer_figure
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, Dated
from dutygraph.service.running import CallerDep, Service, ServiceDep, ViewDep, check_scope

router = APIRouter(tags=["bureaus"])
one = APIRouter(prefix="/bureaus/{code}")


class BureauModel(ApiModel):
    """A bureau in short: its visible gaps, open ones and those that a waiver covers."""

    code: str = Field(examples=["SL01"])
    label: str = Field(examples=["示例区供电局"])
    data_date: date | None
    as_of: date
    commit: int
    gaps: int
    waived: int


class BureauDetailModel(Dated):
    """A bureau: its visible things by class, its visible gaps by severity, how far the caller sees what."""

    code: str = Field(examples=["SL01"])
    label: str = Field(examples=["示例区供电局"])
    data_date: date | None
    counts: dict[str, int] = Field(examples=[{"Business": 33, "KeyPost": 35}])
    gaps: dict[Severity, int]
    waived: int
    reach: dict[Data, Reach]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees of a bureau, in short."""

    code: str
    label: str
    data_date: date | None
    as_of: date
    commit: int
    gaps: Mapping[Severity, int]
    waived: int
    counts: Mapping[str, int]


COLUMNS: tuple[Column[Seen], ...] = (
    Column("code", Text("局编号", "Code"), lambda seen: seen.code),
    Column("label", Text("局名称", "Name"), lambda seen: seen.label),
    Column("dataDate", Text("数据日期", "Date of the data"), lambda seen: seen.data_date),
    Column("asOf", Text("判断日期", "As of"), lambda seen: seen.as_of),
    Column("commit", Text("提交号", "Commit"), lambda seen: seen.commit),
    Column("gaps", Text("缺口", "Gaps"), lambda seen: sum(seen.gaps.values())),
    Column("waived", Text("已豁免", "Waived"), lambda seen: seen.waived),
)


@router.get(
    "/bureaus",
    summary="可见的局 / The bureaus one may see",
    response_model=Page[BureauModel],
    responses=LIST_RESPONSES,
)
def list_bureaus(
    caller: CallerDep, service: ServiceDep, answers: AnswersDep, query: ListQueryDep, request: Request
) -> Response:
    """只列出自己所在的局；管理员不属于任何局 / One's own bureau alone; an administrator has none."""
    check_scope(caller, Scope.READ)
    view = _own_view(caller, service)
    rows = [] if view is None else [_seen(view, answers)]
    return answer_list(rows, COLUMNS, view, query, request)


@one.get("", summary="一个局 / One bureau", response_model=BureauDetailModel)
def read_bureau(view: ViewDep, answers: AnswersDep, request: Request) -> Response:
    """可见的对象数、缺口数，以及本角色看得到什么 / What is visible of it, and how far the role sees what."""
    return answer_figure(lambda: _detail(view, answers), view, request)


router.include_router(one)


def _own_view(caller: Caller, service: Service) -> View | None:
    """Return the view of the caller's bureau; None where there is none, or it has no data yet."""
    codes = {names.code for names in service.committer.bureaus()}
    return service.views.of(caller, caller.bureau) if caller.bureau in codes else None


def _detail(view: View, answers: Answers) -> BureauDetailModel:
    seen = _seen(view, answers)
    return BureauDetailModel(
        code=seen.code,
        label=seen.label,
        data_date=seen.data_date,
        counts=dict(seen.counts),
        gaps=dict(seen.gaps),
        waived=seen.waived,
        reach={data: view.reach(data) for data in Data},
    )


def _seen(view: View, answers: Answers) -> Seen:
    return answers.of(view, "bureau", lambda: _look(view))


def _look(view: View) -> Seen:
    bureau = describe_bureau(view.store, view.names)
    there = [finding for finding in view.findings if finding.waived is None]
    return Seen(
        code=bureau.code,
        label=bureau.label,
        data_date=bureau.data_date,
        as_of=view.as_of,
        commit=view.commit,
        gaps={severity: sum(one.severity is severity for one in there) for severity in Severity},
        waived=len(view.findings) - len(there),
        counts=count_classes(view.store, view.names),
    )
