"""The gaps as the page lists them: what its address asks for, in groups, and what one can filter by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dutygraph.model import Text
from dutygraph.report.words import word
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.console.wording import Bilingual
from dutygraph.service.gaps.counts import facets, state_counts
from dutygraph.service.gaps.filters import NOBODY, GapFilter, gap_filter
from dutygraph.service.gaps.models import FacetValue, StateCounts
from dutygraph.service.gaps.placing import Placing
from dutygraph.service.gaps.rows import GapRow, rows_of

FIRST = ("severity", "department", "rule", "star")
FURTHER = ("aspect", "tier", "business", "supervisor", "assignee")
FIELDS = (*FIRST, *FURTHER)
"""What one can filter by, as the API can; the second row is folded away."""
STATES = ("there", "open", "waived", "resolved", "all")
GROUPS = ("none", "department", "rule", "business", "supervisor", "severity")
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is limited to, how it is grouped, how many are shown. It stands in the page's address."""

    values: Mapping[str, str] = field(default_factory=dict)
    state: str = STATES[0]
    text: str = ""
    group: str = GROUPS[0]
    size: int = PAGE_SIZE

    @property
    def filter(self) -> GapFilter:
        """The filter of the API that means the same."""
        state = None if self.state == STATES[0] else [self.state]
        return gap_filter(state, self.text, **{name: [value] for name, value in self.values.items()})

    @property
    def query(self) -> dict[str, str]:
        """The parameters that the API has for it."""
        state = {} if self.state == STATES[0] else {"state": self.state}
        return {**self.values, **state, **({"text": self.text} if self.text else {})}

    @property
    def address(self) -> dict[str, str]:
        """The parameters of the page."""
        return {**self.query, **({} if self.group == GROUPS[0] else {"group": self.group})}

    @property
    def is_limited(self) -> bool:
        """Tell whether anything is left out that is there."""
        return bool(self.query)

    def with_field(self, name: str, value: str) -> Wanted:
        """Return the same with a field changed; an empty value is no limit. Fields unknown change nothing."""
        if name == "text":
            return replace(self, text=value.strip()[:100], size=PAGE_SIZE)
        if name == "state" and value in STATES:
            return replace(self, state=value, size=PAGE_SIZE)
        if name == "group" and value in GROUPS:
            return replace(self, group=value, size=PAGE_SIZE)
        if name in FIELDS:
            rest = {key: kept for key, kept in self.values.items() if key != name}
            return replace(self, values={**rest, name: value} if value else rest, size=PAGE_SIZE)
        return self


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Return what the address of the page asks for."""
    wanted = Wanted()
    for name in (*FIELDS, "state", "text", "group"):
        if name in query:
            wanted = wanted.with_field(name, query[name][:200])
    return wanted


@dataclass(frozen=True, slots=True)
class Group:
    """Gaps that belong together; the name is None where nothing is grouped."""

    name: Bilingual | None
    rows: Sequence[GapRow]


@dataclass(frozen=True, slots=True)
class GapList:
    """The list as shown, its counts as filtered, and what there is to choose from."""

    groups: Sequence[Group]
    shown: int
    total: int
    counts: StateCounts
    choices: Mapping[str, Sequence[FacetValue]]
    names: Mapping[str, str]
    """What posts and persons are called, by id, where they have a name."""


def listed(view: View, answers: Answers, wanted: Wanted) -> GapList:
    """Return what is wanted of a view's gaps.

    Raises:
        ProblemError: 422, a value is none of those there are.

    """
    found = rows_of(view, answers)
    rows = list(wanted.filter.chosen(found))
    there = facets(gap_filter(["all"], None).chosen(found), found.placing)
    groups, shown = _grouped(rows, found.placing, wanted)
    return GapList(groups, shown, len(rows), state_counts(rows), there, _names(found.placing))


def _names(placing: Placing) -> Mapping[str, str]:
    things = (*placing.registered("Post"), *placing.registered("Person"))
    return {thing.id: thing.label for thing in things}


def _grouped(rows: Sequence[GapRow], placing: Placing, wanted: Wanted) -> tuple[Sequence[Group], int]:
    if wanted.group == GROUPS[0]:
        shown = rows[: wanted.size]
        return ([Group(None, shown)] if shown else []), len(shown)
    names = {value.key: value.label for value in facets(rows, placing)[wanted.group]}
    groups: dict[str, list[GapRow]] = {key: [] for key in names}
    for row in rows[: wanted.size]:
        for key in _KEYS[wanted.group](row) or (NOBODY,):
            groups.setdefault(key, []).append(row)
    made = [Group(names.get(key, Text(key, key)), members) for key, members in groups.items() if members]
    return made, min(len(rows), wanted.size)


def _departments(row: GapRow) -> Sequence[str]:
    return [name for name in (row.finding.responsible.department or "").split("；") if name]


def _supervisors(row: GapRow) -> Sequence[str]:
    return [one for ids in row.finding.responsible.supervisors.values() for one in ids]


_KEYS: Mapping[str, Callable[[GapRow], Sequence[str]]] = {
    "department": _departments,
    "rule": lambda row: (row.finding.rule,),
    "business": lambda row: row.place.businesses,
    "supervisor": _supervisors,
    "severity": lambda row: (row.finding.severity.value,),
}


def severity_word(severity: str) -> Text:
    """Return what a severity is called."""
    return Text(word("severity", severity, "zh"), word("severity", severity, "en"))
