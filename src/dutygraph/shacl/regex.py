"""sh:pattern on a regular expression engine that is not XPath's (SHACL 4.4.3)."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox

from dutygraph.shacl.errors import UnsupportedError

_FLAGS = frozenset("smixq")
_SUBTRACTION = re.compile(r"-\[")


def regex_text(pattern: str, flags: str, shape: str) -> str:
    r"""Give the pattern as pyoxigraph must be handed it, so that it means what SPARQL's REGEX says.

    Raises UnsupportedError for what its engine does not know (back-references, look-around, `\i`, `\c`)
    or would read otherwise (class subtraction).
    """
    if not set(flags) <= _FLAGS:
        raise UnsupportedError(f"unknown flags {flags!r}", shape=shape, component="sh:pattern")
    if "x" in flags and ("q" in flags or "#" in pattern):
        # The engine would take # for a comment, and spaces out of a literal pattern.
        raise UnsupportedError("flag x with q or #", shape=shape, component="sh:pattern")
    text = pattern if "q" in flags else _plain_classes(pattern, shape)
    query = f"SELECT (REGEX('', {json.dumps(text)}, {json.dumps(flags)}) AS ?r) {{}}"
    try:
        rows = [row["r"] for row in ox.Store().query(query)]  # type: ignore[union-attr]
    except (SyntaxError, RuntimeError):
        rows = [None]
    if rows != [None]:
        return text
    raise UnsupportedError(
        f"regular expression not supported: {pattern}", shape=shape, component="sh:pattern"
    )


def _plain_classes(pattern: str, shape: str) -> str:
    """Escape what only this engine gives a meaning inside `[…]`: `[`, `&&`, `~~`, `--`."""
    out: list[str] = []
    inside, at = False, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            out.append(pattern[at : at + 2])
            at += 2
            continue
        if inside and _SUBTRACTION.match(pattern, at) and pattern.find("]]", at) > 0:
            raise UnsupportedError(f"class subtraction: {pattern}", shape=shape, component="sh:pattern")
        if inside and char in "[&~":
            char = "\\" + char
        elif char == "[":
            inside = True
            # A bracket right at the start of a class is a member of it.
            if pattern[at + 1 : at + 2] == "^":
                char, at = "[^", at + 1
        elif char == "]":
            inside = False
        out.append(char)
        at += 1
    return "".join(out)
