"""Copies of what a caller may see, one for each commit and reach, that workers load (ADR 5).

A copy is a file of N-Quads written once from the caller's view, and shared until no query uses it and a later
commit has come. The live store is never opened a second time.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol
from uuid import uuid4

import pyoxigraph as ox

from dutygraph.store import BureauGraphs

_DATA = "data.nq"
_ANSWERS = "answers"


class Seen(Protocol):
    """What one caller may see of one bureau at one commit (``service.access.View``)."""

    @property
    def names(self) -> BureauGraphs:
        """The names of the bureau's graphs."""

    @property
    def commit(self) -> int:
        """The number of the commit."""

    @property
    def etag(self) -> str:
        """What changes whenever anything that the caller sees changes."""

    def quads(self) -> Iterable[ox.Quad]:
        """Give the visible quads under the names of their real graphs."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A copy: its key, its file of N-Quads, the names of its graphs with the number of triples in each."""

    key: str
    file: Path
    graphs: dict[str, int]


@dataclass(slots=True)
class _Copy:
    """A copy that is being written or used."""

    reach: str
    writing: Lock = field(default_factory=Lock)
    users: int = 0
    done: Checkpoint | None = None


class Checkpoints:
    """The copies in a folder that is nobody else's."""

    def __init__(self, folder: Path) -> None:
        """Take over the folder: what an earlier run left there is removed."""
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self._answers = folder / _ANSWERS
        self._answers.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        self._lock = Lock()
        self._copies: dict[str, _Copy] = {}

    def close(self) -> None:
        """Remove everything; the folder is of no use afterwards."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_answer(self) -> Path:
        """Return a name for the file of one answer."""
        return self._answers / uuid4().hex

    @contextmanager
    def lease(self, view: Seen, scope: str) -> Iterator[Checkpoint]:
        """Lend the copy of what a view shows, writing it if it is the first; *scope* names the reach.

        Raises:
            OSError: it cannot be written.

        """
        key = _key(view, scope)
        with self._lock:
            copy = self._copies.setdefault(key, _Copy(f"{view.names.bureau} {scope}"))
            copy.users += 1
        try:
            with copy.writing:
                if copy.done is None:
                    copy.done = _write(self.folder / key, key, view)
            self._drop_older(copy.reach)
            yield copy.done
        finally:
            with self._lock:
                copy.users -= 1
                if copy.done is None and not copy.users:
                    self._remove(key)
            self._drop_older(copy.reach)

    def _drop_older(self, reach: str) -> None:
        """Remove the unused copies of this reach but the newest."""
        with self._lock:
            newest = [other for other, copy in self._copies.items() if copy.reach == reach][-1:]
            for other in [other for other, copy in self._copies.items() if copy.reach == reach]:
                if other not in newest and not self._copies[other].users:
                    self._remove(other)

    def _remove(self, key: str) -> None:
        self._copies.pop(key, None)
        shutil.rmtree(self.folder / key, ignore_errors=True)


def _key(view: Seen, scope: str) -> str:
    # a bureau's code and an etag may hold anything, a file name may not
    digest = hashlib.sha256(f"{view.names.bureau}\n{scope}\n{view.etag}".encode()).hexdigest()
    return f"{view.commit}-{digest[:32]}"


def _write(folder: Path, key: str, view: Seen) -> Checkpoint:
    folder.mkdir(mode=0o700, exist_ok=True)
    graphs: dict[str, int] = {}

    def counted() -> Iterator[ox.Quad]:
        for quad in view.quads():
            if isinstance(quad.graph_name, ox.NamedNode):
                name = quad.graph_name.value
                graphs[name] = graphs.get(name, 0) + 1
            yield quad

    file = folder / _DATA
    ox.serialize(counted(), str(file), ox.RdfFormat.N_QUADS)
    return Checkpoint(key, file, dict(sorted(graphs.items())))
