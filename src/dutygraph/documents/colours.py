"""Which ink is read on which colour: programs choose it by rules of their own, and not all choose well."""

from __future__ import annotations

_DARK = 0.4
_WEIGHTS = (0.2126, 0.7152, 0.0722)


def ink_on(colour: str) -> str:
    """Return white for a dark colour and black for any other, as ``#rrggbb``; colours are six hex digits."""
    return "#FFFFFF" if is_dark(colour) else "#000000"


def is_dark(colour: str) -> bool:
    """Tell whether a colour asks for light letters; what is no colour does not."""
    try:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    except ValueError:
        return False
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) < _DARK
