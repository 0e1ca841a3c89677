"""What the API says of gaps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from dutygraph.commits.gaps import Assignment, GapState, Seen
from dutygraph.model import Cell, Severity, Thing, Waiver
from dutygraph.service.lists import Page
from dutygraph.service.models import ApiModel, BilingualText, Dated, ThingModel, thing_model
from dutygraph.service.problems import CellModel

GapId = "bb9a3f62d8fb"


class WaivedModel(ApiModel):
    """The waiver that covers a gap; ``by`` is the appointment that approved it, blank where not visible."""

    until: date | None
    by: str = Field(examples=["A02"])
    reason: str


class AssignmentModel(ApiModel):
    """Who is to close a gap (the id of a person), by when, with what remark; ``byRole`` handed it out."""

    person: str | None = Field(examples=["P014"])
    due: date | None
    remark: str
    by_role: str = Field(examples=["SO"])
    by_person: str | None
    at: datetime


class GapModel(ApiModel):
    """One gap in a list."""

    id: str = Field(examples=[GapId])
    rule: str = Field(examples=["R01"])
    requirement: BilingualText
    severity: Severity
    aspect: str = Field(examples=["point"])
    state: GapState
    focus: ThingModel
    value: ThingModel | None
    message: BilingualText
    remedy: BilingualText
    department: str | None = Field(examples=["配电运维部"])
    post: str | None = Field(examples=["G28"])
    tier1: list[str]
    tier2: list[str]
    tier3: list[str]
    businesses: list[str]
    star: int | None
    cell: CellModel | None
    waived: WaivedModel | None
    assignment: AssignmentModel | None
    first_seen: datetime
    last_seen: datetime


class StateCounts(ApiModel):
    """How many gaps stand where; a waived gap is there still, a resolved one is not."""

    open: int
    waived: int
    resolved: int


class GapPage(Page[GapModel]):
    """A page of gaps; ``counts`` counts the whole list, as filtered, by state."""

    counts: StateCounts


class FacetValue(ApiModel):
    """One value of a facet: the key to filter by, its name, the counts."""

    key: str = Field(examples=["R01"])
    label: BilingualText
    open: int
    waived: int
    resolved: int


class GapCounts(Dated):
    """How many gaps there are, as filtered, and how many by each facet."""

    total: StateCounts
    by: dict[str, list[FacetValue]]


class SeenModel(ApiModel):
    """A commit of the bureau: its number, when it was made, the date it was judged by."""

    commit: int
    at: datetime
    as_of: date


class HistoryModel(ApiModel):
    """A gap over time; ``reopened`` are the commits in which it came back."""

    first_seen: SeenModel
    last_seen: SeenModel
    resolved: SeenModel | None
    reopened: list[SeenModel]
    assignments: list[AssignmentModel]


class FactModel(ApiModel):
    """A triple that the proof rests on, in words; ``triple`` gives it in N-Triples.

    What was derived has no cell.
    """

    subject: BilingualText
    predicate: BilingualText
    object: BilingualText
    derived: bool
    cell: CellModel | None
    triple: list[str]


class ProofModel(ApiModel):
    """Why the gap is there: in lines, as the facts that were read, as data (docs: report in JSON).

    ``shown`` is False where the proof rests on what the caller does not see; nothing is given then.
    ``limited``: the caller sees only part of the bureau, and what is said to be missing is missing there.
    """

    shown: bool
    limited: bool
    text: BilingualText | None
    facts: list[FactModel]
    data: dict[str, Any]


class ResponsibleStepModel(ApiModel):
    """A step of the responsible path: the post, then the tiers from 3 to 1, each with who stands there."""

    step: str = Field(examples=["tier2"])
    thing: ThingModel
    person: str | None = Field(examples=["P008"])


class WholeGap(GapModel):
    """One gap whole: why the rule is there, what proves the gap, who answers for it, what became of it."""

    rationale: BilingualText
    sources: list[str]
    proof: ProofModel
    path: list[ResponsibleStepModel]
    history: HistoryModel


class DatedGap(WholeGap, Dated):
    """One gap whole, with its dates."""


def cell_model(cell: Cell | None) -> CellModel | None:
    """Return a cell as the API gives it."""
    return (
        None
        if cell is None
        else CellModel(file=cell.file, sheet=cell.sheet, row=cell.row, column=cell.column)
    )


def waived_model(waiver: Waiver | None) -> WaivedModel | None:
    """Return the waiver of a gap as the API gives it."""
    return None if waiver is None else WaivedModel(until=waiver.until, by=waiver.by, reason=waiver.reason)


def assignment_model(assignment: Assignment) -> AssignmentModel:
    """Return an assignment as the API gives it: roles and persons, no accounts."""
    return AssignmentModel(
        person=assignment.person,
        due=assignment.due,
        remark=assignment.remark,
        by_role=assignment.by.role,
        by_person=assignment.by.person,
        at=assignment.at,
    )


def seen_model(seen: Seen) -> SeenModel:
    """Return a commit as a gap's history names it."""
    return SeenModel(commit=seen.commit, at=seen.at, as_of=seen.as_of)


def thing_or_none(thing: Thing | None) -> ThingModel | None:
    """Return a thing as the API gives it, None for none."""
    return None if thing is None else thing_model(thing)
