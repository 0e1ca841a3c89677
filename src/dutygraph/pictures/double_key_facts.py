"""The facts of the double-key chart: what a cell says on hovering, the tables, the graph."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import DeclaredCell, DoubleKeyCell, DoubleKeyChart
from dutygraph.model import Text
from dutygraph.pictures.look import FactTable, GapNotes, Look, Net, address, name_of
from dutygraph.pictures.words import word


def cell_told(cell: DoubleKeyCell, notes: GapNotes, look: Look) -> str:
    """Return what a cell says: which business and post, stars, nodes, parts, risks, gaps."""
    declared = _star(cell.declared_star, look) if cell.declared else word("word", "none", look)
    lines = [
        f"{name_of(cell.business)} × {name_of(cell.post)}",
        f"{word('column', 'star', look)} {_star(cell.star, look)}",
        f"{word('column', 'declared', look)} {declared}",
        f"{word('column', 'nodes', look)} {len(cell.nodes)} {_parts(cell, look)}".rstrip(),
        *(name_of(node) for node in cell.nodes),
        f"{word('column', 'risks', look)} {cell.risks}",
        *notes.told(cell.gaps),
    ]
    return "\n".join(lines)


def tables_of(chart: DoubleKeyChart, notes: GapNotes, look: Look) -> tuple[FactTable, ...]:
    """Return the cells, the businesses, the posts, and what was declared for nothing that is registered."""
    tables = [_cells(chart, notes, look), _businesses(chart, notes, look), _posts(chart, notes, look)]
    if chart.stray:
        tables.append(
            FactTable(
                look.say(
                    Text("公布的、但业务或岗位不在台账上的格", "Declared cells that name nothing registered")
                ),
                tuple(word("column", key, look) for key in ("business", "post", "declared")),
                tuple(_stray(cell, look) for cell in chart.stray),
            )
        )
    return tuple(tables)


def _cells(chart: DoubleKeyChart, notes: GapNotes, look: Look) -> FactTable:
    keys = ("business", "post", "star", "declared", "nodes", "parts", "risks", "gaps")
    return FactTable(
        look.say(Text("交汇处", "Where they cross")),
        tuple(word("column", key, look) for key in keys),
        tuple(
            (
                name_of(cell.business),
                name_of(cell.post),
                _star(cell.star, look) if cell.nodes else "",
                _star(cell.declared_star, look) if cell.declared else "",
                str(len(cell.nodes)),
                _parts(cell, look),
                str(cell.risks),
                "\n".join(notes.told(cell.gaps)),
            )
            for cell in chart.cells
        ),
    )


def _businesses(chart: DoubleKeyChart, notes: GapNotes, look: Look) -> FactTable:
    known = any(one.supervisors is not None for one in chart.businesses)
    tiers = ("tier-1", "tier-2", "tier-3") if known else ()
    return FactTable(
        word("column", "business", look),
        tuple(word("column", key, look) for key in ("business", "department", "star", *tiers, "gaps")),
        tuple(
            (
                name_of(one.thing),
                "、".join(department.label for department in one.departments),
                _star(one.star, look),
                *(str(len((one.supervisors or {}).get(tier, ()))) for tier in (1, 2, 3) if known),
                "\n".join(notes.told(one.gaps)),
            )
            for one in chart.businesses
        ),
    )


def _posts(chart: DoubleKeyChart, notes: GapNotes, look: Look) -> FactTable:
    return FactTable(
        word("column", "post", look),
        tuple(word("column", key, look) for key in ("post", "department", "star", "gaps")),
        tuple(
            (
                name_of(one.thing),
                "、".join(department.label for department in one.departments),
                _star(one.star, look),
                "\n".join(notes.told(one.gaps)),
            )
            for one in chart.posts
        ),
    )


def _stray(cell: DeclaredCell, look: Look) -> tuple[str, ...]:
    things = (name_of(thing) if thing else "" for thing in (cell.business, cell.post))
    return (*things, _star(cell.star, look))


def graph_of(chart: DoubleKeyChart, notes: GapNotes, look: Look) -> Net:
    """Return businesses and posts as nodes, cells as edges, with stars and gaps as attributes."""
    graph: Net = nx.MultiDiGraph()
    things: tuple[BusinessAxis | PostAxis, ...] = (*chart.businesses, *chart.posts)
    for one in things:
        graph.add_node(
            address(one.thing),
            label=name_of(one.thing),
            kind=one.thing.kind,
            stars=one.star or 0,
            department="、".join(department.label for department in one.departments),
            gaps=len(one.gaps),
            gap_texts="\n".join(notes.told(one.gaps)),
        )
    for cell in chart.cells:
        graph.add_edge(
            address(cell.business),
            address(cell.post),
            label=_parts(cell, look),
            stars=cell.star or 0,
            declared_stars=cell.declared_star or 0,
            nodes=len(cell.nodes),
            risks=cell.risks,
            gaps=len(cell.gaps),
            gap_texts="\n".join(notes.told(cell.gaps)),
        )
    return graph


def _star(star: int | None, look: Look) -> str:
    return word("star", str(star or 0), look)


def _parts(cell: DoubleKeyCell, look: Look) -> str:
    return "、".join(_parts_told(cell, look))


def _parts_told(cell: DoubleKeyCell, look: Look) -> Iterator[str]:
    for part, count in cell.parts.items():
        if count:
            yield f"{word('part', part.value, look)} {count}"
