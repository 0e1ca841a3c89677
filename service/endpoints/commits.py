"""The commits of a bureau, what each changed, and the bureau as it was after one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from dutygraph.commits import PastCommit
from dutygraph.commits.acts import Action
from dutygraph.commits.gaps import GapHistory
from dutygraph.model import Text
from dutygraph.service.answers import AnswersDep
from dutygraph.service.figures import answer_figure
from dutygraph.service.gaps.audit import target_called
from dutygraph.service.gaps.columns import gap_columns
from dutygraph.service.gaps.commits import change_of, commit_there, commits_of, require_reader
from dutygraph.service.gaps.comparison import Comparing
from dutygraph.service.gaps.counts import state_counts
from dutygraph.service.gaps.judged import Judged
from dutygraph.service.gaps.models import GapPage
from dutygraph.service.gaps.rows import GapRow, rows_from, rows_of
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, Dated
from dutygraph.service.records.models import GapBrief, gap_brief
from dutygraph.service.running import ServiceDep, ViewDep
from dutygraph.service.words import called

router = APIRouter(prefix="/bureaus/{code}/commits", tags=["commits"])
NumberPath = Annotated[
    int, Path(ge=1, le=2**53, description="第几次提交 / The commit's number", examples=[1])
]


class CommitModel(ApiModel):
    """A commit: its number, when, judged by which date, who did what to what.

    ``account``, ``role``, ``action`` and ``target`` are null where the audit entry is missing or damaged;
    ``rules`` is the digest of the rules in force then.
    """

    number: int = Field(examples=[1])
    at: datetime
    as_of: date
    rules: str
    account: str | None = Field(examples=["li.ming"])
    role: str | None = Field(examples=["SO"])
    action: str | None = Field(examples=["import"])
    target: str | None = Field(examples=["import/2f0c"])


class CommitChangeModel(CommitModel):
    """A commit and what it changed: triples of the ledgers, and the visible gaps that came and went."""

    added: int
    removed: int
    new_gaps: list[GapBrief]
    resolved_gaps: list[GapBrief]


class DatedCommit(Dated):
    """A commit, and the dates of the bureau as it is now."""

    change: CommitChangeModel


def _values(past: PastCommit) -> dict[str, object]:
    return {column.key: column.get(past) for column in COLUMNS}


COLUMNS: tuple[Column[PastCommit], ...] = (
    Column("number", Text("提交", "Commit"), lambda past: past.seen.commit),
    Column("at", Text("时间", "At"), lambda past: past.seen.at),
    Column("asOf", Text("数据日期", "As of"), lambda past: past.seen.as_of),
    Column("rules", Text("规则摘要", "Rules"), lambda past: past.ruleset),
    Column("account", Text("账号", "Account"), lambda past: past.entry and past.entry.actor.account),
    Column(
        "role",
        Text("角色", "Role"),
        lambda past: past.entry and past.entry.actor.role,
        flat=lambda past: past.entry and called("role", past.entry.actor.role),
    ),
    Column(
        "action",
        Text("事项", "Action"),
        lambda past: past.entry and past.entry.action.value,
        flat=lambda past: past.entry and called("action", past.entry.action.value),
    ),
    Column(
        "target",
        Text("对象", "Target"),
        lambda past: past.entry and past.entry.target,
        flat=lambda past: past.entry and target_called(past.entry.target),
    ),
)


@router.get(
    "",
    summary="提交列表 / The commits",
    response_model=Page[CommitModel],
    responses=LIST_RESPONSES,
)
def list_commits(
    view: ViewDep,
    service: ServiceDep,
    query: ListQueryDep,
    request: Request,
    action: Annotated[
        list[Action] | None, Query(max_length=20, description="只要这些事项 / Only these")
    ] = None,
) -> Response:
    """最近的在前 / Latest first."""
    require_reader(view)

    def rows() -> list[PastCommit]:
        found = commits_of(service, view)
        return [one for one in found if not action or (one.entry is not None and one.entry.action in action)]

    return answer_list(rows, COLUMNS, view, query, request)


@router.get("/{number}", summary="一次提交 / One commit")
def read_commit(
    number: NumberPath, view: ViewDep, service: ServiceDep, answers: AnswersDep, request: Request
) -> DatedCommit:
    """谁、何时、改了多少，新增和消除了哪些缺口 / Who, when, how much, which gaps came and went."""
    past = commit_there(service, view, number)

    def told() -> DatedCommit:
        commits = [each.seen for each in commits_of(service, view)]
        comparing = Comparing(view, commits, service.part(Judged), rows_of(view, answers).placing)
        change = answers.of(view, ("commit", number), lambda: change_of(service, view, past, comparing))
        model = CommitChangeModel(
            **_values(past),  # type: ignore[arg-type]
            added=change.added,
            removed=change.removed,
            new_gaps=[gap_brief(finding) for finding in change.new],
            resolved_gaps=[gap_brief(finding) for finding in change.resolved],
        )
        return DatedCommit(change=model)

    return answer_figure(told, view, request)  # type: ignore[return-value]


@router.get(
    "/{number}/report",
    summary="当时的缺口 / The gaps as of a commit",
    response_model=GapPage,
    responses=LIST_RESPONSES,
)
def read_report(
    number: NumberPath,
    view: ViewDep,
    service: ServiceDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    rules: Annotated[
        Literal["then", "now"],
        Query(description="按当时（then）还是现在（now）的规则 / By the rules of then or of now"),
    ] = "then",
) -> Response:
    """还原该次提交后的数据再检查一遍；较慢 / Rebuilds the data of then and checks them again; slow."""
    past = commit_there(service, view, number)

    def judged() -> tuple[GapRow, ...]:
        report = service.part(Judged).of_commit(view.names.code, number, rules)
        gaps = [GapHistory(each, past.seen, past.seen, None, (), ()) for each in view.told(report.findings)]
        return tuple(rows_from(gaps, rows_of(view, answers).placing))

    rows = answers.of(view, ("report", number, rules), judged)
    beside = {"counts": state_counts(rows).model_dump()}
    return answer_list(rows, gap_columns(query.form(request)), view, query, request, beside=beside)
