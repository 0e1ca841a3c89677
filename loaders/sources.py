"""Which reader a source is for. Folders are read file by file, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dutygraph.loaders import rdf, textfile, workbook
from dutygraph.loaders.errors import MissingSource, OversizedSource, SourceError, UnknownFormat
from dutygraph.loaders.grid import Grid
from dutygraph.loaders.rdf import Quads
from dutygraph.model import Problem

DEFAULT_MAX_BYTES = 64_000_000
"""Largest file that is read; a bureau's ledgers have about one megabyte."""

_SUFFIXES = workbook.SUFFIXES | textfile.SUFFIXES | rdf.SUFFIXES
_MEGABYTE = 1_000_000


def read_source(source: Path, max_bytes: int) -> Iterator[Sequence[Grid] | Quads | Problem]:
    """Yield what a file or folder holds: grids of one source together, quads of an RDF file, or a problem."""
    try:
        paths = list(_files(source))
    except SourceError as error:
        yield error.problem
        return
    grids: list[Grid] = []
    for path in paths:
        try:
            found = _read(path, max_bytes)
        except SourceError as error:
            yield error.problem
        else:
            if isinstance(found, Quads):
                yield found
            elif source.is_dir() and path.suffix.lower() in textfile.SUFFIXES:
                grids.extend(found)
            else:
                yield found
    if grids:
        yield grids


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    elif source.is_dir():
        known = [path for path in sorted(source.iterdir()) if path.suffix.lower() in _SUFFIXES]
        visible = [path for path in known if path.is_file() and not path.name.startswith((".", "~$"))]
        if not visible:
            raise MissingSource(source.name, "empty-folder")
        yield from visible
    else:
        raise MissingSource(source.name, "no-source")


def _read(path: Path, max_bytes: int) -> Sequence[Grid] | Quads:
    suffix = path.suffix.lower()
    try:
        size = path.stat().st_size
        if size > max_bytes:
            shown = f"{size / _MEGABYTE:.0f}", f"{max_bytes / _MEGABYTE:.0f}"
            raise OversizedSource(path.name, "too-large", size=shown[0], limit=shown[1])
        if suffix in workbook.SUFFIXES:
            return workbook.read_workbook(path, max_bytes)
        if suffix in textfile.SUFFIXES:
            return textfile.read_csv(path)
        if suffix in rdf.SUFFIXES:
            return rdf.read_rdf(path)
    except OSError as error:
        raise MissingSource(path.name, "no-access", reason=error.strerror or error) from error
    raise UnknownFormat(path.name, "unknown-format")
