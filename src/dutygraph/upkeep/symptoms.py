"""What can be wrong with a store, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from dutygraph.model import Text


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that is wrong, and what to do. A grave one keeps the store from being used."""

    key: str
    grave: bool
    text: Text
    cure: Text


def symptom(key: str, **fields: object) -> Symptom:
    """Return a symptom of ``symptoms.toml`` with its fields filled in."""
    told = _table()[key]
    zh, en, cure_zh, cure_en = (told[part].format(**fields) for part in ("zh", "en", "cure_zh", "cure_en"))
    return Symptom(key, bool(told.get("grave")), Text(zh, en), Text(cure_zh, cure_en))


@cache
def _table() -> Mapping[str, Any]:
    file = resources.files("dutygraph.upkeep").joinpath("symptoms.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
