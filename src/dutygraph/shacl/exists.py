"""FILTER EXISTS and FILTER NOT EXISTS as joins.

pyoxigraph evaluates EXISTS once per row with a plan that ignores what the row has bound: two triples inside
cost seconds where a join costs milliseconds. Only groups of triples and filters are rewritten, and only
where both forms must give the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dutygraph.shacl.sparql_text import Group, Item, names, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMPLEX = {"BIND", "VALUES", "OPTIONAL", "UNION", "GRAPH", "SELECT", "MINUS", "SERVICE", "BNODE", "RAND"}
_UNSTEADY = {"RAND", "BNODE", "UUID", "STRUUID"}
_HOSTS = {"where", "group", "optional"}
_NULLABLE = {"*", "?", "$PATH", "?PATH"}


@dataclass(frozen=True)
class _Filter:
    """A filter that is one [NOT] EXISTS and nothing else, and where it stands in its group."""

    start: int
    end: int
    negated: bool
    group: Group


def unfold(query: Group, patterns: Mapping[str, str], marks: Iterator[str]) -> None:
    """Rewrite, in place, every filter of the query that can be (SPARQL 1.1, 8.1, 18.6).

    `patterns` says how pre-bound variables are bound; `marks` yields unused variables.
    """
    for host in [g for g in _outside_exists(query) if g.kind in _HOSTS]:
        certain = host.certain() | (patterns.keys() if host.kind == "where" else set())
        for found in reversed(_filters(host)):
            # What is pre-bound is so inside too, even where only this group speaks of it.
            outer = _variables_outside(query, found.group) | patterns.keys()
            # A filter of OPTIONAL sees what stands before it; a group inside it does not.
            if host.kind == "optional" and not found.group.variables() & outer <= certain | patterns.keys():
                continue
            new = _rewrite(host, found, outer, patterns, marks)
            if new is not None:
                _cut(host.items, found)
                host.items.extend(new)


def _rewrite(
    host: Group, found: _Filter, outer: set[str], patterns: Mapping[str, str], marks: Iterator[str]
) -> list[Item] | None:
    group = found.group
    if not group.certain():
        return None
    if set(words(group.tokens())) & _COMPLEX:
        return _anti_join_of_rows(host, group, outer, patterns) if found.negated else None
    if found.negated:
        return _left_join(group, outer, patterns, marks) or _anti_join(host, group, outer, patterns, marks)
    return _semi_join(host, group, outer, patterns, marks)


def _left_join(
    group: Group, outer: set[str], patterns: Mapping[str, str], marks: Iterator[str]
) -> list[Item] | None:
    """Give `OPTIONAL { … BIND(true AS ?m) } FILTER(!BOUND(?m))`; rows that match more than once go anyway."""
    body = Group("leftjoin", list(group.items))
    if not _nest(body, outer, patterns, marks):
        return None
    mark = next(marks)
    body.items.extend(["BIND", "(", "true", "AS", mark, ")"])
    return ["OPTIONAL", body, "FILTER", "(", "!", "BOUND", "(", mark, ")", ")"]


def _semi_join(
    host: Group, group: Group, outer: set[str], patterns: Mapping[str, str], marks: Iterator[str]
) -> list[Item] | None:
    """Give `{ SELECT DISTINCT shared … }`: DISTINCT, for a row that matches twice is still one row."""
    shared = group.variables() & outer
    body = _with_host(host, group, shared, patterns)
    if body is None or not _nest(body, outer, patterns, marks):
        return None
    return [Group("semijoin", ["SELECT", "DISTINCT", *(f"?{n}" for n in sorted(shared)), "WHERE", body])]


def _anti_join(
    host: Group, group: Group, outer: set[str], patterns: Mapping[str, str], marks: Iterator[str]
) -> list[Item] | None:
    """Give `MINUS { host's triples … }`: every row of the host agrees with itself there, and with no other.

    For that, what host and group share must be bound in every row. An empty path is left alone: pyoxigraph
    finds one from a node that is bound, but not from one that is only joined.
    """
    body = _with_host(host, group, group.variables() & outer, patterns)
    if body is None or any(t in _NULLABLE for g in body.below() for t in g.tokens()):
        return None
    if not _nest(body, outer, patterns, marks):
        return None
    return ["MINUS", Group("antijoin", body.items)]


def _anti_join_of_rows(
    host: Group, group: Group, outer: set[str], patterns: Mapping[str, str]
) -> list[Item] | None:
    """Give `MINUS { host's triples, OPTIONALs and BINDs … }`, for a group that may have OPTIONALs itself.

    Two rows of such a host that do not contradict each other are equal, for OPTIONAL adds the same variables
    to all rows that it adds any to, and BIND depends on the row. So filters may speak of variables that are
    unbound in some rows; triples may not.
    """
    rows, certain = _rows_of(host), host.certain() | patterns.keys()
    if rows is None or not all(g.kind == "optional" and _is_plain(g) for g in group.groups()):
        return None
    if set(words(group.tokens())) & (_COMPLEX - {"OPTIONAL"} | _UNSTEADY):
        return None
    known = certain | Group("antijoin", rows).variables()
    shared = group.variables() & outer
    joined = shared & {n for g in group.below() for n in g.certain()}
    body = [*rows, *(["."] if rows and rows[-1] != "." else []), *map(_copied, group.items)]
    if not joined or not joined <= certain or not shared <= known:
        return None
    if any(t in _NULLABLE for g in Group("antijoin", body).below() for t in g.tokens()):
        return None
    bound = [patterns[name] for name in sorted(patterns.keys() & (known & host.variables() | shared))]
    return ["MINUS", Group("antijoin", [*bound, *body])]


def _rows_of(host: Group) -> list[Item] | None:
    """Give the triples, OPTIONALs and BINDs of a group, its filters left out; None where it has more."""
    tokens = host.tokens()
    if set(words(tokens)) & (_COMPLEX - {"BIND", "OPTIONAL", "MINUS"} | _UNSTEADY):
        return None
    found: list[Item] = []
    at = 0
    while at < len(host.items):
        item, word = host.items[at], _word(host.items, at)
        if word == "FILTER":
            at = _past_filter(host.items, at + 1)
            item = "."
        elif word in ("OPTIONAL", "MINUS"):
            inner = host.items[at + 1]
            at += 2
            if isinstance(inner, Group) and inner.kind in ("leftjoin", "antijoin"):
                continue  # a filter, rewritten
            if not isinstance(inner, Group) or inner.kind != "optional" or not _is_plain(inner):
                return None
            found.extend(["OPTIONAL", _copied(inner)])
            continue
        elif isinstance(item, Group):
            if item.kind != "semijoin":
                return None
            at += 1
            continue
        else:
            at += 1
        if item != "." or (found and found[-1] != "."):
            found.append(item)
    return None if any(isinstance(t, str) and t.startswith("_:") for t in found) else found


def _is_plain(group: Group) -> bool:
    """Tell whether a group has nothing but triples and filters, and no blank node by name."""
    tokens = group.tokens()
    odd = set(words(tokens)) & (_COMPLEX | _UNSTEADY) or any(t.startswith("_:") for t in tokens)
    return not odd and not group.groups() and bool(group.certain())


def _copied(item: Item) -> Item:
    # What is bound before is written into each group later: none may stand in two places.
    return item if isinstance(item, str) else Group(item.kind, list(item.items))


def _past_filter(items: list[Item], at: int) -> int:
    while items[at] != "(":
        if isinstance(items[at], Group):
            return at + 1
        at += 1
    depth = 1
    while depth:
        at += 1
        depth += (items[at] == "(") - (items[at] == ")")
    return at + 1


def _with_host(host: Group, group: Group, shared: set[str], patterns: Mapping[str, str]) -> Group | None:
    """Give the group with the triples of its host, so that filters see what the host binds."""
    if not shared or not shared <= host.certain() | patterns.keys():
        return None
    triples = host.triples()
    if any(t.startswith("_:") for t in triples):
        return None
    bound = [patterns[name] for name in sorted(patterns.keys() & (shared | host.certain()))]
    return Group("semijoin", [*bound, *triples, ".", *group.items] if triples else [*bound, *group.items])


def _nest(body: Group, outer: set[str], patterns: Mapping[str, str], marks: Iterator[str]) -> bool:
    """Rewrite the filters of a group that will be joined, or tell that it cannot be done.

    A group inside sees only what its own host binds, so that every variable it shares with the outside must
    be bound there; pre-bound ones are bound where they are missing.
    """
    filters = _filters(body)
    if len(filters) != len(body.groups()):
        return False
    certain, missing = body.certain(), set[str]()
    for found in reversed(filters):
        others = outer | set(names(body.tokens())) | _siblings(body, found.group)
        foreign = (found.group.variables() & others) - certain
        if not foreign <= patterns.keys():
            return False
        new = _rewrite(body, found, others, patterns, marks)
        if new is None:
            return False
        missing |= foreign
        _cut(body.items, found)
        body.items.extend(new)
    body.items[:0] = [patterns[name] for name in sorted(missing)]
    return True


def _siblings(body: Group, group: Group) -> set[str]:
    return {name for other in body.groups() if other is not group for name in other.variables()}


def _filters(group: Group) -> list[_Filter]:
    found: list[_Filter] = []
    items = group.items
    for at, item in enumerate(items):
        if not isinstance(item, Group) or item.kind != "exists":
            continue
        start, end = at - 1, at + 1
        negated = _word(items, start - 1) == "NOT"
        start -= negated
        if _word(items, start - 1) == "(" and _word(items, end) == ")":
            start, end = start - 1, end + 1
        if _word(items, start - 1) == "FILTER":
            found.append(_Filter(start - 1, end, negated, item))
    return found


def _cut(items: list[Item], found: _Filter) -> None:
    # The triples before and after the filter must stay apart, by one full stop.
    end = found.end + (_word(items, found.end) == ".")
    before = items[found.start - 1] if found.start else "."
    items[found.start : end] = ["."] if isinstance(before, str) and before != "." else []


def _word(items: list[Item], at: int) -> str:
    item = items[at] if 0 <= at < len(items) else ""
    return item.upper() if isinstance(item, str) else ""


def _outside_exists(group: Group) -> Iterator[Group]:
    yield group
    for inner in group.groups():
        if inner.kind != "exists":
            yield from _outside_exists(inner)


def _variables_outside(query: Group, group: Group) -> set[str]:
    inside = {id(g) for g in group.below()}
    return {n for g in query.below() if id(g) not in inside for n in names(g.tokens())}
