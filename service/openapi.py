"""The OpenAPI document: what FastAPI gathers, with the problems that every endpoint may answer with."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from dutygraph.service.problem_examples import problem_examples, problem_references
from dutygraph.service.problems import MEDIA_TYPE, Problem

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_PAGE = re.compile(r"Page_(\w+?)(?:Model)?_")
_OPEN = ("/health", "/ready", "/metrics")


def problem_response_of(description: str) -> dict[str, Any]:
    """Return how OpenAPI describes an answer that is a problem."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: problem_response_of("请求无法读取 / The request cannot be read"),
    401: problem_response_of("尚未登录，或登录已失效 / Not signed in, or the session has ended"),
    403: problem_response_of("以当前身份不能这样做 / The role or the token may not do that"),
    404: problem_response_of("没有找到，或不可见 / Not there, or not visible"),
    422: problem_response_of("请求内容有误，逐处说明 / Not valid; every place is named"),
    "default": problem_response_of("其他问题：405 406 408 409 412 413 415 428 429 500 503 / Other problems"),
}
"""What any endpoint may answer besides its own; the application gives these to all."""

TAGS = [
    {"name": "sessions", "description": "登录、登出、令牌 / Signing in and out, tokens"},
    {"name": "me", "description": "自己的账号 / One's own account"},
    {"name": "accounts", "description": "账号管理（管理员）/ Accounts, for the administrator"},
    {"name": "records", "description": "各种记录与办理流程 / Records of every kind, and their life cycles"},
    {"name": "imports", "description": "导入台账与姓名对照 / Importing ledgers and names of people"},
    {"name": "bureaus", "description": "可见的局 / The bureaus one may see"},
    {"name": "coverage", "description": "监督覆盖与申报总数 / Coverage, and declared totals"},
    {"name": "gaps", "description": "缺口、处理与豁免 / Gaps, their handling, waivers"},
    {"name": "charts", "description": "双关键图、线图、责任网、离岗影响 / Charts, departures"},
    {"name": "metrics", "description": "网络指标，只说明集中程度 / Network metrics: exposure alone"},
    {"name": "questions", "description": "预设问题 / The saved questions"},
    {"name": "sparql", "description": "SPARQL 1.1 查询（监督办公室）/ SPARQL 1.1 queries, for the office"},
    {"name": "catalogue", "description": "规则与问题目录 / The catalogue of rules and questions"},
    {"name": "commits", "description": "提交与重新判定 / Commits, and judging by another date"},
    {"name": "audit", "description": "审计日志 / The audit log"},
    {"name": "operations", "description": "运行状况 / How the service runs"},
]


def operation_id(route: APIRoute) -> str:
    """Return the id of an operation: the name of its function, which stays when its path is written anew."""
    return route.name


def describe(app: FastAPI) -> None:
    """Have *app* give this document at ``openapi_url``."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    found: dict[str, Any] = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description="每个错误都是 RFC 9457 的 problem+json，中英文并列。"
        "每张表都可分页、排序、导出 CSV 与 XLSX。"
        " / Every error is problem+json (RFC 9457), in Chinese and English. "
        "Every list can be paged, sorted and exported as CSV and XLSX.",
        routes=app.routes,
        tags=app.openapi_tags,
        servers=[{"url": app.root_path}] if app.root_path else None,
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _, definitions = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    for name, schema in definitions["$defs"].items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    found["components"]["examples"] = problem_examples()
    for path, operations in found["paths"].items():
        for operation in operations.values():
            _put_right(path, operation)
            _show(operation)
    return _named(found)


def _named(found: dict[str, Any]) -> dict[str, Any]:
    """Call each page by what is listed, BureauPage, and not Page_BureauModel_, as it is called by default."""
    text = json.dumps(found, ensure_ascii=False)
    for name in found["components"]["schemas"]:
        listed = _PAGE.fullmatch(name)
        if listed is not None:
            page = f'{listed[1]}Page"'
            text = text.replace(f'"{name}"', f'"{page}').replace(f'schemas/{name}"', f"schemas/{page}")
    named: dict[str, Any] = json.loads(text)
    return named


def _show(operation: dict[str, Any]) -> None:
    """Add the example of a whole answer to each status, and of a problem to each that is one."""
    shown = _examples().get(operation["operationId"], {})
    for status, said in operation["responses"].items():
        content = said.get("content", {})
        if MEDIA_TYPE in content:
            content[MEDIA_TYPE]["examples"] = problem_references(status)
        elif status in shown:
            media = "application/json" if "application/json" in content else next(iter(content))
            content[media]["example"] = shown[status]


@cache
def _examples() -> dict[str, dict[str, Any]]:
    """Return answers of the example bureau, by operation and status."""
    text = resources.files("dutygraph.service").joinpath("examples.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def _put_right(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if "security" not in operation:
        responses.pop("401", None)
        responses.pop("403", None)
    if "parameters" not in operation and "requestBody" not in operation:
        responses.pop("422", None)
    if "requestBody" not in operation:
        responses.pop("400", None)
    if "{" not in path:
        responses.pop("404", None)
    if path in _OPEN:
        operation["responses"] = {key: said for key, said in responses.items() if key in {"200", "default"}}
