"""The figures of the overview: what the endpoints' functions give, or that the role may not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dutygraph.commits.acts import Action
from dutygraph.coverage import Axis, CoverageRow
from dutygraph.coverage.headline import HEADLINES, Headline, headlines
from dutygraph.model import Finding, Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.coverage import rows_of as coverage_of
from dutygraph.service.gaps.comparison import Change, Comparing
from dutygraph.service.gaps.judged import Judged
from dutygraph.service.gaps.rows import gravity, rows_of

_THREE_STARS = Text("有在任三级监督员的三星业务", "Three-star businesses with a tier-3 supervisor in office")
_NEEDS = {
    Headline.RISKS: Data.STRUCTURE,
    Headline.SHEETS: Data.WORK,
    Headline.OWNERS: Data.ISSUES,
    Headline.IN_TIME: Data.ISSUES,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it says, the row (None: the role may not know), whether it is of one's own alone."""

    title: Text
    row: CoverageRow | None
    own: bool = False

    @property
    def ratio(self) -> float | None:
        """The share, None where there is nothing to count."""
        return None if self.row is None or self.row.ratio is None else float(self.row.ratio)


@dataclass(frozen=True, slots=True)
class Since:
    """What the latest import changed in the gaps; ``first`` if it was the bureau's first."""

    day: date
    first: bool
    new: tuple[Finding, ...]
    resolved: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """How many gaps of each severity there are when the data of now are judged by a day."""

    day: date
    violations: int
    others: int


def figures_of(view: View, answers: Answers) -> tuple[Figure, ...]:
    """Return the first figures, each as far as the role may know it."""
    found = answers.of(view, "headlines", lambda: headlines(view.store, view.names, view.things))
    figures = {each: _figure(view, each, found[each]) for each in Headline}
    first, *others = figures.values()
    return (first, _three_stars(view, answers), *others)


def _figure(view: View, headline: Headline, row: CoverageRow) -> Figure:
    reach = view.reach(_NEEDS[headline])
    shown = row if reach in (Reach.OWN, Reach.ALL) else None
    return Figure(HEADLINES[headline], shown, own=reach is Reach.OWN)


def _three_stars(view: View, answers: Answers) -> Figure:
    try:
        rows = coverage_of(view, answers, Axis.STAR)
    except ForbiddenError:
        return Figure(_THREE_STARS, None)
    none = CoverageRow("3", _THREE_STARS, 0, ())
    row = next((row for row in rows if row.group == "3"), none)
    return Figure(_THREE_STARS, row, own=view.reach(Data.WORK) is Reach.OWN)


def since_import(visit: Visit, view: View) -> Since | None:
    """Return what the latest import changed; None where nothing was imported."""
    commits = visit.service.committer.commits(view.names.code)
    there = [each for each in commits if each.seen.commit <= view.commit]
    imports = [each for each in there if each.entry is not None and each.entry.action is Action.IMPORT]
    if not imports:
        return None
    latest = max(imports, key=lambda each: each.seen.commit).seen
    comparing = _comparing(visit, view)
    found = visit.answers.of(view, "since-import", lambda: comparing.of_commit(latest.commit)).values()
    return Since(
        latest.at.date(),
        latest.commit == min(each.seen.commit for each in there),
        _of(Change.NEW, found),
        _of(Change.RESOLVED, found),
    )


def _of(change: Change, found: object) -> tuple[Finding, ...]:
    pairs: Iterator[tuple[Change, Finding]] = iter(found)  # type: ignore[call-overload]
    there = [finding for each, finding in pairs if each is change]
    return tuple(sorted(there, key=lambda one: (gravity(one.severity), one.rule, one.focus.id)))


def _comparing(visit: Visit, view: View) -> Comparing:
    commits = visit.service.committer.commits(view.names.code)
    seen = [each.seen for each in commits if each.seen.commit <= view.commit]
    return Comparing(view, seen, visit.service.part(Judged), rows_of(view, visit.answers).placing)


def quarters(as_of: date) -> tuple[date, ...]:
    """Return the end of last year, the ends of this year's quarters, and the date of the data."""
    ends = (date(as_of.year, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)))
    return (date(as_of.year - 1, 12, 31), *(end for end in ends if end < as_of), as_of)


def point_of(visit: Visit, view: View, day: date) -> Point:
    """Return the gaps that the data of now have when judged by a day, as the caller may know them.

    Raises:
        ProblemError: 503, too many wait for such reports, or another commit came between.

    """
    if day == view.as_of:
        findings = view.findings
    else:
        report = visit.service.part(Judged).by_date(view.names.code, view.commit, day)
        findings = view.told(report.findings)
    grave = sum(gravity(one.severity) == 0 for one in findings)
    return Point(day, grave, len(findings) - grave)
