"""What the XML of a worksheet shows that the spreadsheet library does not: extent, and values that are lost.

The library keeps the whole used area in memory, and gives blank both for an error such as ``#N/A`` and for
a formula whose result was never stored.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

Place = tuple[int, int]
"""Row and column, counted from 0."""

_CELL = rb"<(?:\w+:)?c\b"
_REF = rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']"
_FILLED = re.compile(_CELL + rb"[^>]*?" + _REF + rb"[^>]*(?<!/)>")
_ERROR = re.compile(_CELL + rb"(?=[^>]*\bt=[\"']e[\"'])[^>]*?" + _REF)
_UNSTORED = re.compile(
    _CELL + rb"(?![^>]*\bt=[\"']str[\"'])[^>]*?" + _REF + rb"[^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</"
)
_OVERLAP = 4_096
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class WorksheetScan:
    """What was seen of a worksheet so far."""

    rows: int = 0
    columns: int = 0
    lost: set[Place] = field(default_factory=set)
    _tail: bytes = b""

    def feed(self, chunk: bytes) -> None:
        """Look at the next piece of the XML."""
        text = self._tail + chunk
        for letters, number in _FILLED.findall(text):
            self.rows = max(self.rows, int(number))
            self.columns = max(self.columns, column_number(letters))
        for pattern, mark in ((_ERROR, b"e"), (_UNSTORED, b"f")):
            if mark == b"f" and b"f>" not in text:
                continue
            found = pattern.findall(text)
            self.lost.update((int(number) - 1, column_number(letters) - 1) for letters, number in found)
        self._tail = chunk[-_OVERLAP:]


def column_number(letters: bytes) -> int:
    """Return the number of a column named as Excel does, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def by_sheet_name(
    archive: zipfile.ZipFile, lost: Mapping[str, frozenset[Place]]
) -> Mapping[str, frozenset[Place]]:
    """Return what was found in each part of a workbook by the name of the sheet that it is."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat bounds entities
    parts = {relation.get("Id"): _part(relation.get("Target", "")) for relation in relations}
    sheets = ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{_NAMESPACE}sheet")  # noqa: S314
    names = {parts.get(sheet.get(_RELATION)): sheet.get("name", "") for sheet in sheets}
    return {names[part]: places for part, places in lost.items() if part in names}


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
