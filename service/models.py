"""What the API's JSON is made of: keys in camelCase, every text in Chinese and English."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from dutygraph.model import Text, Thing

API = "/api/v1"
"""The path that the API stands under."""


class ApiModel(BaseModel):
    """The base of all that the API reads and writes; members that it does not know are refused."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class BilingualText(ApiModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class ThingModel(ApiModel):
    """A thing of the graph as people know it."""

    id: str = Field(examples=["B04"])
    kind: str = Field(examples=["Business"])
    iri: str = Field(examples=["https://dutygraph.example/bureau/SL01/business/B04"])
    label: str = Field(examples=["高压业扩报装管理"])


class Dated(ApiModel):
    """What every figure says of itself: the date judged by, when it was computed, at which commit.

    All three are None where the figure does not depend on a bureau's data.
    """

    as_of: date | None = Field(default=None, examples=["2025-12-31"])
    computed_at: datetime | None = Field(default=None, examples=["2026-01-05T08:30:00Z"])
    commit: int | None = Field(default=None, examples=[12])


def bilingual(text: Text) -> BilingualText:
    """Return a text as the API gives it."""
    return BilingualText(zh=text.zh, en=text.en)


def thing_model(thing: Thing) -> ThingModel:
    """Return a thing as the API gives it."""
    return ThingModel(id=thing.id, kind=thing.kind, iri=thing.iri, label=thing.label)
