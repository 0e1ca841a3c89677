"""The facts of a line chart as a table and as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import networkx as nx

from dutygraph.charts.line import LineChart, LineControl, LineNode, LineRisk
from dutygraph.model import Thing
from dutygraph.pictures.look import FactTable, GapNotes, Look, Net, address, name_of
from dutygraph.pictures.words import word

_KEYS = ("node", "node-posts", "risk", "control", "stage", "owner", "steps", "gaps")


def tables_of(
    chart: LineChart, notes: GapNotes, look: Look, changes: Mapping[str, str]
) -> tuple[FactTable, ...]:
    """Return the supervisors and gaps of the business, and a row for each node, risk and control."""
    keys = (*_KEYS, "change") if changes else _KEYS
    headings = tuple(word("column", key, look) for key in keys)
    rows = tuple(row[: len(keys)] for row in _rows(chart, notes, look, changes))
    return _business(chart, notes, look), FactTable(word("chart", "line", look), headings, rows)


def _business(chart: LineChart, notes: GapNotes, look: Look) -> FactTable:
    business = chart.business
    tiers = (1, 2, 3) if business.supervisors is not None else ()
    held = (
        "、".join(one.appointment.id for one in (business.supervisors or {}).get(tier, ())) for tier in tiers
    )
    return FactTable(
        name_of(business.thing),
        (
            word("column", "star", look),
            *(word("column", f"tier-{tier}", look) for tier in tiers),
            word("column", "gaps", look),
        ),
        (
            (
                word("star", str(business.star or 0), look),
                *(told or word("word", "none", look) for told in held),
                "\n".join(notes.told(business.gaps)),
            ),
        ),
    )


def _rows(
    chart: LineChart, notes: GapNotes, look: Look, changes: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    for node in chart.nodes:
        for risk in node.risks or (None,):
            for control in (risk.controls if risk is not None else ()) or (None,):
                yield _row(node, risk, control, notes, look, changes)


def _row(
    node: LineNode,
    risk: LineRisk | None,
    control: LineControl | None,
    notes: GapNotes,
    look: Look,
    changes: Mapping[str, str],
) -> tuple[str, ...]:
    parts = (node, risk, control)
    gaps = dict.fromkeys(gap for part in parts if part is not None for gap in part.gaps)
    posts = (
        f"{word('part', part.value, look)} {'、'.join(post.label for post in held)}"
        for part, held in node.posts.items()
        if held
    )
    changed = (
        f"{word('change', changes[part.thing.iri], look)} {part.thing.id}"
        for part in parts
        if part is not None and part.thing.iri in changes
    )
    stages = () if control is None else control.stages
    return (
        f"{'' if node.sequence is None else node.sequence} {node.thing.label}".strip(),
        "\n".join(posts),
        "" if risk is None else name_of(risk.thing),
        "" if control is None else name_of(control.thing),
        "、".join(word("stage", stage, look) for stage in stages if stage.startswith("stage-")),
        "" if control is None else "、".join(owner.label for owner in control.owners),
        "\n".join(step.thing.label for step in node.steps),
        "\n".join(notes.told(tuple(gaps))),
        "\n".join(changed),
    )


def graph_of(chart: LineChart, notes: GapNotes, look: Look, changes: Mapping[str, str]) -> Net:
    """Return business, nodes, risks, controls and posts as a graph."""
    return _Graph(notes, look, changes).of(chart)


class _Graph:
    """Makes the graph of a line chart."""

    def __init__(self, notes: GapNotes, look: Look, changes: Mapping[str, str]) -> None:
        self._notes, self._look, self._changes = notes, look, changes
        self._graph: Net = nx.MultiDiGraph()

    def of(self, chart: LineChart) -> Net:
        top = self._add(chart.business.thing, chart.business.gaps, chart.business.star)
        for node in chart.nodes:
            self._join(top, self._add(node.thing, node.gaps, node.star), ("column", "node"))
            self._add_posts(node)
            for risk in node.risks:
                self._add_risk(node, risk)
        drawn = {node.thing for node in chart.nodes}
        for node in chart.nodes:
            for following in node.following:
                if following in drawn:
                    self._graph.add_edge(address(node.thing), address(following), label="→")
        return self._graph

    def _add(self, thing: Thing, gaps: tuple[str, ...], stars: int | None = None) -> str:
        name = address(thing)
        self._graph.add_node(
            name,
            label=name_of(thing),
            kind=thing.kind,
            stars=stars or 0,
            gaps=len(gaps),
            gap_texts="\n".join(self._notes.told(gaps)),
            change=self._changes.get(thing.iri, ""),
        )
        return name

    def _join(self, source: str, target: str, label: tuple[str, str]) -> None:
        self._graph.add_edge(source, target, label=word(*label, self._look))

    def _post(self, thing: Thing) -> str:
        return address(thing) if address(thing) in self._graph else self._add(thing, ())

    def _add_posts(self, node: LineNode) -> None:
        for part, posts in node.posts.items():
            for one in posts:
                self._join(address(node.thing), self._post(one), ("part", part.value))

    def _add_risk(self, node: LineNode, risk: LineRisk) -> None:
        own = self._add(risk.thing, risk.gaps)
        self._join(address(node.thing), own, ("column", "risk"))
        for control in risk.controls:
            lowering = self._add(control.thing, control.gaps)
            stages = [stage for stage in control.stages if stage.startswith("stage-")]
            for stage in stages:
                self._join(own, lowering, ("stage", stage))
            if not stages:
                self._join(own, lowering, ("column", "control"))
            for owner in control.owners:
                self._join(lowering, self._post(owner), ("column", "owner"))
