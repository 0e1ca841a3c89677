"""Drawing SVG: shapes and text with colours by meaning, escaped by the library that builds the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from dutygraph.pictures.measuring import clean
from dutygraph.pictures.palette import Palette

SVG = "http://www.w3.org/2000/svg"
FONTS = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimSun", sans-serif'
_BASELINE = 0.36  # of the font size: from the middle of a line of Chinese down to its baseline


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left upper corner and size, in user units (pixels at 96 dpi)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def inset(self, by: float) -> Box:
        """Return the box without a margin."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


class Canvas:
    """A part of a picture to draw on; ``group`` opens a part within it."""

    def __init__(self, element: ET.Element, colours: Palette, *, interactive: bool = False) -> None:
        """Keep the element that is drawn into and the colours of the theme."""
        self.element, self.colours, self.interactive = element, colours, interactive

    def group(self, told: str = "", *, name: str = "", identity: str | None = None) -> Canvas:
        """Open a part; *told* is read out and shown on hovering, *identity* is what it can be clicked as."""
        element = ET.SubElement(self.element, "g")
        if name:
            element.set("class", name)
        if identity is not None:
            element.set("data-id", clean(identity))
            if self.interactive:
                element.set("role", "button")
                element.set("tabindex", "0")
                element.set("aria-label", "; ".join(clean(line) for line in told.splitlines()))
        if told:
            title = ET.SubElement(element, "title")
            title.text = "\n".join(clean(line) for line in told.splitlines())
        return Canvas(element, self.colours, interactive=self.interactive)

    def rect(
        self,
        box: Box,
        fill: str | None = None,
        stroke: str | None = None,
        *,
        width: float = 1,
        radius: float = 0,
        dash: str = "",
    ) -> None:
        """Draw a rectangle."""
        element = ET.SubElement(
            self.element,
            "rect",
            {"x": _n(box.x), "y": _n(box.y), "width": _n(box.width), "height": _n(box.height)},
        )
        if radius:
            element.set("rx", _n(radius))
        self._paint(element, fill, stroke, width, dash)

    def path(
        self,
        steps: str,
        fill: str | None = None,
        stroke: str | None = None,
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """Draw a path, told as SVG tells it."""
        self._paint(ET.SubElement(self.element, "path", {"d": steps}), fill, stroke, width, dash)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], stroke: str, width: float = 1
    ) -> None:
        """Draw a straight line."""
        self.path(f"M{_n(start[0])} {_n(start[1])}L{_n(end[0])} {_n(end[1])}", None, stroke, width=width)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        colour: str = "ink",
        *,
        anchor: str = "start",
        bold: bool = False,
        struck: bool = False,
        turned: float = 0,
    ) -> None:
        """Write a line; *at* is its middle in height, and its start, middle or end in width."""
        x, y = at
        attributes = {"x": _n(x), "y": _n(y + size * _BASELINE), "font-size": _n(size)}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if bold:
            attributes["font-weight"] = "700"
        if struck:
            attributes["text-decoration"] = "line-through"
        if turned:
            attributes["transform"] = f"rotate({_n(turned)} {_n(x)} {_n(y)})"
        element = ET.SubElement(self.element, "text", attributes)
        element.text = clean(text)
        self._paint(element, colour, None, 1, "")

    def lines(
        self,
        at: tuple[float, float],
        lines: Sequence[str],
        size: float,
        leading: float,
        colour: str = "ink",
        *,
        anchor: str = "start",
        bold: bool = False,
        struck: bool = False,
    ) -> None:
        """Write lines below each other; *at* is the upper edge of the first."""
        for number, line in enumerate(lines):
            middle = at[1] + leading * (number + 0.5)
            self.text((at[0], middle), line, size, colour, anchor=anchor, bold=bold, struck=struck)

    def _paint(
        self, element: ET.Element, fill: str | None, stroke: str | None, width: float, dash: str
    ) -> None:
        classes = []
        element.set("fill", self.colours[fill] if fill else "none")
        if fill:
            classes.append(f"f-{fill}")
        if stroke:
            element.set("stroke", self.colours[stroke])
            element.set("stroke-width", _n(width))
            classes.append(f"s-{stroke}")
        if dash:
            element.set("stroke-dasharray", dash)
        if classes:
            element.set("class", " ".join(classes))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
