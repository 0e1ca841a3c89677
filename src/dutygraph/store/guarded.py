"""A store on disk whose failures are told in words: the one place where pyoxigraph's own errors end.

RocksDB finds a damaged block when it reads it, at whichever call and however late: in a query, amid the
steps of an iteration, in an update that makes it tidy its files. pyoxigraph raises a RuntimeError then, and
an OSError where the system refuses. Its Store can be neither told nor subclassed: a guard stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from dutygraph.model import Text
from dutygraph.store.errors import DamagedStoreError, StoreError

_READS = frozenset({"query", "quads_for_pattern", "named_graphs", "contains_named_graph", "dump"})
"""What only reads. An OSError of the others is left to who writes: it says that nothing was written."""
_OWN_FAILURES = frozenset({"query", "backup"})
"""What has RuntimeErrors of its own besides: a query that cannot be evaluated, a place that is taken."""
_DAMAGE = "Corruption"
_FILE = re.compile(r"\S+\.(?:sst|blob)\b|\S*MANIFEST-\d+")
_FAILURES = (RuntimeError, OSError)


@dataclass
class Trouble:
    """What has gone wrong with a store since it was opened, for those who ask whether it is well.

    ``damaged`` stays: a block does not mend itself. ``unwritten`` goes with the next write that is taken.
    """

    damaged: Text | None = None
    unwritten: Text | None = None


def damaged(place: object, error: Exception) -> DamagedStoreError:
    """Return what to tell of a damaged file; *place* is named where the error does not say which it is."""
    found = _FILE.search(str(error))
    file = place if found is None else found.group()
    return DamagedStoreError(
        Text(
            f"图库的数据文件已损坏，读不出来：“{file}”。请停止服务，用 dutygraph doctor 查看，"
            "用 dutygraph restore 把最近的备份恢复到新文件夹，原文件夹改名留存。",
            f"A data file of the store is damaged and cannot be read: {file}. Stop the service, see "
            "dutygraph doctor, restore the latest backup into a new folder with dutygraph restore, and keep "
            "this folder under another name.",
        )
    )


class Guarded:
    """Stands before a pyoxigraph Store on disk; whoever asks for its class is told that one.

    What it does raises DamagedStoreError where a file is damaged, StoreError where it cannot be read.
    """

    __class__ = property(lambda _self: ox.Store)  # for isinstance

    def __init__(self, store: ox.Store, folder: Path, trouble: Trouble) -> None:
        """Guard a store; *trouble* is told of damage."""
        self._store: ox.Store | None = store
        self._folder, self._trouble = folder, trouble

    def let_go(self) -> None:
        """Let go of the folder, though an error that was raised may still hold the guard."""
        self._store = None

    def __getattr__(self, name: str) -> Any:
        """Return one of the store's methods."""
        return partial(self._call, name)

    def __iter__(self) -> Iterator[ox.Quad]:
        """Give all quads."""
        return cast("Iterator[ox.Quad]", self._call("__iter__"))

    def __len__(self) -> int:
        """Count the quads."""
        return cast("int", self._call("__len__"))

    def __contains__(self, quad: ox.Quad) -> bool:
        """Tell whether a quad is there."""
        return cast("bool", self._call("__contains__", quad))

    def _call(self, name: str, *words: Any, **named: Any) -> Any:
        told = partial(_told, self._folder, self._trouble, name)
        try:
            found = getattr(self._store, name)(*words, **named)
        except _FAILURES as error:
            raise told(error) from error
        return _Steps(found, told) if isinstance(found, Iterator) else found


class _Steps:
    """What a guarded store gives one by one."""

    def __init__(self, steps: Iterator[Any], told: Callable[[Exception], Exception]) -> None:
        self._steps, self._told, self._kind = steps, told, type(steps)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._kind

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._steps, name)
        return partial(self._call, found) if callable(found) else found

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._steps)
        except _FAILURES as error:
            self._steps = iter(())  # it holds the store, and the error holds this
            raise self._told(error) from error

    def _call(self, deed: Callable[..., Any], *words: Any, **named: Any) -> Any:
        try:
            return deed(*words, **named)
        except _FAILURES as error:
            self._steps = iter(())
            del deed
            raise self._told(error) from error


def _told(folder: Path, trouble: Trouble, deed: str, error: Exception) -> Exception:
    """Return what to raise for an error of pyoxigraph at one of its methods."""
    if isinstance(error, RuntimeError):
        if deed in _OWN_FAILURES and _DAMAGE not in str(error):
            return error
        found = damaged(folder, error)
        trouble.damaged = found.text
        return found
    if deed not in _READS and not deed.startswith("__"):
        return error
    return StoreError(
        Text(
            f"读不到图库“{folder}”：{error}。请检查磁盘和权限，或运行 dutygraph doctor。",
            f"The store {folder} cannot be read: {error}. Check the disk and permissions, or run "
            "dutygraph doctor.",
        )
    )
