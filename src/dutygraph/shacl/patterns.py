"""The triple patterns of a SPARQL query text: enough grammar to tell what the query reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dutygraph.shacl.sparql_text import Group, parse, words

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE = _RDF + "type"
ANY = ""
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "GRAPH", "SERVICE", "DESCRIBE"}
_PATTERN_GROUPS = {"where", "group", "optional", "exists", "minus"}
_NAME = re.compile(r"(?P<prefix>[^\W_][\w.\-]*)?:(?P<local>.*)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

Guards: TypeAlias = Mapping[str, frozenset[str]]
"""Variables whose values are known to have one of some classes."""


class _UnknownError(Exception):
    """A construct that this grammar does not know; it never leaves this module."""


@dataclass
class Reads:
    """What patterns name: predicates, each with a class its subject must have or ANY; classes after `a`."""

    pairs: set[tuple[str, str]] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)


def query_reads(query: str, constants: Mapping[str, str], guards: Guards) -> Reads | None:
    """Give what the patterns of a query read, or None where it may be anything.

    `constants` are the IRIs that some variables stand for. It may be anything where a predicate is a variable
    or negated, where a path of no length may start at any node, where a graph is named, and where the answer
    does not depend on the data alone (NOW, RAND, …).
    """
    try:
        tree = parse(query)
        tokens = [token for group in tree.below() for token in group.tokens()]
        if _VOLATILE & set(words(tokens)):
            return None
        reads = Reads()
        _read(tree, guards, _Names(_prefixes(tree.tokens()), constants), reads)
    except (_UnknownError, ValueError):
        return None
    return reads


def _read(group: Group, guards: Guards, names: _Names, reads: Reads) -> None:
    if group.kind == "subselect":
        # Another variable of that name, unless it is projected; $this always is.
        guards = {name: classes for name, classes in guards.items() if name == "this"}
    elif group.kind in _PATTERN_GROUPS:
        statements = _Statements(group.triples(), names).read()
        guards = {**guards, **_types(statements)}
        for statement in statements:
            _note(statement, guards, reads)
        _refuse_loose_paths(statements)
    for inner in group.groups():
        _read(inner, guards, names, reads)


def _prefixes(tokens: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at, token in enumerate(tokens):
        if token.upper() == "BASE":
            raise _UnknownError(token)
        if token.upper() == "PREFIX":
            found[tokens[at + 1].removesuffix(":")] = tokens[at + 2][1:-1]
    return found


@dataclass(frozen=True)
class _Names:
    """How names in a query become IRIs: prefixes, and variables that stand for a constant."""

    prefixes: Mapping[str, str]
    constants: Mapping[str, str]

    def iri(self, token: str) -> str | None:
        if token[0] in "?$":
            return self.constants.get(token[1:])
        if token[0] == "<":
            return token[1:-1] if ":" in token else None
        found = _NAME.fullmatch(token)
        if found is None or (found["prefix"] or ANY) not in self.prefixes:
            return None
        return self.prefixes[found["prefix"] or ANY] + found["local"].replace("\\", "")


@dataclass(frozen=True)
class _Way:
    """A verb: its IRIs, those only at its start, whether it may have no length, whether it is one IRI."""

    predicates: frozenset[str]
    first: frozenset[str] = frozenset()
    nullable: bool = False
    single: bool = False


@dataclass(frozen=True)
class _Statement:
    """One triple pattern; `cls` is set where it says `a <class>`."""

    subject: str
    way: _Way
    value: str
    cls: str | None


def _types(statements: list[_Statement]) -> dict[str, frozenset[str]]:
    return {s.subject[1:]: frozenset({s.cls}) for s in statements if s.cls and s.subject[0] in "?$"}


def _note(statement: _Statement, guards: Guards, reads: Reads) -> None:
    way = statement.way
    if statement.cls:
        reads.classes.add(statement.cls)
        return
    guard = guards.get(statement.subject[1:]) if statement.subject[0] in "?$" else None
    for predicate in way.predicates:
        # Only where the predicate stands nowhere but at the start is its subject the pattern's.
        guarded = guard is not None and predicate in way.first
        reads.pairs |= {(predicate, cls) for cls in (guard if guarded and guard else {ANY})}


def _refuse_loose_paths(statements: list[_Statement]) -> None:
    # A path of no length reaches every node of the graph, unless one end is a node found otherwise.
    anchored = {t for s in statements if not s.way.nullable for t in (s.subject[1:], s.value[1:])}
    for statement in statements:
        ends = [t for t in (statement.subject, statement.value) if t[0] in "?$"]
        if statement.way.nullable and not any(t[1:] in anchored for t in ends):
            raise _UnknownError("a path of no length")


class _Statements:
    """Reads the triple patterns that stand directly in one group (SPARQL 1.1, 19.8, TriplesBlock)."""

    def __init__(self, tokens: list[str], names: _Names) -> None:
        self.tokens = [*tokens, "."]
        self.at = 0
        self.names = names
        self.found: list[_Statement] = []

    def read(self) -> list[_Statement]:
        while self.at < len(self.tokens):
            if self._take(".") or self._take(";"):
                continue
            blank = self._peek() == "["
            subject = self._node()
            if not (blank and self._peek() == "."):
                self._properties(subject)
        return self.found

    def _properties(self, subject: str) -> None:
        while True:
            way = self._verb()
            while True:
                self._add(subject, way, self._node())
                if not self._take(","):
                    break
            if not self._take(";"):
                return
            while self._take(";"):
                pass
            if self._peek() in (".", "]"):
                return

    def _add(self, subject: str, way: _Way, value: str) -> None:
        typed = way.single and way.predicates == {TYPE}
        self.found.append(_Statement(subject, way, value, self.names.iri(value) if typed else None))

    def _node(self) -> str:
        token = self._next()
        if token == "[":  # noqa: S105
            if not self._take("]"):
                self._properties("[]")
                self._expect("]")
            return "[]"
        if token == "(":  # noqa: S105
            while not self._take(")"):
                self._node()
            for part in ("first", "rest"):
                self._add("[]", _Way(frozenset({_RDF + part})), "[]")
            return "[]"
        return self._term(token)

    def _term(self, token: str) -> str:
        if token in ("+", "-"):
            token = self._next()
        if token[0] in "\"'":
            if self._take("^^") or self._peek().startswith("@"):
                self.at += 1
        elif not (self._is_term(token) or token in ("true", "false") or _NUMBER.fullmatch(token)):
            raise _UnknownError(token)
        return token

    def _is_term(self, token: str) -> bool:
        variable = token[0] in "?$" and len(token) > 1
        return variable or token.startswith("_:") or self.names.iri(token) is not None

    def _verb(self) -> _Way:
        token = self._peek()
        if token[0] in "?$" and len(token) > 1:
            self.at += 1
            return self._one(token)
        return self._alternative()

    def _one(self, token: str) -> _Way:
        iri = TYPE if token == "a" else self.names.iri(token)  # noqa: S105
        if iri is None:
            raise _UnknownError(token)
        return _Way(frozenset({iri}), frozenset({iri}), single=True)

    def _alternative(self) -> _Way:
        found = self._sequence()
        while self._take("|"):
            other = self._sequence()
            inside = (found.predicates - found.first) | (other.predicates - other.first)
            first = (found.first | other.first) - inside
            found = _Way(found.predicates | other.predicates, first, found.nullable or other.nullable)
        return found

    def _sequence(self) -> _Way:
        found = self._step()
        while self._take("/"):
            other = self._step()
            first = frozenset() if found.nullable else found.first - other.predicates
            found = _Way(found.predicates | other.predicates, first, found.nullable and other.nullable)
        return found

    def _step(self) -> _Way:
        inverse = self._take("^")
        if self._take("("):
            inner = self._alternative()
            self._expect(")")
            found = _Way(inner.predicates, inner.first, inner.nullable)
        else:
            found = self._one(self._next())
        if inverse:
            found = _Way(found.predicates, nullable=found.nullable)
        for mark in "*?+":
            if self._take(mark):
                first = found.first if mark == "?" else frozenset()
                return _Way(found.predicates, first, found.nullable or mark != "+")
        return found

    def _peek(self) -> str:
        if self.at >= len(self.tokens):
            raise _UnknownError("the end of the group")
        return self.tokens[self.at]

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _take(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self.at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise _UnknownError(self._peek())
