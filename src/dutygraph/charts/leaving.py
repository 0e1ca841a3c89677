"""What becomes uncovered if a person leaves, or a post is vacated: each by name (Q24, Q25).

Computed by taking current holdings and appointments away and comparing persons before and after: what has
nobody already is not lost. It shows exposure, never suspicion (domain section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dutygraph.charts.process import TRUE, Part, Process, read_process
from dutygraph.charts.reading import Reading, values
from dutygraph.charts.staffing import Staffing, read_staffing
from dutygraph.model import Thing
from dutygraph.ontology import SV

SUPERVISING = (2, 3)
"""The tiers that supervise a business by day; tier 1 leads (F10–F12)."""
_DONE_SHEETS = {
    str(SV[name]) for name in ("sheet-draft", "sheet-reported", "sheet-closed", "sheet-cancelled")
}
_DONE_ISSUES = {str(SV[name]) for name in ("issue-verified", "issue-closed")}


class _Losing:
    """What loses people, of whom some may be left."""

    __slots__ = ()
    left: tuple[Thing, ...]

    @property
    def lost(self) -> bool:
        """Whether nobody is left."""
        return not self.left

    @property
    def single(self) -> bool:
        """Whether one person is left alone."""
        return len(self.left) == 1


@dataclass(frozen=True, slots=True)
class Fewer(_Losing):
    """A thing that loses people: who is left (empty: nobody)."""

    thing: Thing
    left: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class FewerSupervisors(_Losing):
    """A business that loses a supervisor of a tier: who is left of it, and of tiers 2 and 3 together."""

    business: Thing
    tier: int
    left: tuple[Thing, ...]
    left_supervising: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a departure touches, each list by id.

    What is in ``businesses``, ``posts``, ``controls`` and ``nodes`` loses someone; each says who is left.
    ``sheets`` are task sheets under way whose assignee leaves; ``issues`` are open ones whose owner leaves,
    or that a vacated post answers for.
    """

    subject: Thing
    businesses: tuple[FewerSupervisors, ...]
    posts: tuple[Fewer, ...]
    controls: tuple[Fewer, ...]
    nodes: Mapping[Part, tuple[Fewer, ...]]
    sheets: tuple[Thing, ...]
    issues: tuple[Thing, ...]


Known = Callable[[str], bool]
"""Whether all is known of a business's supervisors, or of a post's holders (by IRI)."""


def _everything(_iri: str) -> bool:
    return True


def if_person_leaves(reading: Reading, person: str, known: Known = _everything) -> Leaving:
    """Return what a registered person's departure (by IRI) uncovers.

    Left out is what depends on a business or post that is not *known*: it might be covered all the same.
    """
    staffing = read_staffing(reading)
    issues = _open_issues(reading, lambda row: row.get("owner") == person)
    sheets = _sheets_under_way(reading, person)
    return _compared(reading, person, (staffing, staffing.without(person)), (sheets, issues), known)


def if_post_is_vacated(reading: Reading, post: str, known: Known = _everything) -> Leaving:
    """Return what is uncovered when a registered post (by IRI) has no holder; its holders stay otherwise."""
    staffing = read_staffing(reading)
    issues = _open_issues(reading, lambda row: row.get("post") == post)
    return _compared(reading, post, (staffing, staffing.vacating(post)), ((), issues), known)


def _compared(
    reading: Reading,
    subject: str,
    staffing: tuple[Staffing, Staffing],
    work: tuple[Iterable[str], Iterable[str]],
    known: Known,
) -> Leaving:
    process = read_process(reading)
    (before, after), (sheets, issues) = staffing, work

    def fewer(posts_of: Mapping[str, tuple[str, ...]]) -> tuple[Fewer, ...]:
        losing = {
            iri: after.held_by(posts)
            for iri, posts in posts_of.items()
            if all(map(known, posts)) and after.held_by(posts) != before.held_by(posts)
        }
        each = (Fewer(reading.things.thing(iri), reading.sorted(left)) for iri, left in losing.items())
        return tuple(sorted(each, key=lambda one: one.thing.id))

    return Leaving(
        subject=reading.things.thing(subject),
        businesses=tuple(one for one in _businesses(reading, before, after) if known(one.business.iri)),
        posts=fewer({post: (post,) for post in before.holders}),
        controls=fewer(_owners(process)),
        nodes={part: fewer({iri: node.posts[part] for iri, node in process.nodes.items()}) for part in Part},
        sheets=reading.sorted(sheets),
        issues=reading.sorted(issues),
    )


def _owners(process: Process) -> dict[str, tuple[str, ...]]:
    return {iri: control.owners for iri, control in process.controls.items()}


def _businesses(reading: Reading, before: Staffing, after: Staffing) -> tuple[FewerSupervisors, ...]:
    found = []
    for (business, tier), people in before.supervisors.items():
        left = after.supervisors[business, tier]
        if left != people:
            supervising = {
                one for each in SUPERVISING for one in after.supervisors.get((business, each), frozenset())
            }
            found.append(
                FewerSupervisors(
                    business=reading.things.thing(business),
                    tier=tier,
                    left=reading.sorted(left),
                    left_supervising=reading.sorted(supervising),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.business.id, one.tier)))


def _sheets_under_way(reading: Reading, person: str) -> tuple[str, ...]:
    """Return the task sheets that a person is to carry out and has not reported on."""
    return tuple(
        iri
        for iri, rows in reading.grouped("sheets", "sheet").items()
        if person in values(rows, "assignee")
        and rows[0]["reported"] != TRUE
        and not _DONE_SHEETS.intersection(values(rows, "state"))
    )


def _open_issues(reading: Reading, concerned: Callable[[Mapping[str, str]], bool]) -> tuple[str, ...]:
    """Return the issues that concern the departure and are neither verified nor closed."""
    return tuple(
        iri
        for iri, rows in reading.grouped("issues", "issue").items()
        if any(map(concerned, rows)) and not _DONE_ISSUES.intersection(values(rows, "state"))
    )
