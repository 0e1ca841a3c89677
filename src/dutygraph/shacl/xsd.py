"""Lexical forms and order of XSD literals, where pyoxigraph has no answer of its own."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal, InvalidOperation

XSD = "http://www.w3.org/2001/XMLSchema#"

_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DAYTIME = r"T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"

_FORMS = {
    "boolean": r"true|false|1|0",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "float": _FLOAT,
    "double": _FLOAT,
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:{_DAYTIME})?",
    "yearMonthDuration": r"-?P(?=\d)(?:\d+Y)?(?:\d+M)?",
    "dayTimeDuration": rf"-?P(?=[\dT])(?:\d+D)?(?:{_DAYTIME})?",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:[A-Za-z0-9+/] ?)*(?:= ?)*",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
}
_PATTERNS = {XSD + name: re.compile(f"(?:{form})", re.ASCII) for name, form in _FORMS.items()}
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)

_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
INTEGERS = {XSD + name: bounds for name, bounds in _RANGES.items()}
CHECKED = frozenset(INTEGERS) | frozenset(_PATTERNS)
"""The datatypes that have ill-formed literals."""

_DATED = re.compile(f"({_YEAR})-({_MONTH})-({_DAY})", re.ASCII)


def well_formed(lexical: str, datatype: str) -> bool:
    """Tell whether a lexical form belongs to an XSD datatype (SHACL 4.1.2); unknown datatypes hold all."""
    if datatype in INTEGERS:
        return bool(_INTEGER.fullmatch(lexical)) and _inside(int(lexical), *INTEGERS[datatype])
    pattern = _PATTERNS.get(datatype)
    if pattern is None:
        return True
    if not pattern.fullmatch(lexical):
        return False
    return datatype not in (XSD + "date", XSD + "dateTime", XSD + "dateTimeStamp") or _real_day(lexical)


def order(left: tuple[str, str], right: tuple[str, str]) -> int | None:
    """Compare two numbers, each lexical form and datatype: -1, 0, 1, or None when they have no order."""
    one, two = _number(*left), _number(*right)
    if one is None or two is None or math.isnan(one) or math.isnan(two):
        return None
    return (one > two) - (one < two)


def _inside(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _real_day(lexical: str) -> bool:
    found = _DATED.match(lexical)
    if found is None:
        return False
    year = int(found[1])
    # Years outside Python's calendar repeat every 400 years.
    try:
        date(year if 0 < year < 10000 else year % 400 + 400, int(found[2]), int(found[3]))  # noqa: PLR2004
    except ValueError:
        return False
    return True


def _number(lexical: str, datatype: str) -> Decimal | None:
    numeric = datatype in INTEGERS or datatype in (XSD + "decimal", XSD + "float", XSD + "double")
    if not numeric or not well_formed(lexical, datatype):
        return None
    try:
        return Decimal(lexical)
    except InvalidOperation:
        return None
