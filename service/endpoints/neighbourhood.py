"""What stands around a thing (责任网): neighbours, the chain up to tier 1, gaps. Never suspicion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from dutygraph.charts.chain import Chain, Link
from dutygraph.charts.neighbourhood import DEEPEST, MOST, WIDTH, Neighbourhood, neighbourhood
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.answers import AnswersDep, answer_kept
from dutygraph.service.endpoints.chart_models import (
    GapNote,
    gap_notes,
    gaps_in,
)
from dutygraph.service.endpoints.paths import KindPath, ThingPath
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.models import ApiModel, BilingualText, Dated, ThingModel, thing_model
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["charts"])


class NeighbourModel(ApiModel):
    """A node: its steps from the start, its gaps.

    ``more`` counts its neighbours that are not shown; null: they were not looked for.
    """

    thing: ThingModel
    distance: int
    gaps: list[str]
    more: int | None


class EdgeModel(ApiModel):
    """A tie from ``source`` to ``target`` (IRIs); ``label`` reads it forwards, ``back`` the other way."""

    source: str
    target: str
    tie: str = Field(examples=["ownerPost"])
    label: BilingualText
    back: BilingualText


class ChainModel(ApiModel):
    """The way up to tier 1, or the link that is missing."""

    steps: list[ThingModel]
    missing: Link | None


class NeighbourhoodModel(Dated):
    """What stands around a thing. It shows exposure, never suspicion.

    ``chain`` is null where the caller does not see enough to say.
    """

    start: ThingModel
    depth: int
    nodes: list[NeighbourModel]
    edges: list[EdgeModel]
    chain: ChainModel | None
    gaps: list[GapNote]


@router.get(
    "/neighbourhood/{kind}/{id}",
    summary="责任网：某一对象的周围 / What stands around a thing",
    response_model=NeighbourhoodModel,
)
def read_neighbourhood(
    view: ViewDep,
    kind: KindPath,
    id: ThingPath,  # noqa: A002 - the name in the address
    answers: AnswersDep,
    request: Request,
    depth: Annotated[int, Query(ge=1, le=DEEPEST, description="走几步 / How many steps")] = 1,
    width: Annotated[
        int, Query(ge=1, le=500, description="每个对象最多列出几个相邻对象 / Neighbours shown of each thing")
    ] = WIDTH,
) -> Response:
    """Neighbours, ties, the gaps at each, and the chain up to tier 1. Exposure, never suspicion.

    相邻对象、联系、各处缺口，以及到一级监督员的责任链；没有列出的计入 more。
    只说明责任关系，不说明任何人有问题。
    """
    start = registered(reading_of(view), kind, id)

    def compute() -> Mapping[str, object]:
        found = around(view, start, depth=depth, width=width)
        return _model(view, found).model_dump(mode="json", by_alias=True)

    return answer_kept(answers, view, ("neighbourhood", start, depth, width), compute, request)


def around(view: View, start: str, *, depth: int = 1, width: int = WIDTH, most: int = MOST) -> Neighbourhood:
    """Return what a caller sees around a thing (by IRI)."""
    return neighbourhood(reading_of(view), start, view.findings, depth=depth, width=width, most=most)


def _model(view: View, found: Neighbourhood) -> NeighbourhoodModel:
    nodes = [NeighbourModel.model_validate(node, from_attributes=True) for node in found.nodes]
    known = known_chain(view, found)
    return NeighbourhoodModel(
        start=thing_model(found.start),
        depth=found.depth,
        nodes=nodes,
        edges=[EdgeModel.model_validate(edge, from_attributes=True) for edge in found.edges],
        chain=None if known is None else ChainModel.model_validate(known, from_attributes=True),
        gaps=gap_notes(view.findings, gaps_in(nodes)),
    )


def known_chain(view: View, found: Neighbourhood) -> Chain | None:
    """Return the chain; what seems to be missing may only be hidden from who does not see all of the work."""
    if found.chain.missing is not None and view.reach(Data.WORK) is not Reach.ALL:
        return None
    return found.chain
