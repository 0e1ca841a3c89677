"""``api.md``: every endpoint of the service, read from the OpenAPI document that it publishes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from docs.generate.markdown import anchor, code, page, plain, table, told
from docs.generate.schemas import Schemas, type_of
from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.roles import Reach, Role
from dutygraph.service.access.tables import access_tables
from dutygraph.service.app import create_app
from dutygraph.service.openapi import PROBLEM_RESPONSES
from dutygraph.service.problems import TYPE_BASE, problem_texts
from dutygraph.service.settings import load_settings

PARAMETER_HEADINGS = ("参数 Parameter", "在 In", "类型 Type", "必填 Needed", "含义 Meaning")
ANSWER_HEADINGS = ("状态 Status", "含义 Meaning", "内容 Content")
PROBLEM_HEADINGS = ("类型 Type", "中文", "English")
PLACES = {"path": "路径 path", "query": "查询 query", "header": "请求头 header"}
AT_A_BUREAU = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
_METHODS = ("get", "post", "put", "delete")
_QUESTION = re.compile(r"/questions/Q\d+$")
_DONE = ("Successful Response", "成功 / Done")


@cache
def openapi() -> Mapping[str, Any]:
    """Return the document that a service publishes at ``/openapi.json``."""
    found: Mapping[str, Any] = create_app(load_settings(store=Path("unused"))).openapi()
    return found


def document() -> str:
    """Return the whole document."""
    tags = [(tag["name"], tag["description"]) for tag in openapi()["tags"]]
    sections = [_contents(tags), _general()]
    for name, about in tags:
        found = [operation for operation in operations() if operation.tag == name]
        blocks = [f"## {_title(name, about)}"]
        blocks += [_section(operation) for operation in found if not operation.is_question]
        if questions := [operation for operation in found if operation.is_question]:
            blocks.append(_questions(questions))
        sections.append("\n\n".join(blocks))
    return page("api", [*sections, _problems(), _schemas().document()])


class Operation:
    """An endpoint: a method on a path, as the OpenAPI document describes it."""

    def __init__(self, method: str, path: str, said: Mapping[str, Any]) -> None:
        """Keep what the document says."""
        self.method = method.upper()
        self.path = path
        self.said = said
        self.id: str = said["operationId"]
        self.tag: str = said["tags"][0]
        self.is_question = bool(_QUESTION.search(path))

    @property
    def heading(self) -> str:
        """The heading of the section."""
        return f"`{self.method} {self.path}`"

    @property
    def needs_token(self) -> bool:
        """Whether the caller must have signed in."""
        return "security" in self.said


def operations() -> Sequence[Operation]:
    """Return every endpoint, in the order of the OpenAPI document."""
    return [
        Operation(method, path, said)
        for path, methods in openapi()["paths"].items()
        for method, said in sorted(methods.items(), key=lambda pair: _METHODS.index(pair[0]))
    ]


@cache
def callers() -> Mapping[str, Mapping[str, Any]]:
    """Return what ``api.toml`` says of who may call an operation, by its id."""
    return tomllib.loads(Path(__file__).with_name("api.toml").read_text(encoding="utf-8"))


def roles_of(operation: str) -> Sequence[Role] | None:
    """Return the roles that may call an operation at all, None where nobody need sign in."""
    said = callers().get(operation, {})
    if said.get("anybody"):
        return None
    if act := said.get("act"):
        tables = access_tables()
        return [role for role in Role if tables.write(Action(act), role, None) is not Reach.NONE]
    listed = said.get("roles", AT_A_BUREAU)
    return list(Role) if listed == "all" else [Role(role) for role in listed]


def _contents(tags: Sequence[tuple[str, str]]) -> str:
    lines = [f"- [{_title(name, about)}](#{anchor(_title(name, about))})" for name, about in tags]
    rest = ("问题类型 Problem types", "数据结构 Schemas")
    return "\n".join([*lines, *(f"- [{title}](#{anchor(title)})" for title in rest)])


def _title(name: str, about: str) -> str:
    return f"{name}：{about.replace(' / ', ' ')}"


def _general() -> str:
    rows = [
        ("其他 others" if status == "default" else str(status), plain(said["description"]))
        for status, said in PROBLEM_RESPONSES.items()
    ]
    return "\n\n".join(
        (
            "除各接口写明的以外，还可能回答 / Besides what each endpoint states, any may answer:",
            table(ANSWER_HEADINGS[:2], rows),
        )
    )


def _section(operation: Operation) -> str:
    said = operation.said
    blocks = [f"### {operation.heading}", f"**{plain(said['summary'])}**"]
    if description := said.get("description", "").strip():
        blocks.append("<br>".join(plain(line) for line in description.splitlines() if line.strip()))
    blocks.append(f"可调用 Who: {_who(operation)}")
    if parameters := list(_parameters(operation)):
        blocks.append(table(PARAMETER_HEADINGS, parameters))
    if body := said.get("requestBody"):
        blocks.append(f"请求内容 Body: {_content(body['content'])}")
    blocks.append(table(ANSWER_HEADINGS, _answers(operation)))
    return "\n\n".join(blocks)


def _who(operation: Operation) -> str:
    roles = roles_of(operation.id)
    if roles is None:
        return "任何人，不须登录 / anybody, without signing in"
    words = code(role.value for role in roles)
    if tuple(roles) == AT_A_BUREAU:
        words = "除管理员外的各角色，各看可见的 / every role but the administrator, each what it may see"
    elif len(roles) == len(Role):
        words = "已登录的任何人 / anybody signed in"
    said = callers().get(operation.id, {})
    if said.get("password"):
        words += "；须以密码登录，程序令牌不可 / signed in with the password, not by a program's token"
    if note := said.get("note"):
        text = Text(**note)
        words += f"；{text.zh} / {text.en}"
    return words


def _parameters(operation: Operation) -> Iterator[tuple[str, ...]]:
    for given in operation.said.get("parameters", ()):
        schema = given["schema"]
        yield (
            f"`{given['name']}`",
            PLACES[given["in"]],
            type_of(schema).removesuffix(" | null"),  # a parameter is left out, not null
            "必填 yes" if given.get("required") else "",
            plain(given.get("description", schema.get("description", ""))),
        )


def _answers(operation: Operation) -> Iterator[tuple[str, ...]]:
    general = {said["description"] for said in PROBLEM_RESPONSES.values()}
    for status, said in sorted(operation.said["responses"].items()):
        if said["description"] not in general:
            yield status, plain(said["description"].replace(*_DONE)), _content(said.get("content", {}))


def _content(content: Mapping[str, Any]) -> str:
    parts = []
    for media, said in content.items():
        kind = type_of(said.get("schema", {}))
        parts.append(kind if media.endswith("json") and kind.startswith("[") else f"`{media}`")
    return ", ".join(dict.fromkeys(parts))


def _questions(found: Sequence[Operation]) -> str:
    same = {"code", "page", "size", "sort", "format"}
    rows = []
    for operation in found:
        named = (p["name"] for p in operation.said["parameters"] if p["in"] == "query")
        rows.append(
            (
                operation.heading,
                plain(operation.said["summary"]),
                code(name for name in named if name not in same),
            )
        )
    first = found[0]
    return "\n\n".join(
        (
            "### `GET /api/v1/bureaus/{code}/questions/…`",
            told("api")["questions"].strip(),
            table(
                PARAMETER_HEADINGS,
                (row for row in _parameters(first) if row[0].strip("`") in same),
            ),
            table(("接口 Endpoint", "问题 Question", "参数 Parameters"), rows),
            table(ANSWER_HEADINGS, _answers(first)),
        )
    )


def _problems() -> str:
    rows = (
        (
            f"`{key}`",
            *(
                f"**{plain(said['title'].in_language(lang))}** {plain(said['detail'].in_language(lang))}"
                for lang in ("zh", "en")
            ),
        )
        for key, said in problem_texts().items()
    )
    return "\n\n".join(
        (
            "## 问题类型 Problem types",
            f"`type` 是 `{TYPE_BASE}` 加下列名称 / the `type` is that address and one of these names.",
            table(PROBLEM_HEADINGS, rows),
        )
    )


def _schemas() -> Schemas:
    return Schemas(openapi()["components"]["schemas"])
