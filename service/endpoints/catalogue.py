"""The rules: public knowledge, the same for every bureau."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from dutygraph.model import Text
from dutygraph.report.words import word
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, Page, answer_list
from dutygraph.service.models import ApiModel, BilingualText
from dutygraph.service.problems import ProblemError
from dutygraph.service.words import called
from dutygraph.shapes import RuleShape, catalogue, with_blanks

router = APIRouter(tags=["catalogue"])


class Rule(ApiModel):
    """One rule at one severity."""

    rule: str = Field(examples=["R12"])
    severity: str = Field(examples=["Violation"])
    aspect: str = Field(examples=["point"])
    label: BilingualText
    rationale: BilingualText
    message: BilingualText
    remedy: BilingualText
    sources: list[str]


def _severity(shape: RuleShape) -> Text:
    return Text(*(word("severity", shape.severity.value, lang) for lang in ("zh", "en")))


def _aspect(shape: RuleShape) -> Text | None:
    return called("aspect", shape.aspect)


RULE_COLUMNS: tuple[Column[RuleShape], ...] = (
    Column("rule", Text("规则", "Rule"), lambda shape: shape.rule),
    Column("severity", Text("等级", "Severity"), lambda shape: shape.severity.value, flat=_severity),
    Column("aspect", Text("方面", "Aspect"), lambda shape: shape.aspect, flat=_aspect),
    Column("label", Text("要求", "Requirement"), lambda shape: shape.label),
    Column("rationale", Text("理由", "Reason"), lambda shape: shape.rationale, sortable=False),
    Column(
        "message",
        Text("缺口说明", "What is said of a gap"),
        lambda shape: with_blanks(shape.message),
        sortable=False,
    ),
    Column("remedy", Text("改正办法", "Remedy"), lambda shape: with_blanks(shape.remedy), sortable=False),
    Column("sources", Text("依据", "Sources"), lambda shape: shape.sources, sortable=False),
)


@router.get(
    "/rules",
    summary="规则目录 / The rules",
    response_model=Page[Rule],
    responses=LIST_RESPONSES,
)
def list_rules(query: ListQueryDep, request: Request) -> Response:
    """列出规则 R01–R78；有两种程度的规则各占一行 / Lists the rules; one of two severities comes twice."""
    return answer_list(catalogue(), RULE_COLUMNS, None, query, request)


@router.get(
    "/rules/{rule}",
    summary="一条规则 / One rule",
    response_model=Page[Rule],
    responses=LIST_RESPONSES,
)
def read_rule(
    rule: Annotated[str, Path(pattern="^[Rr][0-9]{2}$", examples=["R12"])],
    query: ListQueryDep,
    request: Request,
) -> Response:
    """给出一条规则，每种程度一行 / Gives one rule, once for each severity that it has."""
    found = [shape for shape in catalogue() if shape.rule == rule.upper()]
    if not found:
        raise ProblemError(404, "unknown-rule", rule=rule)
    return answer_list(found, RULE_COLUMNS, None, query, request)
