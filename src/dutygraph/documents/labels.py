"""The names of placeholders, and which of them each document gives: ``labels.toml`` and ``schema.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from dutygraph.documents.model import Cell, Kind, Row, Shaded, Sheet, Value
from dutygraph.model import Text

COMMON = ("unit", "as_of", "made_at", "scope", "note")
_WIDTH = 14.0


@dataclass(frozen=True, slots=True)
class Label:
    """What a placeholder is called, and how wide a column of it is in Excel."""

    name: Text
    width: float


@cache
def _labels() -> Mapping[str, Label]:
    return {
        key: Label(Text(said["zh"], said["en"]), float(said.get("width", _WIDTH)))
        for key, said in tomllib.loads(_read("labels.toml")).items()
    }


@cache
def _schema() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_read("schema.toml"))


def _read(name: str) -> str:
    return resources.files("dutygraph.documents").joinpath(name).read_text(encoding="utf-8")


def label(key: str, language: str) -> str:
    """Return what a placeholder is called: the heading of its column."""
    return _labels()[key].name.in_language(language)


def placeholder(key: str, language: str) -> str:
    """Return how a placeholder is written in a template of a language."""
    return key if language == "en" else label(key, language)


def schema(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """Return the placeholders of a document by list, ``""`` being the document itself."""
    found = {name.lstrip("."): tuple(keys.split()) for name, keys in _schema()[kind].items()}
    return {**found, "": (*COMMON, *found[""])}


def specimen(kind: Kind) -> Row:
    """Return a document with a row in every list, to try a template on."""
    return _specimen(schema(kind), "")


def _specimen(lists: Mapping[str, Sequence[str]], path: str) -> Row:
    inner = {
        name.rpartition("/")[2]: [_specimen(lists, name)]
        for name in lists
        if name and name.rpartition("/")[0] == path
    }
    return {**dict.fromkeys(lists[path], "1"), **inner}


class Placeholders:
    """Values as a template reads them: by key or by Chinese name, and nothing else."""

    def __init__(self, values: Row) -> None:
        """Name the values."""
        self._values = dict(both_names(values))

    def __getitem__(self, name: str) -> object:
        """Return a value.

        Raises:
            LookupError: there is no such placeholder.

        """
        return self._values[name]


def both_names(values: Row) -> Iterator[tuple[str, object]]:
    """Yield each value by its key and by its Chinese name."""
    for key, value in values.items():
        told = _told(value)
        yield key, told
        yield label(key, "zh"), told


def _told(value: Value) -> object:
    return value if isinstance(value, str | int) else [Placeholders(row) for row in value]


def sheet_of(
    name: str,
    keys: Sequence[str],
    rows: Sequence[Row],
    language: str,
    shades: Mapping[str, str] | None = None,
) -> Sheet:
    """Return a sheet of Excel with these columns; *shades* names the key that holds a column's colour."""
    found = _labels()
    return Sheet(
        name=name,
        headings=tuple(label(key, language) for key in keys),
        widths=tuple(found[key].width for key in keys),
        rows=tuple(tuple(_cell(row, key, (shades or {}).get(key)) for key in keys) for row in rows),
    )


def _cell(row: Row, key: str, shade: str | None) -> Cell:
    value = row[key]
    assert isinstance(value, str | int)
    colour = row.get(shade, "") if shade else ""
    return Shaded(value, f"#{colour}") if isinstance(colour, str) and colour else value
