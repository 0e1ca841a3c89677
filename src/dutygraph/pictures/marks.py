"""The marks of the pictures: stars by number, gaps and holes by a shape of their own, changes by a sign."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.measuring import width_of

MOST_STARS = 3
_SIGNS = {"added": "＋", "removed": "－", "changed": "～"}


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A mark and what it means; ``draw`` puts the mark into a box of ``SAMPLE``'s size."""

    text: str
    draw: Callable[[Canvas, Box], None]


SAMPLE = Box(0, 0, 34, 18)


def stars(canvas: Canvas, middle: tuple[float, float], count: int, colour: str, radius: float = 4.4) -> None:
    """Draw as many stars side by side as the rating has; a short dash where it has none."""
    x, y = middle
    if count <= 0:
        canvas.line((x - radius, y), (x + radius, y), colour, 1.2)
        return
    step = radius * 2.1
    left = x - step * (count - 1) / 2
    canvas.path("".join(_star(left + step * number, y, radius) for number in range(count)), colour)


def _star(x: float, y: float, radius: float) -> str:
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.42
        angle = math.pi * (corner / 5 - 0.5)
        corners.append(f"{x + reach * math.cos(angle):.1f} {y + reach * math.sin(angle):.1f}")
    return "M" + "L".join(corners) + "Z"


def gap_count(canvas: Canvas, middle: tuple[float, float], count: int, size: float = 9) -> None:
    """Draw the mark of a place with gaps: a warning triangle with their number."""
    x, y = middle
    half, up, down = size * 0.95, size * 1.0, size * 0.62
    canvas.path(
        f"M{x:.1f} {y - up:.1f}L{x + half:.1f} {y + down:.1f}L{x - half:.1f} {y + down:.1f}Z",
        "gap",
        "paper",
        width=0.8,
    )
    shown = str(count) if count < 10 else "9+"  # noqa: PLR2004 - one digit has room
    small = size * (0.86 if len(shown) == 1 else 0.6)
    canvas.text((x, y + size * 0.14), shown, small, "on-gap", anchor="middle", bold=True)


def tag_width(text: str, size: float = 9) -> float:
    """Return how wide the tag of a gap is."""
    return width_of(text, size) + size * 1.9


def gap_tag(canvas: Canvas, at: tuple[float, float], text: str, size: float = 9) -> None:
    """Draw a gap's tag, its upper left corner at *at*: a warning triangle and a word on red."""
    x, y = at
    box = Box(x, y, tag_width(text, size), size * 1.5)
    canvas.rect(box, "gap", radius=2.5)
    middle = y + size * 0.75
    left = x + size * 0.35
    canvas.path(
        f"M{left + size * 0.4:.1f} {middle - size * 0.42:.1f}l{size * 0.42:.1f} {size * 0.78:.1f}"
        f"h{-size * 0.84:.1f}Z",
        "on-gap",
    )
    canvas.text((x + size * 1.45, middle), text, size, "on-gap", bold=True)


def hole(canvas: Canvas, box: Box) -> None:
    """Draw the place of what is missing: a dashed box with a cross at its left."""
    canvas.rect(box, "hole", "gap", width=1.4, radius=3, dash="5 3")
    x, y = box.x + 9, box.y + box.height / 2
    canvas.path(f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0 -7l-7 7", None, "gap", width=1.8)


HOLE_INDENT = 18
"""Where the words of a hole begin, from its left edge."""


def sign(canvas: Canvas, middle: tuple[float, float], change: str, size: float = 12) -> None:
    """Draw the sign of a change between versions on its own colour: plus, minus, tilde."""
    x, y = middle
    half = size / 2 + 1
    canvas.rect(Box(x - half, y - half, 2 * half, 2 * half), change, radius=2)
    canvas.text((x, y), _SIGNS[change], size * 0.9, "paper", anchor="middle", bold=True)


def legend(canvas: Canvas, items: tuple[LegendItem, ...], box: Box, size: float = 11) -> float:
    """Draw a legend from the upper left corner of a box, as wide as the box; return how high it is."""
    x, y, row = box.x, box.y, SAMPLE.height + 8
    for item in items:
        wide = SAMPLE.width + 8 + width_of(item.text, size)
        if x > box.x and x + wide > box.right:
            x, y = box.x, y + row
        item.draw(canvas, Box(x, y, SAMPLE.width, SAMPLE.height))
        canvas.text((x + SAMPLE.width + 6, y + SAMPLE.height / 2), item.text, size)
        x += wide + 22
    return y + row - box.y
