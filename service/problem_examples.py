"""Examples of problems for the OpenAPI document: one a status, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dutygraph.model import Text
from dutygraph.service.problems import TYPE_BASE, ErrorItem, problem_texts

_SHOWN: dict[str, tuple[str, dict[str, object]]] = {
    "400": ("unreadable-body", {}),
    "401": ("not-signed-in", {}),
    "403": ("forbidden", {}),
    "404": ("not-found", {}),
    "406": ("not-acceptable", {"offered": "application/json, text/csv"}),
    "409": ("conflict", {}),
    "412": ("stale", {}),
    "413": ("too-large", {"limit": 104857600, "setting": "upload_limit"}),
    "415": ("unsupported-media-type", {"expected": "application/json"}),
    "422": ("invalid", {"count": 1}),
    "428": ("precondition-required", {}),
    "429": ("sparql-busy", {}),
    "500": ("internal", {"request": "5f0c9a1d2e3b4c5d"}),
    "503": ("unavailable", {}),
    "504": ("sparql-time", {}),
    "default": ("unavailable", {}),
}
_ITEM = ErrorItem(
    Text("须是1到500之间的整数。", "A whole number from 1 to 500 is expected."), pointer="/query/size"
)
_WITHOUT_DOCUMENT_OF_ITS_OWN = 503


def problem_examples() -> dict[str, dict[str, Any]]:
    """Return the examples by the name that the document refers to them by."""
    return {
        example_name(status, lang): {"summary": {"zh": "中文", "en": "English"}[lang], "value": value}
        for status in _SHOWN
        for lang, value in _in_both(status)
    }


def problem_references(status: str) -> dict[str, dict[str, str]]:
    """Return what an answer of a status shows: references to its examples."""
    return {lang: {"$ref": f"#/components/examples/{example_name(status, lang)}"} for lang in ("zh", "en")}


def example_name(status: str, lang: str) -> str:
    """Return the name of an example among the document's components."""
    return f"problem-{status}-{lang}"


def _in_both(status: str) -> Iterator[tuple[str, dict[str, Any]]]:
    key, fields = _SHOWN[status]
    said = problem_texts()[key]
    detail = Text(said["detail"].zh.format_map(fields), said["detail"].en.format_map(fields))
    for lang in ("zh", "en"):
        yield (
            lang,
            {
                "type": TYPE_BASE + key,
                "title": said["title"].in_language(lang),
                "status": _WITHOUT_DOCUMENT_OF_ITS_OWN if status == "default" else int(status),
                "detail": detail.in_language(lang),
                "instance": "/api/v1/bureaus/SL01/gaps",
                "requestId": "5f0c9a1d2e3b4c5d",
                "text": {"zh": detail.zh, "en": detail.en},
                "errors": [_ITEM.as_json()] if key == "invalid" else [],
            },
        )
