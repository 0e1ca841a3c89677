"""Answers as charts: bars of their numbers, or a net of the things that stand in one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from dutygraph.service.console.asking import ShownAnswer, ShownCell

MOST_BARS, MOST_LINES = 40, 150
"""What can still be read: bars in a chart, lines in a net."""
_COLOURS = ("#2f7fd1", "#c2571a", "#17835b", "#8a5cc4", "#a8861a", "#c2417a")
_LONGEST = 22


def bars_of(answer: ShownAnswer) -> dict[str, Any] | None:
    """Return a chart of the columns of numbers; None where there is nothing to compare."""
    columns = range(len(answer.headings))
    numbers = [at for at in columns if _is_number(answer, at)]
    names = [at for at in columns if at not in numbers]
    rows = answer.rows[:MOST_BARS]
    if not numbers or not names or len(rows) < 2:  # noqa: PLR2004 - one bar compares nothing
        return None
    return {
        "color": list(_COLOURS),
        "aria": {"enabled": True, "decal": {"show": len(numbers) > 1}},
        "animation": False,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"show": len(numbers) > 1, "top": 0},
        "grid": {
            "left": 8,
            "right": 40,
            "top": 34 if len(numbers) > 1 else 8,
            "bottom": 8,
            "containLabel": True,
        },
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [_short(" · ".join(row[at].text for at in names[:2] if row[at].text)) for row in rows],
            "axisLabel": {"interval": 0},
        },
        "series": [
            {
                "type": "bar",
                "name": answer.headings[at],
                "data": [row[at].number for row in rows],
                "label": {"show": len(numbers) == 1, "position": "right"},
                "barMaxWidth": 22,
            }
            for at in numbers
        ],
    }


def height_of_bars(options: dict[str, Any]) -> int:
    """Return how high a chart of bars is, in pixels."""
    row = 14 + 12 * len(options["series"])
    return 60 + row * len(options["yAxis"]["data"])


def height_of_net(options: dict[str, Any]) -> int:
    """Return how high a net is, in pixels: few things need little room."""
    return min(640, 240 + 16 * len(options["series"][0]["data"]))


def net_of(answer: ShownAnswer) -> dict[str, Any] | None:
    """Return a net that joins the things of each row, from left to right; None where nothing is joined."""
    nodes: dict[str, dict[str, Any]] = {}
    lines: dict[tuple[str, str], dict[str, str]] = {}
    kinds: list[str] = []
    for left, right in _joined(answer.rows):
        for cell in (left, right):
            thing = cell.thing
            if thing is None:
                continue
            kind = thing.iri.rsplit("/", 2)[-2]
            if kind not in kinds:
                kinds.append(kind)
            nodes.setdefault(
                thing.iri,
                {"id": thing.iri, "name": _short(cell.text), "category": kinds.index(kind), "symbolSize": 16},
            )
        if left.thing is not None and right.thing is not None and len(lines) < MOST_LINES:
            ends = (left.thing.iri, right.thing.iri)
            lines.setdefault(ends, {"source": ends[0], "target": ends[1]})
    joined = {iri for ends in lines for iri in ends}
    if not joined:
        return None
    there = [node for iri, node in nodes.items() if iri in joined]
    return _net(kinds, there, list(lines.values()))


def _net(kinds: list[str], nodes: list[dict[str, Any]], lines: list[dict[str, str]]) -> dict[str, Any]:
    drawn = {
        "type": "graph",
        "layout": "force",
        "roam": True,
        "draggable": True,
        "force": {"repulsion": 220, "edgeLength": 90, "layoutAnimation": False},
        "label": {"show": True, "position": "right", "fontSize": 12},
        "labelLayout": {"hideOverlap": True},
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 7,
        "categories": [{"name": kind} for kind in kinds],
        "data": nodes,
        "links": lines,
    }
    return {"color": list(_COLOURS), "animation": False, "tooltip": {}, "series": [drawn]}


def _joined(rows: Sequence[Sequence[ShownCell]]) -> Iterator[tuple[ShownCell, ShownCell]]:
    for row in rows:
        things = [cell for cell in row if cell.thing is not None]
        for left, right in pairwise(things):
            if left.thing != right.thing:
                yield left, right


def _is_number(answer: ShownAnswer, at: int) -> bool:
    cells = [row[at] for row in answer.rows if row[at].text]
    return bool(cells) and all(cell.number is not None for cell in cells)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
