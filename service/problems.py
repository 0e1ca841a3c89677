"""Problem details (RFC 9457): what the service says when it cannot do what was asked.

The texts stand in ``problems.toml``, Chinese and English side by side.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from dutygraph.model import Cell, Text
from dutygraph.service.languages import language_of
from dutygraph.service.models import ApiModel, BilingualText

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://w3id.org/dutygraph/problem/"
NO_REQUEST = "-"


class CellModel(ApiModel):
    """The cell of a ledger: file, sheet, row as Excel counts, column header."""

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


class ProblemItem(ApiModel):
    """One reason: where (a cell of a ledger, or a JSON pointer into the request), and what is wrong."""

    cell: CellModel | None = None
    pointer: str | None = Field(default=None, examples=["/body/password"])
    text: BilingualText


class Problem(ApiModel):
    """Problem details; ``title`` and ``detail`` are in the caller's language, ``text`` in both."""

    type: str = Field(examples=[TYPE_BASE + "not-found"])
    title: str = Field(examples=["没有找到"])
    status: int = Field(ge=400, le=599, examples=[404])
    detail: str
    instance: str = Field(examples=["/api/v1/bureaus/SL99"])
    request_id: str
    text: BilingualText
    errors: list[ProblemItem] = Field(default_factory=list)
    choices: list[dict[str, str | None]] | None = None


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One reason of a problem: the place and the text. A place is a cell or a JSON pointer, or neither."""

    text: Text
    pointer: str | None = None
    cell: Cell | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the reason as the API gives it."""
        said: dict[str, Any] = {"text": {"zh": self.text.zh, "en": self.text.en}}
        if self.pointer is not None:
            said["pointer"] = self.pointer
        if self.cell is not None:
            cell = self.cell
            said["cell"] = {"file": cell.file, "sheet": cell.sheet, "row": cell.row, "column": cell.column}
        return said


class ProblemError(HTTPException):
    """An answer that is a problem. An HTTPException, so that FastAPI lets it through while it reads a body.

    ``key`` names the texts in ``problems.toml``, *fields* fill them in; *detail* replaces the text where the
    reason brings its own. *choices* are what the caller may choose from.
    """

    def __init__(
        self,
        status: int,
        key: str,
        *,
        errors: Sequence[ErrorItem] = (),
        detail: Text | None = None,
        headers: Mapping[str, str] | None = None,
        choices: Sequence[Mapping[str, str | None]] | None = None,
        **fields: object,
    ) -> None:
        """Keep what to tell; *fields* are named in the text of *key*."""
        said = problem_texts()[key]
        self.key = key
        self.title = said["title"]
        self.text = detail or _filled(said["detail"], fields)
        self.errors = tuple(errors)
        self.choices = choices
        super().__init__(status, self.text.en, headers)


def _filled(text: Text, fields: Mapping[str, object]) -> Text:
    return Text(text.zh.format_map(fields), text.en.format_map(fields))


@cache
def problem_texts() -> Mapping[str, Mapping[str, Text]]:
    """Return title and detail of every kind of problem, by key."""
    text = resources.files("dutygraph.service").joinpath("problems.toml").read_text(encoding="utf-8")
    return {
        key: {part: Text(**said) for part, said in parts.items()}
        for key, parts in tomllib.loads(text).items()
    }


def request_id_of(connection: HTTPConnection) -> str:
    """Return the id that the request was given when it came in."""
    return str(connection.scope.get("state", {}).get("request_id", NO_REQUEST))


def problem_response(connection: HTTPConnection, problem: ProblemError) -> JSONResponse:
    """Return the problem in the caller's language, with its headers."""
    lang = language_of(connection)
    content: dict[str, Any] = {
        "type": TYPE_BASE + problem.key,
        "title": problem.title.in_language(lang),
        "status": problem.status_code,
        "detail": problem.text.in_language(lang),
        "instance": connection.scope.get("path", "/"),
        "requestId": request_id_of(connection),
        "text": {"zh": problem.text.zh, "en": problem.text.en},
        "errors": [item.as_json() for item in problem.errors],
    }
    if problem.choices is not None:
        content["choices"] = [dict(choice) for choice in problem.choices]
    headers = {"Content-Language": lang, "Cache-Control": "no-store", **(problem.headers or {})}
    return JSONResponse(content, problem.status_code, headers, media_type=MEDIA_TYPE)
