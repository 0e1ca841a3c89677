"""Asking everything that can be asked: each address of the API's own list, with examples, in each form."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from dutygraph.service.list_files import XLSX_TYPE
from tests.service.matrix.bureau import EVERY, mark

JSON, CSV = "application/json", "text/csv"
_NODE = re.compile(r"[a-z-]+/[A-Z0-9][A-Za-z0-9-]*")
# who asked, when, by which token: what differs from one asking to the next
_PASSING = frozenset({"date", "x-request-id", "content-length", "etag", "set-cookie"})
_MASKED = (
    (re.compile(r'"requestId":"[^"]*"'), '"requestId":"…"'),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r'"id":"[0-9a-f]{16}"'), '"id":"…"'),  # of a grant; gaps have ids of twelve
)


@dataclass(frozen=True, order=True)
class Question:
    """One request: the template it belongs to, the address with its query, the form of the answer."""

    template: str
    address: str
    form: str = JSON


@dataclass(frozen=True)
class Answer:
    """What came back, unpacked; ``passing`` headers are those that tell of no data."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    etag: str | None = None

    @property
    def text(self) -> str:
        """All that was told."""
        return "\n".join([*(f"{name}: {value}" for name, value in self.headers), self.body])

    @property
    def masked(self) -> str:
        """All that was told, less times and the request's id."""
        text = f"{self.status}\n{self.text}"
        for pattern, shown in _MASKED:
            text = pattern.sub(shown, text)
        return text

    def json(self) -> dict[str, object]:
        """Return the body."""
        found: dict[str, object] = json.loads(self.body)
        return found


@cache
def examples() -> Mapping[str, list[dict[str, str]]]:
    """Return the table of example values by template."""
    return tomllib.loads(Path(__file__).with_name("addresses.toml").read_text(encoding="utf-8"))


def readable(app: FastAPI) -> dict[str, frozenset[str]]:
    """Return the templates of all addresses that can be read, with the media types they answer in."""
    paths = app.openapi()["paths"]
    return {
        path: frozenset(methods["get"]["responses"].get("200", {}).get("content", {}))
        for path, methods in paths.items()
        if "get" in methods
    }


def questions(
    forms: Mapping[str, frozenset[str]], code: str, each: Mapping[str, Iterable[str]]
) -> Iterator[Question]:
    """Yield everything that is asked. *each* gives what the word "each" stands for, by parameter."""
    for template, answered in forms.items():
        for number, example in enumerate(examples()[template]):
            for place, values in enumerate(_expanded(example, each)):
                address = filled(template, values, code)
                yield Question(template, address)
                if CSV in answered:
                    yield Question(template, address, CSV)
                if XLSX_TYPE in answered and CSV in answered and number == place == 0:
                    yield Question(template, address, XLSX_TYPE)


def _expanded(example: Mapping[str, str], each: Mapping[str, Iterable[str]]) -> Iterator[dict[str, str]]:
    wild = next((name for name, value in example.items() if value == "each"), None)
    if wild is None:
        yield dict(example)
    elif wild == "id":
        for node in sorted(EVERY):
            yield {**example, "kind": node.partition("/")[0], "id": node}
    else:
        for value in each[wild]:
            yield {**example, wild: value}


def filled(template: str, values: Mapping[str, str], code: str) -> str:
    told = {name: mark(value) if _NODE.fullmatch(value) else value for name, value in values.items()}
    path = template
    for name, value in {"code": code, **told}.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    query = "&".join(
        f"{name}={quote(value, safe='')}" for name, value in told.items() if "{" + name + "}" not in template
    )
    return f"{path}?{query}" if query else path


def ask(client: TestClient, question: Question) -> Answer:
    """Return the answer to a question."""
    return answer_of(client.get(question.address, headers={"Accept": question.form}))


def ask_all(client: TestClient, asked: Iterable[Question]) -> dict[Question, Answer]:
    """Return all answers."""
    return {question: ask(client, question) for question in asked}


def answer_of(found: Response) -> Answer:
    """Unpack what came back."""
    told = tuple(sorted((name, value) for name, value in found.headers.items() if name not in _PASSING))
    kind = found.headers.get("content-type", "").partition(";")[0]
    body = _unzipped(found.content) if kind == XLSX_TYPE else found.content.decode()
    return Answer(found.status_code, told, body, found.headers.get("etag"))


def _unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode() for name in sorted(book.namelist()))
