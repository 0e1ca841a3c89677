"""CSV: one file for each sheet, named as the sheet; UTF-8 with or without BOM, or GB18030."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from dutygraph.loaders.errors import DamagedSource, EncodingError
from dutygraph.loaders.grid import Grid

SUFFIXES = frozenset({".csv"})

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path: Path) -> list[Grid]:
    """Return a CSV file as the grid of the sheet it is named after.

    Raises:
        EncodingError: neither UTF-8 nor GB18030.
        DamagedSource: not CSV.
    """
    text = _decoded(path)
    separator = "\t" if "\t" in text.partition("\n")[0] and "," not in text.partition("\n")[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise DamagedSource(path.name, "bad-csv", reason=error) from error
    width = max(map(len, rows), default=0)
    return [Grid(path.name, path.stem, [[*row, *[""] * (width - len(row))] for row in rows])]


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Any bytes that pair up pass for GB18030, but no ledger holds characters of private use.
        if not any("\ue000" <= character <= "\uf8ff" for character in text):
            return text
    raise EncodingError(path.name, "encoding")
