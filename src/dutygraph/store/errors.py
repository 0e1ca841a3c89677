"""The one error of the store."""

from __future__ import annotations

from dutygraph.model import Text


class StoreError(Exception):
    """The store folder cannot be used; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


def not_written(error: Exception) -> StoreError:
    """Return what to tell of a write that failed."""
    return StoreError(
        Text(
            f"写入图库失败，未作任何改动：{error}。请检查磁盘空间和权限。",
            f"Nothing was written: {error}. Check disk space and permissions.",
        )
    )
