"""Records as the API reads and writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr, field_validator
from pydantic_core import PydanticCustomError

from dutygraph.commits.gaps import Committed
from dutygraph.model import Finding
from dutygraph.service.access.view import View
from dutygraph.service.models import ApiModel, BilingualText, Dated, ThingModel, bilingual, thing_model

_EXAMPLE_FIELDS = {"label": "双人勘查并留存影像", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-05"]}


class ReferenceModel(ApiModel):
    """A thing by its kind and id, where the id alone would not tell."""

    kind: str = Field(max_length=60, examples=["plan-item"])
    id: str = Field(max_length=400, examples=["J02"])


Item = StrictStr | StrictBool | StrictInt | StrictFloat | ReferenceModel


def _finite(given: object) -> object:
    """Refuse NaN and the infinite, which JSON does not have and Python's reader of JSON takes.

    Raises:
        PydanticCustomError: there is one.

    """
    items = given if isinstance(given, list) else [given]
    if any(isinstance(item, float) and not math.isfinite(item) for item in items):
        raise PydanticCustomError("no_json_number", "NaN and Infinity are no numbers of JSON")
    return given


FieldValue = Annotated[Item | list[Item] | None, BeforeValidator(_finite)]


class RecordBody(ApiModel):
    """A record to be written: all of its fields. A field that is left out is blank."""

    fields: dict[str, FieldValue] = Field(max_length=100, examples=[_EXAMPLE_FIELDS])

    @field_validator("fields", mode="before")
    @classmethod
    def _can_be_written(cls, given: object) -> object:
        """Refuse halves of characters, which no text that is written down can hold."""
        return checked_text(given)

    def plain(self) -> dict[str, object]:
        """Return the fields as plain values."""
        return {name: _plain(value) for name, value in self.fields.items()}


def checked_text(given: object) -> object:
    """Refuse halves of characters anywhere in a value.

    Raises:
        ValueError: there is one.

    """
    try:
        repr(given).encode()
        json.dumps(given, ensure_ascii=False, default=str).encode()
    except (UnicodeEncodeError, RecursionError, ValueError) as error:
        raise ValueError("not text that can be written down") from error
    return given


class NewRecord(RecordBody):
    """A record to be created; the id may be left out where it is made of other fields."""

    id: str | None = Field(default=None, max_length=400, examples=["C04-31"])

    @field_validator("id", mode="before")
    @classmethod
    def _id_can_be_written(cls, given: object) -> object:
        """Refuse halves of characters."""
        return checked_text(given)


class FieldModel(ApiModel):
    """A field of a kind: what it is called in the forms, what may stand in it."""

    name: str = Field(examples=["ownerPost"])
    title: BilingualText
    help: BilingualText
    type: str = Field(examples=["reference"])
    many: bool
    required: bool
    inverse: bool
    sheet: str = Field(examples=["表4 风险与措施"])
    column: str = Field(examples=["责任岗位"])
    kinds: list[str] = Field(examples=[["post"]])
    scheme: str | None = None
    words: list[str]


class MoveRow(ApiModel):
    """One row of a life cycle: from, to, who may, what must hold."""

    from_: str = Field(alias="from", examples=["草案"])
    to: str = Field(examples=["已审"])
    name: BilingualText
    by: list[str] = Field(examples=[["T1"]])
    fields: list[str]
    conditions: list[BilingualText]


class LifeCycleModel(ApiModel):
    """The states of a kind, the first one, the moves."""

    states: list[str]
    initial: str
    moves: list[MoveRow]


class KindModel(ApiModel):
    """A kind of record with its fields."""

    kind: str = Field(examples=["control"])
    title: BilingualText
    sheet: str
    id_column: str | None
    id_form: list[str] = Field(examples=[["{措施编号}"]])
    classes: list[str] = Field(examples=[["Control"]])
    graph: str = Field(examples=["public"])
    graph_rules: list[dict[str, Any]]
    fields: list[FieldModel]
    life_cycle: LifeCycleModel | None
    total: int


class RecordModel(ApiModel):
    """A record: its fields by name, words in Chinese as the forms have them, references by id."""

    kind: str = Field(examples=["control"])
    id: str = Field(examples=["C04-05"])
    iri: str
    label: str
    classes: list[str] = Field(examples=[["Control"]])
    fields: dict[str, FieldValue] = Field(examples=[_EXAMPLE_FIELDS])
    graph: str = Field(examples=["public"])
    state: str | None = Field(default=None, examples=["已派责"])


class DatedRecord(RecordModel, Dated):
    """A record and the commit it was read at."""


class GapBrief(ApiModel):
    """A gap in one line."""

    id: str
    rule: str = Field(examples=["R01"])
    severity: str = Field(examples=["Violation"])
    focus: ThingModel
    message: BilingualText


class CommitEffectModel(ApiModel):
    """What a commit did: triples added and removed, gaps that came, gaps that went, how many persist."""

    commit: int
    added: int
    removed: int
    new_gaps: list[GapBrief]
    resolved_gaps: list[GapBrief]
    persisting: int


class WrittenRecord(ApiModel):
    """A record as it was written, and what that did to the gaps."""

    record: RecordModel
    change: CommitEffectModel


def told_to_the_office(findings: Iterable[Finding]) -> list[Finding]:
    """Return the gaps that may be told to those who see everything but what talks are about."""
    return [finding for finding in findings if finding.focus.kind != "TalkRecord"]


def gap_brief(finding: Finding) -> GapBrief:
    """Return a gap in one line."""
    return GapBrief(
        id=finding.id,
        rule=finding.rule,
        severity=finding.severity.value,
        focus=thing_model(finding.focus),
        message=bilingual(finding.message),
    )


def change_model(committed: Committed, view: View | None) -> CommitEffectModel:
    """Return what a commit did, as far as the caller sees it in a view of after it (None: all of it)."""
    if view is None:
        done = committed.change
        return CommitEffectModel(
            commit=committed.commit,
            added=done.added,
            removed=done.removed,
            new_gaps=[gap_brief(gap) for gap in told_to_the_office(done.new)],
            resolved_gaps=[gap_brief(gap) for gap in told_to_the_office(done.resolved)],
            persisting=done.persisting,
        )
    there = {gap.id: gap for gap in view.findings}
    known = {history.finding.id: history.finding for history in view.gaps}
    new = [there[gap.id] for gap in committed.change.new if gap.id in there]
    return CommitEffectModel(
        commit=committed.commit,
        added=committed.change.added,
        removed=committed.change.removed,
        new_gaps=[gap_brief(gap) for gap in new],
        resolved_gaps=[gap_brief(known[gap.id]) for gap in committed.change.resolved if gap.id in known],
        persisting=len(there) - len(new),
    )


def _plain(value: FieldValue) -> object:
    if isinstance(value, ReferenceModel):
        return {"kind": value.kind, "id": value.id}
    return [_plain(item) for item in value] if isinstance(value, list) else value
