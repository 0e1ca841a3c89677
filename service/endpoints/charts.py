"""The double-key chart (“双关键”监督图): businesses × posts, one cell of it, and its cells as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from dutygraph.charts.double_key import ChartFilter, DoubleKeyCell, DoubleKeyChart, double_key_chart
from dutygraph.charts.line import LineNode, cell_nodes
from dutygraph.charts.process import Part
from dutygraph.model import Text
from dutygraph.service.access.roles import Data
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, AnswersDep, answer_kept
from dutygraph.service.endpoints.chart_models import (
    CellDetailModel,
    ChartCellModel,
    DeclaredCellModel,
    DoubleKeyModel,
    NodeModel,
    PostAxisModel,
    gap_notes,
    gaps_in,
)
from dutygraph.service.endpoints.knowledge import as_known
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["charts"])


def _chart_filter(
    department: Annotated[
        str | None,
        Query(
            max_length=200,
            description="主管部门 / Department that runs it",
            examples=["市场营销部"],
        ),
    ] = None,
    star: Annotated[
        int | None,
        Query(ge=0, le=3, description="业务星级，0为未评星 / Star of the business, 0: none", examples=[3]),
    ] = None,
    tier: Annotated[
        int | None,
        Query(ge=1, le=3, description="有该级在任监督员的业务 / Businesses with a supervisor of the tier"),
    ] = None,
    posts: Annotated[
        Literal["key", "all"],
        Query(description="只列常设关键岗位，或全部 / Key posts alone, or all"),
    ] = "key",
) -> ChartFilter:
    return ChartFilter(department, star, tier, all_posts=posts == "all")


FilterDep = Annotated[ChartFilter, Depends(_chart_filter)]


@router.get(
    "/charts/double-key",
    summary="双关键监督图 / The double-key chart",
    response_model=DoubleKeyModel,
)
def read_double_key(view: ViewDep, shown: FilterDep, answers: AnswersDep, request: Request) -> Response:
    """Key businesses × key posts: parts, nodes, stars, risks, gaps; declared beside computed.

    重点业务 × 关键岗位：职责、节点、星级、风险、缺口，公布的与由节点推算的并列。
    """
    check_filter(view, shown)
    return answer_kept(answers, view, ("double-key", shown), lambda: _as_json(view, answers, shown), request)


@router.get(
    "/charts/double-key/cells",
    summary="双关键监督图各格 / The cells of the double-key chart",
    response_model=Page[ChartCellModel],
    responses=LIST_RESPONSES,
)
def list_cells(
    view: ViewDep, shown: FilterDep, answers: AnswersDep, query: ListQueryDep, request: Request
) -> Response:
    """非空的格，每格一行，可导出 / The cells that are not empty, one a row, to be exported."""
    check_filter(view, shown)
    return answer_list(lambda: chart_of(view, answers, shown).cells, CELL_COLUMNS, view, query, request)


@router.get(
    "/charts/double-key/{business}/{post}",
    summary="双关键监督图的一格 / One cell of the double-key chart",
    response_model=CellDetailModel,
)
def read_cell(
    view: ViewDep,
    business: Annotated[str, Path(max_length=200, description="业务编号 / Business", examples=["B04"])],
    post: Annotated[str, Path(max_length=200, description="岗位编号 / Post", examples=["G05"])],
    answers: AnswersDep,
    request: Request,
) -> Response:
    """这一格的节点、风险、措施、监督员和缺口 / The nodes, risks, controls, supervisors and gaps of a cell."""
    reading = reading_of(view)
    place = registered(reading, "business", business), registered(reading, "post", post)
    return answer_kept(
        answers,
        view,
        ("cell", place),
        lambda: cell_detail(view, answers, place).model_dump(mode="json", by_alias=True),
        request,
    )


def check_filter(view: View, shown: ChartFilter) -> None:
    """Refuse to choose by what the caller may not know.

    Raises:
        ForbiddenError: a tier is asked for by a caller who sees no supervisors.

    """
    if shown.tier is not None:
        view.require(Data.WORK)


def chart_of(view: View, answers: Answers, shown: ChartFilter) -> DoubleKeyChart:
    """Return the double-key chart that a caller sees."""
    return answers.of(
        view, ("double-key", shown), lambda: double_key_chart(reading_of(view), view.findings, shown)
    )


def _as_json(view: View, answers: Answers, shown: ChartFilter) -> dict[str, object]:
    chart = chart_of(view, answers, shown)
    businesses = [as_known(view, one) for one in chart.businesses]
    posts = [PostAxisModel.model_validate(one, from_attributes=True) for one in chart.posts]
    cells = [cell_model(cell) for cell in chart.cells]
    stray = [DeclaredCellModel.model_validate(one, from_attributes=True) for one in chart.stray]
    model = DoubleKeyModel(
        businesses=businesses,
        posts=posts,
        cells=cells,
        stray=stray,
        gaps=gap_notes(view.findings, gaps_in(businesses, posts, cells)),
    )
    return model.model_dump(mode="json", by_alias=True)


def cell_detail(view: View, answers: Answers, place: tuple[str, str]) -> CellDetailModel:
    """Return what stands where a business and a post cross (both by IRI)."""
    chart = chart_of(view, answers, ChartFilter(all_posts=True))
    business = as_known(view, next(one for one in chart.businesses if one.thing.iri == place[0]))
    post = next(one for one in chart.posts if one.thing.iri == place[1])
    cell = next((one for one in chart.cells if (one.business.iri, one.post.iri) == place), None)
    drawn: Sequence[LineNode] = ()
    if cell is not None:
        drawn = cell_nodes(reading_of(view), place[0], [node.iri for node in cell.nodes], view.findings)
    nodes = [NodeModel.model_validate(node, from_attributes=True) for node in drawn]
    post_model = PostAxisModel.model_validate(post, from_attributes=True)
    known_cell = None if cell is None else cell_model(cell)
    return CellDetailModel(
        business=business,
        post=post_model,
        cell=known_cell,
        nodes=nodes,
        gaps=gap_notes(view.findings, gaps_in(business, post_model, known_cell, nodes)),
    )


def cell_model(cell: DoubleKeyCell) -> ChartCellModel:
    """Return a cell as the API gives it."""
    return ChartCellModel(
        business=cell.business.id,
        post=cell.post.id,
        parts=dict(cell.parts),
        nodes=[node.id for node in cell.nodes],
        key_nodes=cell.key_nodes,
        three_star_nodes=cell.three_star_nodes,
        star=cell.star,
        risks=cell.risks,
        gaps=list(cell.gaps),
        declared=bool(cell.declared),
        declared_star=cell.declared_star,
    )


PARTS = {
    Part.PERFORM: Text("执行", "performs"),
    Part.MANAGE: Text("管理", "manages"),
    Part.APPROVE: Text("审批", "approves"),
}
CELL_COLUMNS: tuple[Column[DoubleKeyCell], ...] = (
    Column(
        "business", Text("业务", "Business"), lambda cell: cell.business.id, flat=lambda cell: cell.business
    ),
    Column("post", Text("岗位", "Post"), lambda cell: cell.post.id, flat=lambda cell: cell.post),
    Column(
        "parts",
        Text("职责", "Parts"),
        lambda cell: {part.value: number for part, number in cell.parts.items()},
        sortable=False,
        flat=lambda cell: [PARTS[part] for part, number in cell.parts.items() if number],
    ),
    Column("nodes", Text("节点", "Nodes"), lambda cell: [node.id for node in cell.nodes], sortable=False),
    Column("keyNodes", Text("关键节点", "Key nodes"), lambda cell: cell.key_nodes),
    Column("threeStarNodes", Text("三星节点", "Three-star nodes"), lambda cell: cell.three_star_nodes),
    Column("star", Text("节点最高星级", "Highest star"), lambda cell: cell.star),
    Column("risks", Text("风险点", "Risks"), lambda cell: cell.risks),
    Column("gaps", Text("缺口", "Gaps"), lambda cell: list(cell.gaps), flat=lambda cell: len(cell.gaps)),
    Column("declared", Text("已公布", "Declared"), lambda cell: bool(cell.declared)),
    Column("declaredStar", Text("公布星级", "Declared star"), lambda cell: cell.declared_star),
)
