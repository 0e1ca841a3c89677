"""双关键监督图 / the double-key chart as a table: businesses down, posts across, a star where they meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import DoubleKeyCell, DoubleKeyChart
from dutygraph.documents.colours import ink_on
from dutygraph.documents.gap_rows import SHORT, chosen, rules_by_gap, short_rows
from dutygraph.documents.labels import label, schema, sheet_of
from dutygraph.documents.model import Cell, Content, Heading, Kind, Row, Shaded, Sheet, name_of
from dutygraph.documents.words import word
from dutygraph.model import CheckReport
from dutygraph.pictures.look import Look
from dutygraph.pictures.palette import palette
from dutygraph.pictures.words import word as picture_word

MOST_COLUMNS = 40
"""Posts side by side on one sheet of A3; Word itself ends at 63 columns."""
_THREE = 3
_CELLS = ("business", "post", "star", "declared_star", "node_count", "risk_count", "gap_count")
_GRID_HEAD = ("id", "name", "department", "star", "tier1", "tier2", "tier3")


def double_key_document(chart: DoubleKeyChart, report: CheckReport, language: str, scope: str) -> Content:
    """Return the double-key chart, its open gaps marked."""
    teller = _Teller(chart, report, language)
    shown = bool(chart.businesses and chart.posts)
    gaps = short_rows(chosen(report.findings, teller.gap_ids()), language)
    fields: Row = {
        "business_count": len(chart.businesses),
        "post_count": len(chart.posts),
        "cell_count": sum(bool(cell.nodes) for cell in chart.cells),
        "three_star_count": sum(cell.star == _THREE for cell in chart.cells),
        "gap_count": len(gaps),
        "parts": teller.parts() if shown else [],
        "differing": [teller.differing(cell) for cell in chart.cells if _differs(cell)],
        "unplaced": teller.unplaced(),
        "gaps": gaps,
    }
    cells = [teller.cell_row(cell) for cell in chart.cells]
    note = word(
        "none",
        "double-key",
        language,
        businesses=report.counts.get("Business", 0),
        posts=report.counts.get("Post", 0),
    )
    differing = fields["differing"]
    assert isinstance(differing, list)
    columns = schema(Kind.DOUBLE_KEY)["differing"]
    return Content(
        Kind.DOUBLE_KEY,
        language,
        Heading.of(report, scope),
        "" if shown else note,
        fields,
        (
            teller.grid(),
            sheet_of(word("sheet", "cells", language), _CELLS, cells, language),
            sheet_of(word("sheet", "differing", language), columns, differing, language),
            sheet_of(word("sheet", "gaps", language), SHORT, gaps, language),
        ),
    )


def _differs(cell: DoubleKeyCell) -> bool:
    return bool(cell.declared) and cell.star is not None and cell.declared_star != cell.star


class _Teller:
    """Tells the double-key chart in words and colours."""

    def __init__(self, chart: DoubleKeyChart, report: CheckReport, language: str) -> None:
        self._chart, self._language, self._look = chart, language, Look(language)
        self._rules = rules_by_gap(report.findings)
        self._paint: Mapping[str, str] = {
            name: colour.lstrip("#").upper() for name, colour in palette("light").items()
        }
        self._cells = {(cell.business.iri, cell.post.iri): cell for cell in chart.cells}

    def gap_ids(self) -> Iterator[str]:
        """Yield the gaps of all that the chart shows."""
        axes: tuple[BusinessAxis | PostAxis, ...] = (*self._chart.businesses, *self._chart.posts)
        for one in axes:
            yield from one.gaps
        for cell in self._chart.cells:
            yield from cell.gaps

    def parts(self) -> list[Row]:
        """Return the chart in parts of so many posts as a sheet has room for, evenly filled."""
        posts = self._chart.posts
        total = ceil(len(posts) / MOST_COLUMNS)
        size = ceil(len(posts) / total)
        return [
            self._part(posts[start : start + size], number, total)
            for number, start in enumerate(range(0, len(posts), size), start=1)
        ]

    def _part(self, posts: Sequence[PostAxis], number: int, total: int) -> Row:
        told = word("say", "part", self._language, number=number, total=total) if total > 1 else ""
        return {
            "part": told,
            "columns": [self._post(post) for post in posts],
            "businesses": [self._business(one, posts) for one in self._chart.businesses],
        }

    def _post(self, post: PostAxis) -> Row:
        return {
            "id": post.thing.id,
            "name": post.thing.label,
            "department": "、".join(one.label for one in post.departments),
            "star": "★" * (post.star or 0),
            **self._marked(post.gaps),
        }

    def _marked(self, gaps: Sequence[str]) -> Mapping[str, str]:
        """Return the colours of a heading and the mark of its gaps."""
        told = self._gaps(gaps)
        return {
            "text": told,
            "colour": self._paint["hole" if told else "band"],
        }

    def _gaps(self, gaps: Sequence[str]) -> str:
        count = sum(gap in self._rules for gap in gaps)
        return word("say", "gap", self._language, count=count) if count else ""

    def _business(self, one: BusinessAxis, posts: Sequence[PostAxis]) -> Row:
        held = one.supervisors or {}
        return {
            "id": one.thing.id,
            "name": one.thing.label,
            "department": "、".join(department.label for department in one.departments),
            "star": "★" * (one.star or 0) or picture_word("star", "0", self._look),
            **{f"tier{tier}": len(held.get(tier, ())) for tier in (1, 2, 3)},
            **self._marked(one.gaps),
            "cells": [self._cell(self._cells.get((one.thing.iri, post.thing.iri))) for post in posts],
        }

    def _cell(self, cell: DoubleKeyCell | None) -> Row:
        if cell is None:
            return {"text": "", "colour": self._paint["paper"]}
        star = cell.star or 0
        mark = str(star) if star else "·"
        gaps = self._gaps(cell.gaps)
        return {
            "text": f"{mark}\n{gaps}" if gaps else mark,
            "colour": self._paint[f"star-{star}"],
        }

    def differing(self, cell: DoubleKeyCell) -> Row:
        """Return a cell whose declared star is another than the computed one."""
        return {
            "business": name_of(cell.business),
            "post": name_of(cell.post),
            "star": self._star(cell.star),
            "declared_star": self._star(cell.declared_star),
        }

    def _star(self, star: int | None) -> str:
        return picture_word("star", str(star or 0), self._look)

    def unplaced(self) -> list[Row]:
        """Return what was declared of nothing registered, or where business and post do not meet."""
        missing = word("say", "not-given", self._language)
        stray = [
            {
                "business": name_of(cell.business) if cell.business else missing,
                "post": name_of(cell.post) if cell.post else missing,
                "declared_star": self._star(cell.star),
            }
            for cell in self._chart.stray
        ]
        bare = [
            {
                "business": name_of(cell.business),
                "post": name_of(cell.post),
                "declared_star": self._star(cell.declared_star),
            }
            for cell in self._chart.cells
            if not cell.nodes
        ]
        return [*stray, *bare]

    def cell_row(self, cell: DoubleKeyCell) -> Row:
        """Return a crossing for the list of them."""
        return {
            "business": name_of(cell.business),
            "post": name_of(cell.post),
            "star": self._star(cell.star) if cell.nodes else "",
            "declared_star": self._star(cell.declared_star) if cell.declared else "",
            "node_count": len(cell.nodes),
            "risk_count": cell.risks,
            "gap_count": sum(gap in self._rules for gap in cell.gaps),
        }

    def grid(self) -> Sheet:
        """Return the whole chart as one sheet of Excel."""
        posts = self._chart.posts
        rows = tuple(self._grid_row(self._business(one, posts)) for one in self._chart.businesses)
        heads = tuple(f"{post.thing.id} {post.thing.label}" for post in posts)
        return Sheet(
            name=word("sheet", "grid", self._language),
            headings=(*(label(key, self._language) for key in _GRID_HEAD), *heads),
            widths=(7, 26, 14, 8, 6, 6, 6, *(5 for _ in posts)),
            rows=rows,
            frozen=2,
            upright_from=len(_GRID_HEAD),
        )

    def _grid_row(self, business: Row) -> tuple[Cell, ...]:
        def shaded(row: Row, value: object) -> Cell:
            assert isinstance(value, str | int)
            return Shaded(value, f"#{row['colour']}", ink_on(str(row["colour"])))

        cells = business["cells"]
        assert isinstance(cells, list)
        head = (business[key] for key in _GRID_HEAD)
        return (
            *(shaded(business, value) for value in head),
            *(_number(shaded(one, one["text"])) for one in cells),
        )


def _number(cell: Cell) -> Cell:
    """Return a mere star as a number, to count with."""
    if isinstance(cell, Shaded) and isinstance(cell.value, str) and cell.value.isdecimal():
        return Shaded(int(cell.value), cell.fill, cell.ink)
    return cell
