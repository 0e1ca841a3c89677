"""The store folder of a service, and what stands where in it (layout 2; ADR 4)."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from dutygraph.model import Text
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.errors import StoreFolderError
from dutygraph.store.files import sync_folder, write_whole
from dutygraph.store.graphs import BureauGraphs, segment

LAYOUT = "2"
FORMAT, GRAPH, COMMITS, RULESETS, AUDIT_HEAD = "format", "graph", "commits", "rulesets", "audit-head"
UPGRADING = "upgrade.new"
"""Where an upgrade builds the new layout; there only while an upgrade is under way."""
RESTORING = "restore.unfinished"
"""There from the first byte that a restore writes until its last is on disk."""
UNFINISHED = ".tmp"


class StoreFolder:
    """An open store folder. One process at a time; close it, or leave its ``with`` block."""

    def __init__(self, path: Path, store: EmbeddedStore, lock: int) -> None:
        """Keep what ``open`` has opened."""
        self.path = path
        self.writing = threading.Lock()
        """Held while the store is written to: who holds it finds store and files as of one moment."""
        self._store: EmbeddedStore | None = store
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> StoreFolder:
        """Open the store in a folder; with *create*, make it where there is nothing yet.

        Raises:
            StoreFolderError: in use, damaged, foreign, of a newer layout, or of layout 1.

        """
        if create and is_unused(path):
            _make(path)
        _judge(path)
        lock = lock_folder(path)
        try:
            _clear_unmade(path)
            return cls(path, EmbeddedStore(path / GRAPH), lock)
        except BaseException:
            os.close(lock)
            raise

    @property
    def store(self) -> EmbeddedStore:
        """The graphs of all bureaus, on disk."""
        if self._store is None:
            raise StoreFolderError(Text("图库已关闭。", "The store has been closed."))
        return self._store

    def commits_of(self, names: BureauGraphs) -> Path:
        """Return the folder of a bureau's commits, named by its code as in its IRI."""
        name = segment(names.code)
        # a code is data: it must not lead out of the folder, nor hide
        return self.path / COMMITS / (f"%2E{name[1:]}" if name.startswith(".") else name)

    def commit_file(self, names: BureauGraphs, number: int) -> Path:
        """Return where the changes of a bureau's commit stand."""
        return self.commits_of(names) / f"{number}.nq.gz"

    def commit_files(self) -> list[Path]:
        """Return the files of all bureaus' commits that are there, sorted."""
        return sorted((self.path / COMMITS).glob("*/*"))

    def close(self) -> None:
        """Let go of the folder, so that another process may open it."""
        if self._store is not None:
            self._store.close()
            self._store = None
            os.close(self._lock)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def is_store_folder(path: Path) -> bool:
    """Tell whether a path looks like a store folder, of whatever layout."""
    return (path / FORMAT).is_file() or EmbeddedStore.is_store(path)


def is_unused(path: Path) -> bool:
    """Tell whether nothing stands at a path that a new store would be in the way of."""
    return not path.exists() or (
        path.is_dir() and all(entry.name.endswith(UNFINISHED) for entry in path.iterdir())
    )


def lock_folder(path: Path) -> int:
    """Lock a folder against other processes until the descriptor is closed, or its process has ended.

    Raises:
        StoreFolderError: another process has it.

    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreFolderError(
            Text(
                f"图库“{path}”正被另一个程序使用。请等它结束后再试；如果是正在运行的服务，请先停止服务，或改用它的接口。",
                f"The store {path} is in use by another program. Wait until it has finished; "
                "if it is the running service, stop that first, or use its API.",
            )
        ) from error
    return descriptor


def _clear_unmade(path: Path) -> None:
    """Remove graphs the making of which was cut off before anything could be written to them.

    Raises:
        StoreFolderError: something was written, so that a file is missing now.

    """
    graph = path / GRAPH
    if not graph.is_dir() or EmbeddedStore.is_store(graph) or not any(graph.iterdir()):
        return
    if (path / AUDIT_HEAD).exists() or any((path / COMMITS).glob("*/*")):
        raise StoreFolderError(
            Text(
                f"图库“{path}”已损坏：{GRAPH}文件夹中缺少文件CURRENT。请用备份恢复：dutygraph restore",
                f"The store {path} is damaged: in its folder {GRAPH} the file CURRENT is missing. "
                "Restore a backup: dutygraph restore",
            )
        )
    shutil.rmtree(graph)


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path / FORMAT, f"{LAYOUT}\n".encode())
        sync_folder(path.parent)
    except OSError as error:
        raise StoreFolderError(
            Text(
                f"无法新建图库“{path}”：{error}。请检查位置和权限。",
                f"The store {path} cannot be made: {error}. Check the place and permissions.",
            )
        ) from error


def _judge(path: Path) -> None:
    """Refuse a folder that is not of this layout.

    Raises:
        StoreFolderError: says which layout it is of, and what to do.

    """
    if (path / RESTORING).exists():
        raise StoreFolderError(
            Text(
                f"“{path}”只恢复了一半，不能使用。请删除这个文件夹，重新运行 dutygraph restore。",
                f"{path} was restored by half only and cannot be used. Remove the folder and run dutygraph "
                "restore again.",
            )
        )
    if EmbeddedStore.is_store(path) or (path / UPGRADING).exists():
        raise StoreFolderError(
            Text(
                f"图库“{path}”是旧版本建立的，或升级尚未完成。请运行：dutygraph upgrade {path}",
                f"The store {path} was made by an older version, or its upgrade is unfinished. "
                f"Run: dutygraph upgrade {path}",
            )
        )
    if not (path / FORMAT).is_file():
        raise StoreFolderError(
            Text(
                f"“{path}”不是图库。请指定一个图库文件夹，或一个空的、尚不存在的文件夹。",
                f"{path} is no store. Name a store folder, or one that is empty or does not exist yet.",
            )
        )
    layout = (path / FORMAT).read_text(encoding="utf-8", errors="replace").strip()
    if layout != LAYOUT:
        raise StoreFolderError(_not_of_this_layout(path, layout))
    if not (path / GRAPH).is_dir() and any((path / COMMITS).glob("*/*")):
        raise StoreFolderError(
            Text(
                f"图库“{path}”已损坏：缺少{GRAPH}文件夹。请用备份恢复：dutygraph restore",
                f"The store {path} is damaged: its folder {GRAPH} is missing. "
                "Restore a backup: dutygraph restore",
            )
        )


def _not_of_this_layout(path: Path, layout: str) -> Text:
    if layout.isdigit() and int(layout) > int(LAYOUT):
        return Text(
            f"图库“{path}”是更新的版本建立的（布局{layout}）。请安装更新的 Dutygraph。",
            f"The store {path} was made by a newer version (layout {layout}). Install a newer Dutygraph.",
        )
    return Text(
        f"图库“{path}”可能已损坏：{FORMAT}文件的内容不是{LAYOUT}。请用备份恢复：dutygraph restore",
        f"The store {path} may be damaged: its file {FORMAT} does not say {LAYOUT}. "
        "Restore a backup: dutygraph restore",
    )
