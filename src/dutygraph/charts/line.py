"""The line chart (“线”图): one business as nodes in the order of its flow, risks, controls, holes (F18, F19).

Without a version it shows what is registered now, with the steps of the chart in force; with one, only what
that version of the chart holds. Posts, stars and supervisors are always those of now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dutygraph.charts.axes import BusinessAxis, businesses
from dutygraph.charts.process import NodeFacts, Part, Process, read_process
from dutygraph.charts.reading import Reading, gaps_by_thing
from dutygraph.charts.versions import ChartVersion, Contents, Step, find_version, versions_by_business
from dutygraph.model import Finding, Thing
from dutygraph.ontology import SV

STAGES = (str(SV["stage-before"]), str(SV["stage-during"]), str(SV["stage-after"]))
"""Before, during, after."""


@dataclass(frozen=True, slots=True)
class LineControl:
    """A control: its stages (ids such as stage-before; one, unless R04 is broken), its owner posts.

    ``charted`` says whether the chart that is shown holds it; None where there is no chart.
    """

    thing: Thing
    stages: tuple[str, ...]
    owners: tuple[Thing, ...]
    charted: bool | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineRisk:
    """A risk with its controls, by stage and id."""

    thing: Thing
    weight: Decimal | None
    retired: bool
    controls: tuple[LineControl, ...]
    charted: bool | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineNode:
    """A node in its place: the posts by part, its risks, the supervision steps embedded in it."""

    thing: Thing
    sequence: int | None
    key: bool
    star: int | None
    no_risk_on: date | None
    following: tuple[Thing, ...]
    posts: Mapping[Part, tuple[Thing, ...]]
    risks: tuple[LineRisk, ...]
    steps: tuple[Step, ...]
    charted: bool | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """A business's line chart. ``shown`` is the version that it shows, or else the one in force, if any.

    ``unplaced`` are what the version holds and no node of it has: risks, and controls of no risk shown.
    """

    business: BusinessAxis
    nodes: tuple[LineNode, ...]
    unplaced_risks: tuple[LineRisk, ...]
    unplaced_controls: tuple[LineControl, ...]
    shown: ChartVersion | None
    versions: tuple[ChartVersion, ...]


@dataclass(frozen=True, slots=True)
class LineSummary:
    """What stands on one line of the list; ``gaps`` are those of all that the line chart shows."""

    business: BusinessAxis
    nodes: int
    key_nodes: int
    risks: int
    controls: int
    current: ChartVersion | None
    versions: tuple[ChartVersion, ...]
    gaps: tuple[str, ...]


def line_charts(reading: Reading, findings: Sequence[Finding] = ()) -> tuple[LineSummary, ...]:
    """Return a line for every business, by id: what is registered, which chart is in force."""
    process, gaps = read_process(reading), gaps_by_thing(reading, findings)
    versions = versions_by_business(reading, gaps)
    return tuple(
        _summary(process, one, versions.get(one.thing.iri, ()), gaps) for one in businesses(reading, gaps)
    )


def line_chart(
    reading: Reading, business: str, version: str | None = None, findings: Sequence[Finding] = ()
) -> LineChart:
    """Return the line chart of a business (by IRI) as it is registered, or one version of it.

    Raises:
        UnknownThingError: no such version.
        KeyError: the IRI is no registered business.

    """
    process, gaps = read_process(reading), gaps_by_thing(reading, findings)
    axis = {one.thing.iri: one for one in businesses(reading, gaps)}[business]
    versions = versions_by_business(reading, gaps).get(business, ())
    if version is None:
        shown = _in_force(versions)
        nodes = process.of_business(business)
        contents = None
    else:
        shown = find_version(versions, version)
        contents = shown.contents
        nodes = in_version(process, contents)
    drawing = Drawing(reading, process, gaps, shown, contents)
    return LineChart(
        business=axis,
        nodes=tuple(drawing.node(node) for node in nodes),
        unplaced_risks=() if contents is None else drawing.unplaced_risks(nodes, contents),
        unplaced_controls=() if contents is None else drawing.unplaced_controls(contents),
        shown=shown,
        versions=versions,
    )


def cell_nodes(
    reading: Reading, business: str, nodes: Iterable[str], findings: Sequence[Finding] = ()
) -> tuple[LineNode, ...]:
    """Return some nodes of a business (by IRI), drawn as on its line chart, in the order of the flow."""
    process, gaps = read_process(reading), gaps_by_thing(reading, findings)
    versions = versions_by_business(reading, gaps).get(business, ())
    drawing = Drawing(reading, process, gaps, _in_force(versions))
    return tuple(drawing.node(node) for node in process.in_order(nodes))


class Drawing:
    """Draws nodes with their risks and controls; with *contents*, only what these hold."""

    def __init__(
        self,
        reading: Reading,
        process: Process,
        gaps: Mapping[str, tuple[str, ...]],
        chart: ChartVersion | None,
        contents: Contents | None = None,
    ) -> None:
        """Keep what is drawn from."""
        self._reading, self._process, self._gaps = reading, process, gaps
        self._chart, self._contents = chart, contents
        self._steps: dict[str, list[Step]] = defaultdict(list)
        for step in () if chart is None else chart.contents.steps:
            self._steps[step.node or ""].append(step)

    def node(self, node: NodeFacts) -> LineNode:
        """Return a node with its risks, by id."""
        held = None if self._contents is None else self._contents.risks
        risks = [iri for iri in node.risks if held is None or iri in held]
        return LineNode(
            thing=self._reading.things.thing(node.iri),
            sequence=node.sequence,
            key=node.key,
            star=node.star,
            no_risk_on=node.no_risk_on,
            following=self._reading.sorted(node.following),
            posts={part: self._reading.sorted(posts) for part, posts in node.posts.items()},
            risks=self._sorted_risks(risks),
            steps=tuple(self._steps.get(node.iri, ())),
            charted=self._is_charted(node.iri, lambda held: held.nodes),
            gaps=self._gaps.get(node.iri, ()),
        )

    def unplaced_risks(self, nodes: Iterable[NodeFacts], contents: Contents) -> tuple[LineRisk, ...]:
        """Return the registered risks of a version that sit at none of its nodes."""
        placed = {risk for node in nodes for risk in node.risks}
        return self._sorted_risks((contents.risks - placed) & self._process.risks.keys())

    def unplaced_controls(self, contents: Contents) -> tuple[LineControl, ...]:
        """Return the registered controls of a version that address none of its risks."""
        risks = contents.risks & self._process.risks.keys()
        placed = {control for risk in risks for control in self._process.risks[risk].controls}
        return self._sorted_controls((contents.controls - placed) & self._process.controls.keys())

    def _sorted_risks(self, risks: Iterable[str]) -> tuple[LineRisk, ...]:
        return tuple(sorted((self._risk(iri) for iri in risks), key=lambda risk: risk.thing.id))

    def _sorted_controls(self, controls: Iterable[str]) -> tuple[LineControl, ...]:
        drawn = (self._control(iri) for iri in controls)
        return tuple(sorted(drawn, key=lambda one: (_earliest(one.stages), one.thing.id)))

    def _risk(self, iri: str) -> LineRisk:
        risk = self._process.risks[iri]
        held = None if self._contents is None else self._contents.controls
        controls = [
            one for one in risk.controls if one in self._process.controls and (held is None or one in held)
        ]
        return LineRisk(
            thing=self._reading.things.thing(iri),
            weight=risk.weight,
            retired=risk.retired,
            controls=self._sorted_controls(controls),
            charted=self._is_charted(iri, lambda held: held.risks),
            gaps=self._gaps.get(iri, ()),
        )

    def _control(self, iri: str) -> LineControl:
        control = self._process.controls[iri]
        return LineControl(
            thing=self._reading.things.thing(iri),
            stages=tuple(sorted(map(_stage_id, control.stages), key=lambda stage: _earliest((stage,)))),
            owners=self._reading.sorted(control.owners),
            charted=self._is_charted(iri, lambda held: held.controls),
            gaps=self._gaps.get(iri, ()),
        )

    def _is_charted(self, iri: str, held: Callable[[Contents], frozenset[str]]) -> bool | None:
        return None if self._chart is None else iri in held(self._chart.contents)


def in_version(process: Process, contents: Contents) -> tuple[NodeFacts, ...]:
    """Return the registered nodes that a version holds, in the order of the flow."""
    return process.in_order(contents.nodes & process.nodes.keys())


def _summary(
    process: Process,
    business: BusinessAxis,
    versions: tuple[ChartVersion, ...],
    gaps: Mapping[str, tuple[str, ...]],
) -> LineSummary:
    nodes = process.of_business(business.thing.iri)
    active = {risk.iri: risk for node in nodes for risk in process.active_risks(node)}
    controls = {control for risk in active.values() for control in risk.controls}
    shown = [business.thing.iri, *(version.thing.iri for version in versions)]
    for node in nodes:
        shown += [node.iri, *node.risks, *(c for risk in node.risks for c in process.risks[risk].controls)]
    return LineSummary(
        business=business,
        nodes=len(nodes),
        key_nodes=sum(node.key for node in nodes),
        risks=len(active),
        controls=len(controls),
        current=_in_force(versions),
        versions=versions,
        gaps=tuple(dict.fromkeys(gap for iri in shown for gap in gaps.get(iri, ()))),
    )


def _in_force(versions: Sequence[ChartVersion]) -> ChartVersion | None:
    """Return the chart in force; of several (R36 is broken) the youngest."""
    return next((version for version in reversed(versions) if version.current), None)


def _stage_id(iri: str) -> str:
    return iri.removeprefix(str(SV))


def _earliest(stages: Iterable[str]) -> int:
    places = [place for place, stage in enumerate(STAGES) if _stage_id(stage) in stages]
    return min(places, default=len(STAGES))
