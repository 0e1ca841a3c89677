"""Gaps: listed and counted by every filter, one told whole, handed to a person to close."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response
from pydantic import Field

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data, Reach, Scope
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import require_write
from dutygraph.service.answers import Answers, AnswersDep, list_kept
from dutygraph.service.figures import (
    answer_figure,
    cache_headers,
    dated,
    has_already,
    json_bytes,
    not_modified,
)
from dutygraph.service.gaps.columns import gap_columns
from dutygraph.service.gaps.counts import facets, state_counts
from dutygraph.service.gaps.filters import GapFilter, gap_filter
from dutygraph.service.gaps.handling import Handling, assign
from dutygraph.service.gaps.models import DatedGap, GapCounts, GapPage, WholeGap
from dutygraph.service.gaps.rows import rows_of
from dutygraph.service.gaps.whole import tag_of, whole_gap
from dutygraph.service.lists import LIST_RESPONSES, ListQueryDep, answer_list
from dutygraph.service.models import ApiModel
from dutygraph.service.openapi import problem_response_of
from dutygraph.service.running import CodePath, Service, ServiceDep, ViewDep, require_scope

router = APIRouter(prefix="/bureaus/{code}", tags=["gaps"])

GapPath = Annotated[
    str, Path(max_length=64, description="缺口编号 / The gap's id", examples=["bb9a3f62d8fb"])
]
_Words = list[Annotated[str, Field(max_length=200)]] | None
_MOST = 100


def _several(zh: str, en: str, example: str) -> object:
    return Query(max_length=_MOST, description=f"{zh}，可重复 / {en}; may be repeated", examples=[[example]])


def _asked(  # noqa: PLR0913, PLR0917 - one parameter a filter
    rule: Annotated[_Words, _several("规则", "Rules", "R01")] = None,
    severity: Annotated[_Words, _several("等级 Violation Warning Info", "Severities", "Violation")] = None,
    aspect: Annotated[_Words, _several("方面", "Aspects of rules", "point")] = None,
    department: Annotated[
        _Words, _several("责任部门名称或编号", "Departments that answer, by name or id", "配电运维部")
    ] = None,
    tier: Annotated[
        _Words, _several("先行办理的监督级别1–3，none为没有", "The tier that acts first, none for none", "2")
    ] = None,
    supervisor: Annotated[
        _Words, _several("责任路径上的任命或人员编号", "Appointments or persons on the path", "A08")
    ] = None,
    star: Annotated[_Words, _several("星级1–3，none为没有", "Stars, none for none", "3")] = None,
    business: Annotated[
        _Words, _several("涉及的业务编号，none为没有", "Businesses touched, none for none", "B04")
    ] = None,
    assignee: Annotated[
        _Words, _several("办理人编号，none为未派", "Persons who handle it, none for nobody", "P014")
    ] = None,
    state: Annotated[
        _Words,
        _several(
            "open waived resolved all，缺省为现存的（open、waived）",
            "States; by default those that are there: open and waived",
            "open",
        ),
    ] = None,
    text: Annotated[
        str | None,
        Query(
            max_length=100,
            description="说明、要求、对象含有 / Sentence, rule or thing contains",
            examples=["措施"],
        ),
    ] = None,
) -> GapFilter:
    return gap_filter(
        state,
        text,
        rule=rule,
        severity=severity,
        aspect=aspect,
        department=department,
        tier=tier,
        supervisor=supervisor,
        star=star,
        business=business,
        assignee=assignee,
    )


FilterDep = Annotated[GapFilter, Depends(_asked)]
IfMatch = Annotated[
    str | None,
    Header(
        max_length=2000,
        description="读取缺口时得到的 ETag / The ETag of the gap as read",
        examples=['"3f0c…"'],
    ),
]
WRITES: dict[int | str, dict[str, Any]] = {
    409: problem_response_of("与现状冲突 / In conflict with what is there"),
    412: problem_response_of("读取之后已被改动 / Changed since it was read"),
    428: problem_response_of("没有写明 If-Match / If-Match is missing"),
}
_ASSIGNMENT = {"assign": {"value": {"person": "P014", "due": "2026-03-31", "remark": "请于三月底前补登措施"}}}


class AssignmentWanted(ApiModel):
    """Who shall close the gap, by when, with what remark."""

    person: str = Field(min_length=1, max_length=200, examples=["P014"])
    due: date | None = None
    remark: str = Field(default="", max_length=2000)


@router.get("/gaps", summary="缺口列表 / The gaps", response_model=GapPage, responses=LIST_RESPONSES)
def list_gaps(
    view: ViewDep, answers: AnswersDep, asked: FilterDep, query: ListQueryDep, request: Request
) -> Response:
    """已豁免的仍然列出、单独计数 / Waived ones are listed still and counted apart."""
    _check_known(view, asked)
    form = query.form(request)

    def answered() -> Response:
        rows = list(asked.chosen(rows_of(view, answers)))
        beside = {"counts": state_counts(rows).model_dump()}
        return answer_list(rows, gap_columns(form), view, query, request, beside=beside)

    return list_kept(answers, view, request, form, answered)


@router.get("/gaps/counts", summary="缺口分类计数 / Gaps counted by facet")
def count_gaps(view: ViewDep, answers: AnswersDep, asked: FilterDep, request: Request) -> GapCounts:
    """只计可见的缺口；跨部门的在各部门都计 / Only visible gaps; one of two departments counts in both.

    看不到监督员的角色不按 tier、supervisor 计数 / Not by tier and supervisor for roles that see none.
    """
    _check_known(view, asked)
    unknown = () if _knows_supervisors(view) else ("tier", "supervisor")

    def counted() -> GapCounts:
        found = rows_of(view, answers)
        rows = list(asked.chosen(found))
        by = {name: told for name, told in facets(rows, found.placing).items() if name not in unknown}
        return GapCounts(total=state_counts(rows), by=by)

    return answer_figure(counted, view, request)  # type: ignore[return-value]


def _knows_supervisors(view: View) -> bool:
    return view.reach(Data.WORK) in (Reach.OWN, Reach.ALL)


def _check_known(view: View, asked: GapFilter) -> None:
    """Refuse to choose by supervisors, of whom the caller knows none: it would read as "no gaps".

    Raises:
        ForbiddenError: it is asked for.

    """
    if (asked.tier or asked.supervisor) and not _knows_supervisors(view):
        raise ForbiddenError(
            Text(
                "您的角色看不到监督员任命，不能按监督级别或监督员筛选，否则会显示为没有缺口。",
                "Your role does not see who supervises, so gaps cannot be chosen by tier or supervisor: it "
                "would read as if there were none.",
            )
        )


@router.get(
    "/gaps/{gap}",
    summary="一个缺口 / One gap whole",
    response_model=DatedGap,
    responses={304: {"description": "没有变化 / Not changed"}},
)
def read_gap(gap: GapPath, view: ViewDep, answers: AnswersDep, request: Request) -> Response:
    """缘由、证据、责任路径、台账位置、经过 / The reason, the proof, who answers, the cell, the history.

    ETag 供派办时用 / Its ETag is what an assignment is based on.
    """
    return _answer(whole_gap(view, gap, answers), view, request)


@router.put(
    "/gaps/{gap}/assignment",
    summary="派办缺口 / Assign a gap",
    response_model=DatedGap,
    dependencies=[require_scope(Scope.WRITE)],
    responses=WRITES,
)
def assign_gap(
    gap: GapPath,
    wanted: Annotated[AssignmentWanted, Body(openapi_examples=_ASSIGNMENT)],
    code: CodePath,
    view: ViewDep,
    service: ServiceDep,
    answers: AnswersDep,
    request: Request,
    if_match: IfMatch = None,
) -> Response:
    """派给某人，限期办理；不改数据 / Gives the gap to a person, with a due date; no data change."""
    handling = Handling(gap, wanted.person, wanted.due, wanted.remark, if_match)
    return _handled(handling, code, view, service, answers, request)


@router.delete(
    "/gaps/{gap}/assignment",
    summary="撤回派办 / Take an assignment back",
    response_model=DatedGap,
    dependencies=[require_scope(Scope.WRITE)],
    responses=WRITES,
)
def take_back(
    gap: GapPath,
    code: CodePath,
    view: ViewDep,
    service: ServiceDep,
    answers: AnswersDep,
    request: Request,
    if_match: IfMatch = None,
) -> Response:
    """经过仍保留在历史中 / The history keeps what there was."""
    return _handled(Handling(gap, None, None, "", if_match), code, view, service, answers, request)


def _handled(
    handling: Handling, code: str, view: View, service: Service, answers: Answers, request: Request
) -> Response:
    require_write(view.caller, Action.GAP_ASSIGN)
    after = assign(service, view.caller, code, handling, answers)
    return _answer(whole_gap(after, handling.gap, answers), after, request)


def _answer(found: WholeGap, view: ViewDep, request: Request) -> Response:
    tag = tag_of(found, view)
    if request.method == "GET" and has_already(request, tag):
        return not_modified(tag)
    content = dated(found.model_dump(mode="json", by_alias=True), view)
    return Response(json_bytes(content), media_type="application/json", headers=cache_headers(tag))
