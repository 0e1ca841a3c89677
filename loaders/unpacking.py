"""What is looked at before a workbook is opened: what it really is, and how large it would grow.

A zip directory may lie about sizes, so every member is unpacked once, piece by piece, and counted.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from dutygraph.loaders.errors import DamagedSource, EncryptedSource, OversizedSource, UnknownFormat
from dutygraph.loaders.messages import say

UNPACKED_FACTOR = 4
"""How many times the size limit of a file its unpacked content may have."""

MAX_CELLS = 8_000_000
"""Largest used area of a worksheet (rows times columns): a reader holds it in memory."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAX_RATIO = 200
_RATIO_MATTERS = 20_000_000
_MAX_MEMBERS = 20_000
_CHUNK = 1 << 20
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*(?<!/)>")


def inspect_workbook(path: Path, max_bytes: int) -> None:
    """Refuse what must not be opened.

    Raises:
        EncryptedSource: protected by a password.
        DamagedSource: empty or truncated.
        UnknownFormat: not a workbook.
        OversizedSource: too large when unpacked.
    """
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head:
        raise DamagedSource(path.name, "empty-file")
    if head.startswith(_OLE):
        _inspect_ole(path)
    elif head.startswith(_ZIP):
        _inspect_zip(path, max_bytes)
    else:
        found = "found-html" if re.match(rb"\s*(\xef\xbb\xbf)?\s*<", head) else "found-other"
        if found == "found-other" and b"\0" not in head:
            found = "found-text"
        raise UnknownFormat(path.name, "not-a-workbook", found=say(found))


def _inspect_ole(path: Path) -> None:
    if _ENCRYPTED_STREAM in path.read_bytes():
        raise EncryptedSource(path.name, "encrypted")


def _inspect_zip(path: Path, max_bytes: int) -> None:
    limit = UNPACKED_FACTOR * max_bytes
    too_large = OversizedSource(path.name, "bomb", limit=limit // 1_000_000)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > limit:
                raise too_large
            if any(member.flag_bits & 1 for member in members):
                raise EncryptedSource(path.name, "encrypted")
            unpacked = 0
            for member in members:
                unpacked += _unpack(path, archive, member, limit - unpacked)
                if unpacked > limit or _abnormal(unpacked, path.stat().st_size):
                    raise too_large
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise DamagedSource(path.name, "damaged") from error


def _abnormal(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_MATTERS and unpacked > _MAX_RATIO * packed


def _unpack(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> int:
    """Return the true size of a member, at most a little over *room*, checking the area of a worksheet."""
    sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
    member.file_size = room + 1  # read until the data end, not until where the directory says
    size, tail = 0, b""
    rows = columns = 0
    with archive.open(member) as stream:
        while size <= room and (chunk := stream.read(_CHUNK)):
            size += len(chunk)
            if sheet:
                for letters, number in _FILLED_CELL.findall(tail + chunk):
                    rows, columns = max(rows, int(number)), max(columns, _column(letters))
                tail = chunk[-200:]
    if rows * columns > MAX_CELLS:
        raise OversizedSource(path.name, "too-wide", rows=rows, columns=columns)
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
