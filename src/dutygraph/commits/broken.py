"""What is told of a place where a store is not as it was written."""

from __future__ import annotations

from dataclasses import dataclass

from dutygraph.model import Text


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold, and what is wrong there.

    ``sequence`` is None where no entry of the chain is meant; ``bureau`` and ``commit`` name a commit and
    its file, ``ruleset`` the archive of its rules by digest.
    """

    text: Text
    sequence: int | None = None
    bureau: str | None = None
    commit: int | None = None
    ruleset: str | None = None
