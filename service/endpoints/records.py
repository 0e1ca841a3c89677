"""Records of every kind: the kinds and their fields, reading, listing, creating, replacing, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from dutygraph.commits.acts import Action
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Delta, GraphKind
from dutygraph.service.access.roles import Scope
from dutygraph.service.access.writes import require_write
from dutygraph.service.answers import AnswersDep, list_kept
from dutygraph.service.figures import (
    answer_figure,
    cache_headers,
    dated,
    has_already,
    json_bytes,
    not_modified,
)
from dutygraph.service.lists import LIST_RESPONSES, ListQueryDep, Page, answer_list
from dutygraph.service.models import Dated
from dutygraph.service.openapi import problem_response_of
from dutygraph.service.problems import ProblemError
from dutygraph.service.records.acting import (
    check_tag,
    check_written_so,
    creation,
    location,
    note_restricted,
    replacement,
    require_making,
    there,
    written,
)
from dutygraph.service.records.addressing import KindDep, PreconditionsDep, RecordAsked, RecordDep
from dutygraph.service.records.changes import deleting
from dutygraph.service.records.columns import field_filter, file_columns, json_columns
from dutygraph.service.records.held import Held, Reference, record_tag
from dutygraph.service.records.models import (
    DatedRecord,
    KindModel,
    NewRecord,
    RecordBody,
    RecordModel,
    WrittenRecord,
)
from dutygraph.service.records.referring import refuse_referred
from dutygraph.service.records.shown import ShownRecord, kind_model
from dutygraph.service.records.writing import Sight, visible, write_on
from dutygraph.service.running import ViewDep, require_scope

router = APIRouter(prefix="/bureaus/{code}/records", tags=["records"])

WRITE_RESPONSES: dict[int | str, dict[str, Any]] = {
    409: problem_response_of("与现状冲突 / In conflict with what is there"),
    412: problem_response_of("读取之后已被改动 / Changed since it was read"),
}
_LOCKED: dict[int | str, dict[str, Any]] = {
    **WRITE_RESPONSES,
    428: problem_response_of("没有写明 If-Match / If-Match is missing"),
}
_FIELDS = {"label": "双人勘查并留存影像", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-05"]}
_NEW = {
    "control": {
        "summary": "给风险点补一项措施 / a control for a risk",
        "value": {"id": "C04-31", "fields": _FIELDS},
    }
}
_WHOLE = {"control": {"summary": "整条措施 / a whole control", "value": {"fields": _FIELDS}}}
_MOST_FILTERS = 10


class Kinds(Dated):
    """The kinds of records with their fields."""

    kinds: list[KindModel]


@router.get("", summary="记录种类与字段 / The kinds of records and their fields", response_model=Kinds)
def list_kinds(view: ViewDep, request: Request) -> Response:
    """各种记录的字段、可填的词和办理流程 / Every kind's fields, the words they take, its life cycle."""

    def kinds() -> Kinds:
        held = visible(view)
        counted = [(kind, sum(1 for _ in held.identifiers(kind))) for kind in kind_forms().values()]
        return Kinds(kinds=[kind_model(kind, total) for kind, total in counted])

    return answer_figure(kinds, view, request)


@router.get(
    "/{kind}",  # noqa: FAST003 - its dependency reads it
    summary="一种记录的列表 / The records of a kind",
    response_model=Page[RecordModel],
    responses=LIST_RESPONSES,
)
def list_records(
    asked: KindDep,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    text: Annotated[
        str | None,
        Query(max_length=100, description="编号或名称含有 / Id or name contains", examples=["勘查"]),
    ] = None,
    where: Annotated[
        list[str] | None,
        Query(
            max_length=_MOST_FILTERS,
            description="字段:值，可重复 / field:value, may be repeated",
            examples=[["ownerPost:G12"]],
        ),
    ] = None,
) -> Response:
    """只含当前身份可见的记录 / Only the records that this role may see."""
    filters = [field_filter(asked.kind, one) for one in where or ()]
    view = asked.view()
    held = visible(view)
    ids = sorted(held.identifiers(asked.kind))
    restricted = held.registered_in(GraphKind.RESTRICTED)
    noted = any(held.iri(asked.kind.kind, name) in restricted for name in ids)

    def answer() -> Response:
        found = [ShownRecord(held, asked.kind, name) for name in ids]
        if text:
            found = [one for one in found if text in one.id or text in one.label]
        found = [one for one in found if all(lets_through(one) for lets_through in filters)]
        if any(one.iri in restricted for one in found):
            note_restricted(asked.service, view, asked.kind.kind)
        columns = json_columns() if query.form(request) == "json" else file_columns(asked.kind)
        return answer_list(found, columns, view, query, request)

    # what is restricted is read anew each time, since each reading is noted
    return answer() if noted else list_kept(answers, view, request, query.form(request), answer)


@router.get(
    "/{kind}/{id:path}",  # noqa: FAST003 - its dependency reads them
    summary="一条记录 / One record",
    response_model=DatedRecord,
    responses={304: {"description": "没有变化 / Not changed"}},
)
def read_record(asked: RecordDep, request: Request) -> Response:
    """ETag 供修改时用 / Its ETag is what a change is based on."""
    view = asked.view()
    held = visible(view)
    shown = there(held, asked.kind, asked.id)
    if held.graph(asked.kind.kind, asked.id) is GraphKind.RESTRICTED:
        note_restricted(asked.service, view, asked.target)
    tag = record_tag(held.triples(asked.kind, asked.id))
    if has_already(request, tag):
        return not_modified(tag)
    content = dated(shown.model().model_dump(mode="json", by_alias=True), view)
    return Response(json_bytes(content), media_type="application/json", headers=cache_headers(tag))


@router.post(
    "/{kind}",  # noqa: FAST003 - its dependency reads it
    status_code=201,
    summary="新建记录 / Create a record",
    dependencies=[require_scope(Scope.WRITE)],
    responses=WRITE_RESPONSES,
)
def create_record(
    asked: KindDep, wanted: Annotated[NewRecord, Body(openapi_examples=_NEW)], response: Response
) -> WrittenRecord:
    """已有同编号的记录时拒绝 / Refused where a record of this id is there."""
    require_making(asked.caller, asked.kind)
    made: list[str] = []

    def plan(seen: Sight) -> tuple[Delta, str, str]:
        delta, identifier = creation(asked.service, seen, asked.kind, wanted.id, wanted.plain())
        made[:] = [identifier]
        return delta, f"{asked.kind.kind}/{identifier}", ""

    committed = write_on(asked.service, asked.sight, Action.RECORD_CREATE, plan)
    response.headers["Location"] = location(asked.code, asked.kind.kind, made[0])
    return written(asked.sight(), asked.kind, made[0], committed, response)


@router.put(
    "/{kind}/{id:path}",  # noqa: FAST003 - its dependency reads them
    summary="整条替换记录 / Replace a record",
    dependencies=[require_scope(Scope.WRITE)],
    responses={**_LOCKED, 201: {"model": WrittenRecord, "description": "已新建 / Created"}},
)
def replace_record(
    asked: RecordDep,
    wanted: Annotated[RecordBody, Body(openapi_examples=_WHOLE)],
    given: PreconditionsDep,
    response: Response,
) -> WrittenRecord:
    """未写出的字段即为空白；看不到的字段保留 / Fields left out become blank; those not seen are kept."""
    if given.creates:
        require_making(asked.caller, asked.kind)
    else:
        require_write(asked.caller, Action.RECORD_REPLACE, kind=asked.kind.kind)

    def plan(seen: Sight) -> tuple[Delta, str, str]:
        if given.creates:
            if seen.whole.registered(asked.kind.kind, asked.id):
                raise ProblemError(412, "record-exists", id=asked.id)
            delta, identifier = creation(asked.service, seen, asked.kind, asked.id, wanted.plain())
            check_written_so(asked.id, identifier)
            return delta, asked.target, ""
        there(seen.visible, asked.kind, asked.id)
        check_tag(seen.visible, asked.kind, asked.id, given.match)
        return replacement(seen, asked.kind, asked.id, wanted.plain()), asked.target, ""

    action = Action.RECORD_CREATE if given.creates else Action.RECORD_REPLACE
    committed = write_on(asked.service, asked.sight, action, plan)
    response.status_code = 201 if given.creates else 200
    return written(asked.sight(), asked.kind, asked.id, committed, response)


@router.delete(
    "/{kind}/{id:path}",  # noqa: FAST003 - its dependency reads them
    status_code=204,
    summary="删除记录 / Delete a record",
    dependencies=[require_scope(Scope.WRITE)],
    responses=_LOCKED,
)
def delete_record(asked: RecordDep, given: PreconditionsDep) -> Response:
    """仍被引用的记录不能删除 / A record that others refer to is not deleted."""
    require_write(asked.caller, Action.RECORD_DELETE, kind=asked.kind.kind)

    def plan(seen: Sight) -> tuple[Delta, str, str]:
        held = seen.whole
        there(seen.visible, asked.kind, asked.id)
        check_tag(seen.visible, asked.kind, asked.id, given.match)
        refuse_referred(
            held.references(asked.kind, asked.id),
            lambda: _seen_references(asked),
            asked.kind.kind,
        )
        return deleting(held, asked.kind, asked.id), asked.target, ""

    write_on(asked.service, asked.sight, Action.RECORD_DELETE, plan)
    return Response(status_code=204)


def _seen_references(asked: RecordAsked) -> tuple[Held, Sequence[Reference]]:
    held = visible(asked.view())
    return held, held.references(asked.kind, asked.id)
