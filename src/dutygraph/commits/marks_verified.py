"""Whether the commits that bureaus remember are those of the chain, and their rules still as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import pyoxigraph as ox

from dutygraph.commits.broken import Broken
from dutygraph.commits.changes import read_heading
from dutygraph.commits.entries import COMMIT_NUMBER, graph_of, integer
from dutygraph.commits.register import CommitMark, read_marks
from dutygraph.commits.rulesets import unpack
from dutygraph.model import Text
from dutygraph.store import BureauGraphs, StoreFolder, StoreFolderError
from dutygraph.store.folder import RULESETS, UNFINISHED


def marks_of(folder: StoreFolder, names: BureauGraphs) -> Mapping[int, CommitMark] | Broken:
    """Return the commits that a bureau remembers, or that they cannot be read."""
    try:
        return read_marks(folder.store, names)
    except ValueError as error:
        return Broken(
            Text(
                f"单位“{names.code}”的提交登记已被改动：{error}",
                f"the register of the commits of {names.code} was altered: {error}",
            ),
            bureau=names.code,
        )


def differing_marks(
    folder: StoreFolder,
    base: str,
    names: BureauGraphs,
    marks: Mapping[int, CommitMark],
    entered: Mapping[int, datetime],
) -> Iterator[Broken]:
    """Yield the commits that a bureau remembers otherwise than the chain; *entered* are their times there."""
    store, audit = folder.store.oxigraph, graph_of(base, names)
    for number in sorted(marks.keys() | entered.keys()):
        mark, at = marks.get(number), entered.get(number)
        if mark is None:
            said = ("没有登记", "is not in the register")
        elif at is None:
            if number < max(entered, default=0):  # told with the files
                continue
            # one that was committed since the chain was read has its entry by now
            if any(True for _ in store.quads_for_pattern(None, COMMIT_NUMBER, integer(number), audit)):
                continue
            said = ("登记了，但没有审计条目", "is in the register, but has no entry")
        elif mark.seen.at != at or not _as_headed(folder, names, number, mark):
            said = (
                "的时间、判断日期或规则被改动",
                "has another time, date to judge by or ruleset than it had",
            )
        else:
            continue
        text = Text(
            f"单位“{names.code}”第{number}次提交{said[0]}", f"commit {number} of {names.code} {said[1]}"
        )
        yield Broken(text, bureau=names.code, commit=number)


def _as_headed(folder: StoreFolder, names: BureauGraphs, number: int, mark: CommitMark) -> bool:
    """Tell whether a commit was judged as its file says, which the chain covers; older files say nothing."""
    try:
        heading = read_heading(folder.commit_file(names, number).read_bytes())
    except OSError:  # told already
        return True
    return heading is None or (heading.as_of, heading.ruleset) == (mark.seen.as_of.isoformat(), mark.ruleset)


def altered_rulesets(folder: StoreFolder, wanted: Mapping[str, tuple[str, int]]) -> Iterator[Broken]:
    """Yield the archives of rules that are missing or altered; *wanted* has the first commit of each."""
    place = folder.path / RULESETS
    there = {path.name for path in place.glob("*") if not path.name.endswith(UNFINISHED)}
    for digest in sorted(wanted.keys() | {name.removesuffix(".zip") for name in there}):
        name = f"{digest}.zip"
        bureau, commit = wanted.get(digest, (None, None))
        if name not in there and digest in there:
            said = (
                f"文件rulesets/{digest}不是规则存档",
                f"the file rulesets/{digest} is no archive of rules",
            )
        elif name not in there:
            said = (
                f"单位“{bureau}”第{commit}次提交的规则存档rulesets/{name}缺失",
                f"the archive of rules rulesets/{name} of commit {commit} of {bureau} is missing",
            )
        elif _is_altered(folder, digest):
            said = (f"规则存档rulesets/{name}已被改动", f"the archive of rules rulesets/{name} was altered")
        else:
            continue
        yield Broken(Text(*said), bureau=bureau, commit=commit, ruleset=digest)


def _is_altered(folder: StoreFolder, digest: str) -> bool:
    try:
        unpack(folder.path / RULESETS, digest)
    except StoreFolderError:
        return True
    return False


def subjects_of(store: ox.Store, graph: ox.NamedNode) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Triple]:
    """Yield the subjects of a graph, each once for each time that it begins: quads come by subject."""
    last = None
    for quad in store.quads_for_pattern(None, None, None, graph):
        if quad.subject != last:
            last = quad.subject
            yield last
