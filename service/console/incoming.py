"""Files that come in from pages, to be tried; and the empty forms that go out."""

from __future__ import annotations

import tempfile
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from dutygraph.loaders import write_template
from dutygraph.service.console.pages.importing import PATH, require_importer
from dutygraph.service.console.signing_in import PATH as SIGN_IN
from dutygraph.service.console.signing_in import refuse_other_sites
from dutygraph.service.console.visit import Visit, visit_of
from dutygraph.service.imports.importing import Imports
from dutygraph.service.imports.reading import LEDGER, NAMES
from dutygraph.service.imports.receiving import receive
from dutygraph.service.imports.uploads import Upload
from dutygraph.service.list_files import XLSX_TYPE
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import ServiceDep

router = APIRouter(include_in_schema=False)
Kind = Literal["ledger", "names"]


@router.post(f"{PATH}/file")
async def send(request: Request, service: ServiceDep, kind: Annotated[Kind, Query()] = LEDGER) -> Response:
    """Try a file, and lead to what it would change. The good rows may be taken: the page asks before."""
    refuse_other_sites(request)
    visit = visit_of(request, service)
    if visit is None:
        return _to(request, SIGN_IN)
    require_importer(visit, kind)
    try:
        found = await _tried(request, visit, kind)
    except ProblemError as problem:
        if problem.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        return _to(request, f"{PATH}?empty=on")
    return _to(request, f"{PATH}?import={found.id}")


async def _tried(request: Request, visit: Visit, kind: Kind) -> Upload:
    imports = visit.service.part(Imports)
    sent = await receive(request, imports.uploads, visit.caller, visit.code, kind, None, "partial")
    try:
        return (await run_in_threadpool(imports.take, sent))[0]
    except BaseException:
        imports.uploads.abandon(sent.id)
        raise


@router.get(f"{PATH}/forms/{{kind}}.xlsx")
def forms(kind: Kind, request: Request, service: ServiceDep) -> Response:
    """Give the empty forms, or the one for people's names."""
    if visit_of(request, service) is None:
        return _to(request, SIGN_IN)
    name = "姓名对照（空白）.xlsx" if kind == NAMES else "监督台账（空白）.xlsx"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{kind}.xlsx\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "private, no-cache",
    }
    return Response(_forms(apart=kind == NAMES), 200, headers, XLSX_TYPE)


@cache
def _forms(*, apart: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forms.xlsx"
        write_template(path, apart=apart)
        return path.read_bytes()


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
