"""The one way a cell says that it does not hold what its column asks for."""

from __future__ import annotations

from dutygraph.model import Text


class UnfitError(ValueError):
    """A cell does not hold what its column asks for; ``text`` says what was expected."""

    def __init__(self, text: Text) -> None:
        """Make the error of one cell."""
        self.text = text
        super().__init__(text.en)
