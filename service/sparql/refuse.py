"""What a query is, and whether it may run, told from its words before anything is evaluated.

Updates, SERVICE and LOAD are refused, and so is what cannot be told: only words that are listed in
``words.toml`` go to the engine, the comments are blanked out, and the escapes are written out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise

from dutygraph.service.sparql.tokens import CLOSING, OPENING, Kind, Token, UnreadableError, decode, tokens

DEEPEST = 200
"""How deep brackets may stand in each other; a parser that recurses overflows at some thousands."""


class Form(StrEnum):
    """The four forms of a query (SPARQL 1.1, section 16)."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


class Refusal(StrEnum):
    """Why a query is not evaluated: not SPARQL, or SPARQL that may not run here."""

    MALFORMED = "malformed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reading:
    """A query that may run: the text for the engine, its form, whether it has FROM or FROM NAMED.

    ``passing`` is set where the answer may be another the next time, of the same data.
    """

    text: str
    form: Form
    own_dataset: bool
    passing: bool


class QueryRefusedError(Exception):
    """A query that is not evaluated.

    ``why`` is a key of ``texts.toml``, ``word`` what is at fault, ``start`` where (characters from 0), and
    ``line`` and ``column`` the same (from 1).
    """

    def __init__(self, refusal: Refusal, why: str, word: str, start: int, place: tuple[int, int]) -> None:
        """Keep what to tell the caller."""
        super().__init__(refusal, why, word, start, place)
        self.refusal = refusal
        self.why = why
        self.word = word
        self.start = start
        self.line, self.column = place


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the grammar, in capitals: those that begin a query, all that may stand, those refused."""

    forms: frozenset[str]
    known: frozenset[str]
    refused: Mapping[str, str]
    passing: frozenset[str]


@cache
def words() -> Words:
    """Read ``words.toml``."""
    read = tomllib.loads(
        resources.files("dutygraph.service.sparql").joinpath("words.toml").read_text(encoding="utf-8")
    )
    known = frozenset(word for part in ("forms", "prologue", "clauses", "functions") for word in read[part])
    refused = {word: why for why, listed in read["refused"].items() for word in listed}
    return Words(frozenset(read["forms"]), known, refused, frozenset(read["passing"]))


def read_query(query: str, prefixes: Iterable[str] = ()) -> Reading:
    """Return what the engine may evaluate. *prefixes* are those that a query need not declare.

    Raises:
        QueryRefusedError: the query is malformed, an update, or asks for SERVICE or LOAD.

    """
    text = query
    try:
        text = decode(query)
        every = list(tokens(text))
    except UnreadableError as error:
        word = text[error.start : error.start + 12].split("\n", maxsplit=1)[0]
        raise _refused(text, error.start, Refusal.MALFORMED, error.why, word) from error
    said = [token for token in every if token.kind not in {Kind.SPACE, Kind.COMMENT}]
    _check_words(text, said)
    _check_depth(text, said)
    form = _form(text, said)
    _check_prefixes(text, said, frozenset(prefixes))
    return Reading(
        "".join(_blank(token) for token in every),
        form,
        _has(said, {"FROM"}),
        _has(said, words().passing),
    )


def _has(said: Sequence[Token], wanted: AbstractSet[str]) -> bool:
    return any(token.kind is Kind.WORD and token.text.upper() in wanted for token in said)


def _check_words(text: str, said: Sequence[Token]) -> None:
    for token in said:
        if token.kind is not Kind.WORD:
            continue
        word = token.text.upper()
        if word in words().refused:
            raise _refused(text, token.start, Refusal.REFUSED, words().refused[word], token.text)
        if word not in words().known or (word == "A" and token.text != "a"):
            raise _refused(text, token.start, Refusal.MALFORMED, "word", token.text)


def _check_depth(text: str, said: Sequence[Token]) -> None:
    """Count brackets, and the signs that nest without them (``!!!!x``)."""
    depth = signs = 0
    for token in said:
        opened = token.kind is Kind.MARK and any(sign in OPENING for sign in token.text)
        closed = token.kind is Kind.MARK and any(sign in CLOSING for sign in token.text)
        depth += opened - closed
        signs = signs + 1 if token.text in {"!", "-", "+", "^"} else 0
        if max(depth, signs) > DEEPEST:
            raise _refused(text, token.start, Refusal.MALFORMED, "deep", token.text)


def _form(text: str, said: Sequence[Token]) -> Form:
    """Return the form of the query, after the prologue."""
    place = 0
    after = {"BASE": 2, "PREFIX": 3, "VERSION": 2}
    while place < len(said) and said[place].text.upper() in after:
        place += after[said[place].text.upper()]
    if place >= len(said):
        raise _refused(text, len(text), Refusal.MALFORMED, "nothing", "")
    token = said[place]
    if token.kind is not Kind.WORD or token.text.upper() not in words().forms:
        raise _refused(text, token.start, Refusal.MALFORMED, "form", token.text)
    return Form(token.text.upper())


def _check_prefixes(text: str, said: Sequence[Token], given: frozenset[str]) -> None:
    """Find names without a PREFIX, and those that the engine may read as SERVICE and a name.

    The engine takes a word for a keyword wherever the rest then fits: a declared ``service:x`` before ``{``
    would be a call, except where a graph is named.
    """
    declared = {
        name.text[:-1]
        for word, name in pairwise(said)
        if word.text.upper() == "PREFIX" and name.kind is Kind.NAME and name.text.endswith(":")
    }
    for place, token in enumerate(said):
        if token.kind is not Kind.NAME:
            continue
        prefix = token.text.partition(":")[0]
        if prefix not in declared | given:
            _refuse_call(text, token, prefix)
            raise _refused(text, token.start, Refusal.MALFORMED, "prefix", token.text)
        before = said[place - 1].text.upper() if place else ""
        after = said[place + 1].text if place + 1 < len(said) else ""
        if after == "{" and before not in {"GRAPH", "FROM", "NAMED", "DESCRIBE"}:
            _refuse_call(text, token, prefix)


def _refuse_call(text: str, token: Token, prefix: str) -> None:
    if prefix.upper().endswith(("SERVICE", "SERVICESILENT")):
        raise _refused(text, token.start, Refusal.REFUSED, "service", token.text)


def _blank(token: Token) -> str:
    return " " * len(token.text) if token.kind is Kind.COMMENT else token.text


def _refused(text: str, start: int, refusal: Refusal, why: str, word: str) -> QueryRefusedError:
    return QueryRefusedError(refusal, why, word, start, place_of(text, start))


def place_of(text: str, start: int) -> tuple[int, int]:
    """Return line and column (from 1) of a place in characters from 0."""
    before = text[:start].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")
