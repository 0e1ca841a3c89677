"""What people read where programs read a code: ``words.toml``, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text


@cache
def _groups() -> Mapping[str, Mapping[str, Text]]:
    told = tomllib.loads(resources.files("dutygraph.service").joinpath("words.toml").read_text("utf-8"))
    return {group: {code: Text(**said) for code, said in codes.items()} for group, codes in told.items()}


def words(group: str) -> Mapping[str, Text]:
    """Return what the codes of a group (role, action, scope, …) are called."""
    return _groups()[group]


def called(group: str, code: str | None) -> Text | None:
    """Return what a code of a group is called; a code of another version as it is."""
    return None if code is None else words(group).get(code, Text(code, code))


def all_called(group: str, codes: Iterable[str]) -> list[Text | None]:
    """Return what codes of a group are called."""
    return [called(group, code) for code in codes]


def grant_called(role: str, *held: str | None) -> Text:
    """Return what a role is called, with what it is held for: a bureau, a person, a department."""
    name = words("role").get(role, Text(role, role))
    return Text(*(" ".join(filter(None, (said, *held))) for said in (name.zh, name.en)))
