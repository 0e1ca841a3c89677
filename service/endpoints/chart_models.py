"""What the charts look like in JSON; each is read off the frozen values of ``dutygraph.charts``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from dutygraph.charts.process import Part
from dutygraph.model import Finding, Severity
from dutygraph.service.models import ApiModel, BilingualText, Dated, ThingModel


class Knowledge(StrEnum):
    """How far the caller knows the supervisors of a business."""

    ALL = "all"
    OWN = "own"
    NONE = "none"


class GapNote(ApiModel):
    """A gap in short; GET …/gaps/{id} tells it whole."""

    id: str = Field(examples=["bb9a3f62d8fb"])
    rule: str = Field(examples=["R01"])
    severity: Severity
    focus: ThingModel
    message: BilingualText
    waived: bool


class SupervisorModel(ApiModel):
    """A current appointment, and who was appointed."""

    appointment: ThingModel
    person: ThingModel | None


class BusinessAxisModel(ApiModel):
    """A business: its star, or why it has none; its departments; its supervisors by tier.

    Neither a star nor why not: its star follows from an explanation that the caller does not see.
    ``supervisors`` is null where the caller may not know them (``supervisorsKnown`` none); with ``own`` there
    may be others that the caller does not see.
    """

    thing: ThingModel
    star: int | None = Field(examples=[3])
    unrated: BilingualText | None
    departments: list[ThingModel]
    supervisors: dict[int, list[SupervisorModel]] | None
    supervisors_known: Knowledge = Knowledge.ALL
    gaps: list[str]


class PostAxisModel(ApiModel):
    """A post: its star, or why it has none; its department and category; whether it is a key post."""

    thing: ThingModel
    star: int | None
    unrated: BilingualText | None
    departments: list[ThingModel]
    category: BilingualText | None
    key: bool
    gaps: list[str]


class DeclaredCellModel(ApiModel):
    """A cell of the sheet 双关键图."""

    thing: ThingModel
    business: ThingModel | None
    post: ThingModel | None
    star: int | None


class ChartCellModel(ApiModel):
    """Where a business and a post cross, by id. ``parts`` counts nodes by the post's part in them.

    A cell without nodes was declared only; one that is not ``declared`` follows from the nodes alone.
    """

    business: str = Field(examples=["B04"])
    post: str = Field(examples=["G05"])
    parts: dict[Part, int] = Field(examples=[{"perform": 0, "manage": 16, "approve": 0}])
    nodes: list[str]
    key_nodes: int
    three_star_nodes: int
    star: int | None
    risks: int
    gaps: list[str]
    declared: bool
    declared_star: int | None


class DoubleKeyModel(Dated):
    """The double-key chart: the two axes, the cells that are not empty, the gaps in them."""

    businesses: list[BusinessAxisModel]
    posts: list[PostAxisModel]
    cells: list[ChartCellModel]
    stray: list[DeclaredCellModel]
    gaps: list[GapNote]


class ControlModel(ApiModel):
    """A control: its stages and owner posts; ``charted``: whether the chart in force (or shown) holds it."""

    thing: ThingModel
    stages: list[str] = Field(examples=[["stage-before"]])
    owners: list[ThingModel]
    charted: bool | None
    gaps: list[str]


class RiskModel(ApiModel):
    """A risk with its controls."""

    thing: ThingModel
    weight: Decimal | None
    retired: bool
    controls: list[ControlModel]
    charted: bool | None
    gaps: list[str]


class SupervisionStepModel(ApiModel):
    """A supervision step embedded in a node."""

    thing: ThingModel


class NodeModel(ApiModel):
    """A node in its place in the flow: the posts by part, its risks, the supervision steps."""

    thing: ThingModel
    sequence: int | None
    key: bool
    star: int | None
    no_risk_on: date | None
    following: list[ThingModel]
    posts: dict[Part, list[ThingModel]]
    risks: list[RiskModel]
    steps: list[SupervisionStepModel]
    charted: bool | None
    gaps: list[str]


class CountsModel(ApiModel):
    """Nodes, risks and controls of a chart; null where it does not say."""

    nodes: int | None
    risks: int | None
    controls: int | None


class VersionModel(ApiModel):
    """One version of a line chart: who made and reviewed it and when; what it declares and what it holds."""

    thing: ThingModel
    version: str | None = Field(examples=["V2"])
    state: BilingualText | None
    current: bool
    authored_by: ThingModel | None
    authored_on: date | None
    reviewed_by: ThingModel | None
    reviewed_on: date | None
    outcome: BilingualText | None
    published_on: date | None
    superseded_on: date | None
    declared: CountsModel
    counted: CountsModel
    agrees: bool
    gaps: list[str]


class LineModel(Dated):
    """A line chart. ``shown`` is the version it shows, or else the one in force.

    ``unplacedRisks`` and ``unplacedControls`` are what a version holds and no node of it has.
    """

    business: BusinessAxisModel
    nodes: list[NodeModel]
    unplaced_risks: list[RiskModel]
    unplaced_controls: list[ControlModel]
    shown: VersionModel | None
    versions: list[VersionModel]
    gaps: list[GapNote]


class CellDetailModel(Dated):
    """What stands in one cell of the double-key chart: nodes, risks, controls, supervisors, gaps."""

    business: BusinessAxisModel
    post: PostAxisModel
    cell: ChartCellModel | None
    nodes: list[NodeModel]
    gaps: list[GapNote]


def gap_notes(findings: Iterable[Finding], shown: Iterable[str]) -> list[GapNote]:
    """Return the gaps of these ids in short, each once, in the order of the findings."""
    ids = set(shown)
    notes: Mapping[str, GapNote] = {
        finding.id: GapNote.model_validate(
            {
                "id": finding.id,
                "rule": finding.rule,
                "severity": finding.severity,
                "focus": finding.focus,
                "message": finding.message,
                "waived": finding.waived is not None,
            },
            from_attributes=True,
        )
        for finding in findings
        if finding.id in ids
    }
    return list(notes.values())


def gaps_in(*parts: object) -> Iterator[str]:
    """Yield the ids of all gaps that models, or lists of models, name anywhere in them."""
    for part in parts:
        if isinstance(part, ApiModel):
            yield from getattr(part, "gaps", ())
            yield from gaps_in(*(getattr(part, name) for name in type(part).model_fields if name != "gaps"))
        elif isinstance(part, list | tuple):
            yield from gaps_in(*part)
