"""Two dates compared: which gaps are new, which persist, which are resolved, by their stable ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dutygraph.commits.gaps import GapHistory, GapState, Seen
from dutygraph.model import Finding, Text
from dutygraph.service.access.view import View
from dutygraph.service.gaps.judged import Judged
from dutygraph.service.gaps.placing import Place, Placing
from dutygraph.service.gaps.rows import gravity, rule_of
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.shapes import RuleShape

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class Basis(StrEnum):
    """What is compared: what the register held on two days, or the data of now judged by two dates."""

    HISTORY = "history"
    DATA = "data"


class Change(StrEnum):
    """What became of a gap from one day to the other."""

    NEW = "new"
    PERSISTING = "persisting"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Point:
    """One side of a comparison: as asked ("2024", "2025-06-30"), the day that means, the commit of then."""

    asked: str
    day: date
    commit: int | None


@dataclass(frozen=True, slots=True)
class ComparedGap:
    """A gap, and what became of it."""

    change: Change
    finding: Finding
    rule: RuleShape
    place: Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides and all gaps that are on either."""

    basis: Basis
    before: Point
    after: Point
    gaps: tuple[ComparedGap, ...]


def day_of(asked: str, as_of: date, pointer: str) -> date:
    """Return the day that a date or a year means: of a year its last day, of the data's year their date.

    Raises:
        ProblemError: 422, it is no date, or none that data can be judged by.

    """
    year_only = asked.isdecimal() and len(asked) == len("2025")
    try:
        day = date(int(asked), 12, 31) if year_only else date.fromisoformat(asked)
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        text = Text(
            f"“{asked}”不是 {EARLIEST.year} 至 {LATEST.year} 年的日期或年份；请写 2025-06-30 或 2025。",
            f"“{asked}” is no date or year of {EARLIEST.year} to {LATEST.year}; write 2025-06-30 or 2025.",
        )
        raise ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer=pointer)])
    return as_of if year_only and day.year == as_of.year else day


class Comparing:
    """Compares over what one caller sees."""

    def __init__(self, view: View, commits: Iterable[Seen], judged: Judged, placing: Placing) -> None:
        """Take the view, all commits of its bureau, and what makes checks of other dates."""
        self._view = view
        self._commits = sorted(commits, key=lambda seen: seen.commit)
        self._judged = judged
        self._placing = placing

    def compared(self, before: str, after: str, basis: Basis | None) -> Comparison:
        """Compare two dates or years; without a basis, by the register if commits were made by both days.

        Raises:
            ProblemError: 422, the dates are none, or in the wrong order, or the register does not reach back.

        """
        view = self._view
        first, last = day_of(before, view.as_of, "/query/from"), day_of(after, view.as_of, "/query/to")
        if first > last:
            text = Text("起始日期须不晚于截止日期。", "The first date must not be after the second.")
            raise ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer="/query/from")])
        commit = self._commit_of(first)
        if basis is None:
            basis = Basis.DATA if commit is None else Basis.HISTORY
        if basis is Basis.DATA:
            points = Point(before, first, None), Point(after, last, None)
            found = self._by_data(first, last)
            return Comparison(basis, *points, self._told(found))
        later = self._commit_of(last)
        if commit is None or later is None:
            raise self._too_early()
        points = Point(before, first, commit), Point(after, last, later)
        return Comparison(basis, *points, self._told(self._by_history(commit, later)))

    def of_commit(self, commit: int) -> Mapping[str, tuple[Change, Finding]]:
        """Return what a commit changed in the gaps, by id; the first one only brings."""
        return self._by_history(commit - 1, commit)

    def _by_history(self, commit: int, later: int) -> dict[str, tuple[Change, Finding]]:
        there = {number: self._at_commit(number) for number in (commit, later)}
        found: dict[str, tuple[Change, Finding]] = {}
        for gap in self._view.gaps:
            change = _change(there[commit](gap), there[later](gap))
            if change is not None:
                found[gap.finding.id] = (change, gap.finding)
        return found

    def _by_data(self, first: date, last: date) -> dict[str, tuple[Change, Finding]]:
        view = self._view
        reports = (self._judged.by_date(view.names.code, view.commit, day) for day in (first, last))
        before, after = ({each.id: each for each in view.told(report.findings)} for report in reports)
        found: dict[str, tuple[Change, Finding]] = {}
        for gap in {**before, **after}:
            change = _change(gap in before, gap in after)
            if change is not None:
                found[gap] = (change, after.get(gap) or before[gap])
        return found

    def _at_commit(self, commit: int) -> Callable[[GapHistory], bool]:
        """Return what tells whether a gap was there after a commit.

        The register keeps the latest resolution alone: of a gap that came back, or of several that look
        alike to the caller, the state of then is checked again, once for all of them.
        """
        seen: list[set[str]] = []

        def there(gap: GapHistory) -> bool:
            last = gap.last_seen.commit if gap.state is GapState.RESOLVED else self._view.commit
            if not gap.first_seen.commit <= commit <= last:
                return False
            registered = self._view.registered_gaps(gap.finding.id)
            if len(registered) == 1 and (not gap.reopened or gap.reopened[-1].commit <= commit):
                return True
            if not seen:
                report = self._judged.of_commit(self._view.names.code, commit, "then")
                seen.append({finding.id for finding in report.findings})
            return not seen[0].isdisjoint(registered)

        return there

    def _commit_of(self, day: date) -> int | None:
        return next((seen.commit for seen in reversed(self._commits) if seen.at.date() <= day), None)

    def _told(self, found: Mapping[str, tuple[Change, Finding]]) -> tuple[ComparedGap, ...]:
        gaps = [
            ComparedGap(change, finding, rule_of(finding), self._placing.of(finding))
            for change, finding in found.values()
        ]
        return tuple(sorted(gaps, key=_order))

    def _too_early(self) -> ProblemError:
        first = self._commits[0].at.date() if self._commits else self._view.computed_at.date()
        text = Text(
            f"登记簿从 {first} 起才有记录；更早的日期请用 basis=data（以现有数据按当时日期判断）。",
            f"The register begins on {first}; for earlier dates use basis=data (the data of now, judged by "
            "the dates).",
        )
        return ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer="/query/from")])


def _change(before: bool, after: bool) -> Change | None:  # noqa: FBT001 - two sides of one question
    if before:
        return Change.PERSISTING if after else Change.RESOLVED
    return Change.NEW if after else None


def _order(gap: ComparedGap) -> tuple[int, int, str, str, str]:
    finding = gap.finding
    places = list(Change)
    return (
        places.index(gap.change),
        gravity(finding.severity),
        finding.rule,
        finding.focus.id,
        finding.id,
    )
