"""Pictograms, drawn in lines; they stand beside words and are not read aloud."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from markupsafe import Markup

PATHS: Final = MappingProxyType(
    {
        "overview": "M4 20V10M10 20V4M16 20v-7M22 20H2",
        "gaps": "M12 3 2 20h20L12 3zM12 10v4M12 17v.5",
        "mine": "M4 4h16v16H4zM8 12l3 3 5-6",
        "double-key": "M4 4h16v16H4zM4 10h16M4 15h16M10 4v16M15 4v16",
        "lines": "M5 6h.1M5 18h.1M12 12h.1M19 6h.1M6 7l5 4M6 17l5-4M13 11l5-4",
        "explorer": "M12 5v5M12 14v5M6 19h12M4 5h16",
        "questions": "M9 9a3 3 0 1 1 4 3c-1 .6-1 1-1 2M12 18v.5M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z",
        "import": "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
        "rules": "M5 4h11l3 3v13H5zM9 10h6M9 14h6",
        "training": "M2 9l10-5 10 5-10 5zM6 11v5c3 3 9 3 12 0v-5",
        "audit": "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
        "accounts": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 15-5 16 0",
        "menu": "M4 6h16M4 12h16M4 18h16",
        "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
        "download": "M12 4v12M7 11l5 5 5-5M4 20h16",
        "close": "M6 6l12 12M18 6L6 18",
        "sign-out": "M10 4H4v16h6M14 8l4 4-4 4M9 12h9",
    }
)


def icon(name: str) -> Markup:
    """Return a pictogram as SVG that takes the colour of its text."""
    path = PATHS[name]
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(path)
