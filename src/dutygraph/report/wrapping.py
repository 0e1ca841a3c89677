"""Breaking Chinese text into lines of a terminal: the one place where that is done.

rich breaks lines at spaces, which Chinese does not have, and cuts what is left over with an ellipsis.
Here a line may break after every Chinese character, but never inside an identifier such as R20-03, before
closing punctuation or after an opening bracket.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import wcwidth
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

_CLOSING = "，。；：、！？）」』”’》〉】〕,.;:!?)]}%"
_OPENING = "（「『“‘《〈【〔([{"
# A piece that stays whole: brackets, then a word or one wide character, then marks, then spaces.
_PIECE = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:[\x21-\x7e]+|[^\s\x21-\x7e])?[{re.escape(_CLOSING)}]*\s*|\s+", re.DOTALL
)


def width_of(text: str) -> int:
    """Return how many cells a text takes in a terminal."""
    return sum(max(wcwidth.wcwidth(character), 0) for character in text)


def wrap(text: str, width: int) -> list[str]:
    """Return *text* as lines of at most *width* cells; line feeds in it stay line feeds."""
    return [line for paragraph in _clean(text).split("\n") for line in _lines(paragraph, max(width, 2))]


def wrap_items(items: Iterable[str], width: int, separator: str) -> list[str]:
    """Return *items* side by side on lines of at most *width* cells; a line breaks only between them."""
    lines: list[str] = []
    for item in items:
        longer = f"{lines[-1]}{separator}{item}" if lines else item
        if lines and width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(item)
    return [line for item in lines for line in wrap(item, width)]


def _clean(text: str) -> str:
    """Leave out what could steer a terminal: control and formatting characters."""
    return "".join(
        character
        for character in text
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf")
    )


def _lines(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(paragraph, width):
        if line and width_of(line) + width_of(piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(paragraph: str, width: int) -> Iterator[str]:
    for piece in filter(None, _PIECE.findall(paragraph)):
        if width_of(piece.rstrip()) <= width:
            yield piece
        else:
            yield from piece  # longer than a line: broken anywhere


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A text that wraps as Chinese does wherever rich puts it, such as a cell of a table."""

    text: str

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines that fit the space given."""
        for line in wrap(self.text, options.max_width):
            yield Segment(line)
            yield Segment.line()

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        """Tell the width of the longest piece and of the longest line."""
        lines = _clean(self.text).split("\n")
        pieces = (piece.rstrip() for line in lines for piece in _pieces(line, options.max_width))
        narrowest = max(map(width_of, pieces), default=0)
        return Measurement(narrowest, max(*map(width_of, lines), narrowest))


def table(headings: Iterable[str], *, title: str = "", numbers: Iterable[int] = ()) -> Table:
    """Return an empty table over the whole width; the columns of *numbers* stand right and do not wrap.

    Cells of text are to be added as ``Wrapped``.
    """
    made = Table(title=Text(title) if title else None, title_justify="left", expand=True)
    right = frozenset(numbers)
    for place, heading in enumerate(headings):
        if place in right:
            made.add_column(Wrapped(heading), justify="right", no_wrap=True)
        else:
            made.add_column(Wrapped(heading))
    return made


def add_row(to: Table, cells: Iterable[str]) -> None:
    """Add a row of texts to a table, each wrapping as Chinese does where its column may wrap."""
    to.add_row(
        *(cell if column.no_wrap else Wrapped(cell) for column, cell in zip(to.columns, cells, strict=True))
    )
