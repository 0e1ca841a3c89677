"""The one palette (``palette.toml``), shared by the pictures and the console."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

THEMES = ("light", "dark")
Palette = Mapping[str, str]
"""Colours as ``#rrggbb`` by what they say."""


@cache
def palette(theme: str) -> Palette:
    """Return the colours of a theme; the light ones for whatever is not ``dark``."""
    text = resources.files("dutygraph.pictures").joinpath("palette.toml").read_text(encoding="utf-8")
    colours: Palette = tomllib.loads(text)["dark" if theme == "dark" else "light"]
    return colours


def repainting(theme: str, within: str = "") -> str:
    """Return CSS rules that paint a picture anew in a theme.

    Pictures carry their colours as attributes, which any program understands, and classes that say what each
    colour means: where a browser shows a picture, these rules win. *within* is put before each selector.
    """
    return "\n".join(
        f"{within} .f-{name} {{ fill: {colour}; }} {within} .s-{name} {{ stroke: {colour}; }}".strip()
        for name, colour in palette(theme).items()
    )


def variables(theme: str) -> str:
    """Return the palette as CSS custom properties, such as ``--dg-star-3: #17528f;``."""
    return " ".join(f"--dg-{name}: {colour};" for name, colour in palette(theme).items())
