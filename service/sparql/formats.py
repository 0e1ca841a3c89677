"""In which format an answer is given: the Accept header (RFC 9110, section 12.5.1) and ``formats.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from dutygraph.service.sparql.refuse import Form

_MOST_RANGES = 100  # more is no wish but an attack


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the forms of query it answers, its media types (own first), its IRI, how a cut is marked."""

    key: str
    answers: tuple[Form, ...]
    media: tuple[str, ...]
    iri: str
    mark: str


@cache
def formats() -> tuple[Format, ...]:
    """Return all formats, in the order of preference."""
    text = resources.files("dutygraph.service.sparql").joinpath("formats.toml").read_text(encoding="utf-8")
    return tuple(
        Format(
            entry["key"],
            tuple(Form(form) for form in entry["answers"]),
            tuple(entry["media"]),
            entry["iri"],
            entry["mark"],
        )
        for entry in tomllib.loads(text)["formats"]
    )


def formats_for(form: Form) -> tuple[Format, ...]:
    """Return the formats that can answer this form of query."""
    return tuple(entry for entry in formats() if form in entry.answers)


def negotiate(accept: str, form: Form) -> tuple[Format, str] | None:
    """Return the format that a caller likes best and the media type to name it by, or None.

    Of media types that are liked alike, the one that is nearer to the top of ``formats.toml``; a format's own
    media type goes before the others that stand for it.
    """
    ranges = _ranges(accept)
    best: tuple[Format, str] | None = None
    best_weight = 0.0
    own_first = [(entry, entry.media[0]) for entry in formats_for(form)]
    others = [(entry, media) for entry in formats_for(form) for media in entry.media[1:]]
    for entry, media in own_first + others:
        weight = _weight(media, ranges)
        if weight > best_weight:
            best, best_weight = (entry, media), weight
    return best


def _ranges(accept: str) -> Sequence[tuple[str, float]]:
    """Return media ranges and their weights; a range that cannot be read is left out."""
    found = []
    for part in accept.split(",")[:_MOST_RANGES]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = _quality(parameters)
        if media.count("/") == 1 and weight is not None:
            found.append((media, weight))
    return found if accept.strip() else [("*/*", 1.0)]


def _quality(parameters: Sequence[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return None
            return weight if 0.0 <= weight <= 1.0 else None
    return 1.0


def _weight(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the most exact range that a media type is in; 0 where none is."""
    for wanted in (media, media.partition("/")[0] + "/*", "*/*"):
        for given, weight in ranges:
            if given == wanted:
                return weight
    return 0.0
