"""Coverage by department, tier, star, stage and business, the missing by name; declared totals."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.coverage import Axis, CoverageRow, coverage
from dutygraph.coverage.totals import TotalRow, declared_totals
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep, list_kept
from dutygraph.service.endpoints.chart_models import Knowledge
from dutygraph.service.endpoints.knowledge import knowledge_of, own_scope, scoped
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText, ThingModel
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["coverage"])
_BY_WORK = frozenset({Axis.STAR, Axis.TIER})
"""The axes that count supervisors, which not everybody sees."""


class CoverageModel(ApiModel):
    """One group of an axis, the missing by name; ``ratio`` is null where there is nothing to cover."""

    group: str = Field(examples=["市场营销部"])
    label: BilingualText
    covered: int
    total: int
    ratio: float | None = Field(examples=[0.9714])
    missing: list[ThingModel]


class CoveragePage(Page[CoverageModel]):
    """Coverage by an axis. With ``ownScope`` only what is the caller's own is counted."""

    by: Axis
    own_scope: bool


class TotalModel(ApiModel):
    """A declared total beside what is registered and what its parts add up to (null: not given)."""

    total: ThingModel
    declared: int
    counted: int | None
    parts: int | None
    agrees: bool


COLUMNS: tuple[Column[CoverageRow], ...] = (
    Column("group", Text("分组编号", "Group"), lambda row: row.group),
    Column("label", Text("分组", "Name"), lambda row: row.label),
    Column("covered", Text("已覆盖", "Covered"), lambda row: row.covered),
    Column("total", Text("总数", "Total"), lambda row: row.total),
    Column(
        "ratio",
        Text("覆盖率", "Ratio"),
        lambda row: None if row.ratio is None else round(float(row.ratio), 4),
    ),
    Column("missing", Text("未覆盖", "Missing"), lambda row: row.missing, sortable=False),
)


def agrees(row: TotalRow) -> bool:
    """Tell whether a declared total is what is registered and what its parts add up to."""
    return all(other in (None, row.declared) for other in (row.counted, row.parts))


TOTAL_COLUMNS: tuple[Column[TotalRow], ...] = (
    Column("total", Text("口径", "Total"), lambda row: row.total),
    Column("declared", Text("申报", "Declared"), lambda row: row.declared),
    Column("counted", Text("实数", "Counted"), lambda row: row.counted),
    Column("parts", Text("分项和", "Sum of parts"), lambda row: row.parts),
    Column("agrees", Text("相符", "Agrees"), agrees),
)


@router.get(
    "/coverage",
    summary="监督覆盖 / Coverage",
    response_model=CoveragePage,
    responses=LIST_RESPONSES,
)
def list_coverage(
    view: ViewDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    by: Annotated[
        Axis, Query(description="按什么统计 / By what to count", examples=["department"])
    ] = Axis.DEPARTMENT,
) -> Response:
    """Covered, total and the missing by name; what counts as covered differs by axis.

    department、business：有措施且措施有责任岗位的风险点；star：三星业务有在任三级监督员、其余有在任二级监督员；
    tier：有该级在任监督员的业务；stage：有该环节措施的三星业务。
    看不到监督员的角色不能按 star、tier 统计（403）；只看得到本人范围的只统计本人范围（ownScope）。
    """
    own = _own_scope(view, by)
    form = query.form(request)
    columns = scoped(COLUMNS, form, own=own)
    beside = {"by": by.value, "ownScope": own}

    def answered() -> Response:
        rows = rows_of(view, answers, by)
        return answer_list(rows, columns, view, query, request, beside=beside)

    return list_kept(answers, view, request, form, answered)


@router.get(
    "/coverage/totals",
    summary="申报总数与实数 / Declared totals",
    response_model=Page[TotalModel],
    responses=LIST_RESPONSES,
)
def list_totals(view: ViewDep, answers: AnswersDep, query: ListQueryDep, request: Request) -> Response:
    """申报的总数、台账实数、分项之和并列 / What was declared, counted and added up, side by side."""
    return answer_list(lambda: totals_of(view, answers), TOTAL_COLUMNS, view, query, request)


def totals_of(view: View, answers: Answers) -> tuple[TotalRow, ...]:
    """Return the declared totals beside what is registered, of what the caller sees."""
    return answers.of(view, "totals", lambda: declared_totals(view.store, view.names, things=view.things))


def rows_of(view: View, answers: Answers, by: Axis) -> tuple[CoverageRow, ...]:
    """Return the coverage that a caller may be told.

    Raises:
        ForbiddenError: the axis counts supervisors, of whom the caller knows none.

    """
    _own_scope(view, by)

    def counted(iri: str) -> bool:
        return by not in _BY_WORK or knowledge_of(view, iri) is not Knowledge.NONE

    return answers.of(
        view,
        ("coverage", by),
        lambda: _known_tiers(
            view, by, coverage(view.store, view.names, by, things=view.things, counted=counted)
        ),
    )


def _known_tiers(view: View, by: Axis, rows: tuple[CoverageRow, ...]) -> tuple[CoverageRow, ...]:
    """Leave out what a tier-3 supervisor cannot know: above a tier 2 that is missing, tier 1 is not seen."""
    if by is not Axis.TIER or view.reach(Data.WORK) is Reach.ALL:
        return rows
    missing = {row.group: frozenset(row.missing) for row in rows}
    unknown = {
        thing for thing in missing["1"] & missing["2"] if knowledge_of(view, thing.iri) is not Knowledge.ALL
    }
    return tuple(
        replace(
            row,
            total=row.total - len(unknown),
            missing=tuple(thing for thing in row.missing if thing not in unknown),
        )
        if row.group == "1"
        else row
        for row in rows
    )


def _own_scope(view: View, by: Axis) -> bool:
    if by not in _BY_WORK:
        return False
    if view.reach(Data.WORK) not in (Reach.OWN, Reach.ALL):
        raise ForbiddenError(
            Text(
                "您的角色看不到监督员任命，不能按星级或级别统计覆盖，否则会显示为没有人监督。"
                "可以按部门、业务或环节统计。",
                "Your role does not see who supervises, so coverage by star or tier cannot be told: it would "
                "read as if nobody did. Coverage by department, business or stage can.",
            )
        )
    return own_scope(view, Data.WORK)
