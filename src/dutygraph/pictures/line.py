"""The line chart (“线”图) as a picture for one A3 sheet: nodes, risks, controls by stage (F18, F19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dutygraph.charts.difference import ChartDifference
from dutygraph.charts.line import LineChart
from dutygraph.charts.versions import ChartVersion
from dutygraph.model import Finding, Text
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.line_draw import HEAD, Rows
from dutygraph.pictures.line_facts import graph_of, tables_of
from dutygraph.pictures.line_layout import BETWEEN, LEADING, SIZE, controls_of, lay_out
from dutygraph.pictures.line_versions import merged
from dutygraph.pictures.look import MARGIN, Frame, GapNotes, Heading, Look, Picture, address, name_of
from dutygraph.pictures.marks import (
    HOLE_INDENT,
    SAMPLE,
    LegendItem,
    gap_tag,
    hole,
    sign,
    stars,
    tag_width,
)
from dutygraph.pictures.measuring import shorten, width_of, wrap
from dutygraph.pictures.words import word

STRIP = 30.0
_SIGNS = 16.0
_AROUND = 150.0
"""The height of title, strip, legend and margins, for choosing the width."""


def line_picture(
    chart: LineChart,
    findings: Sequence[Finding] = (),
    *,
    look: Look = Look(),  # noqa: B008 - frozen
    heading: Heading = Heading(),  # noqa: B008 - frozen
) -> Picture:
    """Return a line chart as a picture; *findings* tell what the gaps say."""
    title = f"{word('chart', 'line', look)}　{name_of(chart.business.thing)}"
    return _Line(chart, GapNotes(findings, look), look, heading, {}).picture(title, _about(chart, look))


def line_difference_picture(
    older: LineChart,
    newer: LineChart,
    difference: ChartDifference,
    findings: Sequence[Finding] = (),
    *,
    look: Look = Look(),  # noqa: B008 - frozen
    heading: Heading = Heading(),  # noqa: B008 - frozen
) -> Picture:
    """Return two versions of a line chart in one picture: what was added, removed and changed."""
    chart, changes = merged(older, newer, difference)
    names = f"{_version(difference.older)} → {_version(difference.newer)}"
    title = f"{word('chart', 'difference', look)}　{name_of(chart.business.thing)}　{names}"
    about = _changes_told(difference, look)
    return _Line(chart, GapNotes(findings, look), look, heading, changes).picture(title, about)


@dataclass(frozen=True, slots=True)
class _Line:
    chart: LineChart
    notes: GapNotes
    look: Look
    heading: Heading
    changes: Mapping[str, str]

    def picture(self, title: str, about: str) -> Picture:
        unplaced = [one.thing for one in self.chart.unplaced_risks]
        unplaced += [one.thing for one in self.chart.unplaced_controls]
        sheet = lay_out(
            self.chart,
            self.notes,
            self.look,
            _AROUND + (60 if unplaced else 0),
            _SIGNS if self.changes else 0,
        )
        rows = Rows(sheet, self.notes, self.look, self.changes)
        told = "、".join(map(name_of, unplaced))
        if told:
            told = f"{word('word', 'unplaced', self.look)}：{told}"
        rest = wrap(told, sheet.width, SIZE, 8) if told else ()

        def body(canvas: Canvas, top: float) -> None:
            self._strip(canvas, top, sheet.width)
            rows.draw(canvas, top + STRIP)
            below = top + STRIP + HEAD + BETWEEN + sheet.height + 6
            canvas.lines((MARGIN, below), rest, SIZE, LEADING, "soft")

        height = STRIP + HEAD + BETWEEN + sheet.height + (len(rest) * LEADING + 10 if rest else 0)
        frame = Frame(title, about, self.heading, self.look, self._legend())
        tables = tables_of(self.chart, self.notes, self.look, self.changes)
        graph = graph_of(self.chart, self.notes, self.look, self.changes)
        return frame.draw(sheet.width, height, body, tables, graph)

    def _strip(self, canvas: Canvas, top: float, width: float) -> None:
        """Draw the business's star, who supervises it at each tier, its own gaps."""
        business = self.chart.business
        part = canvas.group(
            "\n".join((name_of(business.thing), *self.notes.told(business.gaps))),
            name="dg-strip",
            identity=address(business.thing),
        )
        stars(part, (MARGIN + 20, top + 11), business.star or 0, "ink", 6)
        x = MARGIN + 48
        if business.supervisors is not None:
            for tier in (1, 2, 3):
                x = self._tier(part, (x, top), tier)
        if business.gaps and MARGIN + width - x > tag_width("00", 10):
            said = f"{word('word', 'gap', self.look)} {self.notes.tag(business.gaps, 4)}"
            gap_tag(part, (x + 6, top + 3), shorten(said, MARGIN + width - x - 40, 10), 10)

    def _tier(self, part: Canvas, at: tuple[float, float], tier: int) -> float:
        business, (x, top) = self.chart.business, at
        found = (business.supervisors or {}).get(tier, ())
        title = word("column", f"tier-{tier}", self.look)
        missing = not found and self._owed(tier)
        said = "、".join(one.appointment.id for one in found) or word(
            "hole" if missing else "word", "tier" if missing else "none", self.look
        )
        said = shorten(f"{title} {said}", 260, 12)
        box = Box(x, top, width_of(said, 12) + (HOLE_INDENT + 8 if missing else 14), 22)
        inner = part.group(name="dg-box")
        if missing:
            hole(inner, box)
            inner.text((x + HOLE_INDENT, top + 11), said, 12, "on-hole", bold=True)
        else:
            inner.rect(box, "band", radius=4)
            inner.text((x + 7, top + 11), said, 12, "ink" if found else "soft")
        return box.right + 10

    def _owed(self, tier: int) -> bool:
        """Tell whether a gap says that the business, or one of its risks, lacks a supervisor of the tier."""
        gaps = self.chart.business.gaps
        own = {1: (), 2: ("R16",), 3: ("R12", "R70")}[tier]
        alone = [gap for node in self.chart.nodes for risk in node.risks for gap in risk.gaps]
        return self.notes.breaks(gaps, *own) or (tier > 1 and self.notes.breaks(alone, "R71"))

    def _legend(self) -> tuple[LegendItem, ...]:
        look, said = self.look, word
        items = [
            LegendItem(said("legend", "key", look), _sample_key),
            LegendItem(said("legend", "gap-rule", look), _sample_tag),
            LegendItem(said("legend", "hole", look), hole),
        ]
        risks = [risk for node in self.chart.nodes for risk in node.risks]
        charted = [node.charted for node in self.chart.nodes] + [risk.charted for risk in risks]
        if False in (*charted, *(control.charted for control in controls_of(self.chart))):
            items.append(LegendItem(said("legend", "not-charted", look), _sample_uncharted))
        if self.changes:
            items += [
                LegendItem(said("change", change, look), _SampleSign(change))
                for change in ("added", "removed", "changed")
            ]
        return tuple(items)


def _sample_key(canvas: Canvas, box: Box) -> None:
    x, y = box.middle
    canvas.path(f"M{x - 8} {y}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0Z", "kind-node")
    canvas.text((x, y), "1", 10, "paper", anchor="middle", bold=True)


def _sample_tag(canvas: Canvas, box: Box) -> None:
    gap_tag(canvas, (box.x, box.y + 2), "R", 9)


def _sample_uncharted(canvas: Canvas, box: Box) -> None:
    canvas.rect(box.inset(1.5), "card", "edge", width=1.3, radius=2, dash="4 3")


@dataclass(frozen=True, slots=True)
class _SampleSign:
    change: str

    def __call__(self, canvas: Canvas, box: Box) -> None:
        canvas.rect(replace(box, width=SAMPLE.width), f"{self.change}-wash", radius=2)
        sign(canvas, box.middle, self.change, 11)


def _about(chart: LineChart, look: Look) -> str:
    risks = {risk.thing for node in chart.nodes for risk in node.risks if not risk.retired}
    controls = {control.thing for control in controls_of(chart)}
    departments = "、".join(one.label for one in chart.business.departments)
    shown = chart.shown
    version = word("word", "no-chart", look)
    if shown is not None:
        label = word("word", "version", look)
        version = f"{label} {_version(shown)}" + (f" {look.say(shown.state)}" if shown.state else "")
    counts = Text(
        f"节点{len(chart.nodes)}个，风险点{len(risks)}个，防控措施{len(controls)}项",
        f"{len(chart.nodes)} nodes, {len(risks)} risks, {len(controls)} controls",
    )
    run_by = f"{word('column', 'departments', look)} {departments}" if departments else ""
    return " · ".join(filter(None, (run_by, version, look.say(counts))))


def _version(version: ChartVersion) -> str:
    return version.version or version.thing.id


def _changes_told(difference: ChartDifference, look: Look) -> str:
    parts = (
        (Text("节点", "nodes"), difference.nodes),
        (Text("风险点", "risks"), difference.risks),
        (Text("防控措施", "controls"), difference.controls),
        (Text("监督举措", "steps"), difference.steps),
    )
    told = (
        f"{look.say(name)} ＋{len(change.added)} －{len(change.removed)} ＝{change.kept}"
        for name, change in parts
    )
    return " · ".join(told)
