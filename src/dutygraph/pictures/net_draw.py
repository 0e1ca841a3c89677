"""Drawing a net that has been laid out: lanes, lines, cards, labels, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.look import MARGIN, Look
from dutygraph.pictures.marks import HOLE_INDENT, gap_tag, hole
from dutygraph.pictures.measuring import shorten, width_of
from dutygraph.pictures.net import CAPTION, CARD, FACT, NAME, Card, Net, card_text, label_width, lane_of, rows
from dutygraph.pictures.net_layout import Layout, Way

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NetDrawing:
    """Draws a net as it has been laid out."""

    net: Net
    layout: Layout
    look: Look

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw the whole net below a height."""
        self._draw_lanes(canvas, top)
        shift = (MARGIN, top)
        order: Sequence[Way] = sorted(
            self.layout.ways, key=lambda way: (way.bundle.chained, way.bundle.broken)
        )
        for way in order:
            _draw_way(canvas, way, shift)
        boxes: Mapping[str, Box] = self.layout.boxes
        for card in self.net.cards:
            box = boxes[card.key]
            self._draw_card(canvas, card, Box(box.x + MARGIN, box.y + top, box.width, box.height))
        for way in order:
            _draw_label(canvas, way, shift)

    def _draw_lanes(self, canvas: Canvas, top: float) -> None:
        for lane, left in self.layout.lanes:
            box = Box(MARGIN + left, top - 2, CARD, 20)
            part = canvas.group(name="dg-box")
            part.rect(box, "band", radius=3)
            name = shorten(self.look.say(lane.name), CARD - 10, 11)
            part.text(box.middle, name, 11, anchor="middle", bold=True)

    def _draw_card(self, canvas: Canvas, card: Card, box: Box) -> None:
        caption_row, name_row, fact_row, _ = rows()
        part = canvas.group(card.told, name="dg-box", identity=card.identity)
        words = card_text(card, self.look)
        colour = "on-hole" if card.missing else lane_of(card.kind).colour
        if card.missing:
            hole(part, box)
        else:
            stroke, width = ("gap", 1.8) if card.gaps else ("line", 1.0)
            if card.start or card.chained:
                stroke, width = ("chain" if not card.gaps else "gap"), 2.4
            part.rect(box, "card", stroke, width=width, radius=5)
            part.rect(Box(box.x + 3, box.y + 5, 3, box.height - 10), colour, radius=1.5)
        x, y = box.x + (HOLE_INDENT + 4 if card.missing else 12), box.y + 4
        number = shorten(card.number, 84, CAPTION)
        room = box.right - 8 - x - width_of(number, CAPTION) - (6 if number else 0)
        part.text(
            (x, y + caption_row / 2), shorten(card.caption, room, CAPTION), CAPTION, colour, bold=card.start
        )
        if number:
            part.text((box.right - 7, y + caption_row / 2), number, CAPTION, "soft", anchor="end")
        y += caption_row
        part.lines((x, y), words.name, NAME, name_row, "on-hole" if card.missing else "ink", bold=True)
        y += name_row * len(words.name)
        part.lines((x, y), words.facts, FACT, fact_row, "soft")
        y += fact_row * len(words.facts)
        if card.gaps:
            gap_tag(part, (x, y + 2), shorten(card.gaps, CARD - 40, 9), 9)


def _draw_way(canvas: Canvas, way: Way, shift: _Point) -> None:
    colour, width, dash = "edge", 1.1, ""
    if way.bundle.chained:
        colour, width = "chain", 2.6
    if way.bundle.broken:
        colour, width, dash = "gap", 1.8, "5 3"
    steps = "".join(
        [
            *(_level(_moved(start, shift), _moved(end, shift)) for start, end in way.levels),
            *(_bend(_moved(start, shift), _moved(end, shift)) for start, end in way.bends),
            *(_loop(_moved(way.label_at, shift), _moved(a, shift), _moved(b, shift)) for a, b in way.loops),
        ]
    )
    if steps:
        canvas.path(steps, None, colour, width=width, dash=dash)


def _moved(point: _Point, shift: _Point) -> _Point:
    return point[0] + shift[0], point[1] + shift[1]


def _level(start: _Point, end: _Point) -> str:
    return f"M{start[0]:.1f} {start[1]:.1f}H{end[0]:.1f}"


def _bend(start: _Point, end: _Point) -> str:
    (x, y), (to_x, to_y) = start, end
    middle = (x + to_x) / 2
    return f"M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"


def _loop(port: _Point, turn: _Point, end: _Point) -> str:
    reach = turn[0] + 30
    return (
        f"M{port[0]:.1f} {port[1]:.1f}H{turn[0]:.1f}"
        f"C{reach:.1f} {turn[1]:.1f} {reach:.1f} {end[1]:.1f} {turn[0]:.1f} {end[1]:.1f}H{end[0]:.1f}"
    )


def _draw_label(canvas: Canvas, way: Way, shift: _Point) -> None:
    label = way.bundle.label
    if not label:
        return
    x, y = way.label_at[0] + shift[0], way.label_at[1] + shift[1]
    colour = "on-hole" if way.bundle.broken else ("chain" if way.bundle.chained else "soft")
    part = canvas.group(name="dg-box")
    part.rect(
        Box(x + 3, y - 7, label_width(label) - 2, 14), "hole" if way.bundle.broken else "paper", radius=2
    )
    part.text((x + 6, y), label, CAPTION, colour, bold=way.bundle.chained)
