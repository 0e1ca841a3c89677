"""The words of a SPARQL query, one by one (SPARQL 1.1, section 19.8, terminals).

What is read here decides what may run, so where the engine's own parser could read a text otherwise than
by the longest match of the grammar, the text is not given to it: an unfinished string, an unknown word,
an IRI that might be an operator (``?a<?b#>``) are errors here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a token is."""

    SPACE = "space"
    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    LANGUAGE = "language"
    BLANK = "blank"
    NAME = "name"
    NUMBER = "number"
    WORD = "word"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """A token, its text as written, and where it begins (characters from 0)."""

    kind: Kind
    text: str
    start: int


class UnreadableError(Exception):
    """No token begins at a place; ``why`` is a key of texts.toml."""

    def __init__(self, why: str, start: int) -> None:
        """Keep where and why."""
        super().__init__(why, start)
        self.why = why
        self.start = start


_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_CODEPOINT}"
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_ODD = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_FORMS = {
    Kind.SPACE: r"[ \t\r\n]+",
    Kind.COMMENT: r"#[^\r\n]*",
    Kind.IRI: rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*>",
    # three quotes always begin a long string: what is not one to its end is no string at all
    Kind.STRING: rf"'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'''"
    rf'|"""(?:"{{0,2}}(?:[^"\\]|{_ESCAPE}))*"""'
    rf"|'(?!'')(?:[^'\\\r\n]|{_ESCAPE})*'"
    rf'|"(?!"")(?:[^"\\\r\n]|{_ESCAPE})*"',
    Kind.VARIABLE: rf"[?$][{_BASE}_0-9][{_MORE}]*",
    Kind.LANGUAGE: r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?",
    Kind.BLANK: rf"_:[{_BASE}_0-9](?:\.*[{_MORE}\-])*",
    # a longer prefix would be looked for again from each of its words
    Kind.NAME: rf"(?:[{_BASE}](?:\.{{0,9}}[{_MORE}\-]){{0,40}})?:"
    rf"(?:(?:[{_BASE}_0-9:]|{_ODD})(?:\.*(?:[{_MORE}\-:]|{_ODD}))*)?",
    Kind.NUMBER: r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+",
    Kind.WORD: r"[A-Za-z_][A-Za-z0-9_]*",
    Kind.MARK: r"\^\^|&&|\|\||!=|<=|>=|<<\(?|\)?>>|\{\||\|\}|[{}()\[\].,;*/+\-=<>!|^?&~]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _FORMS.items()))
_KEPT = re.compile(
    f"(?P<kept>{_FORMS[Kind.COMMENT]}|{_FORMS[Kind.IRI]}|{_FORMS[Kind.STRING]})|(?P<escape>{_CODEPOINT})"
)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
OPENING, CLOSING = "{[(", "}])"
_LAST_CODEPOINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def decode(text: str) -> str:
    r"""Return a query with the ``\uXXXX`` outside of strings, IRIs and comments written out (section 19.2).

    The engine knows them in strings and IRIs only.

    Raises:
        UnreadableError: one of them, wherever it stands, is no character.

    """

    def written_out(found: re.Match[str]) -> str:
        if found["kept"] is None:
            return character(found["escape"], found.start())
        if not found["kept"].startswith("#"):
            for inner in re.finditer(rf"\\\\|({_CODEPOINT})", found["kept"]):
                if inner[1]:
                    character(inner[1], found.start() + inner.start())
        return found["kept"]

    return _KEPT.sub(written_out, text)


def character(escape: str, start: int) -> str:
    """Return the character of an escape.

    Raises:
        UnreadableError: there is no such character.

    """
    number = int(escape[2:], base=16)  # noqa: FURB166 - base 0 knows no \\u
    if number > _LAST_CODEPOINT or number in _SURROGATES:
        raise UnreadableError("escape", start)
    return chr(number)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, spaces and comments too.

    Raises:
        UnreadableError: at a place where none begins, or where two readings are possible.

    """
    place = 0
    before: Token | None = None  # the last one that says something
    inside: list[str] = []  # the brackets that are open
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise UnreadableError("string" if text[place] in "'\"" else "character", place)
        token = Token(Kind(found.lastgroup), found.group(), place)
        if token.kind is Kind.IRI and inside[-1:] == ["("] and _may_be_an_operator(token, before):
            raise UnreadableError("operator", place)
        yield token
        if token.kind not in {Kind.SPACE, Kind.COMMENT}:
            before = token
        if token.kind is Kind.MARK:
            inside = _brackets(inside, token.text)
        place = found.end()


def _brackets(inside: list[str], mark: str) -> list[str]:
    for sign in mark:
        if sign in OPENING:
            inside.append(sign)
        elif sign in CLOSING and inside:
            inside.pop()
    return inside


def _may_be_an_operator(iri: Token, before: Token | None) -> bool:
    """Tell whether ``<…>`` may be "less than", what follows being hidden in a comment or string.

    An engine that tries the operator first would see another query than the one that is judged here.
    Operators stand in parentheses only; of ``scheme://`` no expression can be made, and after ``^^`` comes
    no operator.
    """
    if not any(sign in iri.text for sign in "#'") or _ABSOLUTE.match(iri.text):
        return False
    return before is None or before.text != "^^"
