"""Whether the audit chain and the files of commits are still as they were written."""

from __future__ import annotations

from dataclasses import dataclass

from dutygraph.commits.folder import StoreFolder
from dutygraph.model import Text


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold, and what is wrong there.

    ``sequence`` is None where no entry of the chain is meant; ``bureau`` and ``commit`` name a commit's file.
    """

    text: Text
    sequence: int | None = None
    bureau: str | None = None
    commit: int | None = None


def verify(folder: StoreFolder, base: str) -> list[Broken]:
    """Return every place that is broken, in the chain's order, then the files."""
    return []
