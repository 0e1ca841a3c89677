"""Drawing the rows of a line chart: the flow of nodes, their posts, risks, controls by stage, steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dutygraph.charts.line import LineControl, LineNode, LineRisk
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.line_layout import (
    BETWEEN,
    LEADING,
    PAD,
    SIZE,
    SMALL,
    STAGES,
    TAG_ROW,
    ControlBox,
    NodeBlock,
    RiskRow,
    Sheet,
)
from dutygraph.pictures.look import MARGIN, GapNotes, Look, address, name_of
from dutygraph.pictures.marks import HOLE_INDENT, gap_tag, hole, sign, stars
from dutygraph.pictures.measuring import shorten, width_of, wrap
from dutygraph.pictures.words import word

HEAD = 24.0
_NUMBER_SIZES = {1: 11, 2: 11, 3: 8}


@dataclass(frozen=True, slots=True)
class Rows:
    """Draws the body of a sheet; ``changes`` say by IRI what became of things between versions."""

    sheet: Sheet
    notes: GapNotes
    look: Look
    changes: Mapping[str, str]

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw the heads of the columns and all blocks below them."""
        self._draw_heads(canvas, top)
        y = top + HEAD + BETWEEN
        middles: list[tuple[float, float]] = []
        for block in self.sheet.blocks:
            self._draw_block(canvas, block, y)
            middles.append((y + min(18, block.height / 2), y + block.height))
            y += block.height + BETWEEN
        self._draw_spine(canvas, [middle for middle, _ in middles])

    def _draw_heads(self, canvas: Canvas, top: float) -> None:
        columns = self.sheet.columns
        heads = [
            (columns.node, word("column", "node", self.look), "band"),
            (columns.posts, word("column", "post", self.look), "band"),
            (columns.risk, word("column", "risk", self.look), "band"),
            *(
                (place, word("stage-head", stage, self.look), stage)
                for place, stage in zip(columns.stages, STAGES, strict=True)
            ),
        ]
        if columns.steps[1]:
            heads.append((columns.steps, word("column", "steps", self.look), "band"))
        for (left, width), title, fill in heads:
            box = Box(MARGIN + left + 1, top, width - 2, HEAD)
            part = canvas.group(name="dg-box")
            part.rect(box, fill, radius=3)
            part.text(box.middle, shorten(title, width - 8, 12), 12, anchor="middle", bold=True)

    def _draw_spine(self, canvas: Canvas, middles: Sequence[float]) -> None:
        x = MARGIN + 15
        for number, (start, end) in enumerate(pairwise(middles)):
            nodes = self.sheet.blocks[number].node, self.sheet.blocks[number + 1].node
            follows = not nodes[0].following or nodes[1].thing in nodes[0].following
            canvas.path(
                f"M{x} {start + 12:.1f}V{end - 14:.1f}m-3.5 -5l3.5 5l3.5 -5",
                None,
                "edge",
                width=1.6,
                dash="" if follows else "4 3",
            )
        for block, middle in zip(self.sheet.blocks, middles, strict=True):
            self._draw_number(canvas, block.node, (x, middle))

    def _draw_number(self, canvas: Canvas, node: LineNode, at: tuple[float, float]) -> None:
        x, y = at
        part = canvas.group()
        kind = "kind-node" if node.key else "edge"
        part.path(
            f"M{x - 11} {y:.1f}a11 11 0 1 0 22 0a11 11 0 1 0 -22 0Z",
            kind if node.key else "paper",
            kind,
            width=1.6,
        )
        number = "–" if node.sequence is None else str(node.sequence)
        part.text(
            at,
            number,
            _NUMBER_SIZES.get(len(number), 7),
            "paper" if node.key else "ink",
            anchor="middle",
            bold=True,
        )

    def _draw_block(self, canvas: Canvas, block: NodeBlock, y: float) -> None:
        columns, node = self.sheet.columns, block.node
        whole = Box(MARGIN + columns.node[0], y, self.sheet.width - columns.node[0], block.height)
        canvas.rect(whole, "card", "line", width=0.7, radius=3)
        self._draw_node(canvas, block, Box(whole.x, y, columns.node[1], block.height))
        self._draw_posts(canvas, block, y)
        if block.rows:
            spare = (block.height - sum(row.height for row in block.rows)) / len(block.rows)
            top = y
            for number, row in enumerate(block.rows):
                if number:
                    canvas.line(
                        (MARGIN + columns.risk[0] + 2, top), (MARGIN + columns.steps[0], top), "line", 0.6
                    )
                self._draw_row(canvas, row, Box(MARGIN, top, self.sheet.width, row.height + spare))
                top += row.height + spare
        else:
            self._draw_no_risk(canvas, node, y, block.height)
        left = MARGIN + columns.steps[0] + 6
        high = len(block.steps) * (LEADING - 1)
        canvas.lines((left, y + (block.height - high) / 2), block.steps, SMALL, LEADING - 1)

    def _draw_node(self, canvas: Canvas, block: NodeBlock, box: Box) -> None:
        node = block.node
        told = [name_of(node.thing), *(step.thing.label for step in node.steps), *self.notes.told(node.gaps)]
        part = canvas.group("\n".join(told), name="dg-box", identity=address(node.thing))
        change = self.changes.get(node.thing.iri)
        inner = box.inset(1)
        dash = "4 3" if node.charted is False else ""
        part.rect(
            inner,
            f"{change}-wash" if change else "card",
            "gap" if node.gaps else ("edge" if dash else None),
            width=1.4,
            radius=3,
            dash=dash,
        )
        x, y = box.x + 6, box.y + PAD
        struck = change == "removed"
        part.lines((x, y), block.name, SIZE + 1, LEADING + 1, bold=True, struck=struck)
        y += len(block.name) * (LEADING + 1)
        if node.star is not None:
            stars(part, (x + 15, y + LEADING / 2), node.star, "ink", 4)
        if node.key:
            part.text(
                (x + 36, y + LEADING / 2), word("word", "key", self.look), SMALL, "kind-node", bold=True
            )
        following = self._elsewhere(node)
        if following:
            part.text((x + 64, y + LEADING / 2), shorten(following, box.width - 76, SMALL), SMALL, "soft")
        if node.gaps:
            self._draw_tag(part, (x, y + LEADING + 1), node.gaps, box.width - 10)
        if change:
            sign(part, (box.right - 12, box.y + 12), change)

    def _elsewhere(self, node: LineNode) -> str:
        """Return where the flow goes on, if not to the node drawn next."""
        nodes = [block.node for block in self.sheet.blocks]
        place = next(number for number, one in enumerate(nodes) if one.thing == node.thing)
        beside = {one.thing for one in nodes[place + 1 : place + 2]}
        numbers = {one.thing: one.sequence for one in nodes}
        other = [thing for thing in node.following if thing not in beside]
        told = (str(numbers.get(thing) or thing.label) for thing in other)
        return f"{word('word', 'next', self.look)} {'、'.join(told)}" if other else ""

    def _draw_posts(self, canvas: Canvas, block: NodeBlock, y: float) -> None:
        left = MARGIN + self.sheet.columns.posts[0] + 6
        top = y + (block.height - len(block.posts) * LEADING) / 2
        for number, (line, missing) in enumerate(block.posts):
            at = top + LEADING * number
            if missing:
                box = Box(left - 3, at, self.sheet.columns.posts[1] - 6, LEADING)
                part = canvas.group(name="dg-box")
                hole(part, box)
                part.text((left - 3 + HOLE_INDENT, at + LEADING / 2), line, SMALL, "on-hole", bold=True)
            else:
                canvas.text((left, at + LEADING / 2), line, SMALL)

    def _draw_no_risk(self, canvas: Canvas, node: LineNode, y: float, height: float) -> None:
        left, width = self.sheet.columns.risk
        box = Box(MARGIN + left + 3, y + 3, width - 6, height - 6)
        if self.notes.breaks(node.gaps, "R11"):
            part = canvas.group(name="dg-box")
            hole(part, box)
            lines = wrap(word("hole", "risk", self.look), width - 30, SIZE, 3)
            top = box.y + (box.height - LEADING * len(lines)) / 2
            part.lines((box.x + HOLE_INDENT, top), lines, SIZE, LEADING, "on-hole", bold=True)
            return
        said = word("word", "no-risk-noted", self.look)
        if node.no_risk_on is not None:
            said = f"{word('word', 'no-risk', self.look)} {node.no_risk_on}"
        lines = wrap(said, width - 14, SMALL, 2)
        canvas.lines((box.x + 4, box.middle[1] - LEADING * len(lines) / 2), lines, SMALL, LEADING, "soft")

    def _draw_row(self, canvas: Canvas, row: RiskRow, place: Box) -> None:
        columns = self.sheet.columns
        self._draw_risk(canvas, row, Box(place.x + columns.risk[0], place.y, columns.risk[1], place.height))
        if not row.risk.controls and not row.risk.retired:
            left = MARGIN + columns.stages[0][0] + 3
            right = MARGIN + columns.stages[-1][0] + columns.stages[-1][1] - 3
            box = Box(left, place.y + 3, right - left, place.height - 6)
            part = canvas.group(name="dg-box")
            hole(part, box)
            part.text(
                (box.x + HOLE_INDENT, box.middle[1]),
                word("hole", "control", self.look),
                SIZE,
                "on-hole",
                bold=True,
            )
        for (left, width), stage, boxes in zip(columns.stages, STAGES, row.boxes, strict=True):
            high = sum(box.height + 2 for box in boxes)
            top = place.y + max(1.0, (place.height - high) / 2)
            for made in boxes:
                self._draw_control(canvas, made, Box(MARGIN + left + 3, top, width - 6, made.height), stage)
                top += made.height + 2

    def _draw_risk(self, canvas: Canvas, row: RiskRow, box: Box) -> None:
        risk: LineRisk = row.risk
        told = [name_of(risk.thing), *self.notes.told(risk.gaps)]
        part = canvas.group("\n".join(told), name="dg-box", identity=address(risk.thing))
        change = self.changes.get(risk.thing.iri)
        dash = "4 3" if risk.charted is False else ""
        stroke = "gap" if risk.gaps else ("edge" if dash else None)
        part.rect(
            box.inset(1.5), f"{change}-wash" if change else "card", stroke, width=1.3, radius=2, dash=dash
        )
        ids = self.sheet.columns.ids
        high = len(row.lines) * LEADING + (TAG_ROW if risk.gaps else 0)
        top = box.y + (box.height - high) / 2
        colour = "soft" if risk.retired else "ink"
        part.text((box.x + 6, top + LEADING / 2), shorten(risk.thing.id, ids - 4, SMALL), SMALL, "kind-risk")
        struck = change == "removed" or risk.retired
        part.lines((box.x + ids + 4, top), row.lines, SIZE, LEADING, colour, struck=struck)
        if risk.gaps:
            self._draw_tag(
                part, (box.x + ids + 4, top + len(row.lines) * LEADING + 1), risk.gaps, box.width - ids - 8
            )
        if change:
            sign(part, (box.right - 9, box.y + 9), change, 10)

    def _draw_control(self, canvas: Canvas, made: ControlBox, box: Box, stage: str) -> None:
        control: LineControl = made.control
        owners = "、".join(name_of(owner) for owner in control.owners) or word("hole", "owner", self.look)
        told = [
            name_of(control.thing),
            f"{word('column', 'owner', self.look)} {owners}",
            *self.notes.told(control.gaps),
        ]
        part = canvas.group("\n".join(told), name="dg-box", identity=address(control.thing))
        change = self.changes.get(control.thing.iri)
        dash = "4 3" if control.charted is False else ""
        stroke = "gap" if control.gaps else ("edge" if dash else None)
        fill = f"{change}-wash" if change else stage
        part.rect(box, fill, stroke, width=1.3, radius=3, dash=dash)
        x, y = box.x + 5, box.y + 2.5
        part.lines((x, y), made.lines, SIZE, LEADING, struck=change == "removed")
        y += len(made.lines) * LEADING
        colour = "soft" if control.owners else "on-hole"
        if made.beside:
            part.text(
                (box.right - (21 if self.changes else 5), y - LEADING / 2),
                made.owner[0],
                SMALL,
                colour,
                anchor="end",
                bold=not control.owners,
            )
        else:
            part.lines((x, y), made.owner, SMALL, LEADING, colour, bold=not control.owners)
            y += len(made.owner) * LEADING
        if not control.stages:
            part.text(
                (x, y + LEADING / 2), f"✕ {word('hole', 'stage', self.look)}", SMALL, "on-hole", bold=True
            )
            y += LEADING
        if control.gaps:
            self._draw_tag(part, (x, y + 1), control.gaps, box.width - 10)
        if change:
            sign(part, (box.right - 8, box.y + 8), change, 10)

    def _draw_tag(self, part: Canvas, at: tuple[float, float], gaps: Sequence[str], width: float) -> None:
        said = f"{word('word', 'gap', self.look)} {self.notes.tag(gaps)}"
        while said and width_of(said, 9) + 18 > width:
            said = said[:-1]
        gap_tag(part, at, said)
