"""Gaps counted by what they can be filtered by; only those that the caller sees are counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from dutygraph.commits.gaps import GapState
from dutygraph.coverage import STARS, TIERS
from dutygraph.model import Text
from dutygraph.report.words import word
from dutygraph.service.gaps.filters import NOBODY, assignee_of
from dutygraph.service.gaps.models import FacetValue, StateCounts
from dutygraph.service.gaps.placing import Placing
from dutygraph.service.gaps.rows import GapRow, rule_shapes
from dutygraph.service.models import bilingual
from dutygraph.service.words import words

_NONE = Text("（无）", "(none)")


def state_counts(rows: Iterable[GapRow]) -> StateCounts:
    """Return how many gaps are open, waived and resolved."""
    return _counts(Counter(row.history.state for row in rows))


def facets(rows: Iterable[GapRow], placing: Placing) -> Mapping[str, list[FacetValue]]:
    """Return the counts by facet; a gap of two departments counts in both, each facet's largest first."""
    chosen = list(rows)
    named = _Names(placing)
    return {name: _facet(name, chosen, keys, named) for name, keys in _FACETS.items()}


def _facet(
    facet: str, rows: Iterable[GapRow], keys: Callable[[GapRow], Iterable[str]], named: _Names
) -> list[FacetValue]:
    found: dict[str, Counter[GapState]] = defaultdict(Counter)
    for row in rows:
        for key in set(keys(row)) or {NOBODY}:
            found[key][row.history.state] += 1
    values = [
        FacetValue(key=key, label=bilingual(named.of(facet, key)), **_counts(counted).model_dump())
        for key, counted in found.items()
    ]
    return sorted(values, key=lambda value: (-value.open - value.waived - value.resolved, value.key))


def _counts(counted: Counter[GapState]) -> StateCounts:
    return StateCounts(
        open=counted[GapState.OPEN],
        waived=counted[GapState.WAIVED],
        resolved=counted[GapState.RESOLVED],
    )


def _one(value: object) -> tuple[str, ...]:
    return () if value is None else (str(value),)


def _supervisors(row: GapRow) -> list[str]:
    return [one for ids in row.finding.responsible.supervisors.values() for one in ids]


_FACETS: dict[str, Callable[[GapRow], Iterable[str]]] = {
    "rule": lambda row: (row.finding.rule,),
    "severity": lambda row: (row.finding.severity.value,),
    "aspect": lambda row: (row.rule.aspect,),
    "department": lambda row: filter(None, (row.finding.responsible.department or "").split("；")),
    "tier": lambda row: _one(row.place.tier),
    "supervisor": _supervisors,
    "star": lambda row: _one(row.place.star),
    "business": lambda row: row.place.businesses,
    "assignee": lambda row: _one(assignee_of(row)),
}


_CODES: Mapping[str, Mapping[str, Text]] = {"aspect": words("aspect"), "tier": TIERS, "star": STARS}


class _Names:
    """What the keys of facets are called, where there is a name."""

    def __init__(self, placing: Placing) -> None:
        self._texts = {NOBODY: _NONE}
        self._texts |= {rule: shape.label for (rule, _), shape in rule_shapes().items()}
        for severity in ("Violation", "Warning", "Info"):
            self._texts[severity] = Text(word("severity", severity, "zh"), word("severity", severity, "en"))
        for thing in placing.registered("Business"):
            self._texts[thing.id] = Text(thing.label, thing.label)
        self._texts |= {name.zh: name for name in placing.answering}

    def of(self, facet: str, key: str) -> Text:
        """Return the name of a key of a facet; the key itself where it has none."""
        return _CODES.get(facet, {}).get(key) or self._texts.get(key) or Text(key, key)
