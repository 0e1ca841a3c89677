"""Dates, months, years and periods as ledgers write them, read into one form each.

Dates become ``2025-03-01``, months ``2025-03``, years ``2025``, half-years ``2025-H1``, quarters ``2025-Q1``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from dutygraph.loaders.messages import say
from dutygraph.loaders.unfit import UnfitError

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(18_264, 73_051)  # 1950 to 2099, days as Excel counts them
_YEARS = range(1900, 2200)
_SEPARATOR = r"[-/.年]"
_CLOCK = r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})[-/.月](\d{{1,2}})[日号]?{_CLOCK}")
_MONTH = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})月?(?:份)?")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")
_PART = re.compile(
    r"(?P<whole>全年度?|年度|年)|(?P<half>上半年|下半年|h[12])|(?:第?(?P<quarter>[1-4一二三四])季度?|q(?P<q>[1-4]))"
    r"|(?P<month>1[0-2]|0?[1-9])月份?"
)
_QUARTERS = "一二三四"


def read_date(raw: object, text: str) -> str:
    """Return a date in ISO form, from a real date, Excel's day number or text.

    Raises:
        UnfitError: it is no date.
    """
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    word = _plain(text)
    if re.fullmatch(r"\d{5}", word) and int(word) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + timedelta(days=int(word))).isoformat()
    found = _DATE.fullmatch(word) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", word)
    if found and int(found.group(1)) in _YEARS:
        try:
            return date(*(int(part) for part in found.groups())).isoformat()
        except ValueError:
            pass
    raise UnfitError(say("not-a-date", value=text))


def read_month(raw: object, text: str) -> str:
    """Return a month as ``2025-03``, from a real date (its day is dropped) or text.

    Raises:
        UnfitError: it is no month.
    """
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    month = _month(_plain(text))
    if month:
        return month
    try:
        return read_date(raw, text)[:7]
    except UnfitError:
        raise UnfitError(say("not-a-month", value=text)) from None


def read_year(raw: object, text: str) -> str:
    """Return a year in four digits, from a real date or text.

    Raises:
        UnfitError: it is no year.
    """
    if isinstance(raw, date):
        return str(raw.year)
    found = _YEAR.fullmatch(_plain(text))
    if found and int(found.group(1)) in _YEARS:
        return found.group(1)
    raise UnfitError(say("not-a-year", value=text))


def read_period(raw: object, text: str, year: str, year_column: str) -> str:
    """Return a period such as ``2025-H1``; words like 上半年 are taken within *year*.

    Raises:
        UnfitError: it is no period, or the year is missing.
    """
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    word = _plain(text).casefold()
    if month := _month(word):
        return month
    if (found := _YEAR.fullmatch(word)) and int(found.group(1)) in _YEARS:
        return found.group(1)
    if stated := re.match(r"(\d{4})[-年/]?(?:度)?(?=\D)", word):
        year, word = stated.group(1), word[stated.end() :]
    part = _PART.fullmatch(word)
    if not part:
        raise UnfitError(say("not-a-period", value=text))
    if not year:
        raise UnfitError(say("period-needs-year", value=text, column=year_column))
    return year + _suffix(part)


def _suffix(part: re.Match[str]) -> str:
    if half := part["half"]:
        return "-H1" if half in ("上半年", "h1") else "-H2"
    if quarter := part["quarter"] or part["q"]:
        return f"-Q{_QUARTERS.index(quarter) + 1 if quarter in _QUARTERS else quarter}"
    return f"-{int(part['month']):02}" if part["month"] else ""


def _month(word: str) -> str | None:
    found = _MONTH.fullmatch(word) or re.fullmatch(r"(\d{4})(\d{2})", word)
    if found and int(found.group(1)) in _YEARS and 1 <= int(found.group(2)) <= 12:  # noqa: PLR2004
        return f"{found.group(1)}-{int(found.group(2)):02}"
    return None


def _plain(text: str) -> str:
    return re.sub(r"\s+(?!\d{1,2}:)", "", unicodedata.normalize("NFKC", text))
