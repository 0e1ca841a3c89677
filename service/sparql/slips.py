"""What is wrong with a query that the engine cannot parse, in words, and how to mend it.

The engine names a place, often a word too late, and a list of what its grammar allows there. The slips that
people make (``slips.toml``) are looked for first, in the words of the query; each has its own place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from dutygraph.model import Text
from dutygraph.service.sparql.statements import unfinished_statements
from dutygraph.service.sparql.tokens import Kind, Token, UnreadableError, tokens

_PAIRS = {"{": "}", "[": "]", "(": ")"}
_AGGREGATES = frozenset({"AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"})
_CLOSE = 0.6
_MOST_SAID = 160
_CLASSES = re.compile(r"\[[^\]]*\\u\{[^\]]*\]", re.DOTALL)
_UNBOUND = "a variable that is unbound"


@dataclass(frozen=True, slots=True)
class Slip:
    """Something written wrong: the word, and what to say of it (a key of ``slips.toml``)."""

    key: str
    token: Token
    word: str = ""

    @property
    def said(self) -> Text:
        """What is wrong and how to mend it."""
        word = self.word or self.token.text
        return _filled(_told()["slip"][self.key], word=word, half=_told()["half"].get(word, ""))


def slip_of(query: str, said: str) -> tuple[int | None, Text]:
    """Return where a query went wrong and what to do, from its words, else from what the engine *said*.

    The place is in characters from 0, None where the engine's own is the best there is.
    """
    words = [token for token in tokens(query) if token.kind not in {Kind.SPACE, Kind.COMMENT}]
    for look in _LOOKS:
        slip = next(look(words), None)
        if slip is not None:
            return slip.token.start, slip.said
    if _UNBOUND in said:
        start = next((token.start for token in words if token.text.upper() == "SELECT"), None)
        return start, _filled(_told()["slip"]["ungrouped"])
    return None, _expected(said)


def slip_before(query: str, place: int) -> Slip | None:
    """Return a slip in the order of words at a place or before it, of a query that is not read to its end."""
    words: list[Token] = []
    try:
        words.extend(token for token in tokens(query) if token.kind not in {Kind.SPACE, Kind.COMMENT})
    except UnreadableError:
        return None
    found = (slip for look in (_prologue, _selected, _followed) for slip in look(words))
    return next((slip for slip in found if slip.token.start <= place), None)


def of_prefix(name: str, given: Sequence[str]) -> Text:
    """Return what to do about a prefix that is not declared; *given* are those that need not be."""
    prefix = name.partition(":")[0]
    texts, known = _told()["prefix"], _told()["prefixes"]
    if iri := known.get(prefix.lower()):
        return _filled(texts["add"], prefix=prefix, iri=iri)
    if close := get_close_matches(prefix.lower(), given, n=1, cutoff=_CLOSE):
        return _filled(texts["close"], prefix=prefix, close=close[0])
    return _filled(texts["unknown"], prefix=prefix, given=" ".join(f"{one}:" for one in given))


def of_character(sign: str) -> Text | None:
    """Return what to write instead of a sign that no word begins with, None where that is not known."""
    half = _told()["half"].get(sign)
    return None if half is None else _filled(_told()["slip"]["full-width"], word=sign, half=half)


def engine_words(said: str) -> str:
    """Return what the engine said, on one line and without its tables of characters."""
    line = " ".join(_CLASSES.sub("…", said).replace("[_]", "…").split())
    return line if len(line) <= _MOST_SAID else line[:_MOST_SAID] + "…"


def _brackets(words: Sequence[Token]) -> Iterator[Slip]:
    opened: list[Token] = []
    for token in words:
        if token.kind is not Kind.MARK:
            continue
        if token.text in _PAIRS:
            opened.append(token)
        elif token.text in _PAIRS.values():
            if not opened:
                yield Slip("closed", token)
                return
            if _PAIRS[opened[-1].text] != token.text:
                yield Slip("open", opened[-1])
                return
            opened.pop()
    if opened:
        yield Slip("open", opened[-1])


def _full_width(words: Sequence[Token]) -> Iterator[Slip]:
    signs = _told()["half"]
    for token in words:
        if token.kind in {Kind.NAME, Kind.VARIABLE}:
            for number, sign in enumerate(token.text):
                if sign in signs:
                    yield Slip("full-width", Token(token.kind, sign, token.start + number))


def _prologue(words: Sequence[Token]) -> Iterator[Slip]:
    for place, token in enumerate(words[:-2]):
        if token.text.upper() != "PREFIX":
            continue
        name, iri = words[place + 1], words[place + 2]
        if not name.text.endswith(":"):
            yield Slip("colon", name)
        elif iri.kind is not Kind.IRI:
            yield Slip("angle", iri)


def _selected(words: Sequence[Token]) -> Iterator[Slip]:
    """Look between SELECT and its braces."""
    for place, token in enumerate(words):
        if token.text.upper() != "SELECT":
            continue
        depth, before = 0, token
        for after in words[place + 1 :]:
            text = after.text.upper()
            if text in {"WHERE", "{", "FROM"}:
                break
            depth += (text == "(") - (text == ")")
            if depth == 0 and text == ",":
                yield Slip("comma", after)
            elif depth == 0 and text in _AGGREGATES:
                yield Slip("aggregate", after)
            elif depth == 0 and after.kind is Kind.WORD and text not in {"DISTINCT", "REDUCED"}:
                yield Slip("bare", after)
            elif depth == 0 and text == ")" and before.kind is not Kind.VARIABLE:
                yield Slip("unnamed", after)
            before = after


def _followed(words: Sequence[Token]) -> Iterator[Slip]:
    """Look at words that want something certain behind them."""
    for token, after in pairwise([*words, Token(Kind.MARK, "", 0)]):
        key = _wanted(token.text.upper(), after) if token.kind is Kind.WORD else None
        if key is not None:
            yield Slip(key, token, token.text.upper())


def _wanted(word: str, after: Token) -> str | None:
    if word in {"ORDER", "GROUP"} and after.text.upper() != "BY":
        return "by"
    if word in {"LIMIT", "OFFSET"} and after.kind is not Kind.NUMBER:
        return "number"
    if word in {"WHERE", "OPTIONAL", "UNION", "MINUS"} and after.text != "{":
        return "group"
    if word in {"FILTER", "HAVING"} and after.kind in {Kind.VARIABLE, Kind.NUMBER, Kind.STRING}:
        return "condition"
    if word in {"ASC", "DESC"} and after.text != "(":
        return "order"
    return None


def _statements(words: Sequence[Token]) -> Iterator[Slip]:
    for token, whole in unfinished_statements(words):
        yield Slip("parted" if whole else "short", token)


_LOOKS: tuple[Callable[[Sequence[Token]], Iterator[Slip]], ...] = (
    _full_width,
    _prologue,
    _selected,
    _followed,
    _brackets,
    _statements,
)


def _expected(said: str) -> Text:
    allowed = said.partition("expected")[2].removeprefix(" one of")
    parts = {part.strip() for part in re.split(r", (?=[\"'\[A-Z])", allowed)}
    found = [entry for entry in _told()["expected"] if parts.intersection(entry["said"])]
    if not found:
        return _filled(_told()["slip"]["unknown"])
    zh = "、".join(entry["zh"] for entry in found)
    en = ", ".join(entry["en"] for entry in found)
    texts = _told()["slip"]["expected"]
    return Text(texts["zh"].format(expected=zh), texts["en"].format(expected=en))


def _filled(texts: Mapping[str, str], **fields: str) -> Text:
    return Text(texts["zh"].format_map(fields), texts["en"].format_map(fields))


@cache
def _told() -> Mapping[str, Any]:
    file = resources.files("dutygraph.service.sparql").joinpath("slips.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
