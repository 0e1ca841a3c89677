"""The patterns of a SPARQL query: what it must find, and what it must not find."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from dutygraph.shacl.explaining.walk import Chain, Choice, Repeat, Route, Step, inverted
from dutygraph.shacl.sparql_text import Group, Item, parse, words, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node


@dataclass(frozen=True)
class Pattern:
    """A triple pattern: two ends, each a term or a Variable, and what leads from one to the other.

    `way` is None where the predicate is a variable or a negated set.
    """

    subject: Node
    way: Route | None
    object: Node

    def variables(self) -> list[str]:
        """Give the names of its variables."""
        return [str(t) for t in (self.subject, self.object) if isinstance(t, Variable)]


@dataclass
class Patterns:
    """The triple patterns of a group that give its solutions, and the groups that must or must not match.

    `exact` is False where the group says more than the patterns do.
    """

    found: list[Pattern] = field(default_factory=list)
    present: list[Patterns] = field(default_factory=list)
    absent: list[Patterns] = field(default_factory=list)
    exact: bool = True


@dataclass(frozen=True)
class Level:
    """One SELECT of a query, rewritten to give all its variables, and its patterns (None: not readable).

    `fixed` are the variables that come in from the SELECT around it, or stand in the solution it made.
    """

    query: str
    patterns: Patterns | None
    fixed: frozenset[str]


# Every result of a constraint asks for it, twice.
@lru_cache(maxsize=512)
def levels(text: str, path: str = "") -> tuple[Level, ...]:
    """Give the SELECT of a query and those nested in it, but for those inside EXISTS.

    `path` is put in the place of `$PATH`.
    """
    query = parse(text)
    for group in query.below():
        group.items = [f"({path})" if i in ("$PATH", "?PATH") and path else i for i in group.items]
    form = next((n for n, i in enumerate(query.items) if _is(i, "SELECT") or _is(i, "ASK")), 0)
    head = query.items[:form]
    return tuple(_level(head, group) for group in _selects(query))


def _selects(group: Group) -> Iterator[Group]:
    if group.kind in ("query", "subselect"):
        yield group
    for inner in group.groups():
        if inner.kind not in ("exists", "minus"):
            yield from _selects(inner)


def _level(head: list[Item], group: Group) -> Level:
    body = next(g for g in group.groups() if g.kind in ("where", "group"))
    query = Group("query", [*head, "SELECT", "*", "WHERE", Group("where", body.items)])
    return Level(write(query), _patterns_of(_spelled(query)), frozenset(body.variables() & _projected(group)))


def _projected(group: Group) -> set[str]:
    """Give the variables that a SELECT hands on as they are; an alias of an expression is another one."""
    found: set[str] = set()
    depth = 0
    for item in group.items:
        if isinstance(item, Group):
            break
        depth += (item == "(") - (item == ")")
        if item == "*" and depth == 0:
            return group.variables()
        if depth == 0 and item[:1] in ("?", "$"):
            found.add(item[1:])
    return found


def _spelled(item: Item) -> str:
    """Write a query for rdflib, which takes no space before the `*`, `+` or `?` of a path."""
    if isinstance(item, str):
        return item
    text, before = "", ""
    for inner in item.items:
        close = inner in ("*", "+", "?") and (":" in before or before == ")")
        text += ("" if close else " ") + _spelled(inner)
        before = inner if isinstance(inner, str) else ""
    return text if item.kind == "query" else "{" + text + " }"


def _is(item: Item, word: str) -> bool:
    return isinstance(item, str) and words([item]) == [word]


def _patterns_of(text: str) -> Patterns | None:
    try:
        tree = parseQuery(text)
        prologue = translatePrologue(tree[0], None, {})
        body = traverse(tree[1].where, visitPost=partial(translatePName, prologue=prologue))
        body = traverse(body, visitPost=translatePath)
    except Exception:  # noqa: BLE001 - rdflib raises pyparsing's errors and its own; either way: not readable
        return None
    patterns = Patterns()
    _read(body, patterns)
    return patterns


def _read(part: CompValue, into: Patterns) -> None:
    name = part.name
    if name == "GroupGraphPatternSub":
        for inner in part.get("part") or []:
            _read(inner, into)
    elif name == "TriplesBlock":
        _read_triples(part, into)
    elif name in ("OptionalGraphPattern", "GroupOrUnionGraphPattern"):
        inner = part.graph
        for group in inner if isinstance(inner, list) else [inner]:
            _read(group, into)
    elif name == "Filter":
        _read_filter(part.expr, into)
    elif name in ("SubSelect", "Bind", "InlineData"):
        into.exact = False
    elif name == "MinusGraphPattern":
        into.absent.append(_inner(part.graph))
    else:
        into.exact = False


def _read_triples(part: CompValue, into: Patterns) -> None:
    for run in part.triples:
        terms = list(run)
        for s, p, o in zip(terms[::3], terms[1::3], terms[2::3], strict=True):
            into.found.append(Pattern(_node(s), _route(p), _node(o)))


def _read_filter(expression: Any, into: Patterns) -> None:
    if not isinstance(expression, CompValue):
        into.exact = False
    elif expression.name == "Builtin_NOTEXISTS":
        into.absent.append(_inner(expression.graph))
    elif expression.name == "Builtin_EXISTS":
        into.present.append(_inner(expression.graph))
    elif expression.name == "ConditionalAndExpression":
        for each in (expression.expr, *(expression.other or [])):
            _read_filter(each, into)
    elif expression.get("expr") is not None and len(expression) == 1:
        _read_filter(expression.expr, into)
    else:
        into.exact = False


def _inner(group: CompValue) -> Patterns:
    found = Patterns()
    _read(group, found)
    return found


def _node(term: Any) -> Node:
    # A blank node of a pattern is a variable without a name.
    return Variable(f"blank{term}") if isinstance(term, BNode) else term


def _route(verb: Any) -> Route | None:
    if isinstance(verb, URIRef):
        return Step(verb)
    if isinstance(verb, SequencePath):
        parts = [_route(a) for a in verb.args]
        return None if None in parts else Chain(tuple(p for p in parts if p is not None))
    if isinstance(verb, AlternativePath):
        parts = [_route(a) for a in verb.args]
        return None if None in parts else Choice(tuple(p for p in parts if p is not None))
    if isinstance(verb, InvPath):
        inner = _route(verb.arg)
        return None if inner is None else inverted(inner)
    if isinstance(verb, MulPath):
        inner = _route(verb.path)
        return None if inner is None else Repeat(inner, verb.mod in "*?", verb.mod in "*+")
    return None
