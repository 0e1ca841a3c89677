"""The ties that a neighbourhood shows (``ties.toml``): which, in which order, and what each is called."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rdflib import ORG, URIRef

from dutygraph.model import Text
from dutygraph.ontology import SV, labels

_NAMESPACES = {"sv": str(SV), "org": str(ORG)}


@dataclass(frozen=True, slots=True)
class Tie:
    """A property that joins two things: its place in the order, its name in each direction.

    ``unless`` are the properties beside which it says nothing more.
    """

    iri: str
    place: int
    label: Text
    back: Text
    unless: frozenset[str]

    @property
    def name(self) -> str:
        """The local name, such as ``ownerPost``."""
        return self.iri.rpartition("#")[2]


@cache
def ties() -> Mapping[str, Tie]:
    """Return the ties by IRI."""
    text = resources.files("dutygraph.charts").joinpath("ties.toml").read_text(encoding="utf-8")
    read = (
        Tie(
            iri=str(_term(told["property"])),
            place=place,
            label=Text(**told["label"]) if "label" in told else labels(_term(told["property"])),
            back=Text(**told["back"]),
            unless=frozenset(str(_term(name)) for name in told.get("unless", ())),
        )
        for place, told in enumerate(tomllib.loads(text)["ties"])
    )
    return {tie.iri: tie for tie in read}


def _term(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(_NAMESPACES[prefix] + local)
