"""A picture as a test sees it: read by an XML parser, its texts measured without the product."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Area:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        apart = (
            self.right <= other.left
            or other.right <= self.left
            or self.bottom <= other.top
            or other.bottom <= self.top
        )
        return not apart

    def holds(self, other: Area, by: float = 0.5) -> bool:
        return (
            self.left - by <= other.left
            and self.top - by <= other.top
            and other.right <= self.right + by
            and other.bottom <= self.bottom + by
        )


@dataclass(frozen=True)
class Written:
    """A line of text: where its letters are, by the least that any of the fonts takes."""

    text: str
    size: float
    area: Area
    colour: str


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def width_of(text: str, size: float) -> float:
    """Return the width in Noto Sans CJK, about: an em a wide one, 0.56 of it others; thin ones less."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    thin = sum(letter in "filrtj.,:;'|!()[]" for letter in text)
    return size * (wide + 0.36 * thin + 0.56 * (len(text) - wide - thin))


def written(element: ET.Element) -> Written:
    size, x = float(element.get("font-size", "0")), float(element.get("x", "0"))
    text = element.text or ""
    width = width_of(text, size)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
    middle = float(element.get("y", "0")) - size * 0.36
    area = Area(left, middle - size * 0.45, left + width, middle + size * 0.45)
    if "rotate(-90" in element.get("transform", ""):
        area = Area(x - size * 0.45, middle - width, x + size * 0.45, middle)
    return Written(text, size, area, element.get("fill", ""))


def texts(root: ET.Element) -> list[Written]:
    return [written(element) for element in root.iter(f"{SVG}text") if (element.text or "").strip()]


def area_of(rect: ET.Element) -> Area:
    x, y, width, height = (float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Area(x, y, x + width, y + height)


def boxes(root: ET.Element) -> Iterator[tuple[Area, Sequence[Written]]]:
    """Yield each box with the texts that stand in it: the first rectangle of each part named dg-box."""
    for part in root.iter(f"{SVG}g"):
        if part.get("class") == "dg-box":
            rect = part.find(f"{SVG}rect")
            assert rect is not None
            yield area_of(rect), texts(part)


def named(root: ET.Element, identity: str) -> list[ET.Element]:
    return [part for part in root.iter(f"{SVG}g") if part.get("data-id") == identity]


def fits(root: ET.Element) -> None:
    """Hold a picture to this: no text leaves its box or the picture, and no two texts overlap."""
    view = [float(number) for number in root.get("viewBox", "").split()]
    whole = Area(0, 0, view[2], view[3])
    lines = texts(root)
    assert lines
    for line in lines:
        assert whole.holds(line.area), line
    for box, inside in boxes(root):
        for line in inside:
            assert box.holds(line.area, 2), (line, box)
    ordered = sorted(lines, key=lambda line: line.area.top)
    for number, line in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.area.top >= line.area.bottom:
                break
            assert not line.area.overlaps(other.area), (line, other)


def marks(part: ET.Element, kind: str) -> int:
    """Return how many shapes of a part are filled with or drawn in a colour of this meaning."""
    return sum(f"{kind}" in (element.get("class") or "").split() for element in part.iter())


def stars_in(part: ET.Element) -> int:
    """Return how many stars are drawn in a part: closed outlines of ten corners."""
    outlines = [outline for p in part.iter(f"{SVG}path") for outline in p.get("d", "").split("M")]
    return sum(outline.endswith("Z") and outline.count("L") == 9 for outline in outlines)


def outside(text: str) -> list[str]:
    """Return what a page or picture would fetch from elsewhere; names of XML vocabularies fetch nothing."""
    without = re.sub(r'xmlns(?::\w+)?="[^"]*"', "", text)
    return re.findall(r"""(?:href|src|url\(|@import)\s*=?\s*["'(]?[^\s"'>)]*|https?://[^\s"'<]+""", without)
