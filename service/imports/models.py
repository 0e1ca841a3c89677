"""Imports as the API gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from dutygraph.model import Text
from dutygraph.service.imports.importing import Online
from dutygraph.service.imports.outcome import read_cell, read_problem
from dutygraph.service.imports.uploads import Upload
from dutygraph.service.models import ApiModel, BilingualText
from dutygraph.service.problems import CellModel, ErrorItem, ProblemItem
from dutygraph.service.records.models import GapBrief, ReferenceModel


class KindCount(ApiModel):
    """Things of a kind that are new, changed, gone."""

    kind: str = Field(examples=["risk"])
    added: int
    changed: int
    removed: int


class Effect(ApiModel):
    """What committing would change: things, triples, gaps."""

    things: list[KindCount]
    added: int
    removed: int
    new_gaps: list[GapBrief]
    resolved_gaps: list[GapBrief]
    persisting: int


class Overwritten(ReferenceModel):
    """A record changed online that the file states otherwise: in which columns, and where the file has it."""

    text: BilingualText = Field(examples=[{"zh": "问题“I056”：状态", "en": "issue “I056”: state"}])
    cell: CellModel | None = None


class Trial(Effect):
    """The dry run: what committing would change. Nothing has been written.

    ``overwritten`` are records changed, moved or deleted online that the file states otherwise; the import
    is committed only when it is said whether the file wins. The figures are those of a file that wins;
    ``keeping`` has those of an import that keeps what was done online.
    """

    rows: int
    rejected: int
    overwritten: list[Overwritten]
    keeping: Effect | None = None
    kept_online: int
    error_count: int
    errors: list[ProblemItem]
    notices: list[ProblemItem]


class CommitChoice(ApiModel):
    """What becomes of that which was done online and the file states otherwise (``overwritten``)."""

    overwrite: bool = Field(default=False, description="以文件为准，改回网上的修改 / The file wins")
    keep: bool = Field(default=False, description="保留网上的修改 / What was done online stays")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        """Refuse both at once."""
        if self.overwrite and self.keep:
            raise PydanticCustomError("one_of_keep_overwrite", "only one of keep and overwrite")
        return self

    @property
    def online(self) -> Online | None:
        """What was chosen, if anything."""
        return "keep" if self.keep else "overwrite" if self.overwrite else None


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
    trial["overwritten"] = [
        {
            "kind": one["kind"],
            "id": one["id"],
            **ErrorItem(Text(**one["text"]), cell=read_cell(one["cell"])).as_json(),
        }
        for one in trial["overwritten"]
    ]
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
