"""What was added and removed between two versions of a line chart: nodes, risks, controls, steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dutygraph.charts.reading import Reading
from dutygraph.charts.versions import ChartVersion, Contents, find_version, versions_by_business
from dutygraph.model import Thing


@dataclass(frozen=True, slots=True)
class Change:
    """What only the newer and what only the older version holds, by id; how much both hold."""

    added: tuple[Thing, ...]
    removed: tuple[Thing, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class StepText:
    """A step as versions can be compared by it: what is done, and at which node."""

    node: Thing | None
    text: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """Steps that only the newer and that only the older version holds; how many both hold."""

    added: tuple[StepText, ...]
    removed: tuple[StepText, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class ChartDifference:
    """Two versions of one business's chart, and how the newer differs from the older."""

    older: ChartVersion
    newer: ChartVersion
    nodes: Change
    risks: Change
    controls: Change
    steps: StepChange


def chart_difference(reading: Reading, business: str, older: str, newer: str) -> ChartDifference:
    """Return how two versions of the line chart of a business (by IRI) differ; in the order asked for.

    Raises:
        dutygraph.charts.reading.UnknownThingError: the business has no such version.

    """
    versions = versions_by_business(reading, {}).get(business, ())
    before, after = find_version(versions, older), find_version(versions, newer)
    old, new = before.contents, after.contents
    return ChartDifference(
        older=before,
        newer=after,
        nodes=_change(reading, old.nodes, new.nodes),
        risks=_change(reading, old.risks, new.risks),
        controls=_change(reading, old.controls, new.controls),
        steps=_step_change(reading, old, new),
    )


def _change(reading: Reading, old: frozenset[str], new: frozenset[str]) -> Change:
    return Change(reading.sorted(new - old), reading.sorted(old - new), len(old & new))


def _step_change(reading: Reading, older: Contents, newer: Contents) -> StepChange:
    # each chart has steps of its own: the same step in two charts is two things of equal words
    old, new = _texts(reading, older), _texts(reading, newer)
    return StepChange(_sorted(new - old), _sorted(old - new), len(old & new))


def _texts(reading: Reading, contents: Contents) -> frozenset[StepText]:
    return frozenset(
        StepText(None if step.node is None else reading.things.thing(step.node), step.thing.label)
        for step in contents.steps
    )


def _sorted(steps: Iterable[StepText]) -> tuple[StepText, ...]:
    return tuple(sorted(steps, key=lambda step: (step.node.id if step.node else "", step.text)))
