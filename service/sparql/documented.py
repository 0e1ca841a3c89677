"""How the OpenAPI document describes ``/sparql``; the request itself is read by ``protocol.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dutygraph.service.openapi import problem_response_of
from dutygraph.service.sparql.formats import formats
from dutygraph.service.sparql.protocol import FORM, QUERY

_ABOUT = (
    "SPARQL 1.1 协议，只能查询，仅限监督办公室。只看得到当前身份可见的图；FROM、GRAPH只能缩小范围。"
    " / The SPARQL 1.1 Protocol, queries only, for the supervision office. A query sees the graphs that the "
    "caller may see; FROM and GRAPH can only narrow that."
)
_EXAMPLE = "SELECT ?business ?name WHERE { ?business a sv:Business ; rdfs:label ?name } LIMIT 10"
_GRAPH = {"type": "array", "items": {"type": "string", "format": "uri"}}
_FIELDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "query": ("查询语句 / The query", {"type": "string", "example": _EXAMPLE}),
    "default-graph-uri": ("缺省图 / Graphs of the default graph", _GRAPH),
    "named-graph-uri": ("命名图 / Named graphs", _GRAPH),
}
_TRUNCATED = {
    "description": "结果被截断：rows=行数 或 bytes=字节数 / The answer was cut at this limit",
    "schema": {"type": "string"},
}
_TAG = {
    "description": "答复的版本，GET 才有；用 If-None-Match 带回，没有变化则回 304，不再计算。"
    "用到 NOW、RAND、UUID 的没有 / "
    "The version of the answer, to a GET; sent back in If-None-Match it gives 304 where nothing changed, "
    "without evaluating. None where NOW, RAND or UUID is asked for",
    "schema": {"type": "string"},
}
_SCHEMAS: Mapping[str, dict[str, Any]] = {"json": {"type": "object", "required": ["head"]}, "json-ld": {}}
_ANSWER = {
    "description": "结果；不带查询时为服务说明 / The answer, or the description of the service",
    "content": {
        entry.media[0]: {"schema": _SCHEMAS.get(entry.key, {"type": "string"})} for entry in formats()
    },
    "headers": {"X-Dutygraph-Truncated": _TRUNCATED, "ETag": _TAG},
}
_RESPONSES: Mapping[int | str, dict[str, Any]] = {
    200: _ANSWER,
    304: {"description": "没有变化 / Not changed"},
    400: problem_response_of("查询或请求有误，说明位置 / The query or the request is wrong, and where"),
    403: problem_response_of("角色或令牌不可，或为更新、SERVICE / The role, the token, an update, SERVICE"),
    406: problem_response_of("没有所要的格式 / No such format"),
    413: problem_response_of("查询太长 / The query is too long"),
    415: problem_response_of("不支持的内容类型 / No such content type"),
    429: problem_response_of("此账号的查询太多 / Too many queries of this account"),
    500: problem_response_of("查询合乎语法，但无法执行 / Well formed, but it cannot be executed"),
    503: problem_response_of("查询未能完成，或太忙 / Not answered, or too busy"),
    504: problem_response_of("查询超时 / The query ran too long"),
}
_PARAMETERS = [
    {"name": name, "in": "query", "required": False, "description": said, "schema": schema}
    for name, (said, schema) in _FIELDS.items()
]
_BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["query"],
                "properties": {
                    name: {**schema, "description": said} for name, (said, schema) in _FIELDS.items()
                },
            }
        },
        QUERY: {"schema": {"type": "string"}, "example": _EXAMPLE},
    },
}

GET: Mapping[str, Any] = {
    "operation_id": "ask_by_get",
    "summary": "SPARQL查询；不带查询则说明本服务 / A SPARQL query, or the description of the service",
    "description": _ABOUT,
    "responses": _RESPONSES,
    "openapi_extra": {"parameters": _PARAMETERS},
}
POST: Mapping[str, Any] = {
    "operation_id": "ask_by_post",
    "summary": "SPARQL查询 / A SPARQL query",
    "description": _ABOUT,
    "responses": _RESPONSES,
    "openapi_extra": {"parameters": _PARAMETERS[1:], "requestBody": _BODY},
}
"""The arguments of the routes."""
