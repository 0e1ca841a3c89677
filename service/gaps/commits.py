"""The commits of a bureau: who, when, what changed of data and gaps. For those who see all of the work."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dutygraph.commits import PastCommit
from dutygraph.commits.changes import ChangesFileError, read_changes
from dutygraph.model import Finding, Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Role
from dutygraph.service.access.view import View
from dutygraph.service.gaps.audit import Shown
from dutygraph.service.gaps.comparison import Change, Comparing
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service

_READERS = frozenset({Role.SO, Role.T1})


@dataclass(frozen=True, slots=True)
class CommitChange:
    """A commit with the triples that it added and removed, and the visible gaps that came and went."""

    past: PastCommit
    added: int
    removed: int
    new: tuple[Finding, ...]
    resolved: tuple[Finding, ...]


def require_reader(view: View) -> None:
    """Refuse who does not see what a commit is about.

    Raises:
        ForbiddenError: commits are for the supervision office and tier 1, like the audit log.

    """
    if view.caller.role not in _READERS:
        raise ForbiddenError(
            Text(
                "提交记录只供监督办公室和一级监督员查看。",
                "The commits are for the supervision office and tier 1.",
            )
        )


def commits_of(service: Service, view: View) -> tuple[PastCommit, ...]:
    """Return the commits of a view's bureau, latest first.

    Raises:
        ForbiddenError: the role sees none.

    """
    require_reader(view)
    shown = Shown(view)
    return tuple(
        replace(each, entry=None if each.entry is None else shown.told(each.entry))
        for each in service.committer.commits(view.names.code)
        if each.seen.commit <= view.commit
    )


def commit_there(service: Service, view: View, number: int) -> PastCommit:
    """Return a commit.

    Raises:
        ForbiddenError: the role sees none.
        ProblemError: 404, there is none of this number.

    """
    found = next((each for each in commits_of(service, view) if each.seen.commit == number), None)
    if found is None:
        raise ProblemError(404, "unknown-commit", commit=number, head=view.commit)
    return found


def change_of(service: Service, view: View, past: PastCommit, comparing: Comparing) -> CommitChange:
    """Return what a commit changed.

    Raises:
        ProblemError: 503, the file of the commit's changes is missing or was altered.

    """
    names, number = view.names, past.seen.commit
    try:
        data = service.folder.commit_file(names, number).read_bytes()
        changes = read_changes(data, None if past.entry is None else past.entry.digest)
    except (OSError, ChangesFileError) as error:
        raise ProblemError(503, "store") from error
    added, removed = changes.counted(names)
    found = comparing.of_commit(number).values()
    return CommitChange(
        past,
        added,
        removed,
        tuple(finding for change, finding in found if change is Change.NEW),
        tuple(finding for change, finding in found if change is Change.RESOLVED),
    )
