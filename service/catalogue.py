"""The rules and the saved questions: public knowledge, the same for every bureau."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel

from dutygraph.model import Text
from dutygraph.queries import questions
from dutygraph.shapes import RuleShape, catalogue

router = APIRouter(tags=["catalogue"])


class BilingualText(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class Rule(BaseModel):
    """One rule at one severity."""

    rule: str
    severity: str
    aspect: str
    label: BilingualText
    rationale: BilingualText
    message: BilingualText
    remedy: BilingualText
    sources: list[str]


class SavedQuestion(BaseModel):
    """One saved question and what it may be asked about."""

    id: str
    title: BilingualText
    about: BilingualText
    parameters: list[str]


@router.get("/rules")
def list_rules() -> list[Rule]:
    """List the rules R01–R78."""
    return [_rule(shape) for shape in catalogue()]


@router.get("/rules/{rule}", responses={404: {"description": "没有这条规则 / No such rule"}})
def read_rule(rule: Annotated[str, Path(pattern="^[Rr][0-9]{2}$", examples=["R12"])]) -> list[Rule]:
    """Give one rule, once for each severity that it has."""
    found = [_rule(shape) for shape in catalogue() if shape.rule == rule.upper()]
    if not found:
        raise HTTPException(404, f"没有规则{rule} / There is no rule {rule}")
    return found


@router.get("/questions")
def list_questions() -> list[SavedQuestion]:
    """List the saved questions Q01–Q39."""
    return [
        SavedQuestion(
            id=question.id,
            title=_text(question.title),
            about=_text(question.about),
            parameters=[parameter.name for parameter in question.parameters],
        )
        for question in questions()
    ]


def _rule(shape: RuleShape) -> Rule:
    return Rule(
        rule=shape.rule,
        severity=shape.severity.value,
        aspect=shape.aspect,
        label=_text(shape.label),
        rationale=_text(shape.rationale),
        message=_text(shape.message),
        remedy=_text(shape.remedy),
        sources=list(shape.sources),
    )


def _text(text: Text) -> BilingualText:
    return BilingualText(zh=text.zh, en=text.en)
