"""Statements of a query's patterns that lack a term or the sign between two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dutygraph.service.sparql.tokens import Kind, Token

_TERMS = frozenset({Kind.IRI, Kind.STRING, Kind.VARIABLE, Kind.BLANK, Kind.NAME, Kind.NUMBER})
_WORDS = frozenset({"A", "TRUE", "FALSE"})
_NEEDED = {"": 3, ".": 3, "{": 3, "}": 3, ";": 2, ",": 1}
"""How many terms a statement needs after each sign."""
_ENDS, _SIGNS = ("{", "}"), (".", ";", ",")
_FRESH = (".", *_ENDS)
"""After these, what was not known of the statement before does not matter."""


@dataclass(slots=True)
class _Statement:
    """The terms since the last sign. ``known`` is off where something else stands among them."""

    after: str = ""
    terms: int = 0
    known: bool = True

    def add(self, token: Token, before: str) -> None:
        """Take in a word; what follows ``^^`` belongs to the text before it."""
        if _is_term(token):
            self.terms += before != "^^"
        elif token.kind is not Kind.LANGUAGE and token.text != "^^":
            self.known = False


def unfinished_statements(words: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Yield words before which a sign (True) or a term (False) is missing.

    Only plain statements inside braces are looked at: terms parted by ``.``, ``;`` and ``,``. Of what has
    paths, brackets or keywords in it nothing is said.
    """
    now, depth, before, data = _Statement(), 0, "", False
    for token in words:
        text = token.text
        ends = text in _ENDS or (depth > 0 and text in _SIGNS)
        if ends and text != "{" and _lacks_a_term(now):
            yield token, False
        if ends:
            now = _Statement(text, known=not data and (now.known or text in _FRESH))
            depth += (text == "{") - (text == "}")
            data = data and text != "{"
        elif depth > 0:
            now.add(token, before)
            if now.known and now.terms > _NEEDED[now.after]:
                yield token, True
                now.known = False
        data = data or text.upper() == "VALUES"
        before = text


def _is_term(token: Token) -> bool:
    return token.kind in _TERMS or (token.kind is Kind.WORD and token.text.upper() in _WORDS)


def _lacks_a_term(now: _Statement) -> bool:
    """Tell whether terms stand there, but not all; a ``;`` may stand before ``.`` with nothing between."""
    return now.known and 0 < now.terms < _NEEDED[now.after]
