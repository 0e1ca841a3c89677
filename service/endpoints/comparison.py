"""Two dates or two years compared."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.model import Severity, Text
from dutygraph.report.words import columns, word
from dutygraph.service.answers import AnswersDep
from dutygraph.service.gaps.comparison import Basis, Change, ComparedGap, Comparing, Comparison, Point
from dutygraph.service.gaps.judged import Judged
from dutygraph.service.gaps.models import WaivedModel, thing_or_none, waived_model
from dutygraph.service.gaps.rows import rows_of
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText, ThingModel, thing_model
from dutygraph.service.running import ServiceDep, ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["gaps"])


class PointModel(ApiModel):
    """One side: as asked, the day that means, and by history the commit that the register was at."""

    asked: str = Field(examples=["2024"])
    day: date
    commit: int | None


class ComparedModel(ApiModel):
    """A gap that is on either side."""

    id: str = Field(examples=["bb9a3f62d8fb"])
    change: Change
    rule: str = Field(examples=["R01"])
    requirement: BilingualText
    severity: Severity
    focus: ThingModel
    value: ThingModel | None
    message: BilingualText
    remedy: BilingualText
    department: str | None
    post: str | None
    businesses: list[str]
    waived: WaivedModel | None


class ChangeCounts(ApiModel):
    """How many gaps are new, persist, are resolved."""

    new: int
    persisting: int
    resolved: int


class ComparisonPage(Page[ComparedModel]):
    """A page of the gaps on either side; ``counts`` counts all of them, whatever change was asked for.

    ``basis`` says what was compared: what the register held on the two days, or the data of now judged by
    the two dates.
    """

    basis: Basis
    from_: PointModel = Field(alias="from")
    to: PointModel
    counts: ChangeCounts


_WORDS = {
    Change.NEW: Text("新增", "new"),
    Change.PERSISTING: Text("持续", "persisting"),
    Change.RESOLVED: Text("已消除", "resolved"),
}


def _heading(key: str) -> Text:
    return Text(columns("zh")[key], columns("en")[key])


def _severity(gap: ComparedGap) -> Text:
    severity = gap.finding.severity.value
    return Text(word("severity", severity, "zh"), word("severity", severity, "en"))


_VALUE = Text("涉及", "Value")
COLUMNS: tuple[Column[ComparedGap], ...] = (
    Column("change", Text("变化", "Change"), lambda gap: gap.change, flat=lambda gap: _WORDS[gap.change]),
    Column("id", _heading("gap"), lambda gap: gap.finding.id),
    Column("rule", _heading("rule"), lambda gap: gap.finding.rule),
    Column("requirement", _heading("requirement"), lambda gap: gap.rule.label),
    Column("severity", _heading("severity"), lambda gap: gap.finding.severity, flat=_severity),
    Column("focus", _heading("id"), lambda g: thing_model(g.finding.focus), flat=lambda g: g.finding.focus),
    Column("value", _VALUE, lambda g: thing_or_none(g.finding.value), flat=lambda g: g.finding.value),
    Column("message", _heading("message"), lambda gap: gap.finding.message, sortable=False),
    Column("remedy", _heading("remedy"), lambda gap: gap.finding.remedy, sortable=False),
    Column("department", _heading("department"), lambda gap: gap.finding.responsible.department),
    Column("post", _heading("post"), lambda gap: gap.finding.responsible.post),
    Column("businesses", Text("业务", "Businesses"), lambda gap: gap.place.businesses),
    Column("waived", _heading("waived"), lambda gap: waived_model(gap.finding.waived), sortable=False),
)


@router.get(
    "/gaps/comparison",
    summary="两个日期或年度的对比 / Two dates or years compared",
    response_model=ComparisonPage,
    responses=LIST_RESPONSES,
)
def compare_gaps(  # noqa: PLR0913, PLR0917 - one parameter a part of the question
    view: ViewDep,
    service: ServiceDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    before: Annotated[
        str,
        Query(alias="from", max_length=10, description="日期或年份 / A date or a year", examples=["2024"]),
    ],
    after: Annotated[
        str,
        Query(alias="to", max_length=10, description="日期或年份 / A date or a year", examples=["2025"]),
    ],
    basis: Annotated[
        Basis | None,
        Query(
            description="history：登记簿当时的记录；data：以现有数据按两个日期判断；缺省时能用 history 就用"
            " / history: what the register held then; data: the data of now judged by both dates; by default"
            " history where the register reaches back"
        ),
    ] = None,
    change: Annotated[
        list[Change] | None, Query(max_length=3, description="只要这些变化 / Only these changes")
    ] = None,
) -> Response:
    """新增、持续、已消除，按缺口的固定编号 / New, persisting and resolved, by the gaps' stable ids."""
    commits = service.committer.commits(view.names.code)
    seen = [each.seen for each in commits if each.seen.commit <= view.commit]
    placing = rows_of(view, answers).placing
    comparing = Comparing(view, seen, service.part(Judged), placing)
    found = answers.of(
        view, ("comparison", before, after, basis), lambda: comparing.compared(before, after, basis)
    )
    rows = [gap for gap in found.gaps if not change or gap.change in change]
    return answer_list(rows, COLUMNS, view, query, request, beside=_whole(found))


def _whole(found: Comparison) -> dict[str, object]:
    counted = Counter(gap.change for gap in found.gaps)
    return {
        "basis": found.basis.value,
        "from": _point(found.before),
        "to": _point(found.after),
        "counts": {change.value: counted[change] for change in Change},
    }


def _point(point: Point) -> dict[str, object]:
    return {"asked": point.asked, "day": point.day.isoformat(), "commit": point.commit}
