"""The axes of the double-key chart: departments, names, stars, and the totals at the margins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.look import MARGIN, GapNotes, address, name_of
from dutygraph.pictures.marks import gap_count, stars
from dutygraph.pictures.measuring import clean, shorten, width_of, wrap

Axis = TypeVar("Axis", BusinessAxis, PostAxis)
GAP_ROW, ID_ROW, STAR_ROW = 15.0, 16.0, 16.0
NAME = 12.0
BAND_SIZE, BAND_LEADING = 11.0, 12.5
CHARACTER = 13.0
BESIDE = 15.0
DEEPEST = 13
DEPARTMENT, STAR_COLUMN = 92.0, 40.0
LONGEST_NAME = 168.0
_UPRIGHT = str.maketrans("（）()「」《》〈〉—…-", "︵︶︵︶﹁﹂︽︾︿﹀︱︙︱")
_CLUSTER = re.compile(r"[A-Za-z0-9.%]{1,3}(?![A-Za-z0-9.%])|[A-Za-z0-9.%]{2}|\S")


def order_of_departments(things: Sequence[BusinessAxis | PostAxis]) -> Mapping[str, int]:
    """Return the places of departments in the order in which they first come, the same for both axes."""
    names = dict.fromkeys(name for one in things for name in _departments(one))
    return {name: place for place, name in enumerate(names)}


def by_department(things: Sequence[Axis], order: Mapping[str, int]) -> tuple[Axis, ...]:
    """Return businesses or posts by department; what several run stands behind the first's own."""

    def place(one: Axis) -> tuple[int, tuple[int, ...]]:
        places = tuple(order[name] for name in _departments(one))
        return (places[0] if places else len(order)), places

    return tuple(sorted(things, key=place))


def _departments(one: BusinessAxis | PostAxis) -> tuple[str, ...]:
    return tuple(department.label for department in one.departments)


def upright(name: str, deepest: int = DEEPEST) -> tuple[tuple[str, ...], ...]:
    """Return a name written downwards in at most two columns, right one first: what stands in each place."""
    places = [cluster.translate(_UPRIGHT) for cluster in _CLUSTER.findall(clean(name))]
    if len(places) > 2 * deepest:
        places = [*places[: 2 * deepest - 1], "︙"]
    if len(places) <= deepest:
        return (tuple(places),)
    half = (len(places) + 1) // 2
    return tuple(places[:half]), tuple(places[half:])


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the columns: department, name written downwards, id, star."""

    names: float
    band: float

    @classmethod
    def of(cls, businesses: Sequence[BusinessAxis], column: float) -> Head:
        """Return a head deep enough for the longest name, with a band for the names of the departments."""
        names = [one.thing.label for one in businesses]
        deepest = max((DEEPEST if _lies(name) else len(upright(name)[0]) for name in names), default=1)
        groups = [(names, len(list(group))) for names, group in groupby(businesses, _departments)]
        lines = max((len(band_lines(names, column * many)) for names, many in groups), default=1)
        return cls(deepest * CHARACTER + 8, lines * BAND_LEADING + 12)

    @property
    def height(self) -> float:
        """How high it is."""
        return self.band + self.names + GAP_ROW + ID_ROW + STAR_ROW

    def draw(
        self,
        canvas: Canvas,
        inner: Box,
        column: float,
        businesses: Sequence[BusinessAxis],
        notes: GapNotes,
    ) -> None:
        """Draw the heads of the columns above the cells."""
        top = inner.y - self.height
        for number, one in enumerate(businesses):
            told = "\n".join((name_of(one.thing), *notes.told(one.gaps)))
            part = canvas.group(told, name="dg-axis", identity=address(one.thing))
            middle = inner.x + column * (number + 0.5)
            bottom = top + self.band + self.names - 2
            _write_name(part, (middle, bottom), one.thing.label, self.names - 6)
            below = top + self.band + self.names + GAP_ROW
            part.text(
                (middle, below + ID_ROW / 2),
                shorten(one.thing.id, column - 2, 11),
                11,
                "ink",
                anchor="middle",
                bold=True,
            )
            stars(part, (middle, below + ID_ROW + STAR_ROW / 2 - 1), one.star or 0, "ink", 4)
            if one.gaps:
                gap_count(part, (middle, below - GAP_ROW / 2 + 1), len(one.gaps), 8)


def _write_name(part: Canvas, foot: tuple[float, float], name: str, height: float) -> None:
    """Write a name downwards to a foot; one in Latin letters lies on its side instead."""
    middle, bottom = foot
    if _lies(name):
        part.text((middle, bottom), shorten(name, height, NAME), NAME, turned=-90)
        return
    columns = upright(name)
    for place, letters in enumerate(columns):
        x = middle + (0 if len(columns) == 1 else BESIDE * (0.5 - place))
        _write_down(part, (x, bottom - CHARACTER * max(map(len, columns))), letters)


def _lies(name: str) -> bool:
    shown = clean(name)
    return 2 * sum(one.isascii() for one in shown) > len(shown) > 4  # noqa: PLR2004 - such as an id


def _write_down(part: Canvas, start: tuple[float, float], letters: Sequence[str]) -> None:
    x, y = start
    for number, letter in enumerate(letters):
        size = min(NAME, NAME * CHARACTER / max(width_of(letter, NAME), 1.0))
        part.text((x, y + CHARACTER * (number + 0.5)), letter, size, anchor="middle")


@dataclass(frozen=True, slots=True)
class Side:
    """The head of the rows: department, id, name, star."""

    ids: float
    names: float

    @classmethod
    def of(cls, posts: Sequence[PostAxis]) -> Side:
        """Return a head wide enough for the longest name, within reason."""
        ids = max((width_of(one.thing.id, 11) for one in posts), default=20.0)
        names = max((width_of(clean(one.thing.label), NAME) for one in posts), default=60.0)
        return cls(min(ids, 64.0) + 8, min(names, LONGEST_NAME) + 10)

    @property
    def width(self) -> float:
        """How wide it is."""
        return DEPARTMENT + self.ids + self.names + STAR_COLUMN

    def draw(
        self,
        canvas: Canvas,
        inner: Box,
        row: float,
        posts: Sequence[PostAxis],
        notes: GapNotes,
    ) -> None:
        """Draw the heads of the rows left of the cells."""
        left = inner.x - self.width + DEPARTMENT
        for number, one in enumerate(posts):
            told = "\n".join((name_of(one.thing), *notes.told(one.gaps)))
            part = canvas.group(told, name="dg-axis", identity=address(one.thing))
            middle = inner.y + row * (number + 0.5)
            part.text((left + 6, middle), shorten(one.thing.id, self.ids - 6, 11), 11, bold=True)
            name = shorten(one.thing.label, self.names - 6, NAME)
            part.text((left + self.ids + 4, middle), name, NAME)
            stars(part, (inner.x - STAR_COLUMN / 2, middle), one.star or 0, "ink", 4)
            if one.gaps:
                gap_count(part, (inner.x - STAR_COLUMN - 6, middle), len(one.gaps), 8)


def draw_grid(canvas: Canvas, inner: Box, column: float, row: float, columns: int, rows: int) -> None:
    """Draw the empty cells."""
    canvas.rect(inner, "card")
    for number in range(columns + 1):
        x = inner.x + column * number
        canvas.line((x, inner.y), (x, inner.bottom), "line", 0.6)
    for number in range(rows + 1):
        y = inner.y + row * number
        canvas.line((inner.x, y), (inner.right, y), "line", 0.6)


def band_lines(names: Sequence[str], width: float) -> tuple[str, ...]:
    """Return the names of departments as the lines of a band over columns."""
    return wrap("、".join(names), width - 6, BAND_SIZE, 6)


def draw_departments(
    canvas: Canvas,
    inner: Box,
    head: Head,
    size: tuple[float, float],
    things: tuple[Sequence[BusinessAxis], Sequence[PostAxis]],
) -> None:
    """Draw the names of the departments and the lines between them."""
    (column, row), (businesses, posts) = size, things
    top, x, y = inner.y - head.height, inner.x, inner.y
    for names, group in groupby(businesses, _departments):
        wide = column * len(list(group))
        box = Box(x + 1, top, wide - 2, head.band - 6)
        _draw_band(canvas, box, band_lines(names, wide))
        x += wide
        canvas.line((x, top), (x, inner.bottom), "edge", 1.2)
    for names, rows in groupby(posts, _departments):
        high = row * len(list(rows))
        box = Box(MARGIN, y + 1, DEPARTMENT - 4, high - 2)
        most = max(1, int(box.height // BAND_LEADING))
        _draw_band(canvas, box, wrap("、".join(names), box.width - 6, BAND_SIZE, most))
        y += high
        canvas.line((MARGIN, y), (inner.right, y), "edge", 1.2)
    canvas.rect(inner, None, "edge", width=1.2)


def _draw_band(canvas: Canvas, box: Box, lines: Sequence[str]) -> None:
    part = canvas.group(name="dg-box")
    part.rect(box, "band", radius=3)
    start = box.y + (box.height - BAND_LEADING * len(lines)) / 2
    part.lines((box.middle[0], start), lines, BAND_SIZE, BAND_LEADING, anchor="middle", bold=True)
