"""The one error of access control."""

from __future__ import annotations

from dutygraph.model import Text


class ForbiddenError(Exception):
    """The caller's role does not reach this; ``text`` says so, and whose it is."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the caller."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text
