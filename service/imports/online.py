"""What people have taken back online since the last import: a file that states it again would undo that."""

from __future__ import annotations

import pyoxigraph as ox

from dutygraph.commits.acts import Action
from dutygraph.commits.changes import ChangesFileError, read_changes
from dutygraph.commits.committer import Committer
from dutygraph.commits.errors import UnknownBureauError
from dutygraph.model import Text
from dutygraph.store import BureauGraphs, StoreFolderError

KEEPING = "keep"
"""The note of an import that left standing what was changed online: such changes are still to be minded."""


def removed_online(committer: Committer, names: BureauGraphs, action: Action) -> frozenset[ox.Quad]:
    """Return the asserted quads that commits since the last import (*action*) took away and none put back.

    Raises:
        StoreFolderError: a file of changes is missing or was altered, so that nobody can tell.

    """
    asserted = {ox.NamedNode(name) for name in names.all_asserted()}
    gone: dict[ox.Quad, bool] = {}
    try:
        commits = committer.commits(names.code)
    except UnknownBureauError:
        return frozenset()
    for commit in commits:
        entry = commit.entry
        if entry is not None and entry.action is action and entry.note != KEEPING:
            break
        if entry is not None and entry.action in (Action.IMPORT, Action.NAMES):
            continue
        path = committer.folder.commit_file(names, commit.seen.commit)
        try:
            changes = read_changes(path.read_bytes(), None if entry is None else entry.digest)
        except (OSError, ChangesFileError) as error:
            raise StoreFolderError(_lost(str(path))) from error
        for quads, removed in ((changes.added, False), (changes.removed, True)):
            for quad in quads:
                if quad.graph_name in asserted:
                    gone.setdefault(quad, removed)
    return frozenset(quad for quad, removed in gone.items() if removed)


def _lost(path: str) -> Text:
    return Text(
        f"改动文件“{path}”缺失或已被改动，无法判断导入会不会改回网上的修改。请运行 dutygraph doctor。",
        f"The file of changes {path} is missing or was altered: nobody can tell whether an import would undo "
        "what was done online. Run dutygraph doctor.",
    )
