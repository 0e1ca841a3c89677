"""What is said of queries, from ``texts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text


def text(name: str, **fields: object) -> Text:
    """Return a text by its table and key ("request.missing"), the fields filled in."""
    table, _, key = name.partition(".")
    said = _texts()[table][key]
    return Text(said["zh"].format_map(fields), said["en"].format_map(fields))


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    file = resources.files("dutygraph.service.sparql").joinpath("texts.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
