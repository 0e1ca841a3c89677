"""The errors of the store."""

from __future__ import annotations

from dutygraph.model import Text


class StoreError(Exception):
    """The store folder cannot be used; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


class StoreFolderError(StoreError):
    """A store folder is of another layout, damaged, no store at all, or in use; ``text`` says what to do."""


class DamagedStoreError(StoreError):
    """A data file of the store is damaged; ``text`` says which, and what to do."""


class NoRoomError(StoreError):
    """The disk is nearly full, so nothing was written; reading goes on, and writing once there is room."""


def not_written(error: Exception) -> StoreError:
    """Return what to tell of a write that failed."""
    return StoreError(
        Text(
            f"写入图库失败，未作任何改动：{error}。请检查磁盘空间和权限。",
            f"Nothing was written: {error}. Check disk space and permissions.",
        )
    )
