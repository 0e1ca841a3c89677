"""What the caller is told of a query that is not evaluated: the place, what is wrong, how to mend it."""

from __future__ import annotations

import re

from dutygraph.model import Text
from dutygraph.service.sparql.refuse import QueryRefusedError, Reading, Refusal, place_of
from dutygraph.service.sparql.service import PREFIXES
from dutygraph.service.sparql.slips import engine_words, of_character, of_prefix, slip_before, slip_of
from dutygraph.service.sparql.texts import text

_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<said>.*)", re.DOTALL)


def of_refusal(error: QueryRefusedError, query: str) -> Text:
    """Return what to say of a query that does not go to the engine."""
    if error.refusal is Refusal.MALFORMED and error.why in {"word", "prefix"}:
        slip = slip_before(query, error.start)
        if slip is not None:
            return _near(*place_of(query, slip.token.start), slip.said)
    why = text(f"unreadable.{error.why}") if error.why != "prefix" else of_prefix(error.word, tuple(PREFIXES))
    if error.why == "character":
        why = of_character(error.word[:1]) or why
    if error.refusal is Refusal.MALFORMED:
        return _near(error.line, error.column, Text(f"“{error.word}”：{why.zh}", f"“{error.word}”: {why.en}"))
    place = {"line": error.line, "column": error.column, "word": error.word}
    zh, en = text("unreadable.place", why=why.zh, **place), text("unreadable.place", why=why.en, **place)
    return Text(zh.zh, en.en)


def of_syntax(reading: Reading, said: str) -> Text:
    """Return what to say of a query that the engine cannot parse, its own words beside."""
    found = _PLACE.match(said)
    words = said if found is None else found["said"]
    start, why = slip_of(reading.text, words)
    if start is not None:
        told = _near(*place_of(reading.text, start), why)
    elif found is not None:
        told = _near(int(found["line"]), int(found["column"]), why)
    else:
        told = Text(text("unreadable.somewhere", why=why.zh).zh, text("unreadable.somewhere", why=why.en).en)
    own = engine_words(said)
    return Text(
        text("unreadable.engine", told=told.zh, said=own).zh,
        text("unreadable.engine", told=told.en, said=own).en,
    )


def _near(line: int, column: int, why: Text) -> Text:
    return Text(
        text("unreadable.near", line=line, column=column, why=why.zh).zh,
        text("unreadable.near", line=line, column=column, why=why.en).en,
    )
