"""One cell: what stands in it, as the form means it.

``normalise`` gives the text that a record keeps: ``2025-03-01`` for every way of writing that date, ``3``
for ``3.0``, the preferred word of an enumeration; lists stay one text, joined by ``；``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from dutygraph.loaders import periods
from dutygraph.loaders.forms import ColumnForm
from dutygraph.loaders.messages import say
from dutygraph.loaders.unfit import UnfitError
from dutygraph.loaders.vocabulary import concept, folded

Raw = str | int | float | bool | date | datetime | time | timedelta | None

MAX_TEXT = 32_767
MAX_IDENTIFIER = 120
LIST_SEPARATOR = "；"

_EXACT = 1e15
_NONE = frozenset({"", "无"})
_SPLIT = re.compile(r"[;；\n\r]+")
_DIGITS = "零一二三四五六七八九"
_TRUE = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "✔"})
_FALSE = frozenset({"否", "n", "no", "false", "0", "×", "✗", "✘"})


def plain(raw: Raw) -> str:
    """Return a raw cell as text: whole floats without ``.0``, dates in ISO form, outer white space gone."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < _EXACT else repr(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    return clean(str(raw))


def clean(text: str) -> str:
    """Return text without control and zero-width characters (line ends apart) and outer white space."""
    if text.isprintable():
        return text.strip()
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or not _invisible(c))
    return "".join(kept).strip()


def has_control(text: str) -> bool:
    """Tell whether text holds characters that ``clean`` takes out and that no keyboard types."""
    return not text.isprintable() and any(unicodedata.category(c) == "Cc" and c not in "\n\t\r" for c in text)


def normalise(column: ColumnForm, raw: Raw, row: Mapping[str, str]) -> str:
    """Return the text a record keeps for a cell; *row* holds the columns before it. Blank is ``""``.

    Raises:
        UnfitError: the cell does not hold what the column asks for.
    """
    text = plain(raw)
    if text in _NONE or text in column.blank:
        return ""
    if len(text) > MAX_TEXT:
        raise UnfitError(say("too-long", count=len(text), limit=MAX_TEXT))
    reader = _READERS[column.type]
    if not column.many:
        if column.type in ("identifier", "reference") and len(found := split(text)) > 1:
            raise UnfitError(say("only-one", count=len(found), value=LIST_SEPARATOR.join(found)))
        return reader(column, raw, text, row)
    items = [item for item in split(text) if item not in _NONE and item not in column.blank]
    whole = raw if len(items) == 1 and not isinstance(raw, str) else None
    read = (reader(column, item if whole is None else whole, item, row) for item in items)
    return LIST_SEPARATOR.join(dict.fromkeys(read) if column.type != "parts" else read)


def split(text: str) -> Sequence[str]:
    """Return the items of a list cell, which ``；``, ``;`` or a line end separates."""
    if not _SPLIT.search(text):
        return [text] if text else []
    return [item for part in _SPLIT.split(text) if (item := part.strip())]


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf")


def _text(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    return text.removeprefix("'") if text[:2] in ("'=", "'+", "'-", "'@") else text


def _identifier(column: ColumnForm, raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    if isinstance(raw, date):
        raise UnfitError(say("date-for-identifier", value=text))
    if text in column.flags or text in column.own:
        return text
    name = " ".join(unicodedata.normalize("NFKC", _text(column, raw, text, {})).split())
    if re.search("[、,，]", text):
        raise UnfitError(say("several-identifiers", value=text[:60]))
    if " " in name:
        closed = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", name)
        # Closing a gap may let two characters combine.
        name = unicodedata.normalize("NFKC", closed)
    if (
        not name.isprintable()
        or len(name) > MAX_IDENTIFIER
        or name.startswith("=")
        or not any(c.isalnum() for c in name)
    ):
        raise UnfitError(say("not-an-identifier", value=text[:60], limit=MAX_IDENTIFIER))
    return name


def _integer(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    number = _number(text)
    if number is None or number != number.to_integral_value():
        raise UnfitError(say("not-an-integer", value=text))
    return str(int(number))


def _decimal(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    number = _number(text)
    if number is None:
        raise UnfitError(say("not-a-decimal", value=text))
    plain_number = format(number, "f")
    if "." in plain_number:
        plain_number = plain_number.rstrip("0").rstrip(".")
    return "0" if plain_number in ("-0", "") else plain_number


def _number(text: str) -> Decimal | None:
    digits = "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?%?", digits):
        digits = digits.replace(",", "")
    share = digits.endswith("%")
    if not re.fullmatch(
        r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", digits.removesuffix("%")
    ):
        return None
    try:
        number = Decimal(digits.removesuffix("%"))
    except InvalidOperation:
        return None
    return number / 100 if share else number


def _boolean(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    word = folded(text)
    if word in _TRUE:
        return "是"
    if word in _FALSE:
        return "否"
    raise UnfitError(say("not-a-boolean", value=text))


def _tier(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    found = re.fullmatch(r"第?([123一二三])级?(监督员?)?", folded(text))
    if not found:
        raise UnfitError(say("not-a-tier", value=text))
    return _digit(found.group(1))


def _star(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    word = folded(text)
    if re.fullmatch("[★☆*⭐]{1,9}", word):
        return str(sum(word.count(mark) for mark in "★*⭐"))
    found = re.fullmatch(r"([0-9零一二三四五六七八九])(星级?|★)?", word)
    if not found:
        raise UnfitError(say("not-a-star", value=text))
    return _digit(found.group(1))


def _digit(character: str) -> str:
    return str(_DIGITS.index(character)) if character in _DIGITS else character


def _words(column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    word = folded(text)
    if column.scheme and (found := concept(column.scheme, text)):
        return found.word
    for known in column.words:
        if folded(known) == word:
            return known
    raise UnfitError(say("not-a-word", value=text, words=tuple(column.words)))


def _part(_column: ColumnForm, _raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    found = re.fullmatch(r"(.*?\D)[:=]?\s*(\d{1,9})[项个]?", unicodedata.normalize("NFKC", text))
    if not found or not found.group(1).strip(" :="):
        raise UnfitError(say("not-a-part", value=text))
    return found.group(1).strip(" :=") + str(int(found.group(2)))


def _date(_column: ColumnForm, raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    return periods.read_date(raw, text)


def _month(_column: ColumnForm, raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    return periods.read_month(raw, text)


def _year(_column: ColumnForm, raw: Raw, text: str, _row: Mapping[str, str]) -> str:
    return periods.read_year(raw, text)


def _period(column: ColumnForm, raw: Raw, text: str, row: Mapping[str, str]) -> str:
    return periods.read_period(raw, text, row.get(column.year or "", ""), column.year or "")


_READERS: Mapping[str, Callable[[ColumnForm, Raw, str, Mapping[str, str]], str]] = {
    "text": _text,
    "label": _text,
    "identifier": _identifier,
    "reference": _identifier,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "tier": _tier,
    "star": _star,
    "words": _words,
    "parts": _part,
    "date": _date,
    "month": _month,
    "year": _year,
    "period": _period,
}
