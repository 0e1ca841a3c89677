"""The totals at the margins of the double-key chart, and how many supervisors each business has."""

from __future__ import annotations

from collections.abc import Sequence

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import DoubleKeyCell, DoubleKeyChart
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.look import MARGIN, Look
from dutygraph.pictures.measuring import width_of
from dutygraph.pictures.words import word

TOTAL_ROW = 19.0
ROW_TOTALS, COLUMN_TOTALS = ("businesses", "three-star", "gaps"), ("posts", "three-star", "gaps")


def totals_width(look: Look) -> float:
    """Return how wide the totals at the right are."""
    return 3 * _total_column(look) + 8


def _total_column(look: Look) -> float:
    return max(width_of(word("column", key, look), 11) for key in ROW_TOTALS) + 12


def totals_height(businesses: Sequence[BusinessAxis]) -> float:
    """Return how high the totals below are: posts, three-star cells, gaps, and the supervisors by tier."""
    known = any(one.supervisors is not None for one in businesses)
    return TOTAL_ROW * (6 if known else 3) + 12


def draw_totals(
    canvas: Canvas,
    inner: Box,
    size: tuple[float, float],
    chart: DoubleKeyChart,
    things: tuple[Sequence[BusinessAxis], Sequence[PostAxis]],
    look: Look,
) -> None:
    """Draw the totals right of the rows and below the columns."""
    (column, row), (businesses, posts) = size, things
    right, wide = inner.right + 8, _total_column(look)
    for number, key in enumerate(ROW_TOTALS):
        x = right + wide * (number + 0.5)
        canvas.text((x, inner.y - 9), word("column", key, look), 11, "soft", anchor="middle")
    for number, post in enumerate(posts):
        y = inner.y + row * (number + 0.5)
        cells = [cell for cell in chart.cells if cell.post.iri == post.thing.iri]
        for place, count in enumerate(_counts(cells, post.gaps)):
            _total(canvas, (right + wide * (place + 0.5), y), count, gaps=place == 2)  # noqa: PLR2004
    below = inner.bottom + 8
    for number, business in enumerate(businesses):
        x = inner.x + column * (number + 0.5)
        cells = [cell for cell in chart.cells if cell.business.iri == business.thing.iri]
        for place, count in enumerate(_counts(cells, business.gaps)):
            _total(canvas, (x, below + TOTAL_ROW * (place + 0.5)), count, gaps=place == 2)  # noqa: PLR2004
    _draw_corner(canvas, inner, chart, look)
    _draw_supervisors(canvas, inner, column, businesses, look)


def _counts(cells: Sequence[DoubleKeyCell], own: Sequence[str]) -> tuple[int, int, int]:
    gaps = {gap for cell in cells for gap in cell.gaps} | set(own)
    return len(cells), sum(cell.star == 3 for cell in cells), len(gaps)  # noqa: PLR2004 - three stars


def _draw_corner(canvas: Canvas, inner: Box, chart: DoubleKeyChart, look: Look) -> None:
    below, right = inner.bottom + 8, inner.right + 8
    things: tuple[BusinessAxis | PostAxis, ...] = (*chart.businesses, *chart.posts)
    own = [gap for one in things for gap in one.gaps]
    for place, (key, count) in enumerate(zip(COLUMN_TOTALS, _counts(chart.cells, own), strict=True)):
        y = below + TOTAL_ROW * (place + 0.5)
        canvas.text((inner.x - 8, y), word("column", key, look), 11, "soft", anchor="end")
        told = f"{word('column', 'total', look)} {count}"
        canvas.text((right, y), told, 11, bold=True)


def _total(canvas: Canvas, at: tuple[float, float], count: int, *, gaps: bool) -> None:
    if not count:
        canvas.text(at, "·", 11, "soft", anchor="middle")
    else:
        canvas.text(at, str(count), 11, "gap" if gaps else "ink", anchor="middle", bold=gaps)


def _draw_supervisors(
    canvas: Canvas, inner: Box, column: float, businesses: Sequence[BusinessAxis], look: Look
) -> None:
    """Draw how many supervisors of each tier a business has; a cross where it has none."""
    if all(one.supervisors is None for one in businesses):
        return
    below = inner.bottom + 12 + TOTAL_ROW * 3
    canvas.line((MARGIN, below - 1), (inner.right, below - 1), "line")
    for tier in (1, 2, 3):
        y = below + TOTAL_ROW * (tier - 0.5)
        canvas.text((inner.x - 8, y), word("column", f"tier-{tier}", look), 11, "soft", anchor="end")
        for number, one in enumerate(businesses):
            if one.supervisors is None:
                continue
            x, count = inner.x + column * (number + 0.5), len(one.supervisors.get(tier, ()))
            canvas.text((x, y), str(count) if count else "–", 11, "ink" if count else "soft", anchor="middle")
