"""What the tests do with docs/api.md: run its curl commands in order, and compare what it shows as answers.

In a shown answer the text "…" stands for anything, a member "…" for further members of an object, and "…" as
the last item of a list for further items. Of a shown head only the named headers are compared.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from tests.docs.documents import ELISION, Edit, steps

SHOWN = ("json", "http", "csv")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TAKEN = re.compile(r"^(\w+)=\$\((curl .*?)(?: \| jq -r \.([\w.\[\]]+))?\)$", re.DOTALL)
_SET = re.compile(r'^(\w+)="?([^"(]*)"?$')
_ETAG = "%header{etag}"


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: its language and text."""

    language: str
    text: str


def parts(page: Path) -> Sequence[Block | Edit]:
    """Return the blocks that are run or compared and the edits, in the order of the page."""
    text = page.read_text(encoding="utf-8")
    found: list[tuple[int, Block | Edit]] = [
        (match.start(), Block(match[1], match[2])) for match in _FENCE.finditer(text)
    ]
    edits = [step for step in steps(page) if isinstance(step, Edit)]
    found += [(text.index(f"|{edit.file}|{edit.sheet}|{edit.cell}|"), edit) for edit in edits]
    return [part for _, part in sorted(found, key=lambda pair: pair[0])]


@dataclass
class Shell:
    """Runs the commands of the page against a service, with the variables that they set."""

    client: TestClient
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, block: str) -> httpx2.Response | None:
        """Run a block; return the answer to its last request."""
        answer = None
        for command in re.sub(r" *\\\n *", " ", block).splitlines():
            if taken := _TAKEN.match(command):
                answer = self.curl(taken[2])
                self.variables[taken[1]] = self._taken(answer, taken[3])
            elif given := _SET.match(command):
                self.variables[given[1]] = self._filled(given[2])
            elif command.startswith("curl "):
                answer = self.curl(command)
            else:
                assert not command or command.startswith("#"), f"not run by the tests: {command}"
        return answer

    @staticmethod
    def _taken(answer: httpx2.Response, path: str | None) -> str:
        assert answer.is_success, answer.text
        if path is None:
            return answer.headers["etag"]
        value: Any = answer.json()
        for key in re.findall(r"\w+", path):
            value = value[int(key) if key.isdigit() else key]
        return str(value)

    def curl(self, command: str) -> httpx2.Response:
        """Send the request that a curl command sends."""
        words = iter([self._filled(word) for word in shlex.split(command)[1:]])
        method, url, headers = None, "", {}
        body: dict[str, Any] = {}
        for word in words:
            if word in {"-s", "-i", "-sS"}:
                continue
            value = "" if word.startswith("http") else next(words)
            match word:
                case "-X":
                    method = value
                case "-H":
                    name, _, said = value.partition(": ")
                    headers[name] = said
                case "-d":
                    body = {"content": value.encode()}
                case "--data-binary":
                    body = {"content": (self.folder / value.removeprefix("@")).read_bytes()}
                case "--data-urlencode":
                    name, _, said = value.partition("=")
                    body.setdefault("data", {})[name] = said
                case "-o" | "-w":
                    assert word == "-o" or value == _ETAG, value
                case _:
                    assert word.startswith("http"), f"curl {word} is not run by the tests"
                    url = word
        if "content" in body and "Content-Type" not in headers:
            headers["Content-Type"] = "application/x-www-form-urlencoded"  # as curl does
        return self.client.request(method or ("POST" if body else "GET"), url, headers=headers, **body)

    def _filled(self, word: str) -> str:
        return re.sub(r"\$\{?(\w+)\}?", lambda found: self.variables[found[1]], word)


def compare(shown: Block, answer: httpx2.Response) -> None:
    """Compare an answer with what the page shows of it."""
    if shown.language == "csv":
        assert answer.is_success, answer.text
        _compare_lines(shown.text.splitlines(), answer.text.lstrip("\ufeff").splitlines())
    elif shown.language == "json":
        assert answer.is_success, answer.text
        compare_json(json.loads(shown.text), answer.json(), "")
    else:
        head, _, body = shown.text.partition("\n\n")
        status, *headers = head.splitlines()
        assert str(answer.status_code) == status.split()[1], answer.text
        for header in headers:
            name, _, value = header.partition(": ")
            assert value in {ELISION, answer.headers.get(name)}, (header, dict(answer.headers))
            assert name in answer.headers, header
        if body:
            compare_json(json.loads(body), answer.json(), "")


def compare_json(shown: Any, found: Any, path: str) -> None:
    """Compare JSON with what the page shows of it."""
    if shown == ELISION:
        return
    if isinstance(shown, Mapping):
        assert isinstance(found, Mapping), (path, found)
        named = {key for key in shown if key != ELISION}
        assert named <= set(found) if ELISION in shown else named == set(found), (path, named ^ set(found))
        for key in named:
            compare_json(shown[key], found[key], f"{path}/{key}")
    elif isinstance(shown, list):
        more = shown[-1:] == [ELISION]
        wanted = shown[:-1] if more else shown
        assert len(found) > len(wanted) if more else len(found) == len(wanted), (path, found)
        for number, item in enumerate(wanted):
            compare_json(item, found[number], f"{path}/{number}")
    else:
        assert shown == found, (path, found)


def _compare_lines(shown: Sequence[str], found: Sequence[str]) -> None:
    lines: Iterator[str] = iter(found)
    for line in shown:
        if line != ELISION:
            assert any(line == other for other in lines), f"not there, or not in this order: {line}\n{found}"
