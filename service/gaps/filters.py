"""Which gaps are asked for: closed lists are checked, and what is unknown is answered with what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dutygraph.commits.gaps import GapState
from dutygraph.model import Severity, Text
from dutygraph.service.gaps.placing import Placing
from dutygraph.service.gaps.rows import GapRow, GapRows, rule_shapes
from dutygraph.service.problems import ErrorItem, ProblemError

NOBODY = "none"
"""The word for "assigned to nobody", "in no business", "without a star" and the like."""
_TIERS = ("3", "2", "1")
_STARS = ("3", "2", "1")
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class GapFilter:
    """What a list of gaps is limited to; within a field any of the values will do, empty is no limit.

    ``state`` is already without the word ``all``.
    """

    rule: frozenset[str] = frozenset()
    severity: frozenset[str] = frozenset()
    aspect: frozenset[str] = frozenset()
    department: frozenset[str] = frozenset()
    tier: frozenset[str] = frozenset()
    supervisor: frozenset[str] = frozenset()
    star: frozenset[str] = frozenset()
    business: frozenset[str] = frozenset()
    state: frozenset[str] = frozenset()
    assignee: frozenset[str] = frozenset()
    text: str = ""

    def chosen(self, found: GapRows) -> Iterator[GapRow]:
        """Yield the gaps that are asked for.

        Raises:
            ProblemError: 422, a value is none of those there are.

        """
        self._check(found.placing)
        return (row for row in found.rows if self.holds(row, found.placing))

    def holds(self, row: GapRow, placing: Placing) -> bool:
        """Tell whether a gap is asked for."""
        wanted = (
            (self.rule, (row.finding.rule,)),
            (self.severity, (row.finding.severity.value,)),
            (self.aspect, (row.rule.aspect,)),
            (self.state, (row.history.state.value,)),
            (self.department, departments_of(row, placing)),
            (self.tier, (NOBODY if row.place.tier is None else str(row.place.tier),)),
            (self.star, (NOBODY if row.place.star is None else str(row.place.star),)),
            (self.business, row.place.businesses or (NOBODY,)),
            (self.supervisor, supervisors_of(row, placing) or (NOBODY,)),
            (self.assignee, (assignee_of(row) or NOBODY,)),
        )
        fits = all(not values or not values.isdisjoint(there) for values, there in wanted)
        return fits and (not self.text or self.text.casefold() in _searched(row))

    def _check(self, placing: Placing) -> None:
        persons = sorted(thing.id for thing in placing.registered("Person")) if self.assignee else ()
        answering = [name.zh for name in placing.answering]
        departments = [word for thing in placing.departments for word in (thing.id, thing.label)]
        businesses = [thing.id for thing in placing.registered("Business")] if self.business else ()
        supervisors = [*sorted(placing.persons), *sorted(set(placing.persons.values()))]
        possible: tuple[tuple[str, Collection[str], Sequence[str]], ...] = (
            ("rule", self.rule, sorted({shape.rule for shape in rule_shapes().values()})),
            ("severity", self.severity, tuple(Severity)),
            ("aspect", self.aspect, aspects()),
            ("state", self.state, (*GapState, "all")),
            ("department", self.department, [*dict.fromkeys([*departments, *answering]), NOBODY]),
            ("tier", self.tier, (*_TIERS, NOBODY)),
            ("star", self.star, (*_STARS, NOBODY)),
            ("business", self.business, [*businesses, NOBODY]),
            ("supervisor", self.supervisor, [*supervisors, NOBODY]),
            ("assignee", self.assignee, [*persons, NOBODY]),
        )
        errors = [error for name, given, there in possible for error in _unknown(name, given, there)]
        if errors:
            raise ProblemError(422, "unfit", count=len(errors), errors=errors)


def gap_filter(state: Iterable[str] | None, text: str | None, **given: Iterable[str] | None) -> GapFilter:
    """Return a filter from query parameters; gaps that are there, waived ones among them, are the default."""
    states = frozenset(state or (GapState.OPEN, GapState.WAIVED))
    if "all" in states:
        states = frozenset(GapState)
    values = {name: frozenset(words or ()) for name, words in given.items()}
    values["rule"] = frozenset(word.upper() for word in values.get("rule", ()))
    return GapFilter(state=frozenset(map(str, states)), text=(text or "").strip(), **values)


def aspects() -> Sequence[str]:
    """Return the aspects of the rules."""
    return sorted({shape.aspect for shape in rule_shapes().values()})


def departments_of(row: GapRow, placing: Placing) -> tuple[str, ...]:
    """Return the departments that answer for a gap, by id and by name."""
    named = (row.finding.responsible.department or "").split("；")
    ids = [thing.id for thing in placing.departments if thing.label in named]
    return (*named, *ids) if any(named) else (NOBODY,)


def supervisors_of(row: GapRow, placing: Placing) -> tuple[str, ...]:
    """Return the appointments that answer for a gap, and their persons, by id."""
    named = [one for ids in row.finding.responsible.supervisors.values() for one in ids]
    return (*named, *(placing.persons[one] for one in named if one in placing.persons))


def assignee_of(row: GapRow) -> str | None:
    """Return the id of the person that a gap is assigned to."""
    assignment = row.history.assignment
    return None if assignment is None else assignment.person


def _searched(row: GapRow) -> str:
    finding = row.finding
    value = () if finding.value is None else (finding.value.id, finding.value.label)
    said = (finding.message, finding.remedy, row.rule.label)
    texts = [part for text in said for part in (text.zh, text.en)]
    named = (finding.id, finding.rule, finding.focus.id, finding.focus.label, *value)
    return "\n".join((*texts, *named)).casefold()


def _unknown(name: str, given: Collection[str], there: Sequence[str]) -> Iterator[ErrorItem]:
    listed = "、".join(there[:_MOST_LISTED]) + ("……" if len(there) > _MOST_LISTED else "")
    for value in sorted(set(given) - set(there)):
        text = Text(
            f"{name} 没有“{value}”；可用的有：{listed}。",
            f"There is no {name} “{value}”; there are: {listed.replace('、', ', ').replace('……', ', …')}.",
        )
        yield ErrorItem(text, pointer=f"/query/{name}")
