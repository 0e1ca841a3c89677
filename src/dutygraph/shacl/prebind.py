"""Pre-binding variables for all focus nodes at once (SHACL 5.3.1, appendix A).

The pattern that binds `$this` is put at the start of every group that needs it: pyoxigraph has no other way
that nested groups, BIND and sub-SELECTs see, and a query may then be run once for all focus nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import URIRef

from dutygraph.shacl.dataset import SHAPES_GRAPH
from dutygraph.shacl.errors import ShapeError, UnsupportedError
from dutygraph.shacl.exists import unfold
from dutygraph.shacl.sparql_text import Group, Item, names, parse, tokenize, words, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib.term import Node

_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_FORMS = {"query", "subselect"}
_BANNED = {"MINUS": "MINUS", "VALUES": "VALUES", "SERVICE": "a federated query (SERVICE)"}


@dataclass(frozen=True)
class Text:
    """A query that has passed the checks; `batch` tells whether it may run for all focus nodes at once.

    `shapes` tells whether it speaks of the shapes graph.
    """

    query: str
    bound: frozenset[str]
    batch: bool
    shapes: bool = False

    def constants(self, shape: Node) -> tuple[tuple[str, Node], ...]:
        """Give what `$currentShape` and, if it is used, `$shapesGraph` stand for (SHACL 5.3.1)."""
        graph = (("shapesGraph", URIRef(SHAPES_GRAPH)),) if self.shapes else ()
        return (*((("currentShape", shape),) if isinstance(shape, URIRef) else ()), *graph)


def check(text: str, bound: frozenset[str], shape: str, component: str, form: str = "SELECT") -> Text:
    """Check the form of a query and the restrictions on pre-bound variables (SHACL 5.2, appendix A).

    Raises ShapeError for what the specification forbids (another form, MINUS, VALUES, SERVICE, a sub-SELECT
    without `$this`, AS onto a pre-bound variable), UnsupportedError for what this engine does not know.
    """
    try:
        query = parse(text)
    except ValueError as error:
        raise ShapeError(str(error), shape=shape, prop=component, clause="5.2") from error
    _check_grammar(text, shape, component)
    used = query.variables() & bound & {"this"}
    for group in query.below():
        _check_group(group, bound, used, shape, component)
    if {"shapesGraph", "currentShape"} & query.variables() - bound:
        raise UnsupportedError("$shapesGraph, $currentShape", shape=shape, component=component)
    if form not in words(query.tokens()):
        raise ShapeError(f"not a query of the form {form}", shape=shape, prop=component, clause="5.2")
    is_select = form == "SELECT"
    if is_select and not ("this" in query.variables() and {"this", "*"} & query.projected()):
        raise ShapeError("the SELECT leaves out $this", shape=shape, prop=component, clause="5.2")
    if is_select and "PATH" in query.variables():
        _check_path(query, shape, component)
    if form == "CONSTRUCT" and "template" not in {g.kind for g in query.groups()}:
        raise UnsupportedError("CONSTRUCT without a template", shape=shape, component=component)
    # Inside GRAPH, a pattern of all focus nodes would be asked of the shapes graph.
    batch = all(g.kind != "graph" and (g.kind not in _FORMS or _batches(g)) for g in query.below())
    return Text(text, bound, batch, "shapesGraph" in query.variables())


def _check_grammar(text: str, shape: str, component: str) -> None:
    if "SERVICE" in words(tokenize(text)):
        raise ShapeError(f"{_BANNED['SERVICE']} is forbidden", shape=shape, prop=component, clause="A")
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        raise ShapeError(f"not SPARQL 1.1: {error}", shape=shape, prop=component, clause="5.2") from error
    except RuntimeError as error:
        raise UnsupportedError(str(error), shape=shape, component=component) from error


def _check_path(query: Group, shape: str, component: str) -> None:
    """Refuse `$PATH` anywhere but as the predicate of a triple pattern: only there may a path stand."""
    _put_path(query, "<x:x>|<x:y>")
    try:
        ox.Store().query(write(query))
    except SyntaxError as error:
        reason = "$PATH stands elsewhere than as a predicate"
        raise ShapeError(reason, shape=shape, prop=component, clause="5.2") from error


def _put_path(query: Group, path: str) -> None:
    tokens: list[Item] = ["(", *tokenize(path), ")"]
    for group in query.below():
        group.items = [t for i in group.items for t in (tokens if i in ("$PATH", "?PATH") else [i])]


def _find_starts(group: Group, this: str) -> None:
    """Have `$this $PATH ?v` find a focus node that is not in the graph: pyoxigraph forgets the empty path."""
    for inner in group.groups():
        if inner.kind != "exists":
            _find_starts(inner, this)
    for at in reversed(range(1, len(group.items) - 1)):
        before, path, value = group.items[at - 1 : at + 2]
        after = group.items[at + 2] if at + 2 < len(group.items) else "."
        found = path in ("$PATH", "?PATH") and before in ("$this", "?this")
        free = isinstance(value, str) and value[0] in "?$" and value[1:] != "this"
        if found and free and after not in (";", ","):
            absent = ["$this ?dgs ?dgo", "?dgs ?dgp $this"]
            none = [f"FILTER NOT EXISTS {{ {triple} }}" for triple in absent]
            itself = Group("start", [this, f"BIND ($this AS {value})", *none])
            reached = Group("start", [this, before, path, value])
            group.items[at - 1 : at + 2] = [reached, "UNION", itself]


def _check_group(group: Group, bound: frozenset[str], used: set[str], shape: str, component: str) -> None:
    tokens = group.tokens()
    upper = words(tokens)
    for word in sorted(_BANNED.keys() & set(upper)):
        raise ShapeError(f"{_BANNED[word]} is forbidden", shape=shape, prop=component, clause="A")
    for one, two in zip(upper, tokens[1:], strict=False):
        if one == "AS" and two[:1] in "?$" and two[1:] in bound:
            raise ShapeError(f"{two} is assigned to", shape=shape, prop=component, clause="A")
    wanted = used | (group.variables() & bound - {"shapesGraph", "currentShape"})
    if group.kind == "subselect" and not wanted <= _projected(group):
        raise ShapeError("a sub-SELECT leaves out $this", shape=shape, prop=component, clause="A")
    named = [two for one, two in zip(upper, tokens[1:], strict=False) if one == "GRAPH"]
    if any(name[1:] != "shapesGraph" or "shapesGraph" not in bound for name in named):
        reason = "GRAPH: the data graph is one graph"
        raise UnsupportedError(reason, shape=shape, component=component)


def prebind(text: Text, patterns: Mapping[str, str], path: str = "", *, nullable: bool = False) -> str:
    """Write the query with its variables pre-bound: `patterns` says how each is bound.

    `$PATH` is replaced by `path` (SHACL 5.3), which may be `nullable`: lead to its own start.
    """
    return _prebound(text, tuple(patterns.items()), path, nullable=nullable)


# A session asks the same few hundred queries after every change.
@lru_cache(maxsize=2048)
def _prebound(text: Text, bound: tuple[tuple[str, str], ...], path: str, *, nullable: bool) -> str:
    patterns = dict(bound)
    query = parse(text.query)
    if nullable:
        _find_starts(query, patterns["this"])
    if path:
        _put_path(query, path)
    marks = (f"?dgm{n}" for n in count())
    # An ASK is asked of all pairs at once: those it says yes to are selected.
    asked = ["SELECT", "DISTINCT", "?this", "?value"]
    query.items = [t for i in query.items for t in (asked if _is_word(i, "ASK") else [i])]
    unfold(query, patterns, marks)
    for group in query.below():
        if group.kind in _FORMS:
            _inject_where(group, patterns, query.variables())
        elif group.kind in ("group", "optional", "minus", "graph"):
            _inject(group, patterns)
    return write(query)


def _inject_where(group: Group, patterns: Mapping[str, str], used: set[str]) -> None:
    bodies = [g for g in group.groups() if g.kind in ("where", "group")]
    if not bodies:
        return
    body = bodies[0]
    wanted = used if group.kind == "query" else body.variables() | _projected(group)
    body.items[:0] = list(dict.fromkeys(patterns[name] for name in sorted(patterns) if name in wanted))
    # Done: the walk that follows must not bind it again.
    body.kind = "where"


def _inject(group: Group, patterns: Mapping[str, str]) -> None:
    missing = _needs(group, frozenset(patterns))
    group.items[:0] = list(dict.fromkeys(patterns[name] for name in sorted(missing)))


def _is_word(item: Item, word: str) -> bool:
    return isinstance(item, str) and item.upper() == word


def _needs(group: Group, bound: frozenset[str]) -> set[str]:
    """Tell which pre-bound variables a group speaks of without its own triples binding them first."""
    certain = set() if "BIND" in words(group.tokens()) else group.certain()
    return (group.variables() & bound) - certain


def _projected(group: Group) -> set[str]:
    found = group.projected()
    return found if "*" not in found else {n for g in group.groups() for n in g.visible()}


def _batches(group: Group) -> bool:
    upper = words(group.tokens())
    if {"LIMIT", "OFFSET"} & set(upper):
        return False
    if "GROUP" not in upper:
        return not _AGGREGATES & set(upper)
    after = group.tokens()[upper.index("GROUP") :]
    return "this" in set(names(after[: _end_of_group_by(after)]))


def _end_of_group_by(tokens: list[str]) -> int:
    ends = [n for n, w in enumerate(words(tokens)) if w in ("HAVING", "ORDER", "LIMIT", "OFFSET")]
    return ends[0] if ends else len(tokens)
