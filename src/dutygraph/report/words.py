"""The words of the reports, read from ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text
from dutygraph.ontology import SV, labels


@cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    text = resources.files("dutygraph.report").joinpath("words.toml").read_text(encoding="utf-8")
    return {
        group: {key: Text(**said) for key, said in words.items()}
        for group, words in tomllib.loads(text).items()
    }


def word(group: str, key: str, lang: str) -> str:
    """Return a word of a group (column, severity, heading) in a language."""
    return _words()[group][key].in_language(lang)


def columns(lang: str) -> Mapping[str, str]:
    """Return the headings of all columns by key."""
    return {key: text.in_language(lang) for key, text in _words()["column"].items()}


def kind_name(kind: str, lang: str) -> str:
    """Return what people call a class of the ontology; nothing for what is not one."""
    return labels(SV[kind]).in_language(lang) if kind and "-" not in kind else ""
