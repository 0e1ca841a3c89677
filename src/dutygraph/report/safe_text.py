"""Text that a spreadsheet must not take for a formula."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_text(text: str) -> str:
    """Return *text* so that no spreadsheet runs it: what looks like a formula gets an apostrophe in front."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
