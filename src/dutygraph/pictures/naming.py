"""What people call classes and properties, for captions of cards and labels of lines."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text
from dutygraph.ontology import SV, labels
from dutygraph.pictures.look import Look
from dutygraph.pictures.net import lane_of


@cache
def _named() -> Mapping[str, Text]:
    text = resources.files("dutygraph.pictures").joinpath("examples.toml").read_text(encoding="utf-8")
    return {name: Text(**said) for name, said in tomllib.loads(text)["named"].items()}


def term_name(name: str, look: Look) -> str:
    """Return the name of a term of the ontology, told without its prefix; the term itself if it has none."""
    if name in _named():
        return look.say(_named()[name])
    try:
        return look.say(labels(SV[name]))
    except KeyError:
        return name


def kind_name(kind: str, look: Look) -> str:
    """Return what a class is called; of a thing that is not registered, what its lane is."""
    if kind[:1].isupper():
        return term_name(kind, look)
    return look.say(lane_of(kind).name)
