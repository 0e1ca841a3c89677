"""What a caller must do: the gaps one answers for or was given, and the duties that are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

import pyoxigraph as ox

from dutygraph.commits.gaps import GapState
from dutygraph.model import Severity, Text, Thing
from dutygraph.responsible import load_ways
from dutygraph.service.access.roles import Data, Reach, Role
from dutygraph.service.access.view import View
from dutygraph.service.gaps.filters import departments_of
from dutygraph.service.gaps.rows import GapRow, GapRows
from dutygraph.service.gaps.waivers import WaiverState, waivers_of

SOON = timedelta(days=30)
"""A waiver that ends within so many days is told to those who approved it."""
_TIERS: Mapping[Role, int] = {Role.T1: 1, Role.T2: 2, Role.T3: 3}


class DutyKind(StrEnum):
    """What is to be done."""

    CLOSE_GAP = "close-gap"
    REPORT_SHEET = "report-sheet"
    CLOSE_SHEET = "close-sheet"
    RECTIFY_ISSUE = "rectify-issue"
    WAIVER_ENDS = "waiver-ends"


class Ground(StrEnum):
    """Why it is the caller's: given to do, by post, as owner, by appointment, as a body, by department."""

    ASSIGNED = "assigned"
    POST = "post"
    OWNER = "owner"
    SUPERVISOR = "supervisor"
    COMMITTEE = "committee"
    OFFICE = "office"
    DEPARTMENT = "department"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One thing to do. ``gap`` is the id of the gap, if it is one; ``text`` says what, ``due`` until when."""

    kind: DutyKind
    ground: Ground
    thing: Thing
    text: Text
    due: date | None
    overdue: bool
    severity: Severity | None = None
    gap: str | None = None


class Mine:
    """Works out what one caller must do from the caller's view alone."""

    def __init__(self, view: View, found: GapRows) -> None:
        """Read the caller's own appointments and posts."""
        self._view = view
        self._found = found
        self._person = view.caller.person
        self._held: set[str] = set()
        self._held = {row["thing"].value for row in self._ask("holdings")}
        if view.caller.role is Role.POST_HOLDER:
            # a post holder does not see holdings, but which posts are the own ones
            posts = found.placing.registered("Post")
            self._held |= {post.iri for post in posts if view.in_scope(post.iri)}
        self._ids = {view.things.thing(iri).id for iri in self._held}
        self._owned = {row["thing"].value: _day(row) for row in self._ask("issues")}

    def duties(self) -> tuple[DutyRow, ...]:
        """Return what is to be done, overdue first, then by date, then by gravity."""
        rows = [*self._gaps(), *self._sheets(), *self._issues(), *self._waivers()]
        return tuple(sorted(rows, key=_order))

    def _gaps(self) -> Iterator[DutyRow]:
        for row in self._found.rows:
            if row.history.state is GapState.OPEN and (ground := self._ground(row)) is not None:
                assignment = row.history.assignment
                due = None if assignment is None else assignment.due
                finding = row.finding
                yield self._row(
                    DutyKind.CLOSE_GAP, ground, finding.focus, finding.message, due,
                    severity=finding.severity, gap=finding.id,
                )  # fmt: skip

    def _ground(self, row: GapRow) -> Ground | None:
        """Return why a gap is the caller's: the first ground that holds."""
        responsible, assignment = row.finding.responsible, row.history.assignment
        person = None if assignment is None else assignment.person
        if person is not None and person == self._person:
            return Ground.ASSIGNED
        if set((responsible.post or "").split("；")) & self._ids:
            return Ground.POST
        return Ground.OWNER if row.finding.focus.iri in self._owned else self._by_role(row)

    def _by_role(self, row: GapRow) -> Ground | None:
        caller, ways, finding = self._view.caller, load_ways(), row.finding
        tier = _TIERS.get(caller.role)
        if tier is not None and set(finding.responsible.supervisors.get(tier, ())) & self._ids:
            committee = tier == 1 and finding.focus.kind in ways.tier1
            return Ground.COMMITTEE if committee else Ground.SUPERVISOR
        named = departments_of(row, self._found.placing)
        if caller.role is Role.SO and ways.office_name.zh in named:
            return Ground.OFFICE
        return Ground.DEPARTMENT if caller.role is Role.FD and caller.department in named else None

    def _sheets(self) -> Iterator[DutyRow]:
        for row in self._ask("sheets"):
            kind = DutyKind(row["kind"].value)
            thing = self._view.things.thing(row["thing"].value)
            yield self._row(kind, Ground.SUPERVISOR, thing, _SAID[kind], _day(row))

    def _issues(self) -> Iterator[DutyRow]:
        ground = Ground.DEPARTMENT if self._view.caller.role is Role.FD else Ground.OWNER
        for iri, due in self._owned.items():
            kind = DutyKind.RECTIFY_ISSUE
            yield self._row(kind, ground, self._view.things.thing(iri), _SAID[kind], due)

    def _waivers(self) -> Iterator[DutyRow]:
        """Yield the waivers that end soon: to tier 1 those they approved, to the office all."""
        if self._view.reach(Data.WAIVERS) is not Reach.ALL:
            return
        office = self._view.caller.role is Role.SO
        for waiver in waivers_of(self._view):
            ends = waiver.until is not None and waiver.until <= self._view.as_of + SOON
            if waiver.state is WaiverState.IN_FORCE and ends and (office or waiver.by in self._ids):
                thing = self._view.things.thing(self._view.names.thing("waiver", waiver.id))
                ground = Ground.OFFICE if office else Ground.APPROVER
                kind = DutyKind.WAIVER_ENDS
                yield self._row(kind, ground, thing, _SAID[kind], waiver.until)

    def _row(
        self,
        kind: DutyKind,
        ground: Ground,
        thing: Thing,
        text: Text,
        due: date | None,
        severity: Severity | None = None,
        gap: str | None = None,
    ) -> DutyRow:
        overdue = due is not None and due < self._view.as_of
        return DutyRow(kind, ground, thing, text, due, overdue, severity, gap)

    def _me(self) -> str | None:
        caller, names = self._view.caller, self._view.names
        if caller.person is not None:
            return names.thing("person", caller.person)
        return None if caller.department is None else names.thing("department", caller.department)

    def _ask(self, name: str) -> Iterator[ox.QuerySolution]:
        me = self._me()
        if me is None:
            return
        posts = " ".join(str(ox.NamedNode(iri)) for iri in sorted(self._held))
        text = _query(name).replace("# caller", f"VALUES ?me {{ {ox.NamedNode(me)} }}")
        text = text.replace("# posts", f"VALUES ?post {{ {posts} }}")
        yield from self._view.store.select(text, graphs=self._view.graphs)


_SAID: Mapping[DutyKind, Text] = {
    DutyKind.REPORT_SHEET: Text("任务单须反馈。", "The task sheet is to be reported."),
    DutyKind.CLOSE_SHEET: Text(
        "任务单已反馈，须审核关闭。", "The task sheet was reported and is to be closed."
    ),
    DutyKind.RECTIFY_ISSUE: Text("问题须整改。", "The issue is to be rectified."),
    DutyKind.WAIVER_ENDS: Text(
        "豁免即将到期，缺口将重新计入。", "The waiver ends soon; its gaps count again then."
    ),
}


def _day(row: ox.QuerySolution) -> date | None:
    return date.fromisoformat(row["due"].value) if row["due"] else None


def _order(row: DutyRow) -> tuple[bool, date, int, str, str]:
    grave = len(Severity) if row.severity is None else list(Severity).index(row.severity)
    return (not row.overdue, row.due or date.max, grave, row.thing.id, row.gap or "")


@cache
def _query(name: str) -> str:
    return resources.files("dutygraph.service.gaps").joinpath(f"{name}.rq").read_text(encoding="utf-8")
