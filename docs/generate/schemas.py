"""The schemas of the OpenAPI document, as Markdown: a table of members each, words of lists in a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.markdown import anchor, code, plain, table

HEADINGS = ("成员 Member", "类型 Type", "必有 Always", "说明 Meaning")
_REFERENCE = "#/components/schemas/"
_LONGEST_EXAMPLE = 60


class Schemas:
    """All schemas, by name."""

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep them."""
        self._schemas = schemas

    def document(self) -> str:
        """Return the section that tells of them all."""
        names = sorted(self._schemas, key=title_of)
        told = (
            "带“必有”的成员总在答复里（值可能为 null）；作为请求内容时须填。"
            " / Members marked so are always in an answer, perhaps null, and needed in a request."
        )
        return "\n\n".join(("## 数据结构 Schemas", told, *(self._section(name) for name in names)))

    def _section(self, name: str) -> str:
        schema = self._schemas[name]
        blocks = [f"### {title_of(name)}"]
        if told := " ".join(schema.get("description", "").split()):
            blocks.append(plain(told).replace("\\`\\`", "`"))
        if "enum" in schema:
            blocks.append(code(str(word) for word in schema["enum"]))
        if members := schema.get("properties"):
            blocks.append(table(HEADINGS, self._members(members, schema.get("required", ()))))
        return "\n\n".join(blocks)

    @staticmethod
    def _members(members: Mapping[str, Any], needed: Any) -> Iterator[tuple[str, ...]]:
        for name, schema in members.items():
            told = plain(schema.get("description", ""))
            if examples := schema.get("examples"):
                shown = json.dumps(examples[0], ensure_ascii=False)
                if len(shown) <= _LONGEST_EXAMPLE:
                    told = f"{told} 例 e.g. `{shown}`".strip()
            yield f"`{name}`", type_of(schema), "是 yes" if name in needed else "", told


def title_of(name: str) -> str:
    """Return the name of a schema as people read it: two of one name are told apart by their module."""
    parts = name.split("__")
    return name if len(parts) == 1 else f"{parts[-1]} ({parts[-2]})"


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the type of a value: a word, or a link to its schema."""
    if reference := schema.get("$ref"):
        title = title_of(reference.removeprefix(_REFERENCE))
        return f"[{title}](#{anchor(title)})"
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " | ".join(dict.fromkeys(type_of(choice) for choice in choices))
    return _simple(schema)


def _simple(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return code(str(word) for word in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"{type_of(schema.get('items', {}))} […]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_of(schema['additionalProperties'])}"
    form = schema.get("format")
    return f"{kind} ({form})" if form else kind
