"""The words of the documents, read from ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text, Thing


@cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    text = resources.files("dutygraph.documents").joinpath("words.toml").read_text(encoding="utf-8")
    return {
        group: {key: Text(**said) for key, said in words.items()}
        for group, words in tomllib.loads(text).items()
    }


def word(group: str, key: str, language: str, **given: object) -> str:
    """Return a word of a group in a language, with what is given put in."""
    text = _words()[group][key].in_language(language)
    return text.format(**given) if given else text


def scope_of(language: str, **limits: Thing | None) -> str:
    """Say what a document is limited to: a business, a department, an issue; the whole bureau if nothing."""
    parts = [
        word("scope", kind, language, name=thing.id if kind == "issue" else thing.label)
        for kind, thing in limits.items()
        if thing is not None
    ]
    return word("scope", "joined", language).join(parts) or word("scope", "whole", language)
