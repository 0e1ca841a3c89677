"""Line charts (“线”图): the list, one business's chart or a version of it, its rows, versions compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dutygraph.charts.line import (
    LineChart,
    LineControl,
    LineNode,
    LineRisk,
    LineSummary,
)
from dutygraph.charts.process import Part
from dutygraph.model import Text
from dutygraph.service.answers import AnswersDep, answer_kept
from dutygraph.service.endpoints.chart_models import (
    LineModel,
)
from dutygraph.service.endpoints.difference_models import DifferenceModel
from dutygraph.service.endpoints.line_reading import difference_of, line_model, line_of, lines_of
from dutygraph.service.endpoints.paths import LONGEST_ID, BusinessPath, VersionQuery
from dutygraph.service.endpoints.reading import reading_of, registered
from dutygraph.service.figures import answer_figure
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, ThingModel
from dutygraph.service.running import ViewDep

router = APIRouter(prefix="/bureaus/{code}", tags=["charts"])


class LineSummaryModel(ApiModel):
    """A business with what is registered of it and which version of its line chart is in force."""

    business: ThingModel
    star: int | None
    departments: list[ThingModel]
    nodes: int
    key_nodes: int
    risks: int
    controls: int
    current: ThingModel | None
    version: str | None
    versions: list[ThingModel]
    gaps: list[str]


class LineRowModel(ApiModel):
    """A node, one of its risks, one control of this risk; null where there is none."""

    node: ThingModel
    sequence: int | None
    risk: ThingModel | None
    control: ThingModel | None
    stages: list[str]
    owners: list[ThingModel]
    performing: list[ThingModel]
    managing: list[ThingModel]
    approving: list[ThingModel]
    steps: list[str]
    gaps: list[str]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of a line chart as a table."""

    node: LineNode
    risk: LineRisk | None
    control: LineControl | None

    @property
    def gaps(self) -> tuple[str, ...]:
        """The gaps of all that stands in the row."""
        parts = (self.node, self.risk, self.control)
        return tuple(dict.fromkeys(gap for part in parts if part is not None for gap in part.gaps))


SUMMARY_COLUMNS: tuple[Column[LineSummary], ...] = (
    Column("business", Text("业务", "Business"), lambda line: line.business.thing),
    Column("star", Text("星级", "Star"), lambda line: line.business.star),
    Column("departments", Text("主管部门", "Department"), lambda line: line.business.departments),
    Column("nodes", Text("节点", "Nodes"), lambda line: line.nodes),
    Column("keyNodes", Text("关键节点", "Key nodes"), lambda line: line.key_nodes),
    Column("risks", Text("风险点", "Risks"), lambda line: line.risks),
    Column("controls", Text("措施", "Controls"), lambda line: line.controls),
    Column("current", Text("现行线图", "Chart in force"), lambda line: line.current and line.current.thing),
    Column("version", Text("版本", "Version"), lambda line: line.current and line.current.version),
    Column(
        "versions",
        Text("全部版本", "All versions"),
        lambda line: [version.thing for version in line.versions],
        sortable=False,
    ),
    Column(
        "gaps",
        Text("缺口", "Gaps"),
        lambda line: list(line.gaps),
        flat=lambda line: len(line.gaps),
    ),
)


def _posts(part: Part) -> Callable[[LineRow], object]:
    return lambda row: row.node.posts[part]


STAGES = {
    "stage-before": Text("事前", "before"),
    "stage-during": Text("事中", "during"),
    "stage-after": Text("事后", "after"),
}
ROW_COLUMNS: tuple[Column[LineRow], ...] = (
    Column("sequence", Text("序号", "No."), lambda row: row.node.sequence),
    Column("node", Text("节点", "Node"), lambda row: row.node.thing),
    Column("performing", Text("执行岗位", "Performed by"), _posts(Part.PERFORM)),
    Column("managing", Text("管理岗位", "Managed by"), _posts(Part.MANAGE)),
    Column("approving", Text("审批岗位", "Approved by"), _posts(Part.APPROVE)),
    Column("risk", Text("风险点", "Risk"), lambda row: row.risk and row.risk.thing),
    Column("control", Text("措施", "Control"), lambda row: row.control and row.control.thing),
    Column(
        "stages",
        Text("环节", "Stage"),
        lambda row: row.control.stages if row.control else (),
        flat=lambda row: (
            [STAGES[stage] for stage in row.control.stages if stage in STAGES] if row.control else ()
        ),
    ),
    Column("owners", Text("责任岗位", "Owner post"), lambda row: row.control.owners if row.control else ()),
    Column(
        "steps",
        Text("监督举措", "Supervision steps"),
        lambda row: [step.thing.label for step in row.node.steps],
        sortable=False,
    ),
    Column("gaps", Text("缺口", "Gaps"), lambda row: list(row.gaps), flat=lambda row: len(row.gaps)),
)


@router.get(
    "/charts/lines",
    summary="线图目录 / The line charts",
    response_model=Page[LineSummaryModel],
    responses=LIST_RESPONSES,
)
def list_lines(view: ViewDep, answers: AnswersDep, query: ListQueryDep, request: Request) -> Response:
    """每项业务一行：节点、风险、措施数和现行线图 / A line for every business, and the chart in force."""
    return answer_list(
        lambda: lines_of(view, answers),
        SUMMARY_COLUMNS,
        view,
        query,
        request,
    )


@router.get("/charts/lines/{business}", summary="一张线图 / One line chart", response_model=LineModel)
def read_line(
    view: ViewDep, business: BusinessPath, answers: AnswersDep, request: Request, version: VersionQuery = None
) -> Response:
    """The nodes in the order of the flow, as registered now or as in one version.

    节点按流程排列，各有风险、前中后措施、岗位、监督举措和缺口；也可看某一版本。
    """
    iri = registered(reading_of(view), "business", business)
    chart = line_of(view, answers, iri, version)  # an unknown version is told before the ETag is asked about
    return answer_kept(
        answers,
        view,
        ("line", iri, version),
        lambda: line_model(view, chart).model_dump(mode="json", by_alias=True),
        request,
    )


@router.get(
    "/charts/lines/{business}/rows",
    summary="线图逐行 / A line chart as a table",
    response_model=Page[LineRowModel],
    responses=LIST_RESPONSES,
)
def list_line_rows(
    view: ViewDep,
    business: BusinessPath,
    answers: AnswersDep,
    query: ListQueryDep,
    request: Request,
    version: VersionQuery = None,
) -> Response:
    """每个节点、风险、措施一行，可导出 / One row for each node, risk and control, to be exported."""
    iri = registered(reading_of(view), "business", business)
    chart = line_of(view, answers, iri, version)
    return answer_list(lambda: _rows(chart), ROW_COLUMNS, view, query, request)


@router.get(
    "/charts/lines/{business}/difference",
    summary="线图两个版本的差别 / Two versions of a line chart compared",
    response_model=DifferenceModel,
)
def read_difference(
    view: ViewDep,
    business: BusinessPath,
    answers: AnswersDep,
    request: Request,
    older: Annotated[
        str,
        Query(alias="from", max_length=LONGEST_ID, description="旧版 / The older version", examples=["V1"]),
    ],
    newer: Annotated[
        str, Query(alias="to", max_length=LONGEST_ID, description="新版 / The newer version", examples=["V2"])
    ],
) -> Response:
    """增删的节点、风险、措施和监督举措 / Nodes, risks, controls and supervision steps added and removed."""
    iri = registered(reading_of(view), "business", business)
    found = difference_of(view, answers, iri, older, newer)
    return answer_figure(lambda: DifferenceModel.model_validate(found, from_attributes=True), view, request)


def _rows(chart: LineChart) -> Iterator[LineRow]:
    for node in chart.nodes:
        for risk in node.risks or (None,):
            for control in (risk.controls if risk is not None else ()) or (None,):
                yield LineRow(node, risk, control)
