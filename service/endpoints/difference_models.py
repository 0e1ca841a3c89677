"""What the difference of two versions of a line chart looks like in JSON."""

from __future__ import annotations

from dutygraph.service.endpoints.chart_models import VersionModel
from dutygraph.service.models import ApiModel, Dated, ThingModel


class ChartChangeModel(ApiModel):
    """What only the newer and what only the older version holds; how much both hold."""

    added: list[ThingModel]
    removed: list[ThingModel]
    kept: int


class StepTextModel(ApiModel):
    """A step by its node and words."""

    node: ThingModel | None
    text: str


class StepChangeModel(ApiModel):
    """Steps added and removed, compared by node and words."""

    added: list[StepTextModel]
    removed: list[StepTextModel]
    kept: int


class DifferenceModel(Dated):
    """How one version of a line chart differs from another."""

    older: VersionModel
    newer: VersionModel
    nodes: ChartChangeModel
    risks: ChartChangeModel
    controls: ChartChangeModel
    steps: StepChangeModel
