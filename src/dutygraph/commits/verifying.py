"""Whether the audit chain and the files of commits are still as they were written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyoxigraph as ox

from dutygraph.commits.acts import AuditEntry
from dutygraph.commits.broken import Broken
from dutygraph.commits.chain import FIRST_PREVIOUS, Link, hash_of
from dutygraph.commits.changes import digest_of
from dutygraph.commits.entries import SEQUENCE, MalformedEntryError, entry_node, graph_of, parsed, quads_of
from dutygraph.commits.journal import read_head
from dutygraph.commits.marks_verified import altered_rulesets, differing_marks, marks_of, subjects_of
from dutygraph.commits.past import Past
from dutygraph.model import GraphKind, Text
from dutygraph.store import BureauGraphs, StoreFolderError
from dutygraph.store.cells import as_stored
from dutygraph.store.folder import AUDIT_HEAD, UNFINISHED, StoreFolder


def verify(folder: StoreFolder, base: str, bureaus: tuple[BureauGraphs, ...]) -> list[Broken]:
    """Return every place that is broken: along the chain, then what is not of it, the files, the rules.

    Raises:
        StoreError: the store cannot be read.

    """
    walk = _Walk(folder.store.oxigraph, base, {names.code: names for names in bureaus})
    # looked at before the chain, which goes on growing where a service commits meanwhile
    files = folder.commit_files()
    head = read_head(folder.path / AUDIT_HEAD)
    return [
        *walk.chain(0 if head is None else head.sequence),
        *_head(head, walk),
        *_files(folder, walk, files),
        *_remembered(folder, walk),
    ]


def _remembered(folder: StoreFolder, walk: _Walk) -> Iterator[Broken]:
    wanted: dict[str, tuple[str, int]] = {}
    for code, names in sorted(walk.bureaus.items()):
        marks = marks_of(folder, names)
        if isinstance(marks, Broken):
            yield marks
            continue
        yield from differing_marks(folder, walk.base, names, marks, walk.times[code])
        for number, mark in sorted(marks.items()):
            wanted.setdefault(mark.ruleset, (code, number))
    yield from altered_rulesets(folder, wanted)


def verify_data(folder: StoreFolder, base: str, bureaus: tuple[BureauGraphs, ...]) -> list[Broken]:
    """Return the bureaus whose data are not what their commits make of them.

    A bureau whose files of changes are broken is left out: ``verify`` tells of it.
    """
    found: list[Broken] = []
    for names in bureaus:
        try:
            more, fewer = _differing(folder, base, names)
        except StoreFolderError:
            continue
        if more or fewer:
            text = Text(
                f"单位“{names.code}”的数据与各次提交不符：多出{more}条，缺少{fewer}条",
                f"the data of {names.code} are not what its commits made: {more} quads more, {fewer} fewer",
            )
            found.append(Broken(text, bureau=names.code))
    return found


def _differing(folder: StoreFolder, base: str, names: BureauGraphs) -> tuple[int, int]:
    """Return how many quads the store has more, and how many fewer, than the commits of a bureau give."""
    graphs = (*names.all_asserted(), *(names.cells(kind) for kind in GraphKind))
    while True:
        past = Past(folder, base, names)
        there, told = set(folder.store.quads(graphs)), set(past.rebuilt().oxigraph)
        # where a service committed meanwhile, they are of two moments
        if Past(folder, base, names).marks.keys() == past.marks.keys():
            return len(there - told), len(told - there)


@dataclass
class _Walk:
    """A walk along the chain, and what was met on it."""

    store: ox.Store
    base: str
    bureaus: dict[str, BureauGraphs]
    digests: dict[str, dict[int, str | None]] = field(default_factory=lambda: defaultdict(dict))
    times: dict[str, dict[int, datetime]] = field(default_factory=lambda: defaultdict(dict))
    hashes: dict[int, str] = field(default_factory=dict)

    def chain(self, noted: int) -> Iterator[Broken]:
        """Yield what is broken from the first entry to the last, *noted* at least."""
        there = set(self._sequences())
        previous: str | None = FIRST_PREVIOUS
        at: datetime | None = None
        end = max([noted, *there], default=0)
        for sequence in range(1, end + 1):
            quads = self._quads(sequence)
            entry, broken = self._read(sequence, quads)
            if broken is not None:
                yield broken
            if entry is None:
                previous = None
                continue
            yield from self._judged(entry, sequence, quads, previous, at)
            # An altered entry is told once: the next one is held to what this one said it was.
            previous, at = entry.hash, entry.at
            self.hashes[sequence] = entry.hash
            if entry.bureau is not None and entry.commit is not None:
                self.digests[entry.bureau][entry.commit] = entry.digest
                self.times[entry.bureau][entry.commit] = entry.at
        yield from self._strangers(end)

    def _sequences(self) -> Iterator[int]:
        prefix = f"{self.base}audit/"
        for quad in self.store.quads_for_pattern(None, SEQUENCE, None, None):
            name = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
            number = name.removeprefix(prefix)
            if name.startswith(prefix) and number.isdecimal():
                yield int(number)

    def _read(self, sequence: int, quads: list[ox.Quad]) -> tuple[AuditEntry | None, Broken | None]:
        try:
            entry = parsed(sequence, quads)
        except MalformedEntryError as error:
            return None, Broken(
                Text(
                    f"第{sequence}条已被改动：{error}",
                    f"entry {sequence} was altered: {error}",
                ),
                sequence,
            )
        if entry is None:
            return None, Broken(Text(f"第{sequence}条缺失", f"entry {sequence} is missing"), sequence)
        return entry, None

    def _judged(
        self,
        entry: AuditEntry,
        sequence: int,
        quads: list[ox.Quad],
        previous: str | None,
        at: datetime | None,
    ) -> Iterator[Broken]:
        names = None if entry.bureau is None else self.bureaus.get(entry.bureau)
        # what concerned a bureau before there was one stands among the entries of none
        homes = {graph_of(self.base, home): home for home in (names, None)}
        graphs = {quad.graph_name for quad in quads}
        if entry.sequence != sequence or entry.hash != hash_of(entry):
            told = Text(f"第{sequence}条已被改动", f"entry {sequence} was altered")
        elif previous is not None and entry.previous != previous:
            told = Text(
                f"第{sequence}条不接第{sequence - 1}条：其中一条被替换，或次序被打乱",
                f"entry {sequence} does not follow entry {sequence - 1}: one was replaced, "
                "or their order changed",
            )
        elif len(graphs) != 1 or not graphs <= homes.keys():
            told = Text(
                f"第{sequence}条不在它所属的图中",
                f"entry {sequence} does not stand in the graph it belongs to",
            )
        elif at is not None and entry.at < at:
            told = Text(
                f"第{sequence}条的时间早于前一条", f"entry {sequence} is older than the one before it"
            )
        elif not self._is_whole(quads, entry, [home for graph, home in homes.items() if graph in graphs]):
            told = Text(
                f"第{sequence}条多出或缺少内容", f"something was added to entry {sequence}, or taken from it"
            )
        else:
            return
        yield Broken(told, sequence)

    def _is_whole(self, quads: list[ox.Quad], entry: AuditEntry, homes: list[BureauGraphs | None]) -> bool:
        """Tell whether an entry has exactly the quads that its hash covers."""
        return any(set(quads) == as_stored(quads_of(self.base, home, entry)) for home in homes)

    def _strangers(self, end: int) -> Iterator[Broken]:
        """Yield what stands among the entries, or says that it is one, and is none."""
        told = set()
        for quad in self.store.quads_for_pattern(None, SEQUENCE, None, None):
            number = quad.object.value if isinstance(quad.object, ox.Literal) else ""
            if not number.isdecimal() or quad.subject != entry_node(self.base, int(number)):
                told.add(quad.subject)
                yield Broken(
                    Text(f"多出一个条目：{quad.subject}", f"an entry was added: {quad.subject}"),
                    int(number) if number.isdecimal() else None,
                )
        for names in (*self.bureaus.values(), None):
            for subject in subjects_of(self.store, graph_of(self.base, names)):
                if subject not in told and not self._is_entry(subject, end):
                    told.add(subject)
                    yield Broken(
                        Text(
                            f"审计记录中多出不属于任何条目的内容：{subject}",
                            f"among the entries stands what is no entry: {subject}",
                        ),
                        bureau=None if names is None else names.code,
                    )

    def _is_entry(self, subject: object, end: int) -> bool:
        """Tell whether a node is an entry that was judged, or one that was entered since."""
        name = subject.value if isinstance(subject, ox.NamedNode) else ""
        number = name.removeprefix(f"{self.base}audit/")
        if name == number or not number.isdecimal() or str(int(number)) != number:
            return False
        return 1 <= int(number) <= end or self._read(int(number), self._quads(int(number)))[0] is not None

    def _quads(self, sequence: int) -> list[ox.Quad]:
        return list(self.store.quads_for_pattern(entry_node(self.base, sequence), None, None, None))


def _head(head: Link | None, walk: _Walk) -> Iterator[Broken]:
    if head is None and walk.hashes:
        yield Broken(
            Text(
                f"文件{AUDIT_HEAD}缺失或已损坏，无法判断末尾是否被截去",
                f"the file {AUDIT_HEAD} is missing or damaged: a tail that was cut off could not be told",
            )
        )
    elif head is not None and walk.hashes.get(head.sequence, head.hash) != head.hash:
        yield Broken(
            Text(
                f"第{head.sequence}条与文件{AUDIT_HEAD}所记的不同",
                f"entry {head.sequence} is not the one that the file {AUDIT_HEAD} names",
            ),
            head.sequence,
        )


def _files(folder: StoreFolder, walk: _Walk, files: list[Path]) -> Iterator[Broken]:
    expected = set()
    for code, digests in sorted(walk.digests.items()):
        names = walk.bureaus.get(code, BureauGraphs(walk.base, code))
        for number in range(1, max(digests) + 1):
            expected.add(folder.commit_file(names, number))
            broken = _file(folder, names, number, digests)
            if broken is not None:
                yield Broken(broken, bureau=code, commit=number)
        # that of a commit under way, or of one that was killed: it goes when the store is next opened
        expected.add(folder.commit_file(names, max(digests) + 1))
    homes = {path.parent for path in expected}
    for path in files:
        if path.name.endswith(UNFINISHED):  # being written, or left by a kill
            continue
        if path not in expected and (path.parent in homes or path.name != "1.nq.gz"):
            name = path.relative_to(folder.path).as_posix()
            yield Broken(
                Text(
                    f"文件{name}不属于任何已确认的提交",
                    f"the file {name} belongs to no commit that was confirmed",
                )
            )


def _file(
    folder: StoreFolder, names: BureauGraphs, number: int, digests: dict[int, str | None]
) -> Text | None:
    path = folder.commit_file(names, number)
    name = path.relative_to(folder.path).as_posix()
    if number not in digests:
        return Text(
            f"单位“{names.code}”第{number}次提交没有审计条目", f"commit {number} of {names.code} has no entry"
        )
    try:
        data = path.read_bytes()
    except OSError:
        return Text(f"改动文件{name}缺失或不可读", f"the file of changes {name} is missing or unreadable")
    if digest_of(data) != digests[number]:
        return Text(f"改动文件{name}已被改动", f"the file of changes {name} was altered")
    return None
