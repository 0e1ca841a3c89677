"""The one error of the store."""

from __future__ import annotations

from dutygraph.model import Text


class StoreError(Exception):
    """The store folder cannot be used; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text
