"""Files that one test after another reads: read, and judged by the gate, once for each content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dutygraph import sources
from dutygraph.model import Loaded


@contextmanager
def reading_remembered() -> Iterator[None]:
    """Open sources from what was read of files of the same names and contents, asked in the same way."""
    read, known = sources.read, dict[object, Loaded]()

    def remembered(paths: Sequence[Path], **asked: Any) -> Loaded:
        if not all(path.is_file() for path in paths):
            return read(paths, **asked)
        files = tuple((path.name, path.read_bytes()) for path in paths)
        key = (files, tuple(sorted(asked.items(), key=lambda pair: pair[0])))
        if key not in known:
            known[key] = read(paths, **asked)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "read", remembered)
        yield
