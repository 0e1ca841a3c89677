"""The double-key chart (“双关键”监督图) as a picture: businesses across, posts down, stars and gaps (F4–F7).

Both axes stand by department. A cell is coloured by the highest star of its nodes and says it by as many
stars, too; what is declared and differs, and where gaps lie, have marks of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import DoubleKeyCell, DoubleKeyChart
from dutygraph.model import Finding, Text
from dutygraph.pictures import double_key_axes as axes
from dutygraph.pictures import double_key_totals as totals
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.double_key_facts import cell_told, graph_of, tables_of
from dutygraph.pictures.look import MARGIN, Frame, GapNotes, Heading, Look, Picture
from dutygraph.pictures.marks import LegendItem, gap_count, stars
from dutygraph.pictures.words import word

COLUMN, ROW = 40.0, 26.0


def double_key_picture(
    chart: DoubleKeyChart,
    findings: Sequence[Finding] = (),
    *,
    look: Look = Look(),  # noqa: B008 - frozen
    heading: Heading = Heading(),  # noqa: B008 - frozen
) -> Picture:
    """Return the double-key chart as a picture; *findings* tell what the gaps say."""
    notes = GapNotes(findings, look)
    grid = _Grid.of(chart, look)
    frame = Frame(
        title=word("chart", "double-key", look),
        description=_about(chart, look),
        heading=heading,
        look=look,
        legend=_legend(chart, look),
    )
    return frame.draw(
        grid.width,
        grid.height,
        lambda canvas, top: _draw(canvas, top, chart, grid, notes),
        tables_of(chart, notes, look),
        graph_of(chart, notes, look),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """The order of the axes and the sizes around the grid."""

    businesses: tuple[BusinessAxis, ...]
    posts: tuple[PostAxis, ...]
    head: axes.Head
    side: axes.Side
    look: Look

    @classmethod
    def of(cls, chart: DoubleKeyChart, look: Look) -> _Grid:
        order = axes.order_of_departments((*chart.businesses, *chart.posts))
        businesses = axes.by_department(chart.businesses, order)
        posts = axes.by_department(chart.posts, order)
        return cls(businesses, posts, axes.Head.of(businesses, COLUMN), axes.Side.of(posts), look)

    @property
    def width(self) -> float:
        return self.side.width + COLUMN * max(len(self.businesses), 1) + totals.totals_width(self.look)

    @property
    def height(self) -> float:
        rows = max(len(self.posts), 1)
        return self.head.height + ROW * rows + totals.totals_height(self.businesses)

    def inner(self, top: float) -> Box:
        """Return where the cells are."""
        return Box(
            MARGIN + self.side.width,
            top + self.head.height,
            COLUMN * len(self.businesses),
            ROW * len(self.posts),
        )


def _draw(canvas: Canvas, top: float, chart: DoubleKeyChart, grid: _Grid, notes: GapNotes) -> None:
    inner = grid.inner(top)
    axes.draw_grid(canvas, inner, COLUMN, ROW, len(grid.businesses), len(grid.posts))
    columns = {one.thing.iri: number for number, one in enumerate(grid.businesses)}
    rows = {one.thing.iri: number for number, one in enumerate(grid.posts)}
    for cell in chart.cells:
        x = inner.x + COLUMN * columns[cell.business.iri]
        y = inner.y + ROW * rows[cell.post.iri]
        _draw_cell(canvas, Box(x, y, COLUMN, ROW), cell, notes, grid.look)
    axes.draw_departments(canvas, inner, grid.head, (COLUMN, ROW), (grid.businesses, grid.posts))
    grid.head.draw(canvas, inner, COLUMN, grid.businesses, notes)
    grid.side.draw(canvas, inner, ROW, grid.posts, notes)
    totals.draw_totals(canvas, inner, (COLUMN, ROW), chart, (grid.businesses, grid.posts), grid.look)


def _draw_cell(canvas: Canvas, place: Box, cell: DoubleKeyCell, notes: GapNotes, look: Look) -> None:
    part = canvas.group(
        cell_told(cell, notes, look),
        name="dg-cell",
        identity=f"cell/{cell.business.id}/{cell.post.id}",
    )
    box = place.inset(1)
    star = cell.star or 0
    if cell.nodes:
        part.rect(box, f"star-{star}", radius=2)
        stars(part, _star_place(box, cell), star, f"on-star-{star}", 3.6 if cell.gaps else 4.2)
    else:
        part.rect(box.inset(1.5), "paper", "edge", radius=2, dash="3 2")
        stars(part, _star_place(box, cell), cell.declared_star or 0, "soft", 3.6)
    if _differs(cell):
        _draw_difference(part, box, f"on-star-{star}")
    if cell.gaps:
        part.rect(box.inset(0.4), None, "gap", width=1.6, radius=2)
        gap_count(part, (box.right - 6.5, box.y + 7.5), len(cell.gaps), 8)


def _star_place(box: Box, cell: DoubleKeyCell) -> tuple[float, float]:
    """Return where the stars stand: left of the mark of a gap, where there is one."""
    x, y = box.middle
    return (x - 7 if cell.gaps else x), y


def _differs(cell: DoubleKeyCell) -> bool:
    return bool(cell.nodes) and bool(cell.declared) and cell.declared_star != cell.star


def _draw_difference(part: Canvas, box: Box, colour: str) -> None:
    part.path(f"M{box.x + 1.5:.1f} {box.bottom - 8.5:.1f}v7h7Z", colour)


def _legend(chart: DoubleKeyChart, look: Look) -> tuple[LegendItem, ...]:
    items = [LegendItem(word("star", str(star), look), _sample(star)) for star in (3, 2, 1, 0)]
    cells = chart.cells
    if any(map(_differs, cells)):
        items.append(LegendItem(word("legend", "differs", look), _sample_difference))
    if any(not cell.nodes for cell in cells):
        items.append(LegendItem(word("legend", "declared-only", look), _sample_declared))
    items.append(LegendItem(word("legend", "gap", look), _sample_gap))
    return tuple(items)


class _sample:  # noqa: N801 - used as a function of a star
    def __init__(self, star: int) -> None:
        self._star = star

    def __call__(self, canvas: Canvas, box: Box) -> None:
        canvas.rect(box, f"star-{self._star}", radius=2)
        stars(canvas, box.middle, self._star, f"on-star-{self._star}", 4.2)


def _sample_difference(canvas: Canvas, box: Box) -> None:
    canvas.rect(box, "star-1", radius=2)
    _draw_difference(canvas, box, "on-star-1")


def _sample_declared(canvas: Canvas, box: Box) -> None:
    canvas.rect(box.inset(1), "paper", "edge", radius=2, dash="3 2")


def _sample_gap(canvas: Canvas, box: Box) -> None:
    canvas.rect(box.inset(0.5), None, "gap", width=1.6, radius=2)
    gap_count(canvas, (box.right - 6, box.y + 7), 1, 8)


def _about(chart: DoubleKeyChart, look: Look) -> str:
    by_star: Mapping[int, int] = {
        star: sum((cell.star or 0) == star and bool(cell.nodes) for cell in chart.cells) for star in (3, 2, 1)
    }
    gaps = len({gap for cell in chart.cells for gap in cell.gaps})
    return look.say(
        Text(
            f"{len(chart.businesses)}项业务（横轴）与{len(chart.posts)}个岗位（纵轴）的"
            f"{len(chart.cells)}个交汇处：三星{by_star[3]}处、二星{by_star[2]}处、一星{by_star[1]}处；格中有缺口{gaps}处。",
            f"{len(chart.businesses)} businesses (across) and {len(chart.posts)} posts (down) cross in "
            f"{len(chart.cells)} cells: {by_star[3]} of three stars, {by_star[2]} of two, {by_star[1]} of "
            f"one; {gaps} gaps lie in cells.",
        )
    )
