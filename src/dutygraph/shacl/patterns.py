"""Triple patterns and property paths, read from the tokens of a SPARQL query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph.shacl.sparql_text import tokenize
from dutygraph.shacl.ways import TYPE, Back, Edge, Either, Repeated, Then, Typed, Way

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAME = re.compile(r"(?P<prefix>[^\W_][\w.\-]*)?:(?P<local>.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


class UnknownPatternError(Exception):
    """A construct that this grammar does not know; the message is its first token."""


@dataclass(frozen=True)
class Names:
    """How names in a query become IRIs: prefixes, and variables that stand for a constant."""

    prefixes: Mapping[str, str]
    constants: Mapping[str, str]

    def iri(self, token: str) -> str | None:
        """Give the IRI that a token stands for, None where it stands for none."""
        if token[0] in "?$":
            return self.constants.get(token[1:])
        if token[0] == "<":
            return token[1:-1] if ":" in token else None
        found = _NAME.fullmatch(token)
        if found is None or (found["prefix"] or "") not in self.prefixes:
            return None
        return self.prefixes[found["prefix"] or ""] + found["local"].replace("\\", "")


@dataclass(frozen=True)
class Statement:
    """One triple pattern: tokens of subject and value, and the way between them."""

    subject: str
    way: Way
    value: str


def statements(tokens: list[str], names: Names) -> list[Statement]:
    """Read the triple patterns that stand directly in one group (SPARQL 1.1, 19.8, TriplesBlock).

    Raises UnknownPatternError where a predicate is a variable or negated, and where the text is beyond us.
    """
    return _Grammar(tokens, names).read()


def read_way(path: str) -> Way:
    """Read a property path written with full IRIs."""
    return _Grammar(tokenize(path), Names({}, {})).way()


class _Grammar:
    """Reads the triple patterns that stand directly in one group (SPARQL 1.1, 19.8, TriplesBlock)."""

    def __init__(self, tokens: list[str], names: Names) -> None:
        self.tokens = [*tokens, "."]
        self.at = 0
        self.names = names
        self.found: list[Statement] = []

    def read(self) -> list[Statement]:
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
            way = self.way()
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

    def _add(self, subject: str, way: Way, value: str) -> None:
        cls = self.names.iri(value) if way == Edge(TYPE) else None
        self.found.append(Statement(subject, way if cls is None else Typed(frozenset({cls})), value))

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
                self._add("[]", Edge(_RDF + part), "[]")
            return "[]"
        return self._term(token)

    def _term(self, token: str) -> str:
        if token in ("+", "-"):
            token = self._next()
        if token[0] in "\"'":
            if self._take("^^") or self._peek().startswith("@"):
                self.at += 1
        elif not (self._is_term(token) or token in ("true", "false") or _NUMBER.fullmatch(token)):
            raise UnknownPatternError(token)
        return token

    def _is_term(self, token: str) -> bool:
        variable = token[0] in "?$" and len(token) > 1
        return variable or token.startswith("_:") or self.names.iri(token) is not None

    def way(self) -> Way:
        """Read one verb (SPARQL 1.1, 19.8, VerbPath or VarOrIri)."""
        token = self._peek()
        if token[0] in "?$" and len(token) > 1:
            self.at += 1
            return self._one(token)
        return self._alternative()

    def _one(self, token: str) -> Way:
        iri = TYPE if token == "a" else self.names.iri(token)  # noqa: S105
        if iri is None:
            raise UnknownPatternError(token)
        return Edge(iri)

    def _alternative(self) -> Way:
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        return found[0] if len(found) == 1 else Either(tuple(found))

    def _sequence(self) -> Way:
        found = self._step()
        while self._take("/"):
            found = Then(found, self._step())
        return found

    def _step(self) -> Way:
        inverse = self._take("^")
        if self._take("("):
            found = self._alternative()
            self._expect(")")
        else:
            found = self._one(self._next())
        for mark in "*?+":
            if self._take(mark):
                found = Repeated(found, many=mark != "?", nullable=mark != "+")
                break
        return Back(found) if inverse else found

    def _peek(self) -> str:
        if self.at >= len(self.tokens):
            raise UnknownPatternError("the end of the group")
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
            raise UnknownPatternError(self._peek())
