"""How far the cells of .ods and .xlsb sheets reach, found before a library holds them in memory.

A few bytes can claim millions of cells: a cell repeated 16384 times in a row repeated a million times, or
one value in the last row and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(rb"<(/?)table:(table-row|(?:covered-)?table-cell|table)(?![\w-])([^>]*?)(/?)>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=[\"']([0-9]{1,9})[\"']")
_VALUE = re.compile(rb"office:(?:\w+-)?value")
_ROW_RECORD = 0
_CELL_RECORDS = frozenset({*range(2, 12), 62})
_INDEX_BYTES = 4
_MORE, _SEVEN = 0x80, 0x7F


@dataclass(slots=True)
class OdsScan:
    """The largest used area of the tables of an OpenDocument spreadsheet's ``content.xml`` so far."""

    rows: int = 0
    columns: int = 0
    lost: frozenset[tuple[int, int]] = frozenset()
    _row: int = 0
    _column: int = 0
    _repeat: int = 1
    _filled: bool = False
    _tail: bytes = b""

    def feed(self, chunk: bytes) -> None:
        """Look at the next piece of the XML."""
        text = self._tail + chunk
        cut = text.rfind(b"<")
        self._tail = text[cut:] if cut >= 0 else b""
        for closing, name, attributes, empty in _TOKEN.findall(text[:cut]):
            if name == b"table":
                self._row = 0
            elif name == b"table-row":
                self._take_row(attributes, closing=bool(closing))
            elif not closing:
                self._take_cell(attributes, filled=not empty or bool(_VALUE.search(attributes)))

    def _take_row(self, attributes: bytes, *, closing: bool) -> None:
        if not closing:
            self._column, self._filled, self._repeat = 0, False, _repeated(attributes)
            return
        self._row += self._repeat
        if self._filled:
            self.rows = max(self.rows, self._row)

    def _take_cell(self, attributes: bytes, *, filled: bool) -> None:
        self._column += _repeated(attributes)
        if filled:
            self._filled = True
            self.columns = max(self.columns, self._column)


@dataclass(slots=True)
class XlsbScan:
    """The used area of a binary worksheet ([MS-XLSB] 2.1.4: records of type, size, content) so far."""

    rows: int = 0
    columns: int = 0
    lost: frozenset[tuple[int, int]] = frozenset()
    _row: int = 0
    _tail: bytearray = field(default_factory=bytearray)

    def feed(self, chunk: bytes) -> None:
        """Look at the next records."""
        self._tail += chunk
        used = 0
        for kind, start, end in _records(self._tail):
            index = int.from_bytes(self._tail[start : min(end, start + _INDEX_BYTES)], "little") + 1
            if kind == _ROW_RECORD:
                self._row = index
            elif kind in _CELL_RECORDS:
                self.rows, self.columns = max(self.rows, self._row), max(self.columns, index)
            used = end
        del self._tail[:used]


def _repeated(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found.group(1)) if found else 1


def _records(data: bytearray) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and end of the content of every record that is complete."""
    place = 0
    while True:
        kind = _number(data, place, 2)
        size = _number(data, kind[1], 4) if kind else None
        if kind is None or size is None or size[1] + size[0] > len(data):
            return
        yield kind[0], size[1], size[1] + size[0]
        place = size[1] + size[0]


def _number(data: bytearray, place: int, longest: int) -> tuple[int, int] | None:
    """Return a number of seven bits a byte and where it ends, or None where the data end before it."""
    value = 0
    for count in range(longest):
        if place + count >= len(data):
            return None
        byte = data[place + count]
        value |= (byte & _SEVEN) << (7 * count)
        if not byte & _MORE:
            return value, place + count + 1
    return value, place + longest
