"""What the console says: ``texts/*.toml``, a file a topic, Chinese and English side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

from dutygraph.model import Text
from dutygraph.service.words import words


class Bilingual(Protocol):
    """A text in both languages: ``Text`` and the API's ``BilingualText``."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


@cache
def wording() -> Mapping[str, Text]:
    """Return all texts by "<file>.<key>"; ``{names}`` in braces are filled in where a text is said.

    What roles and aspects of rules are called, exports say too: see ``service/words.toml``.
    """
    folder = resources.files("dutygraph.service.console").joinpath("texts")
    shared = {f"{group}.{code}": text for group in _SHARED for code, text in words(group).items()}
    return shared | {
        f"{file.name.removesuffix('.toml')}.{key}": Text(**said)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
        for key, said in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }


_SHARED = ("role", "aspect")


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks one language."""

    language: str

    def say(self, key: str, **fields: object) -> str:
        """Return a text of ``texts/``, "<file>.<key>", with its names filled in."""
        return self.text(wording()[key]).format_map(fields)

    def text(self, text: Bilingual) -> str:
        """Return a text that the service's own functions gave."""
        return text.en if self.language == "en" else text.zh
