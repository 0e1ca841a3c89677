"""What a commit does to the histories of gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dutygraph.commits.gaps import GapHistory, GapPreview, Seen
from dutygraph.model import Finding


def followed(
    before: Mapping[str, GapHistory], findings: Iterable[Finding], previous: Seen | None, head: Seen
) -> dict[str, GapHistory]:
    """Return the histories after a commit that leaves these gaps; *previous* is the head before it."""
    after: dict[str, GapHistory] = {}
    there = {finding.id: finding for finding in findings}
    for gap, history in before.items():
        finding = there.pop(gap, None)
        after[gap] = _absent(history, previous, head) if finding is None else _present(history, finding, head)
    for gap, finding in there.items():
        after[gap] = GapHistory(
            finding, first_seen=head, last_seen=head, resolved=None, reopened=(), assignments=()
        )
    return after


def _present(history: GapHistory, finding: Finding, head: Seen) -> GapHistory:
    again = history.reopened if history.resolved is None else (*history.reopened, head)
    return replace(history, finding=finding, last_seen=head, resolved=None, reopened=again)


def _absent(history: GapHistory, previous: Seen | None, head: Seen) -> GapHistory:
    if history.resolved is not None:
        return history
    return replace(history, last_seen=previous or history.last_seen, resolved=head)


def difference(
    before: Mapping[str, Finding], findings: Iterable[Finding], counts: tuple[int, int]
) -> GapPreview:
    """Return what changed between two sets of gaps; *counts* are the triples added and removed."""
    after = {finding.id: finding for finding in findings}
    return GapPreview(
        added=counts[0],
        removed=counts[1],
        new=tuple(finding for gap, finding in after.items() if gap not in before),
        resolved=tuple(finding for gap, finding in before.items() if gap not in after),
        persisting=sum(1 for gap in after if gap in before),
    )
