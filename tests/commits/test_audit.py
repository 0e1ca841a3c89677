"""The audit chain: whatever is altered, removed, reordered or added is found, and where."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from dutygraph.commits import Action, Actor, Broken, Committer, StoreFolder
from dutygraph.commits.chain import canonical
from dutygraph.commits.rulesets import digest_of

from .bureaus import NAMES, SO, Clock, commit, control, delta, opened, reopened, risk

BASE = "https://dutygraph.example/"
SV = "https://w3id.org/dutygraph#"


@pytest.fixture(scope="module")
def long(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store of three commits and two reads: entries 1 to 5; not to be changed."""
    path = tmp_path_factory.mktemp("long") / "store"
    shutil.copytree(made, path)
    committer = opened(path)
    commit(committer, delta(control()))
    committer.note(SO, Action.READ_IDENTITY, bureau="demo", target="person/P001", note="姓名")
    commit(committer, delta(risk("R9")))
    committer.note(Actor("x", "none"), Action.SIGN_IN_FAILED, bureau=None, target="account/x")
    assert committer.verify() == []
    committer.folder.close()
    return path


@pytest.fixture
def store(long: Path, tmp_path: Path) -> Path:
    path = tmp_path / "store"
    shutil.copytree(long, path)
    return path


def broken(path: Path) -> list[Broken]:
    folder = StoreFolder.open(path)
    try:
        return Committer(folder, clock=Clock()).verify()
    finally:
        folder.close()


def tamper(path: Path, change: Callable[[ox.Store], None]) -> None:
    store = ox.Store(path / "graph")
    change(store)
    store.flush()
    del store


def entry(number: int) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}audit/{number}")


def of(store: ox.Store, number: int) -> list[ox.Quad]:
    return list(store.quads_for_pattern(entry(number), None, None, None))


def put(store: ox.Store, number: int, field: str, value: str) -> None:
    [old] = store.quads_for_pattern(entry(number), ox.NamedNode(SV + field), None, None)
    assert isinstance(old.object, ox.Literal)
    store.remove(old)
    new = ox.Literal(value, datatype=old.object.datatype)
    store.add(ox.Quad(old.subject, old.predicate, new, old.graph_name))


def test_entries_are_one_chain_over_bureaus_and_none(store: Path) -> None:
    committer = opened(store)
    entries = list(committer.entries())

    assert [one.sequence for one in entries] == [5, 4, 3, 2, 1]
    assert [one.commit for one in entries] == [None, 3, None, 2, 1]
    assert [newer.previous for newer in entries[:-1]] == [older.hash for older in entries[1:]]
    assert entries[-1].previous == "0" * 64
    assert [one.sequence for one in committer.entries("demo")] == [4, 3, 2, 1]
    assert (entries[2].note, entries[2].target, entries[2].actor) == ("姓名", "person/P001", SO)
    committer.folder.close()


def test_the_canonical_form_is_as_documented(store: Path) -> None:
    committer = opened(store)
    third = list(committer.entries())[2]
    committer.folder.close()

    told = (
        '{"action":"identity.read","actor":{"account":"office","person":null,"role":"SO"},'
        f'"at":"2026-01-05T08:00:02.000000Z","bureau":"demo","commit":null,"digest":null,"note":"姓名",'
        f'"previous":"{third.previous}","sequence":3,"target":"person/P001"}}'
    )
    assert canonical(third).decode() == told
    assert third.hash == hashlib.sha256(told.encode()).hexdigest()


FIELDS = {
    "byAccount": "other",
    "inRole": "T1",
    "auditAction": "sparql.query",
    "auditTarget": "person/P002",
    "auditNote": "",
    "enteredAt": "2026-01-05T08:00:02.5Z",
    "auditSequence": "33",
    "auditBureau": "two",
    "entryHash": "0" * 64,
    "previousHash": "0" * 64,
}


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_an_altered_entry_is_found(store: Path, field: str) -> None:
    tamper(store, lambda graphs: put(graphs, 3, field, FIELDS[field]))

    found = broken(store)

    assert 3 in [one.sequence for one in found]
    assert {one.sequence for one in found} <= {3, 4, 33}
    assert all(one.text.zh and one.text.en for one in found)


def test_an_entry_whose_hash_was_made_to_fit_is_found(store: Path) -> None:
    committer = opened(store)
    third = list(committer.entries())[2]
    committer.folder.close()
    forged = canonical(third).replace(b"P001", b"P002")

    def change(graphs: ox.Store) -> None:
        put(graphs, 3, "auditTarget", "person/P002")
        put(graphs, 3, "entryHash", hashlib.sha256(forged).hexdigest())

    tamper(store, change)
    [found] = broken(store)
    assert found.sequence == 4
    assert "does not follow entry 3" in found.text.en


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_entry_is_found(store: Path, number: int) -> None:
    def change(graphs: ox.Store) -> None:
        for quad in of(graphs, number):
            graphs.remove(quad)

    tamper(store, change)
    missing = [one for one in broken(store) if one.sequence is not None]
    assert [(one.sequence, one.text.en) for one in missing] == [(number, f"entry {number} is missing")]


def test_a_cut_tail_shows_even_after_more_entries(store: Path) -> None:
    tamper(store, lambda graphs: [graphs.remove(quad) for quad in [*of(graphs, 4), *of(graphs, 5)]])  # type: ignore[func-returns-value]

    committer = opened(store)
    assert committer.note(SO, Action.BACKUP, bureau=None, target="store").sequence == 6
    committer = reopened(committer)

    assert [one.sequence for one in committer.verify() if one.sequence] == [4, 5]
    committer.folder.close()


def test_entries_that_changed_places_are_found(store: Path) -> None:
    def change(graphs: ox.Store) -> None:
        third, fourth = of(graphs, 3), of(graphs, 4)
        for quad in (*third, *fourth):
            graphs.remove(quad)
        for quads, number in ((third, 4), (fourth, 3)):
            graphs.extend(ox.Quad(entry(number), q.predicate, q.object, q.graph_name) for q in quads)

    tamper(store, change)
    assert {3, 4} <= {one.sequence for one in broken(store)}


def test_an_entry_in_another_graph_is_found(store: Path) -> None:
    def change(graphs: ox.Store) -> None:
        for quad in of(graphs, 3):
            graphs.remove(quad)
            other = ox.NamedNode(f"{BASE}bureau/two/audit")
            graphs.add(ox.Quad(quad.subject, quad.predicate, quad.object, other))

    tamper(store, change)
    assert [one.sequence for one in broken(store)] == [3]


EXTRA: dict[str, Callable[[ox.Quad], ox.Quad]] = {
    "a word of another kind": lambda q: ox.Quad(q.subject, _LABEL, ox.Literal("x"), q.graph_name),
    "a word that is no text": lambda q: ox.Quad(q.subject, q.predicate, ox.NamedNode("x:y"), q.graph_name),
    "a word in another language": lambda q: ox.Quad(
        q.subject, _LABEL, ox.Literal("x", language="en"), q.graph_name
    ),
    "something of nobody": lambda q: ox.Quad(ox.NamedNode("x:y"), _LABEL, ox.Literal("x"), q.graph_name),
    "something of a later entry": lambda q: ox.Quad(entry(99), _LABEL, ox.Literal("x"), q.graph_name),
}
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@pytest.mark.parametrize("number", [3, 5])
@pytest.mark.parametrize("what", sorted(EXTRA))
def test_what_was_added_to_an_entry_or_among_the_entries_is_found(
    store: Path, what: str, number: int
) -> None:
    tamper(store, lambda graphs: graphs.add(EXTRA[what](of(graphs, number)[0])))

    [found] = broken(store)
    assert found.sequence == (number if what.startswith("a word") else None)
    assert found.text.zh.startswith("第" if what.startswith("a word") else "审计记录中多出")


def test_what_was_taken_from_an_entry_is_found(store: Path) -> None:
    """Its type alone is in no field that the hash is over."""

    def change(graphs: ox.Store) -> None:
        kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        [quad] = graphs.quads_for_pattern(entry(3), kind, None, None)
        graphs.remove(quad)

    tamper(store, change)
    assert [one.sequence for one in broken(store)] == [3]


def archive_of(store: Path) -> Path:
    [archive] = (store / "rulesets").glob("*.zip")
    return archive


def other_archive(store: Path) -> Path:
    """Put rules of another version beside those in force: whole, and named by their digest."""
    files = {"shapes/x.ttl": b"# other rules"}
    path = store / "rulesets" / f"{digest_of(files)}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def rewrite(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def swap(archive: Path, other: Path) -> None:
    other.replace(archive)


ARCHIVES: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (lambda store: archive_of(store).unlink(), "is missing"),
    "garbage": (lambda store: archive_of(store).write_bytes(b"PK"), "was altered"),
    "one shape less": (
        lambda store: rewrite(archive_of(store), lambda files: files.popitem()),
        "was altered",
    ),
    "one shape altered": (
        lambda store: rewrite(archive_of(store), lambda files: files.update({min(files): b"#"})),
        "was altered",
    ),
    "swapped": (lambda store: swap(archive_of(store), other_archive(store)), "was altered"),
    "added": (lambda store: (store / "rulesets" / f"{'0' * 64}.zip").write_bytes(b""), "was altered"),
    "no archive": (lambda store: (store / "rulesets" / "notes.txt").write_bytes(b""), "is no archive"),
}


@pytest.mark.parametrize("what", sorted(ARCHIVES))
def test_archives_of_rules_that_are_not_as_written_are_found(store: Path, what: str) -> None:
    change, words = ARCHIVES[what]
    digest = archive_of(store).stem
    change(store)

    [found] = broken(store)
    assert words in found.text.en
    assert "rulesets/" in found.text.zh
    if what in {"added", "no archive"}:
        assert (found.bureau, found.commit) == (None, None)
    else:
        assert (found.bureau, found.commit, found.ruleset) == ("demo", 1, digest)


def test_rules_kept_without_a_commit_of_them_are_no_alarm(store: Path) -> None:
    other_archive(store)

    assert broken(store) == []


REMEMBERED = {"underRuleset": "", "judgedAsOf": "2020-02-02", "committedAt": "2020-02-02T00:00:00Z"}


@pytest.mark.parametrize("what", [*REMEMBERED, "removed", "added", "lacking"])
def test_a_commit_that_is_remembered_otherwise_is_found(store: Path, what: str) -> None:
    """The rules of another version are named as those of then; or its date, its time, the commit itself."""
    node = ox.NamedNode(f"{NAMES.bureau}/commit/2")
    digest = other_archive(store).stem

    def change(graphs: ox.Store) -> None:
        quads = list(graphs.quads_for_pattern(node, None, None, None))
        assert quads
        for quad in quads:
            field, value = quad.predicate.value.removeprefix(SV), quad.object
            if what == "removed" or (what == "lacking" and field == "underRuleset"):
                graphs.remove(quad)
            elif what == "added":
                number = ox.Literal("9", datatype=getattr(value, "datatype", None))
                said = number if field == "commitNumber" else value
                graphs.add(
                    ox.Quad(ox.NamedNode(f"{node.value[:-1]}9"), quad.predicate, said, quad.graph_name)
                )
            elif field == what and isinstance(value, ox.Literal):
                graphs.remove(quad)
                said = ox.Literal(REMEMBERED[field] or digest, datatype=value.datatype)
                graphs.add(ox.Quad(node, quad.predicate, said, quad.graph_name))

    tamper(store, change)
    [found] = broken(store)
    assert found.bureau == "demo"
    assert found.commit == {"added": 9, "lacking": None}.get(what, 2)


def test_an_entry_that_was_added_is_found(store: Path) -> None:
    def change(graphs: ox.Store) -> None:
        for quad in of(graphs, 3):
            graphs.add(ox.Quad(entry(3_000), quad.predicate, quad.object, quad.graph_name))

    def beside(graphs: ox.Store) -> None:
        for quad in of(graphs, 3):
            node = ox.NamedNode(f"{BASE}other/3")
            graphs.add(ox.Quad(node, quad.predicate, quad.object, quad.graph_name))

    tamper(store, beside)
    assert [one.sequence for one in broken(store)] == [3]
    tamper(store, change)
    assert 3_000 in {one.sequence for one in broken(store)}


@pytest.mark.parametrize("what", ["alter", "remove", "add"])
def test_a_file_of_changes_that_is_not_as_written_is_found(store: Path, what: str) -> None:
    path = store / "commits" / "demo" / ("2.nq.gz" if what != "add" else "7.nq.gz")
    if what == "alter":
        text = gzip.decompress(path.read_bytes()).replace("两人到场".encode(), "一人到场".encode())
        path.write_bytes(gzip.compress(text))
    elif what == "remove":
        path.unlink()
    else:
        path.write_bytes(b"")

    [found] = broken(store)
    assert path.name in found.text.en
    assert path.name in found.text.zh
    if what != "add":
        assert (found.bureau, found.commit) == ("demo", 2)


@pytest.mark.parametrize("what", ["remove", "garbage", "other"])
def test_a_head_that_is_not_as_written_is_found(store: Path, what: str) -> None:
    head = store / "audit-head"
    if what == "remove":
        head.unlink()
    elif what == "garbage":
        head.write_bytes(b"\xff\x00")
    else:
        head.write_text(json.dumps({**json.loads(head.read_text()), "hash": "0" * 64}), encoding="utf-8")

    [found] = broken(store)
    assert "audit-head" in found.text.en


def test_a_head_that_lags_is_no_fault(store: Path, long: Path) -> None:
    head = (store / "audit-head").read_bytes()
    committer = opened(store)
    committer.note(SO, Action.BACKUP, bureau=None, target="store")
    committer.folder.close()
    (store / "audit-head").write_bytes(head)

    assert broken(store) == []
    again = opened(store)
    assert again.note(SO, Action.BACKUP, bureau=None, target="store").sequence == 7
    assert again.verify() == []
    again.folder.close()
    assert json.loads((store / "audit-head").read_text())["sequence"] == 7
    assert json.loads((long / "audit-head").read_text())["sequence"] == 5


def test_verifying_while_others_commit_raises_no_alarm(committer: Committer) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            commit(committer, delta(control()))
            commit(committer, delta(removed=control()))
            committer.note(SO, Action.QUERY, bureau="demo", target="question/Q01")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [broken for each in range(25) for broken in committer.verify(data=each % 5 == 0)]
    finally:
        stop.set()
        writer.join()
    assert found == []
    assert committer.state("demo").head.commit > 2


def test_the_file_of_a_commit_that_was_killed_is_no_alarm(store: Path) -> None:
    left = [store / "commits" / "demo" / "4.nq.gz", store / "commits" / "two" / "1.nq.gz"]
    left[1].parent.mkdir()
    for path in left:
        path.write_bytes(b"half")

    with StoreFolder.open(store) as folder:
        assert Committer(folder, tidying=False).verify() == []
        assert [path.exists() for path in left] == [True, True]
        Committer(folder)
        assert [path.exists() for path in left] == [False, False]


def test_reads_together_are_each_entered(committer: Committer) -> None:
    def entries() -> Iterator[int]:
        for number in range(20):
            yield committer.note(SO, Action.QUERY, bureau="demo", target=f"question/{number}").sequence

    assert list(entries()) == list(range(2, 22))
    assert committer.verify() == []
    assert len(list(committer.entries("demo"))) == 21
    assert NAMES.audit in committer.folder.store.graphs()


@pytest.mark.parametrize("what", ["add", "remove"])
def test_data_that_no_commit_made_are_found(store: Path, what: str) -> None:
    def change(graphs: ox.Store) -> None:
        quad = next(iter(graphs.quads_for_pattern(None, None, None, ox.NamedNode(f"{NAMES.bureau}/public"))))
        if what == "remove":
            graphs.remove(quad)
        else:
            graphs.add(ox.Quad(quad.subject, quad.predicate, ox.Literal("x"), quad.graph_name))

    def found() -> list[Broken]:
        with StoreFolder.open(store) as folder:
            return Committer(folder, tidying=False).verify(data=True)

    assert found() == []
    tamper(store, change)
    [one] = found()
    assert one.bureau == "demo"
    assert ("1 quads more, 0 fewer" if what == "add" else "0 quads more, 1 fewer") in one.text.en
    assert broken(store) == []
