"""The words of the pictures, read from ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text
from dutygraph.pictures.look import Look


@cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    text = resources.files("dutygraph.pictures").joinpath("words.toml").read_text(encoding="utf-8")
    return {
        group: {key: Text(**said) for key, said in words.items()}
        for group, words in tomllib.loads(text).items()
    }


def word(group: str, key: str, look: Look) -> str:
    """Return a word of a group in the language of a picture."""
    return _words()[group][key].in_language(look.language)
