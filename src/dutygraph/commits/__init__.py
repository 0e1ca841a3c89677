"""The commit path: one writer, one atomic update a commit, its gaps followed, its audit entry chained.

``StoreFolder`` opens the folder of a service, ``Committer`` is the one way to change what it holds.
"""

from dutygraph.commits.acts import COMMAND_LINE, SYSTEM, Action, Actor, AuditEntry
from dutygraph.commits.broken import Broken
from dutygraph.commits.chain import utcnow
from dutygraph.commits.committer import Committer
from dutygraph.commits.errors import (
    GateError,
    StaleCommitError,
    UnknownBureauError,
    UnknownCommitError,
    UnknownGapError,
)
from dutygraph.commits.gaps import (
    Assignment,
    BureauState,
    Committed,
    GapHistory,
    GapPreview,
    GapState,
    Seen,
)
from dutygraph.commits.past import PastCommit
from dutygraph.store.errors import StoreFolderError
from dutygraph.store.folder import StoreFolder

__all__ = [
    "COMMAND_LINE",
    "SYSTEM",
    "Action",
    "Actor",
    "Assignment",
    "AuditEntry",
    "Broken",
    "BureauState",
    "Committed",
    "Committer",
    "GapHistory",
    "GapPreview",
    "GapState",
    "GateError",
    "PastCommit",
    "Seen",
    "StaleCommitError",
    "StoreFolder",
    "StoreFolderError",
    "UnknownBureauError",
    "UnknownCommitError",
    "UnknownGapError",
    "utcnow",
]
