"""The versions of a business's line chart: published, superseded and, where they are seen, drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dutygraph.charts.process import TRUE
from dutygraph.charts.reading import Reading, Row, UnknownThingError, number, values
from dutygraph.model import Text, Thing


@dataclass(frozen=True, slots=True)
class Counts:
    """How many nodes, risks and controls a chart has, or says that it has (None where it does not say)."""

    nodes: int | None
    risks: int | None
    controls: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A supervision step of a chart: what is done (its label) and at which node."""

    thing: Thing
    node: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a version of a chart holds, by IRI, and its steps by id."""

    nodes: frozenset[str] = frozenset()
    risks: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartVersion:
    """One version of a line chart. ``current`` is the one in force on the date of the check."""

    thing: Thing
    version: str | None
    state: Text | None
    current: bool
    authored_by: Thing | None
    authored_on: date | None
    reviewed_by: Thing | None
    reviewed_on: date | None
    outcome: Text | None
    published_on: date | None
    superseded_on: date | None
    declared: Counts
    contents: Contents
    gaps: tuple[str, ...]

    @property
    def counted(self) -> Counts:
        """What the chart really holds."""
        return Counts(len(self.contents.nodes), len(self.contents.risks), len(self.contents.controls))

    @property
    def agrees(self) -> bool:
        """Whether every count that is declared is what is counted (R31)."""
        pairs = (
            (self.declared.nodes, self.counted.nodes),
            (self.declared.risks, self.counted.risks),
            (self.declared.controls, self.counted.controls),
        )
        return all(declared in (None, counted) for declared, counted in pairs)


def versions_by_business(
    reading: Reading, gaps: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[ChartVersion, ...]]:
    """Return the versions of each business's line chart, oldest first, by the business's IRI.

    They stand by date of authoring (of publishing where that is missing), undated ones last.
    """
    contents = _contents(reading)
    found: dict[str, list[ChartVersion]] = {}
    for iri, rows in reading.grouped("versions", "chart").items():
        version = _version(reading, iri, rows, contents.get(iri, Contents()), gaps.get(iri, ()))
        for business in values(rows, "business"):
            found.setdefault(business, []).append(version)
    return {business: tuple(sorted(each, key=_age)) for business, each in found.items()}


def find_version(versions: Sequence[ChartVersion], asked: str) -> ChartVersion:
    """Return the version of this chart id, or the only one of this version text (“V2”).

    Raises:
        UnknownThingError: there is none, or there are several of that text.

    """
    by_id = [version for version in versions if version.thing.id == asked]
    found = by_id or [version for version in versions if version.version == asked]
    if len(found) == 1:
        return found[0]
    there = [version.thing.id for version in versions]
    raise UnknownThingError(
        Text(
            f"线图没有唯一的版本“{asked}”；这项业务的线图有：{'、'.join(there) or '无'}。",
            f"No single version {asked} of the line chart; this business has: {', '.join(there) or 'none'}.",
        )
    )


def _version(
    reading: Reading, iri: str, rows: Sequence[Row], contents: Contents, gaps: tuple[str, ...]
) -> ChartVersion:
    def thing(variable: str) -> Thing | None:
        return next(iter(reading.sorted(values(rows, variable))), None)

    def word(variable: str) -> Text | None:
        return next((reading.things.label(term) for term in values(rows, variable)), None)

    def day(variable: str) -> date | None:
        return next((date.fromisoformat(value) for value in values(rows, variable)), None)

    return ChartVersion(
        thing=reading.things.thing(iri),
        version=next(iter(values(rows, "version")), None),
        state=word("state"),
        current=rows[0]["current"] == TRUE,
        authored_by=thing("authoredBy"),
        authored_on=day("authoredOn"),
        reviewed_by=thing("reviewedBy"),
        reviewed_on=day("reviewedOn"),
        outcome=word("outcome"),
        published_on=day("publishedOn"),
        superseded_on=day("supersededOn"),
        declared=Counts(number(rows, "nodes"), number(rows, "risks"), number(rows, "controls")),
        contents=contents,
        gaps=gaps,
    )


def _contents(reading: Reading) -> Mapping[str, Contents]:
    return {
        iri: Contents(
            nodes=frozenset(values(rows, "node")),
            risks=frozenset(values(rows, "risk")),
            controls=frozenset(values(rows, "control")),
            steps=tuple(
                sorted(
                    {Step(reading.things.thing(row["step"]), row.get("at")) for row in rows if "step" in row},
                    key=lambda step: (step.thing.id, step.node or ""),
                )
            ),
        )
        for iri, rows in reading.grouped("contents", "chart").items()
    }


def _age(version: ChartVersion) -> tuple[date, str]:
    return version.authored_on or version.published_on or date.max, version.thing.id
