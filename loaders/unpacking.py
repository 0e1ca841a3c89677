"""What is looked at before a workbook is opened: what it really is, and how large it would grow.

A zip directory may lie about sizes, so every member is unpacked once, piece by piece, and counted.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from dutygraph.loaders.errors import DamagedSource, EncryptedSource, OversizedSource, UnknownFormat
from dutygraph.loaders.extents import OdsScan, XlsbScan
from dutygraph.loaders.messages import say
from dutygraph.loaders.worksheetscan import Place, WorksheetScan, by_sheet_name

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


def inspect_workbook(path: Path, max_bytes: int) -> Mapping[str, frozenset[Place]]:
    """Refuse what must not be opened; return the cells by sheet whose values reading would lose.

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
    if head.startswith(_ZIP):
        return _inspect_zip(path, max_bytes)
    if not head.startswith(_OLE):
        raise UnknownFormat(path.name, "not-a-workbook", found=say(_look_of(head)))
    if _ENCRYPTED_STREAM in path.read_bytes():
        raise EncryptedSource(path.name, "encrypted")
    return {}


def _look_of(head: bytes) -> str:
    if re.match(rb"(\xef\xbb\xbf)?\s*<", head):
        return "found-html"
    return "found-other" if b"\0" in head else "found-text"


def _inspect_zip(path: Path, max_bytes: int) -> Mapping[str, frozenset[Place]]:
    limit = UNPACKED_FACTOR * max_bytes
    too_large = OversizedSource(path.name, "bomb", limit=limit // 1_000_000)
    lost: dict[str, frozenset[Place]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > limit:
                raise too_large
            unpacked = 0
            for member in members:
                size, places = _unpack(path, archive, member, limit - unpacked)
                unpacked += size
                if unpacked > limit or _abnormal(unpacked, path.stat().st_size):
                    raise too_large
                if places:
                    lost[member.filename] = places
        with zipfile.ZipFile(path) as archive:
            return by_sheet_name(archive, lost) if lost else {}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, KeyError) as error:
        raise DamagedSource(path.name, "damaged") from error
    except RuntimeError as error:  # what zipfile raises for a member that has a password
        raise EncryptedSource(path.name, "encrypted") from error


def _scan_for(member: str) -> WorksheetScan | OdsScan | XlsbScan | None:
    if member == "content.xml":
        return OdsScan()
    if not member.lower().startswith("xl/worksheets/"):
        return None
    return XlsbScan() if member.lower().endswith(".bin") else WorksheetScan()


def _abnormal(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_MATTERS and unpacked > _MAX_RATIO * packed


def _unpack(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int
) -> tuple[int, frozenset[Place]]:
    """Return the true size of a member, at most a little over *room*, and the values it would lose."""
    scan = _scan_for(member.filename)
    member.file_size = room + 1  # read until the data end, not until where the directory says
    size = 0
    with archive.open(member) as stream:
        while size <= room and (chunk := stream.read(_CHUNK)):
            size += len(chunk)
            if scan:
                scan.feed(chunk)
    if scan and scan.rows * scan.columns > MAX_CELLS:
        raise OversizedSource(path.name, "too-wide", rows=scan.rows, columns=scan.columns)
    return size, frozenset(scan.lost if scan else ())
