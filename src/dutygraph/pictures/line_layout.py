"""Where everything of a line chart stands: columns, blocks of nodes, rows of risks, boxes of controls.

The sheet is made as wide as it must be for its height to fit A3 across: the wider, the smaller it prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutygraph.charts.line import LineChart, LineControl, LineNode, LineRisk
from dutygraph.charts.process import Part
from dutygraph.pictures.look import GapNotes, Look
from dutygraph.pictures.measuring import width_of, wrap, wrap_items
from dutygraph.pictures.words import word

SIZE, SMALL, LEADING = 11.0, 10.0, 14.0
PAD, BETWEEN, TAG_ROW = 4.0, 3.0, 16.0
STAGES = ("stage-before", "stage-during", "stage-after")
NARROWEST, WIDEST, STEP = 1540.0, 2600.0, 30.0
SHEET = 1.40
"""How much wider than high A3 across is inside its margins (400 × 277 mm), a little to spare."""
_SPINE, _NODE, _POSTS, _STEPS = 34.0, 150.0, 148.0, 150.0
_LEAST_STAGE = 0.22


@dataclass(frozen=True, slots=True)
class Columns:
    """Left edges and widths of the columns, from the left edge of the drawing."""

    node: tuple[float, float]
    posts: tuple[float, float]
    risk: tuple[float, float]
    stages: tuple[tuple[float, float], ...]
    steps: tuple[float, float]
    ids: float

    @classmethod
    def of(cls, width: float, chart: LineChart) -> Columns:
        """Share a width out: stages by how many controls they have, each its least part."""
        has_steps = any(node.steps for node in chart.nodes)
        steps = _STEPS if has_steps else 0.0
        left = _SPINE + _NODE + _POSTS
        rest = width - left - steps
        risk = rest * 0.24
        counts = [sum(_stage_of(c) == place for c in controls_of(chart)) for place in range(len(STAGES))]
        whole = sum(counts) or 1
        raw = [max(count / whole, _LEAST_STAGE) for count in counts]
        wide = [(rest - risk) * share / sum(raw) for share in raw]
        starts = [left + risk + sum(wide[:place]) for place in range(len(wide))]
        ids = max((width_of(r.thing.id, SMALL) for n in chart.nodes for r in n.risks), default=0.0)
        return cls(
            node=(_SPINE, _NODE),
            posts=(_SPINE + _NODE, _POSTS),
            risk=(left, risk),
            stages=tuple(zip(starts, wide, strict=True)),
            steps=(width - steps, steps),
            ids=min(ids, risk * 0.4) + 8,
        )


@dataclass(frozen=True, slots=True)
class ControlBox:
    """A control as it is written: its words, its owner beside the last line or on lines of its own."""

    control: LineControl
    lines: tuple[str, ...]
    owner: tuple[str, ...]
    beside: bool
    height: float


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk with the boxes of its controls by stage."""

    risk: LineRisk
    lines: tuple[str, ...]
    boxes: tuple[tuple[ControlBox, ...], ...]
    height: float


@dataclass(frozen=True, slots=True)
class NodeBlock:
    """A node with its rows; ``posts`` are lines with whether what they say is missing."""

    node: LineNode
    name: tuple[str, ...]
    posts: tuple[tuple[str, bool], ...]
    steps: tuple[str, ...]
    rows: tuple[RiskRow, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A line chart laid out: how wide and high its body is."""

    width: float
    columns: Columns
    blocks: tuple[NodeBlock, ...]

    @property
    def height(self) -> float:
        """The height of all blocks."""
        return sum(block.height + BETWEEN for block in self.blocks)


def lay_out(chart: LineChart, notes: GapNotes, look: Look, around: float, signs: float = 0) -> Sheet:
    """Return the narrowest sheet that fits A3 with *around* of height for title and legend, if any.

    *signs* is the room for the sign of a change at the right of everything.
    """
    width = NARROWEST
    while True:
        columns = Columns.of(width, chart)
        blocks = tuple(_block(node, columns, (notes, look, signs)) for node in chart.nodes)
        sheet = Sheet(width, columns, blocks)
        if width >= WIDEST or (sheet.height + around) * SHEET <= width:
            return sheet
        width += STEP


def controls_of(chart: LineChart) -> Iterable[LineControl]:
    """Yield the controls of a chart, as often as they are drawn."""
    return (control for node in chart.nodes for risk in node.risks for control in risk.controls)


def _stage_of(control: LineControl) -> int:
    """Return the column of a control: that of its first stage, the first one where it has none."""
    return STAGES.index(control.stages[0]) if control.stages and control.stages[0] in STAGES else 0


def _block(node: LineNode, columns: Columns, given: tuple[GapNotes, Look, float]) -> NodeBlock:
    notes, look, signs = given
    name = wrap(node.thing.label or node.thing.id, columns.node[1] - 10 - signs, SIZE + 1, 4)
    posts = tuple(_posts(node, columns.posts[1] - 10, notes, look))
    steps = tuple(
        line for step in node.steps for line in wrap(step.thing.label, columns.steps[1] - 12, SMALL, 4)
    )
    rows = tuple(_row(risk, columns, look, signs) for risk in node.risks)
    own = max(
        len(name) * (LEADING + 1) + LEADING + (TAG_ROW if node.gaps else 0),
        len(posts) * LEADING,
        len(steps) * (LEADING - 1),
        LEADING * 2,
    )
    return NodeBlock(node, name, posts, steps, rows, max(own + 2 * PAD, sum(row.height for row in rows)))


def _posts(node: LineNode, width: float, notes: GapNotes, look: Look) -> Iterable[tuple[str, bool]]:
    parts: Mapping[Part, str] = {part: word("part", part.value, look) for part in Part}
    for part in Part:
        posts = node.posts.get(part, ())
        if posts:
            first, *more = wrap_items(
                (post.label for post in posts), width - width_of(parts[part] + " ", SMALL), SMALL
            )
            yield f"{parts[part]} {first}", False
            for line in more:
                yield f"　　{line}", False
        elif part is Part.PERFORM and notes.breaks(node.gaps, "R09"):
            for line in wrap(word("hole", "performer", look), width - 14, SMALL):
                yield line, True


def _row(risk: LineRisk, columns: Columns, look: Look, signs: float) -> RiskRow:
    label = risk.thing.label + (word("word", "retired", look) if risk.retired else "")
    lines = wrap(label, columns.risk[1] - columns.ids - 12 - signs, SIZE, 4)
    boxes = tuple(
        tuple(
            _box(control, columns.stages[place][1] - 16 - signs, look)
            for control in risk.controls
            if _stage_of(control) == place
        )
        for place in range(len(STAGES))
    )
    own = len(lines) * LEADING + (TAG_ROW if risk.gaps else 0)
    stacked = max((sum(box.height + 2 for box in each) for each in boxes), default=0.0)
    return RiskRow(risk, lines, boxes, max(own + 2 * PAD, stacked + 2, LEADING + 2 * PAD))


def _box(control: LineControl, width: float, look: Look) -> ControlBox:
    extra = "、".join(word("stage", stage, look) for stage in control.stages[1:] if stage in STAGES)
    label = control.thing.label + (f"（{word('word', 'also', look)}{extra}）" if extra else "")
    lines = wrap(label, width, SIZE, 5)
    names = [owner.label for owner in control.owners] or [f"✕ {word('hole', 'owner', look)}"]
    owner = wrap_items(names, width, SMALL)
    beside = len(owner) == 1 and width_of(lines[-1], SIZE) + width_of(owner[0], SMALL) + 10 <= width
    count = len(lines) + (0 if beside else len(owner)) + (0 if control.stages else 1)
    height = count * LEADING + 5 + (TAG_ROW if control.gaps else 0)
    return ControlBox(control, lines, owner, beside, height)
