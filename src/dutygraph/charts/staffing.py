"""Who holds and supervises what now, so that it can be compared with what would be left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph.charts.reading import Reading


@dataclass(frozen=True, slots=True)
class Staffing:
    """Persons by post, and by business and tier: current holdings and appointments, all by IRI."""

    holders: Mapping[str, frozenset[str]]
    supervisors: Mapping[tuple[str, int], frozenset[str]]

    def without(self, person: str) -> Staffing:
        """Return the staffing after a person has left: without the holdings and appointments."""
        return Staffing(
            {post: people - {person} for post, people in self.holders.items()},
            {place: people - {person} for place, people in self.supervisors.items()},
        )

    def vacating(self, post: str) -> Staffing:
        """Return the staffing after a post has been vacated: its holders keep all else."""
        return Staffing({**self.holders, post: frozenset()}, self.supervisors)

    def held_by(self, posts: tuple[str, ...]) -> frozenset[str]:
        """Return the persons who hold any of these posts."""
        return frozenset[str]().union(*(self.holders.get(post, frozenset()) for post in posts))


def read_staffing(reading: Reading) -> Staffing:
    """Return who holds and supervises what on the date of the check."""
    holders: dict[str, set[str]] = defaultdict(set)
    for row in reading.rows("holders"):
        holders[row["post"]].add(row["person"])
    supervisors: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in reading.rows("supervisors"):
        if "person" in row:
            supervisors[row["business"], int(row["tier"])].add(row["person"])
    return Staffing(
        {post: frozenset(people) for post, people in holders.items()},
        {place: frozenset(people) for place, people in supervisors.items()},
    )
