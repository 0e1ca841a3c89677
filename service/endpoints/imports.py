"""Imports: a file is uploaded and tried, looked at, committed, or thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.roles import Caller, Scope
from dutygraph.service.access.writes import require_write
from dutygraph.service.imports.importing import Imports
from dutygraph.service.imports.models import CommitChoice, ImportModel, import_model
from dutygraph.service.imports.reading import LEDGER, NAMES
from dutygraph.service.imports.receiving import BODY, receive
from dutygraph.service.imports.uploads import Upload
from dutygraph.service.list_files import XLSX_TYPE
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.openapi import problem_response_of
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import CallerDep, CodePath, ServiceDep, require_scope
from dutygraph.service.words import called

router = APIRouter(prefix="/bureaus/{code}/imports", tags=["imports"])

KINDS = (LEDGER, NAMES)
Mode = Literal["whole", "partial"]
NameQuery = Annotated[
    str | None,
    Query(max_length=255, description="文件名，后缀说明格式 / The file's name; its suffix says the format"),
]
ModeQuery = Annotated[
    Mode,
    Query(
        description="whole：有错即不能提交；partial：只取合格的行 / whole: no errors; partial: the good rows"
    ),
]
ImportPath = Annotated[
    str,
    Path(
        alias="import",
        max_length=64,
        description="导入编号 / The import",
        examples=["5f0c9a1d2e3b4c5d6e7f8091"],
    ),
]
_CHOICES: dict[str, Any] = {
    "keep": {"summary": "保留网上的修改 / what was done online stays", "value": {"keep": True}},
    "overwrite": {"summary": "以文件为准 / the file wins", "value": {"overwrite": True}},
}
TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: problem_response_of("文件超过上限 / The file is larger than allowed")
}


def importer(code: CodePath, caller: CallerDep) -> Caller:
    """Return who imports into a bureau, which need not be there yet.

    Raises:
        ProblemError: 404, the bureau is not the caller's.
        ForbiddenError: the role may not import.

    """
    if caller.bureau != code:
        raise ProblemError(404, "unknown-bureau", code=code)
    require_write(caller, Action.IMPORT)
    return caller


ImporterDep = Annotated[Caller, Depends(importer)]


def imports_of(service: ServiceDep) -> Imports:
    """Return the imports of the running service."""
    return service.part(Imports)


ImportsDep = Annotated[Imports, Depends(imports_of)]


def own_import(code: CodePath, caller: ImporterDep, imports: ImportsDep, identifier: ImportPath) -> Upload:
    """Return an import of the caller's.

    Raises:
        ProblemError: 404, there is none.

    """
    found = imports.uploads.find(identifier)
    if found is None or (found.account, found.bureau) != (caller.account, code):
        raise ProblemError(404, "unknown-import", id=identifier)
    return found


OwnImportDep = Annotated[Upload, Depends(own_import)]


UPLOADING: dict[str, Any] = {
    "status_code": 201,
    "dependencies": [require_scope(Scope.WRITE)],
    "responses": {200: {"model": ImportModel, "description": "同一文件已试过 / Tried before"}, **TOO_LARGE},
    "openapi_extra": BODY,
}
"""What the endpoints that take files are declared with."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A file that is being sent, to be tried."""

    code: str
    imports: Imports
    request: Request
    response: Response
    name: str | None
    mode: str

    async def tried(self, caller: Caller, kind: str) -> ImportModel:
        """Take the file in, try it, and answer with the dry run."""
        uploads = self.imports.uploads
        sent = await receive(self.request, uploads, caller, self.code, kind, self.name, self.mode)
        try:
            found, new = await run_in_threadpool(self.imports.take, sent)
        except BaseException:
            uploads.abandon(sent.id)
            raise
        self.response.status_code = 201 if new else 200
        self.response.headers["Location"] = f"/api/v1/bureaus/{quote(self.code, safe='')}/imports/{found.id}"
        return import_model(found)


def sending(
    code: CodePath,
    imports: ImportsDep,
    request: Request,
    response: Response,
    name: NameQuery = None,
    mode: ModeQuery = "whole",
) -> Sending:
    """Return the file that a request sends, which has not been read yet."""
    return Sending(code, imports, request, response, name, mode)


SendingDep = Annotated[Sending, Depends(sending)]


@router.post("", summary="上传台账并试导入 / Upload a ledger and try it", **UPLOADING)
async def upload_ledger(caller: ImporterDep, sent: SendingDep) -> ImportModel:
    """只作试算，不写入任何数据 / Nothing is written: it says what committing would change."""
    return await sent.tried(caller, LEDGER)


def _kind(one: ImportModel) -> Text | None:
    return called("import-kind", one.kind)


def _mode(one: ImportModel) -> Text | None:
    return called("import-mode", one.mode)


def _status(one: ImportModel) -> Text | None:
    return called("import-status", one.status)


IMPORT_COLUMNS: tuple[Column[ImportModel], ...] = (
    Column("id", Text("编号", "Id"), lambda one: one.id),
    Column("bureau", Text("单位", "Bureau"), lambda one: one.bureau),
    Column("kind", Text("种类", "Kind"), lambda one: one.kind, flat=_kind),
    Column("name", Text("文件", "File"), lambda one: one.name),
    Column("size", Text("字节", "Bytes"), lambda one: one.size),
    Column("sha256", Text("校验值", "SHA-256"), lambda one: one.sha256, sortable=False),
    Column("mode", Text("方式", "Mode"), lambda one: one.mode, flat=_mode),
    Column("status", Text("状况", "Status"), lambda one: one.status, flat=_status),
    Column("createdAt", Text("上传时间", "Uploaded"), lambda one: one.created_at),
    Column("expiresAt", Text("清理时间", "Thrown away"), lambda one: one.expires_at),
    Column("head", Text("所依提交", "Tried on commit"), lambda one: one.head),
    Column("trial", Text("试算", "Dry run"), lambda one: one.trial, sortable=False, exported=False),
    Column("outcome", Text("结果", "Outcome"), lambda one: one.outcome, sortable=False, exported=False),
)


@router.get(
    "",
    summary="我的导入 / My imports",
    response_model=Page[ImportModel],
    responses=LIST_RESPONSES,
    dependencies=[require_scope(Scope.READ)],
)
def list_imports(
    code: CodePath, caller: ImporterDep, imports: ImportsDep, query: ListQueryDep, request: Request
) -> Response:
    """保留24小时 / They are kept for 24 hours."""
    found = [import_model(upload) for upload in imports.mine(caller.account, code, KINDS)]
    return answer_list(found, IMPORT_COLUMNS, None, query, request)


@router.get(
    "/{import}",  # noqa: FAST003 - its dependency reads it
    summary="一次导入 / One import",
    dependencies=[require_scope(Scope.READ)],
)
def read_import(upload: OwnImportDep) -> ImportModel:
    """试算结果、错误、是否已提交 / The dry run, the errors, whether it is committed."""
    return import_model(upload)


@router.get(
    "/{import}/rejected",  # noqa: FAST003 - its dependency reads it
    summary="退回的行（Excel）/ The refused rows as a workbook",
    response_class=FileResponse,
    responses={200: {"content": {XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
    dependencies=[require_scope(Scope.READ)],
)
def read_rejected(upload: OwnImportDep, imports: ImportsDep) -> FileResponse:
    """每行写明错误，改好后可再上传 / Each row says what is wrong with it; mend them and upload them."""
    path = imports.uploads.rejected(upload.id)
    if path is None:
        text = Text("没有退回的行。", "No rows were refused.")
        raise ProblemError(404, "not-found", detail=text)
    return FileResponse(path, media_type=XLSX_TYPE, filename=f"rejected-{upload.id}.xlsx")


@router.post(
    "/{import}/commit",  # noqa: FAST003 - its dependency reads it
    summary="提交导入 / Commit an import",
    dependencies=[require_scope(Scope.WRITE)],
    responses={
        409: problem_response_of(
            "有错误，试算之后数据已变，或会改回网上的修改而未作选择 / "
            "Refused, changed since the dry run, or it would undo what was done online and no choice was made"
        )
    },
)
def commit_import(
    upload: OwnImportDep,
    caller: ImporterDep,
    imports: ImportsDep,
    choice: Annotated[CommitChoice | None, Body(openapi_examples=_CHOICES)] = None,
) -> ImportModel:
    """重复提交得到同样的答复，只写入一次 / Asked twice it answers the same and writes once."""
    return import_model(imports.commit(upload.id, caller.actor, choice.online if choice else None))


@router.delete(
    "/{import}",  # noqa: FAST003 - its dependency reads it
    status_code=204,
    summary="放弃导入 / Throw an import away",
    dependencies=[require_scope(Scope.WRITE)],
)
def delete_import(upload: OwnImportDep, imports: ImportsDep) -> Response:
    """已提交的数据不受影响 / What it committed stays."""
    imports.delete(upload.id)
    return Response(status_code=204)
