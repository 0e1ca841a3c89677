"""Taking in an uploaded file as it comes, without ever holding it in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from dutygraph.service.access.roles import Caller
from dutygraph.service.imports.uploads import Upload, Uploads, now
from dutygraph.service.problems import ProblemError
from dutygraph.service.times import time_text

_PIECE = 1024 * 1024
_SUFFIXES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "text/turtle": ".ttl",
    "application/n-quads": ".nq",
    "application/n-triples": ".nt",
    "application/trig": ".trig",
    "application/ld+json": ".jsonld",
    "application/rdf+xml": ".rdf",
}

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "文件本身，或表单的 file 字段 / The file itself, or the field file of a form",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
"""How OpenAPI describes the body, which is read as it comes."""


async def receive(
    request: Request, uploads: Uploads, caller: Caller, code: str, kind: str, name: str | None, mode: str
) -> Upload:
    """Write the file of a request into a new folder of uploads; where that fails, nothing is left behind.

    Raises:
        ProblemError: 422, there is no file; 413, it is larger than allowed.

    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        # the form's file lies on disk while it comes in
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not (name or file.filename):
                raise ProblemError(422, "no-file")
            return await _written(
                _pieces(file), uploads, caller, code, kind, name or file.filename or "", mode
            )
    if not name and media in _SUFFIXES:
        name = f"upload{_SUFFIXES[media]}"
    if not name:
        raise ProblemError(422, "no-file")
    return await _written(request.stream(), uploads, caller, code, kind, name, mode)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


async def _written(
    pieces: AsyncIterator[bytes], uploads: Uploads, caller: Caller, code: str, kind: str, name: str, mode: str
) -> Upload:
    identifier, path = await run_in_threadpool(uploads.begin, name)
    try:
        digest, size = await _write(pieces, path)
    except BaseException:
        uploads.abandon(identifier)
        raise
    if not size:
        uploads.abandon(identifier)
        raise ProblemError(422, "no-file")
    return Upload(
        id=identifier,
        bureau=code,
        account=caller.account,
        kind=kind,
        name=path.name,
        size=size,
        sha256=digest,
        mode=mode,
        created_at=time_text(now()),
    )


async def _write(pieces: AsyncIterator[bytes], path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for piece in pieces:
            if piece:
                digest.update(piece)
                size += len(piece)
                await run_in_threadpool(file.write, piece)
        file.flush()
        await run_in_threadpool(os.fsync, file.fileno())
    return digest.hexdigest(), size
