"""What can be wrong with a whole source, as exceptions that carry the line to show.

SourceError
├── MissingSource      no such file or folder, or nothing in it that can be read
├── UnknownFormat      neither a workbook, nor CSV, nor RDF
├── EncryptedSource    protected by a password
├── DamagedSource      truncated, empty or corrupt
├── OversizedSource    larger than allowed, packed or unpacked (zip bomb)
├── EncodingError      text in an encoding other than UTF-8 or GB18030
└── NoBureauError      no source says which bureau it is about

``load`` turns them into problems, so that the other sources are still read and reported.
"""

from __future__ import annotations

from dutygraph.loaders.messages import say
from dutygraph.model import Cell, Problem


class SourceError(Exception):
    """A source that cannot be read at all; ``problem`` says where, why, and what was expected."""

    def __init__(self, file: str, key: str, /, **values: object) -> None:
        """Make the error of message *key* about *file*; *values* fill the message."""
        self.problem = Problem(Cell(file), say(key, **values))
        super().__init__(self.problem.line("en"))


class MissingSource(SourceError):  # noqa: N818
    """No such file or folder, or nothing in it that can be read."""


class UnknownFormat(SourceError):  # noqa: N818
    """Neither a workbook, nor CSV, nor RDF."""


class EncryptedSource(SourceError):  # noqa: N818
    """Protected by a password."""


class DamagedSource(SourceError):  # noqa: N818
    """Truncated, empty or corrupt."""


class OversizedSource(SourceError):  # noqa: N818
    """Larger than allowed, packed or unpacked."""


class EncodingError(SourceError):
    """Text in an encoding other than UTF-8 or GB18030."""


class NoBureauError(SourceError):
    """No source says which bureau it is about, so nothing can be loaded."""
