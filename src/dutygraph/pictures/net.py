"""A net of things as cards in lanes by kind; lines cross no card and labels never overlap."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from dutygraph.model import Text
from dutygraph.pictures.look import Look
from dutygraph.pictures.measuring import width_of, wrap

CARD = 180.0
_INSIDE = CARD - 18
CAPTION, NAME, FACT = 10.0, 12.5, 10.5
_CAPTION_ROW, _NAME_ROW, _FACT_ROW, _TAG_ROW = 16.0, 17.0, 14.0, 18.0
PORT_ROW = 15.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: its name, the colour of its cards' captions."""

    place: int
    name: Text
    colour: str


@dataclass(frozen=True, slots=True)
class Card:
    """A thing as it is drawn. ``kind`` is a class of the ontology, ``caption`` what people call it.

    ``gaps`` is the word of the tag where it has gaps; ``missing``: it is not there and should be.
    """

    key: str
    kind: str
    caption: str
    number: str
    name: str
    told: str
    identity: str | None = None
    facts: tuple[str, ...] = ()
    gaps: str = ""
    missing: bool = False
    start: bool = False
    chained: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """A line between two cards; ``label`` says it from source to target, ``back`` the other way."""

    source: str
    target: str
    label: str
    back: str
    chained: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Net:
    """Cards and the ties between them."""

    cards: tuple[Card, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class CardText:
    """The lines of a card, and how high it is at least."""

    name: tuple[str, ...]
    facts: tuple[str, ...]
    height: float


def card_text(card: Card, look: Look) -> CardText:
    """Return a card's words broken into lines that fit in it."""
    del look
    indent = 14 if card.missing else 0
    name = wrap(card.name, _INSIDE - indent, NAME, 4) if card.name else ()
    facts = tuple(line for fact in card.facts for line in wrap(fact, _INSIDE, FACT, 2))
    height = _CAPTION_ROW + _NAME_ROW * len(name) + _FACT_ROW * len(facts) + (_TAG_ROW if card.gaps else 0)
    return CardText(name, facts, height + 10)


def rows() -> tuple[float, float, float, float]:
    """Return the heights of a card's rows: caption, name, fact, tag."""
    return _CAPTION_ROW, _NAME_ROW, _FACT_ROW, _TAG_ROW


@cache
def _lanes() -> tuple[tuple[Lane, frozenset[str]], ...]:
    text = resources.files("dutygraph.pictures").joinpath("lanes.toml").read_text(encoding="utf-8")
    return tuple(
        (Lane(place, Text(**told["name"]), told["colour"]), frozenset(told["kinds"]))
        for place, told in enumerate(tomllib.loads(text)["lanes"])
    )


def lane_of(kind: str) -> Lane:
    """Return the lane in which a class of things stands."""
    lanes = _lanes()
    return next((lane for lane, kinds in lanes if kind in kinds), lanes[-1][0])


def label_width(label: str) -> float:
    """Return how wide the label of a line is."""
    return width_of(label, CAPTION) + 8 if label else 0.0


def by_key(cards: Sequence[Card]) -> Mapping[str, Card]:
    """Return cards by key."""
    return {card.key: card for card in cards}
