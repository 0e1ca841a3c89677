"""The file of a commit: what it removed from a bureau's data, and what it added.

Gzipped N-Quads. The first part holds the quads removed, the second those added; comments head the file and
both parts. Equal commits give equal bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox

from dutygraph.store import BureauGraphs
from dutygraph.store.files import sync_folder, write_whole

_REMOVED, _ADDED = b"# removed\n", b"# added\n"


class ChangesFileError(ValueError):
    """A file of changes is not of its form."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Quads removed and added, in the asserted graphs and those of their cells."""

    removed: Collection[ox.Quad]
    added: Collection[ox.Quad]

    def counted(self, names: BureauGraphs) -> tuple[int, int]:
        """Return how many triples are added and removed; their cells are not counted."""
        graphs = {ox.NamedNode(name) for name in names.all_asserted()}
        added, removed = (
            sum(quad.graph_name in graphs for quad in quads) for quads in (self.added, self.removed)
        )
        return added, removed


@dataclass(frozen=True, slots=True)
class Heading:
    """What the first line of a commit's file says besides its data: so the chain covers it."""

    as_of: str
    ruleset: str

    def line(self, bureau: str | None, number: int) -> str:
        """Return the line for people."""
        return f"dutygraph {bureau} {number} as-of {self.as_of} rules {self.ruleset}"


def read_heading(data: bytes) -> Heading | None:
    """Return what a commit's file says in its first line; None of a file that an older version wrote."""
    with suppress(OSError, EOFError, zlib.error), gzip.open(BytesIO(data)) as file:
        words = file.readline().decode(errors="replace").split()
        if [*words[-4::2]] == ["as-of", "rules"]:
            return Heading(words[-3], words[-1])
    return None


def changes_bytes(heading: str, changes: Changes) -> bytes:
    """Return the file of a commit; *heading* is one line for people."""
    text = b"".join(
        (f"# {heading}\n".encode(), _REMOVED, _lines(changes.removed), _ADDED, _lines(changes.added))
    )
    # no time stands in the file, so that equal commits give equal bytes
    return gzip.compress(text, compresslevel=6, mtime=0)


def read_changes(data: bytes, digest: str | None) -> Changes:
    """Return what a file of changes holds.

    Raises:
        ChangesFileError: it is not the one of this digest, or not of this form.

    """
    if digest_of(data) != digest:
        raise ChangesFileError("SHA-256")
    try:
        text = gzip.decompress(data)
        head, _, rest = text.partition(_REMOVED)
        removed, mark, added = rest.partition(_ADDED)
        changes = Changes(_parsed(removed), _parsed(added))
    except (OSError, EOFError, SyntaxError, zlib.error) as error:
        raise ChangesFileError(str(error)) from error
    if not head.startswith(b"# ") or not mark:
        raise ChangesFileError("its parts are missing")
    return changes


def write_changes(path: Path, data: bytes) -> str:
    """Write the file of a commit for good, and return its SHA-256.

    Raises:
        OSError: the disk does not take it; no such file is there then.

    """
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        sync_folder(path.parent.parent)
        sync_folder(path.parent.parent.parent)
    write_whole(path, data)
    return digest_of(data)


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _lines(quads: Iterable[ox.Quad]) -> bytes:
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(text.splitlines(keepends=True)))


def _parsed(lines: bytes) -> list[ox.Quad]:
    return list(ox.parse(lines, ox.RdfFormat.N_QUADS))
