"""How wide text is, and breaking it into lines that fit. Nothing here knows a font: widths are upper ones.

A wide character (Chinese) is one em in every font that is named; Latin letters differ from font to font, so
they are taken as wide as in the widest of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import wcwidth

_NARROW = frozenset("fijlrtI.,:;'|!()[]{}·’‘`")
_BROAD = frozenset("mwMW@%—…")
_ROUND = frozenset("DGHNOQU")
_CLOSING = "，。；：、！？）」』”’》〉】〕,.;:!?)]}%"
_OPENING = "（「『“‘《〈【〔([{"
_PIECE = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:[\x21-\x7e]+|[^\s\x21-\x7e])?[{re.escape(_CLOSING)}]*\s*|\s+", re.DOTALL
)
ELLIPSIS = "…"
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Cn", "Co")


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Return text as one line without what XML forbids, steers a display or has no form of its own."""
    spaced = " ".join(text.split())
    return "".join(one for one in spaced if unicodedata.category(one) not in _NOT_SHOWN)


@lru_cache(maxsize=65536)
def em_width(text: str) -> float:
    """Return how many ems a text takes at most."""
    return sum(map(_character, text))


def width_of(text: str, size: float) -> float:
    """Return how wide a text is at most, in the unit of the font size."""
    return em_width(text) * size


def wrap(text: str, width: float, size: float, most: int = 99) -> tuple[str, ...]:
    """Return a text as at most *most* lines that fit in a width; what is left out becomes an ellipsis."""
    lines = tuple(islice(_lines(clean(text), max(width / size, 1.0)), most + 1))
    if len(lines) <= most:
        return lines
    return (*lines[: most - 1], shorten("".join(lines[most - 1 :]) + ELLIPSIS, width, size))


def shorten(text: str, width: float, size: float) -> str:
    """Return a text that fits in a width, cut with an ellipsis where it is too long."""
    shown = clean(text)
    if width_of(shown, size) <= width:
        return shown
    room = width / size - em_width(ELLIPSIS)
    kept = ""
    for character in shown:
        room -= _character(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def wrap_items(items: Iterable[str], width: float, size: float, separator: str = "、") -> tuple[str, ...]:
    """Return items side by side on lines that fit; a line breaks between items where it can."""
    lines: list[str] = []
    for item in map(clean, items):
        longer = f"{lines[-1]}{separator}{item}" if lines else item
        if lines and width_of(longer + separator, size) <= width:
            lines[-1] = longer
        else:
            lines.append(item)
    return tuple(part for line in lines for part in wrap(line, width, size))


@lru_cache(maxsize=8192)
def _character(character: str) -> float:
    if wcwidth.wcwidth(character) == 0:
        return 0.0
    if wcwidth.wcwidth(character) > 1 or ord(character) > 0x2000:  # noqa: PLR2004 - marks may be drawn wide
        return 1.0
    if character in _NARROW:
        return 0.4
    if character in _BROAD:
        return 0.95
    if character in _ROUND:
        return 0.8
    return 0.68 if character.isupper() else 0.6


def _lines(text: str, ems: float) -> Iterator[str]:
    line, taken = "", 0.0
    for piece in _pieces(text, ems):
        if line and taken + em_width(piece.rstrip()) > ems:
            yield line.rstrip()
            line, taken = "", 0.0
        line += piece
        taken += em_width(piece)
    yield line.rstrip()


def _pieces(text: str, ems: float) -> Iterator[str]:
    for piece in (match.group() for match in _PIECE.finditer(text) if match.group()):
        if em_width(piece.rstrip()) <= ems:
            yield piece
        else:
            yield from piece  # longer than a line: broken anywhere
