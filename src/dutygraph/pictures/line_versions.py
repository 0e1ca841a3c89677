"""Two versions of a line chart laid over each other, so that one picture shows how they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from dutygraph.charts.difference import ChartDifference
from dutygraph.charts.line import LineChart, LineNode, LineRisk
from dutygraph.charts.versions import Step
from dutygraph.model import Thing

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


class _Named(Protocol):
    @property
    def thing(self) -> Thing: ...


One = TypeVar("One", bound=_Named)


def merged(
    older: LineChart, newer: LineChart, difference: ChartDifference
) -> tuple[LineChart, Mapping[str, str]]:
    """Return a chart that holds what either version holds, and what changed by IRI.

    What both hold and whose risks, controls or steps differ has changed itself.
    """
    changes: dict[str, str] = {}
    for change in (difference.nodes, difference.risks, difference.controls):
        changes |= {thing.iri: ADDED for thing in change.added}
        changes |= {thing.iri: REMOVED for thing in change.removed}
    nodes = _both(older.nodes, newer.nodes, lambda old, new: _node(old, new, difference))
    nodes = tuple(replace(node, charted=None, risks=tuple(map(_uncharted, node.risks))) for node in nodes)
    for node in nodes:
        _mark_changed(node, changes, difference)
    chart = replace(
        newer,
        nodes=nodes,
        unplaced_risks=_both(older.unplaced_risks, newer.unplaced_risks, lambda _, new: new),
        unplaced_controls=_both(older.unplaced_controls, newer.unplaced_controls, lambda _, new: new),
    )
    return chart, changes


def _both(older: Sequence[One], newer: Sequence[One], join: Callable[[One, One], One]) -> tuple[One, ...]:
    """Return what either has, in the order of the newer; what only the older has stands where it stood."""
    before = {one.thing.iri: one for one in older}
    found = [join(before[one.thing.iri], one) if one.thing.iri in before else one for one in newer]
    places = {one.thing.iri: place for place, one in enumerate(newer)}
    last = -1
    lost: list[tuple[int, One]] = []
    for one in older:
        if one.thing.iri in places:
            last = places[one.thing.iri]
        else:
            lost.append((last, one))
    for place, one in reversed(lost):
        found.insert(place + 1, one)
    return tuple(found)


def _node(older: LineNode, newer: LineNode, difference: ChartDifference) -> LineNode:
    own = [step.text for step in difference.steps.removed if step.node == newer.thing]
    gone = tuple(_signed(step, "－") for step in older.steps if step.thing.label in own)
    new = [step.text for step in difference.steps.added if step.node == newer.thing]
    steps = tuple(_signed(step, "＋") if step.thing.label in new else step for step in newer.steps)
    return replace(newer, risks=_both(older.risks, newer.risks, _risk), steps=(*steps, *gone))


def _risk(older: LineRisk, newer: LineRisk) -> LineRisk:
    return replace(newer, controls=_both(older.controls, newer.controls, lambda _, new: new))


def _signed(step: Step, sign: str) -> Step:
    return replace(step, thing=replace(step.thing, label=f"{sign}{step.thing.label}"))


def _uncharted(risk: LineRisk) -> LineRisk:
    """Leave out what only says whether the newer version holds it: the changes say that."""
    controls = tuple(replace(control, charted=None) for control in risk.controls)
    return replace(risk, charted=None, controls=controls)


def _mark_changed(node: LineNode, changes: dict[str, str], difference: ChartDifference) -> None:
    for risk in node.risks:
        if any(control.thing.iri in changes for control in risk.controls):
            changes.setdefault(risk.thing.iri, CHANGED)
    steps = {step.node.iri for step in (*difference.steps.added, *difference.steps.removed) if step.node}
    if node.thing.iri in steps or any(risk.thing.iri in changes for risk in node.risks):
        changes.setdefault(node.thing.iri, CHANGED)
