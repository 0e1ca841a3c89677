"""SPARQL query text as nested groups: enough structure to pre-bind variables (SHACL 5.3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n\r]*)
  | (?P<iri><[^\x00-\x20<>"{}|^`\\]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<var>[?$]\w+)
  | (?P<name>(?:[^\W_][\w.\-]*|_)?:(?:(?:[\w:%\-]|\\.)|\.(?=[\w:%\-\\]))*)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>[+-]?(?:\d*\.\d+|\d+(?:\.(?=[eE]))?)(?:[eE][+-]?\d+)?)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Group:
    """A `{ … }` of a query; `kind` says what stands in front of it.

    Kinds: where, group, optional, exists, minus, graph, service, subselect, values, template.
    """

    kind: str
    items: list[Item] = field(default_factory=list)

    def tokens(self) -> list[str]:
        """Give the tokens that stand directly in the group."""
        return [i for i in self.items if isinstance(i, str)]

    def groups(self) -> list[Group]:
        """Give the groups that stand directly in the group."""
        return [i for i in self.items if isinstance(i, Group)]

    def below(self) -> Iterator[Group]:
        """Give the group and every group in it, at any depth."""
        yield self
        for group in self.groups():
            yield from group.below()

    def variables(self) -> set[str]:
        """Give the names of all variables in the group, at any depth."""
        return {name for group in self.below() for name in names(group.tokens())}

    def certain(self) -> set[str]:
        """Give the variables that every solution of the group binds: those of its own triple patterns."""
        return set(names(self.triples()))

    def projected(self) -> set[str]:
        """Give the variables that a SELECT gives back, or `*` alone for whatever is visible in it."""
        head = self.items[: next((n for n, i in enumerate(self.items) if isinstance(i, Group)), None)]
        tokens = [i for i in head if isinstance(i, str)]
        tokens = tokens[words(tokens).index("SELECT") + 1 :] if "SELECT" in words(tokens) else []
        found, depth = set[str](), 0
        for at, token in enumerate(tokens):
            depth += (token == "(") - (token == ")")  # noqa: S105
            if depth == 0 and token == "*":  # noqa: S105
                return {"*"}
            if depth == 0 or tokens[at - 1].upper() == "AS":
                found.update(names([token]))
        return found

    def visible(self) -> set[str]:
        """Give the variables that a pattern may bind: not those of filters alone (SPARQL 1.1, 18.2.1)."""
        found, tokens = self.certain(), self.tokens()
        found.update(names([two for one, two in pairwise(tokens) if one.upper() in ("AS", "GRAPH")]))
        for group in self.groups():
            inner = group.projected() if group.kind == "subselect" else {"*"}
            if "*" not in inner:
                found |= inner
            elif group.kind == "subselect":
                found |= {n for g in group.groups() for n in g.visible()}
            elif group.kind not in ("exists", "minus"):
                found |= group.visible()
        return found

    def triples(self) -> list[str]:
        """Give the tokens of the group's own triple patterns, each run ended by a full stop but the last."""
        runs: list[list[str]] = [[]]
        items = _without_expressions(self.items)
        for at, item in enumerate(items):
            if isinstance(item, Group):
                runs.append([])
            elif item.upper() not in _WORDS and _before(items, at) not in ("GRAPH", "SERVICE", "SILENT"):
                runs[-1].append(item)
        full = [_trim(run) for run in runs if _trim(run)]
        return [t for n, run in enumerate(full) for t in (["."] * (n > 0) + run)]


Item: TypeAlias = str | Group
_KINDS = {
    "EXISTS": "exists",
    "OPTIONAL": "optional",
    "MINUS": "minus",
    "WHERE": "where",
    "CONSTRUCT": "template",
}
_WORDS = {"OPTIONAL", "UNION", "MINUS", "GRAPH", "SERVICE", "SILENT", "VALUES", "EXISTS", "NOT", "WHERE"}
_PENDING = {"VALUES": "values", "GRAPH": "graph", "SERVICE": "service"}


def tokenize(text: str) -> list[str]:
    """Split a query into tokens, spaces and comments left out."""
    return [m.group() for m in _TOKEN.finditer(text) if m.lastgroup != "space"]


def parse(text: str) -> Group:
    """Read a query as one group of kind "query"; raises ValueError when its braces do not match."""
    stack = [Group("query")]
    pending = ""
    tokens = tokenize(text)
    for at, token in enumerate(tokens):
        if token == "{":  # noqa: S105
            before = tokens[at - 1].upper() if at else ""
            after = tokens[at + 1].upper() if at + 1 < len(tokens) else ""
            kind = pending or ("subselect" if after == "SELECT" else _KINDS.get(before, "group"))
            group = Group(kind)
            stack[-1].items.append(group)
            stack.append(group)
            pending = ""
        elif token == "}":  # noqa: S105
            if len(stack) == 1:
                raise ValueError("unbalanced }")
            stack.pop()
        else:
            pending = _PENDING.get(token.upper(), pending)
            stack[-1].items.append(token)
    if len(stack) != 1:
        raise ValueError("unbalanced {")
    return stack[0]


def write(item: Item) -> str:
    """Give the text of a token or a group; a query has no braces of its own."""
    if isinstance(item, str):
        return item
    # pyoxigraph 0.5 does not take a space before the bracket of CONCAT and COALESCE.
    inner = "".join(t if t == "(" else f" {t}" for t in map(write, item.items)).strip()
    return inner if item.kind == "query" else f"{{ {inner} }}"


def words(tokens: list[str]) -> list[str]:
    """Give the tokens in upper case, to look for keywords."""
    return [t.upper() for t in tokens]


def names(tokens: list[str]) -> Iterator[str]:
    """Give the names of the variables among the tokens."""
    return (t[1:] for t in tokens if len(t) > 1 and t[0] in "?$")


def _before(items: list[Item], at: int) -> str:
    item = items[at - 1] if at else ""
    return item.upper() if isinstance(item, str) else ""


def _trim(run: list[str]) -> list[str]:
    start, end = 0, len(run)
    while start < end and run[start] == ".":
        start += 1
    while start < end and run[end - 1] == ".":
        end -= 1
    return run[start:end]


def _without_expressions(items: list[Item]) -> list[Item]:
    """Cut out FILTER and BIND with their expressions; an empty group stands in their place."""
    found: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        if isinstance(item, str) and item.upper() in ("FILTER", "BIND"):
            at = _past_expression(items, at + 1)
            found.append(Group("cut"))
        else:
            found.append(item)
            at += 1
    return found


def _past_expression(items: list[Item], at: int) -> int:
    # FILTER (…), FILTER name(…), BIND (…), FILTER [NOT] EXISTS {…}.
    while at < len(items) and items[at] != "(":
        if isinstance(items[at], Group):
            return at + 1
        at += 1
    depth = 0
    while at < len(items):
        depth += (items[at] == "(") - (items[at] == ")")
        at += 1
        if depth == 0:
            break
    return at
