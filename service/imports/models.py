"""Imports as the API gives them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dutygraph.service.imports.outcome import read_problem
from dutygraph.service.imports.uploads import Upload
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ErrorItem, ProblemItem
from dutygraph.service.records.models import GapBrief, ReferenceModel


class KindCount(ApiModel):
    """Things of a kind that are new, changed, gone."""

    kind: str = Field(examples=["risk"])
    added: int
    changed: int
    removed: int


class Trial(ApiModel):
    """The dry run: what committing would change. Nothing has been written.

    ``overwritten`` are records changed online that the file states otherwise: there the file wins.
    """

    rows: int
    rejected: int
    things: list[KindCount]
    added: int
    removed: int
    new_gaps: list[GapBrief]
    resolved_gaps: list[GapBrief]
    persisting: int
    overwritten: list[ReferenceModel]
    kept_online: int
    error_count: int
    errors: list[ProblemItem]
    notices: list[ProblemItem]


class Outcome(ApiModel):
    """What committing gave: the number of the commit, and when."""

    commit: int
    at: datetime


class ImportModel(ApiModel):
    """An import under way."""

    id: str = Field(examples=["5f0c9a1d2e3b4c5d6e7f8091"])
    bureau: str = Field(examples=["SL01"])
    kind: str = Field(examples=["ledger"])
    name: str = Field(examples=["2025台账.xlsx"])
    size: int
    sha256: str
    mode: str = Field(examples=["whole"])
    status: str = Field(examples=["ready"])
    created_at: datetime
    expires_at: datetime
    head: int
    trial: Trial
    outcome: Outcome | None


def import_model(upload: Upload) -> ImportModel:
    """Return an import as the API gives it."""
    trial = dict(upload.trial)
    for part in ("errors", "notices"):
        read = (read_problem(told) for told in trial[part])
        trial[part] = [ErrorItem(one.message, cell=one.cell).as_json() for one in read]
    status = "ready" if upload.status == "committing" else upload.status
    return ImportModel.model_validate(
        {
            "id": upload.id,
            "bureau": upload.bureau,
            "kind": upload.kind,
            "name": upload.name,
            "size": upload.size,
            "sha256": upload.sha256,
            "mode": upload.mode,
            "status": status,
            "createdAt": upload.created_at,
            "expiresAt": upload.expires_at,
            "head": upload.head,
            "trial": trial,
            "outcome": upload.outcome,
        }
    )
