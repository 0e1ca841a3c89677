"""Network metrics of posts, and of departments as counts. Exposure, never suspicion, and never a score."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from dutygraph.charts.exposure import PostExposure, post_exposures
from dutygraph.charts.reading import Reading
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.exposures import DepartmentCounts
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep
from dutygraph.service.endpoints.knowledge import own_scope, scoped
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, ThingModel
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["metrics"])
_NEVER = Text(
    "这些数字只说明责任的集中程度，不说明任何人有问题，也不用于考核。",
    "These figures show how responsibility is concentrated. They are no suspicion and no score.",
)


class PostMetricsModel(ApiModel):
    """How a post stands in the responsibility graph; betweenness runs from 0 to 1."""

    post: ThingModel
    departments: list[ThingModel]
    holders: list[ThingModel]
    betweenness: float = Field(examples=[0.0421])
    connecting: bool


class PostMetricsPage(Page[PostMetricsModel]):
    """The posts; with ``ownScope`` one's own alone."""

    own_scope: bool
    remark: dict[str, str]


class DepartmentMetricsModel(ApiModel):
    """The posts of a department as counts; null where fewer than three people hold them (``withheld``)."""

    department: ThingModel
    posts: int
    people: int | None
    connecting: int | None
    mean_betweenness: float | None
    withheld: bool


POST_COLUMNS: tuple[Column[PostExposure], ...] = (
    Column("post", Text("岗位", "Post"), lambda one: one.post),
    Column("departments", Text("部门", "Department"), lambda one: one.departments),
    Column("holders", Text("任职人员", "Held by"), lambda one: one.holders),
    Column("betweenness", Text("中介度", "Betweenness"), lambda one: float(one.betweenness)),
    Column("connecting", Text("枢纽岗位", "Connecting"), lambda one: one.connecting),
)
DEPARTMENT_COLUMNS: tuple[Column[DepartmentCounts], ...] = (
    Column("department", Text("部门", "Department"), lambda one: one.department),
    Column("posts", Text("岗位", "Posts"), lambda one: one.posts),
    Column("people", Text("任职人数", "People"), lambda one: one.people),
    Column("connecting", Text("枢纽岗位", "Connecting"), lambda one: one.connecting),
    Column(
        "meanBetweenness",
        Text("平均中介度", "Mean betweenness"),
        lambda one: None if one.mean_betweenness is None else float(one.mean_betweenness),
    ),
    Column("withheld", Text("不足三人，不予公布", "Withheld: under three people"), lambda one: one.withheld),
)


@router.get(
    "/metrics",
    summary="岗位网络指标 / Network metrics of posts",
    response_model=PostMetricsPage,
    responses=LIST_RESPONSES,
)
def list_metrics(view: ViewDep, answers: AnswersDep, query: ListQueryDep, request: Request) -> Response:
    """全部岗位，或本人的岗位；只说明责任集中在哪里 / All posts, or one's own. Never suspicion."""
    if view.reach(Data.METRICS) is Reach.COUNTS:
        raise ForbiddenError(
            Text(
                "您的角色只能看到按部门汇总的数字：GET …/metrics/departments。",
                "Your role sees these figures by department alone: GET …/metrics/departments.",
            )
        )
    view.require(Data.METRICS)
    own = own_scope(view, Data.METRICS)
    beside = {"ownScope": own, "remark": {"zh": _NEVER.zh, "en": _NEVER.en}}
    columns = scoped(POST_COLUMNS, query.form(request), own=own)
    return answer_list(lambda: exposures_of(view, answers), columns, view, query, request, beside=beside)


@router.get(
    "/metrics/departments",
    summary="部门网络指标 / Network metrics by department",
    response_model=Page[DepartmentMetricsModel],
    responses=LIST_RESPONSES,
)
def list_department_metrics(
    view: ViewDep, answers: AnswersDep, query: ListQueryDep, request: Request
) -> Response:
    """按部门汇总；任职不足三人的不予公布 / By department; withheld under three people."""
    if view.reach(Data.METRICS) is Reach.OWN:
        raise ForbiddenError(
            Text(
                "您的角色只能看到自己岗位的指标：GET …/metrics。",
                "Your role sees the metrics of its own posts alone: GET …/metrics.",
            )
        )
    view.require(Data.METRICS, Reach.COUNTS)
    return answer_list(
        lambda: answers.of(view, "department-metrics", lambda: view.department_counts),
        DEPARTMENT_COLUMNS,
        view,
        query,
        request,
    )


def exposures_of(view: View, answers: Answers) -> tuple[PostExposure, ...]:
    """Return the posts whose metrics the caller may see one by one, the most exposed first."""
    return answers.of(
        view, "metrics", lambda: post_exposures(Reading.of(view.measured, view.names, view.things))
    )
