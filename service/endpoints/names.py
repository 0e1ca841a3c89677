"""Names of people (姓名对照): uploaded apart, kept apart, read by those entitled, every reading noted."""

from __future__ import annotations

from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from rdflib import FOAF

from dutygraph.commits.acts import Action
from dutygraph.loaders.field_values import kind_and_id
from dutygraph.model import GraphKind, Text
from dutygraph.service.access.roles import Caller, Data
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import require_write
from dutygraph.service.endpoints.imports import UPLOADING, ImporterDep, SendingDep
from dutygraph.service.imports.models import ImportModel
from dutygraph.service.imports.reading import NAMES
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel
from dutygraph.service.running import ServiceDep, ViewDep

router = APIRouter(prefix="/bureaus/{code}/names", tags=["imports"])
_NAME = ox.NamedNode(str(FOAF.name))


class NameModel(ApiModel):
    """A person's id and name."""

    person: str = Field(examples=["P003"])
    name: str = Field(examples=["监督员丙"])


_COLUMNS: tuple[Column[NameModel], ...] = (
    Column("person", Text("人员", "Person"), lambda one: one.person),
    Column("name", Text("姓名", "Name"), lambda one: one.name),
)


def names_importer(caller: ImporterDep) -> Caller:
    """Return who may upload names.

    Raises:
        ForbiddenError: the role may not.

    """
    require_write(caller, Action.NAMES)
    return caller


@router.get(
    "",
    summary="姓名对照 / Names of people",
    response_model=Page[NameModel],
    responses=LIST_RESPONSES,
)
def list_names(
    view: ViewDep,
    service: ServiceDep,
    query: ListQueryDep,
    request: Request,
    text: Annotated[
        str | None,
        Query(max_length=100, description="编号或姓名含有 / Id or name contains", examples=["P003"]),
    ] = None,
) -> Response:
    """只含当前身份可见的人员，每次查看都记入审计 / Only those this role may see; every reading is noted."""
    view.require(Data.IDENTITY)
    found = [one for one in _names(view) if not text or text in one.person or text in one.name]
    service.committer.note(
        view.caller.actor, Action.READ_IDENTITY, bureau=view.names.code, target=f"person/{len(found)}"
    )
    return answer_list(found, _COLUMNS, view, query, request)


@router.post("", summary="上传姓名对照并试导入 / Upload names and try them", **UPLOADING)
async def upload_names(caller: Annotated[Caller, Depends(names_importer)], sent: SendingDep) -> ImportModel:
    """文件名不限，须有“人员”“姓名”两列 / Any file name; it takes the columns 人员 and 姓名."""
    return await sent.tried(caller, NAMES)


def _names(view: View) -> list[NameModel]:
    graph = ox.NamedNode(view.names.asserted(GraphKind.IDENTITY))
    found = []
    for quad in view.store.oxigraph.quads_for_pattern(None, _NAME, None, graph):
        thing = (
            kind_and_id(quad.subject.value, view.names) if isinstance(quad.subject, ox.NamedNode) else None
        )
        if thing and isinstance(quad.object, ox.Literal):
            found.append(NameModel(person=thing[1], name=quad.object.value))
    return sorted(found, key=lambda one: (one.person, one.name))
