"""A gap over time: when it was first and last seen, who is to close it by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dutygraph.commits.acts import Actor, AuditEntry
from dutygraph.model import CheckReport, Finding
from dutygraph.store import BureauGraphs


class GapState(StrEnum):
    """Where a gap stands. A waived gap is there still, and is counted apart (domain section 4)."""

    OPEN = "open"
    WAIVED = "waived"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Seen:
    """A commit of the bureau, when it was made, and the date it was judged by."""

    commit: int
    at: datetime
    as_of: date


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to close a gap (the id of a person), by when, with what remark; ``by`` handed it out.

    ``person`` is None where the assignment before it was taken back.
    """

    person: str | None
    due: date | None
    remark: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class GapHistory:
    """One gap by its stable id. ``finding`` is the gap as it is, or as it was when last seen."""

    finding: Finding
    first_seen: Seen
    last_seen: Seen
    resolved: Seen | None
    reopened: tuple[Seen, ...]
    assignments: tuple[Assignment, ...]

    @property
    def state(self) -> GapState:
        """Where the gap stands."""
        if self.resolved is not None:
            return GapState.RESOLVED
        return GapState.OPEN if self.finding.waived is None else GapState.WAIVED

    @property
    def assignment(self) -> Assignment | None:
        """The assignment in force: the latest, if any, unless that took it back."""
        latest = self.assignments[-1] if self.assignments else None
        return None if latest is None or latest.person is None else latest


@dataclass(frozen=True, slots=True)
class BureauState:
    """A bureau as of its latest commit, never changed once made: readers keep the one they began with.

    ``gaps`` holds every gap there ever was, by id; those of ``report`` are the ones there are now.
    """

    names: BureauGraphs
    head: Seen
    report: CheckReport
    gaps: Mapping[str, GapHistory]


@dataclass(frozen=True, slots=True)
class GapPreview:
    """What a change would do to the gaps, nothing written."""

    added: int
    removed: int
    new: tuple[Finding, ...]
    resolved: tuple[Finding, ...]
    persisting: int


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number, the bureau's state after it, its gaps, its link in the audit chain."""

    commit: int
    state: BureauState
    change: GapPreview
    entry: AuditEntry
