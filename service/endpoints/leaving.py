"""What becomes uncovered if a person leaves, or a post is vacated. Exposure, never suspicion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.charts.leaving import Fewer, Leaving, if_person_leaves, if_post_is_vacated
from dutygraph.charts.process import Part
from dutygraph.commits.gaps import GapState
from dutygraph.model import Text, Thing
from dutygraph.service.access.roles import Data
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep
from dutygraph.service.endpoints.knowledge import own_scope, require_whole_work, scoped
from dutygraph.service.endpoints.paths import LONGEST_ID
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.figures import answer_figure
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText, Dated, ThingModel
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["charts"])


class FewerModel(ApiModel):
    """A thing that loses someone: who is left; ``lost``: nobody is, ``single``: one alone."""

    thing: ThingModel
    left: list[ThingModel]
    lost: bool
    single: bool


class FewerSupervisorsModel(ApiModel):
    """A business that loses a supervisor of a tier: who is left of it, and of tiers 2 and 3 together."""

    business: ThingModel
    tier: int
    left: list[ThingModel]
    left_supervising: list[ThingModel]
    lost: bool
    single: bool


class LeavingModel(Dated):
    """What a departure touches. With ``ownScope`` it is told of the caller's own scope alone.

    ``gaps`` are ids of open gaps that are assigned to the person.
    """

    subject: ThingModel
    businesses: list[FewerSupervisorsModel]
    posts: list[FewerModel]
    controls: list[FewerModel]
    nodes: dict[Part, list[FewerModel]]
    sheets: list[ThingModel]
    issues: list[ThingModel]
    gaps: list[str]
    own_scope: bool = Field(default=False)


class LossModel(ApiModel):
    """One thing that a departure touches, in a row."""

    what: BilingualText
    thing: ThingModel
    left: list[ThingModel]
    lost: bool


class LossPage(Page[LossModel]):
    """What a departure uncovers; with ``ownScope`` of the caller's own alone."""

    own_scope: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a departure touches: what it loses, who is left."""

    what: Text
    thing: Thing
    left: tuple[Thing, ...]


PersonQuery = Annotated[
    str | None,
    Query(max_length=LONGEST_ID, description="离岗人员 / The person leaving", examples=["P003"]),
]
PostQuery = Annotated[
    str | None,
    Query(max_length=LONGEST_ID, description="空出的岗位 / The post vacated", examples=["G05"]),
]
LOSS_COLUMNS: tuple[Column[Loss], ...] = (
    Column("what", Text("失去", "Loses"), lambda loss: loss.what),
    Column("thing", Text("对象", "Thing"), lambda loss: loss.thing),
    Column("left", Text("尚余", "Left"), lambda loss: loss.left),
    Column("lost", Text("无人", "Nobody left"), lambda loss: not loss.left),
)
_TIERS = {
    1: Text("一级监督员", "tier-1 supervisor"),
    2: Text("二级监督员", "tier-2 supervisor"),
    3: Text("三级监督员", "tier-3 supervisor"),
}
_PARTS = {
    Part.PERFORM: Text("节点执行人", "who performs the node"),
    Part.MANAGE: Text("节点管理人", "who manages the node"),
    Part.APPROVE: Text("节点审批人", "who approves the node"),
}


@router.get("/leaving", summary="某人离岗或岗位空缺的影响 / If a person leaves", response_model=LeavingModel)
def read_leaving(
    view: ViewDep, answers: AnswersDep, request: Request, person: PersonQuery = None, post: PostQuery = None
) -> Response:
    """Give either a person or a post. It shows exposure, never suspicion.

    给出 person 或 post 之一：哪些业务失去监督员、哪些措施和节点无人负责、哪些任务单和问题无人办理。
    """
    found = leaving_of(view, answers, person, post)
    return answer_figure(lambda: _model(view, found, person), view, request)


@router.get(
    "/leaving/losses",
    summary="离岗影响清单 / What a departure touches, as a list",
    response_model=LossPage,
    responses=LIST_RESPONSES,
)
def list_losses(
    view: ViewDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    person: PersonQuery = None,
    post: PostQuery = None,
) -> Response:
    """同上，每个对象一行，可导出 / The same, one thing a row, to be exported."""
    found = leaving_of(view, answers, person, post)
    own = own_scope(view, Data.WORK)
    columns = scoped(LOSS_COLUMNS, query.form(request), own=own)
    return answer_list(lambda: losses_of(found), columns, view, query, request, beside={"ownScope": own})


def leaving_of(view: View, answers: Answers, person: str | None, post: str | None) -> Leaving:
    """Return what a person's departure, or a vacated post (by id), touches.

    Raises:
        ForbiddenError: the caller does not see enough to say.
        ProblemError: 422, both are given or none; 404, it is not there.

    """
    known = require_whole_work(view)
    if (person is None) == (post is None):
        raise ProblemError(422, "choose-one", names="person、post")
    reading = reading_of(view)
    if person is not None:
        iri = registered(reading, "person", person)
        return answers.of(view, ("leaving", iri), lambda: if_person_leaves(reading, iri, known))
    iri = registered(reading, "post", post or "")
    return answers.of(view, ("leaving", iri), lambda: if_post_is_vacated(reading, iri, known))


def _model(view: View, found: Leaving, person: str | None) -> LeavingModel:
    assigned = [
        gap.finding.id
        for gap in view.gaps
        if gap.state is not GapState.RESOLVED
        and gap.assignment is not None
        and gap.assignment.person == person
    ]
    fields: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("subject", "businesses", "posts", "controls", "nodes", "sheets", "issues")
    }
    return LeavingModel.model_validate(
        {**fields, "gaps": assigned, "own_scope": own_scope(view, Data.WORK)}, from_attributes=True
    )


def losses_of(found: Leaving) -> Iterator[Loss]:
    """Yield what a departure touches, one thing at a time."""
    for one in found.businesses:
        yield Loss(_TIERS[one.tier], one.business, one.left)
    yield from _each(Text("任职人员", "holder"), found.posts)
    yield from _each(Text("措施责任人", "who answers for the control"), found.controls)
    for part, those in found.nodes.items():
        yield from _each(_PARTS[part], those)
    yield from (Loss(Text("任务单执行人", "assignee of the task sheet"), sheet, ()) for sheet in found.sheets)
    yield from (Loss(Text("问题整改责任人", "owner of the issue"), issue, ()) for issue in found.issues)


def _each(what: Text, those: tuple[Fewer, ...]) -> Iterator[Loss]:
    return (Loss(what, one.thing, one.left) for one in those)
