"""The sentences of the loaders, from ``columns/_messages.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dutygraph.model import Text


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    source = files("dutygraph.loaders") / "columns" / "_messages.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def say(key: str, /, **values: object) -> Text:
    """Return message *key* in both languages, its placeholders filled.

    A ``Text`` fills each language in kind; a tuple is listed as the language lists things.

    Raises:
        KeyError: there is no such message, or a placeholder was not given.
    """
    entry = _catalogue()[key]
    filled = {lang: {name: _in(value, lang) for name, value in values.items()} for lang in ("zh", "en")}
    return Text(entry["zh"].format_map(filled["zh"]), entry["en"].format_map(filled["en"]))


def _in(value: object, lang: str) -> object:
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(map(str, value))
    return value.in_language(lang) if isinstance(value, Text) else value
