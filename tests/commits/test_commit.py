"""A commit holds everything at once, changes nothing twice, and refuses what is not of the form."""

from __future__ import annotations

import hashlib
import shutil
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDFS, XSD, Literal, URIRef

from dutygraph.commits import (
    Action,
    Committer,
    GateError,
    StaleCommitError,
    StoreFolder,
    StoreFolderError,
    UnknownBureauError,
)
from dutygraph.commits.acts import AuditEntry
from dutygraph.model import Cell, Delta, GraphKind, Statement, Text
from dutygraph.ontology import SV
from dutygraph.store import StoreError

from .bureaus import (
    NAMES,
    SO,
    START,
    Clock,
    agrees_with_a_fresh_check,
    commit,
    control,
    delta,
    iri,
    moved,
    opened,
    reopened,
    risk,
)


def rules_of(committer: Committer) -> set[str]:
    return {finding.rule for finding in committer.state("demo").report.findings}


def test_the_first_import_is_commit_one(committer: Committer, imported: Delta) -> None:
    state = committer.state("demo")

    assert [names.code for names in committer.bureaus()] == ["demo"]
    assert state.head.commit == 1
    assert state.head.as_of == date(2025, 12, 31)
    assert {"R01", "R12", "R71"} <= rules_of(committer)
    assert set(committer.folder.store.statements(NAMES)) == set(imported.added)
    agrees_with_a_fresh_check(committer)


def test_a_change_closes_its_gap_and_says_so(committer: Committer) -> None:
    before = committer.state("demo")

    done = commit(committer, delta(control()), Action.RECORD_CREATE)

    assert done.commit == 2
    assert done.entry.commit == 2
    assert (done.change.added, done.change.removed) == (4, 0)
    assert "R01" in {finding.rule for finding in done.change.resolved}
    assert "R01" not in {finding.rule for finding in done.state.report.findings}
    assert done.state is committer.state("demo")
    assert before.head.commit == 1
    assert "R01" in {finding.rule for finding in before.report.findings}
    agrees_with_a_fresh_check(committer)
    agrees_with_a_fresh_check(reopened(committer))


def test_what_is_there_is_not_added_and_what_is_not_is_not_removed(
    committer: Committer, imported: Delta
) -> None:
    again = commit(committer, imported, Action.IMPORT)
    absent = commit(committer, delta(removed=control()))

    assert (again.commit, absent.commit, committer.state("demo").head.commit) == (1, 1, 1)
    assert (again.change.added, again.change.removed, again.change.new) == (0, 0, ())
    assert again.entry.commit is None
    assert again.entry.sequence == 2
    assert [path.name for path in committer.folder.commit_files()] == ["1.nq.gz"]


def test_a_triple_goes_when_no_cell_vouches_for_it_any_more(committer: Committer) -> None:
    bare = control()
    one, two = (moved(bare, cell=Cell(file, "表4", 2, "措施")) for file in ("a.xlsx", "b.xlsx"))
    store = committer.folder.store
    commit(committer, delta((*one, *two)))

    commit(committer, delta(removed=one))
    assert "R01" not in rules_of(committer)
    assert {s.cell for s in store.statements(NAMES) if s.subject == iri("control", "C1")} == {two[0].cell}

    commit(committer, delta(removed=two))
    assert "R01" in rules_of(committer)
    assert not [s for s in store.statements(NAMES) if s.subject == iri("control", "C1")]
    agrees_with_a_fresh_check(committer)


def test_a_statement_without_a_cell_goes_with_all_its_cells(committer: Committer) -> None:
    bare = control()
    commit(committer, delta(moved(bare, cell=Cell("a.xlsx", "表4", 2, "措施"))))
    before = committer.folder.store.export([NAMES.cells(GraphKind.PUBLIC)])

    commit(committer, delta(removed=bare))

    after = committer.folder.store.export([NAMES.cells(GraphKind.PUBLIC)])
    assert before.count(b"\n") - after.count(b"\n") == len(bare)
    assert b"a.xlsx" not in after


def test_a_record_is_judged_as_it_will_be(committer: Committer) -> None:
    second_id = Statement(iri("risk", "R04-01"), DCTERMS.identifier, Literal("R04-99"), GraphKind.PUBLIC)
    # by itself this statement is of the form: only with what is there already the risk has two ids
    with pytest.raises(GateError) as refused:
        commit(committer, delta([second_id]))

    assert (
        "R04-01" in refused.value.problems[0].message.zh or "R04-99" in refused.value.problems[0].message.zh
    )
    first_id = replace(second_id, object=Literal("R04-01"))
    assert commit(committer, delta([second_id], [first_id])).commit == 2


def test_every_reason_is_told_and_nothing_is_stored(committer: Committer) -> None:
    before = committer.folder.store.export(NAMES.whole())
    wrong = [
        Statement(iri("appointment", "A01"), SV.tier, Literal("7", datatype=XSD.integer), GraphKind.BUSINESS),
        Statement(iri("appointment", "A01"), SV.validFrom, Literal("soon"), GraphKind.BUSINESS),
    ]

    with pytest.raises(GateError) as refused:
        commit(committer, delta([*wrong, *control()]))

    assert len(refused.value.problems) >= 2
    assert committer.folder.store.export(NAMES.whole()) == before
    assert committer.state("demo").head.commit == 1
    agrees_with_a_fresh_check(committer)


def test_who_saw_an_older_commit_is_told(committer: Committer) -> None:
    commit(committer, delta(control()))

    with pytest.raises(StaleCommitError) as stale:
        committer.commit(delta(risk("R9")), SO, Action.RECORD_CREATE, target="risk/R9", expected=1)

    assert (stale.value.expected, stale.value.head) == (1, 2)
    assert committer.state("demo").head.commit == 2
    done = committer.commit(delta(risk("R9")), SO, Action.RECORD_CREATE, target="risk/R9", expected=2)
    assert done.commit == 3


def test_a_preview_says_what_the_commit_does_and_writes_nothing(committer: Committer) -> None:
    before = committer.folder.store.export(NAMES.whole())
    change = delta((*control(), *risk("R9")))

    seen = committer.preview(change)
    assert committer.folder.store.export(NAMES.whole()) == before
    assert committer.state("demo").head.commit == 1

    assert commit(committer, change).change == seen
    # the control has neither owner post nor stage (R03, R04)
    assert {finding.focus.id for finding in seen.new} == {"C1", "R9"}


def test_a_preview_of_a_new_bureau(tmp_path: Path, imported: Delta) -> None:
    committer = opened(tmp_path / "store")

    seen = committer.preview(imported)

    assert seen.resolved == ()
    assert committer.bureaus() == ()
    assert commit(committer, imported).change == seen
    committer.folder.close()


def test_the_date_of_the_data_is_the_date_to_judge_by(committer: Committer) -> None:
    old = Statement(
        URIRef(NAMES.bureau), SV.dataDate, Literal("2025-12-31", datatype=XSD.date), GraphKind.PUBLIC
    )
    new = replace(old, object=Literal("2024-06-30", datatype=XSD.date))
    change = delta([new], [old])

    seen = committer.preview(change)
    done = commit(committer, change)

    assert done.state.head.as_of == done.state.report.as_of == date(2024, 6, 30)
    assert done.change == seen
    agrees_with_a_fresh_check(committer)
    agrees_with_a_fresh_check(reopened(committer))


def test_a_date_asked_for_holds_until_another_is(committer: Committer) -> None:
    done = committer.recheck("demo", date(2025, 3, 1), SO)
    assert done.commit == 2
    assert done.state.head.as_of == date(2025, 3, 1)

    commit(committer, delta(control()))
    assert committer.state("demo").head.as_of == date(2025, 3, 1)
    again = reopened(committer)
    assert commit(again, delta(risk("R9"))).state.head.as_of == date(2025, 3, 1)
    agrees_with_a_fresh_check(again)

    assert again.recheck("demo", None, SO).state.head.as_of == date(2025, 12, 31)
    agrees_with_a_fresh_check(again)


def test_a_snapshot_is_of_one_commit(committer: Committer) -> None:
    commit(committer, delta(control()))

    number, quads = committer.snapshot("demo")

    assert number == 2
    assert set(quads) == set(committer.folder.store.quads(NAMES.whole()))
    with pytest.raises(UnknownBureauError):
        committer.snapshot("nowhere")


def test_a_callback_hears_of_every_commit(committer: Committer) -> None:
    heard: list[tuple[str, int]] = []
    committer.on_commit(lambda code: heard.append((code, committer.state(code).head.commit)))

    commit(committer, delta(control()))
    commit(committer, delta(control()))
    committer.recheck("demo", date(2025, 3, 1), SO)

    assert heard == [("demo", 2), ("demo", 3)]


def test_writers_wait_for_each_other_and_readers_for_nobody(committer: Committer) -> None:
    committer.state("demo")
    entries: list[AuditEntry] = []

    def write(number: int) -> None:
        entries.append(commit(committer, delta(risk(f"R9-{number}"))).entry)
        entries.append(committer.note(SO, Action.READ_IDENTITY, bureau="demo", target=f"person/P{number}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    seen = [committer.state("demo").head.commit for _ in range(50)]
    for thread in threads:
        thread.join()

    assert seen == sorted(seen)
    assert committer.state("demo").head.commit == 5
    assert sorted(entry.sequence for entry in entries) == list(range(2, 10))
    assert committer.verify() == []
    agrees_with_a_fresh_check(committer)


def test_few_working_copies_are_held(committer: Committer, imported: Delta) -> None:
    committer.folder.close()
    few = Committer(StoreFolder.open(committer.folder.path), clock=Clock(), copies=1)
    commit(few, Delta("two", imported.base, tuple(_of_two(imported))))
    commit(few, delta(control()))
    done = few.commit(
        Delta("two", imported.base, (), tuple(s for s in _of_two(imported) if "/risk/" in s.subject)),
        SO,
        Action.RECORD_DELETE,
        target="risk",
    )

    assert (few.state("demo").head.commit, done.commit) == (2, 2)
    assert [names.code for names in few.bureaus()] == ["demo", "two"]
    agrees_with_a_fresh_check(few)
    few.folder.close()


def _of_two(imported: Delta) -> list[Statement]:
    def there(node: object) -> object:
        text = str(node)
        return type(node)(text.replace("/bureau/demo", "/bureau/two")) if "/bureau/demo" in text else node

    return [
        replace(s, subject=there(s.subject), object=there(s.object))  # type: ignore[arg-type]
        for s in imported.added
    ]


def test_a_bureau_keeps_its_base(committer: Committer) -> None:
    with pytest.raises(StoreFolderError, match=r"--base https://dutygraph\.example/"):
        commit(committer, Delta("demo", "https://other.example/", control()))


def test_the_file_of_a_commit_is_what_its_entry_says(committer: Committer) -> None:
    done = commit(committer, delta(control()))

    data = committer.folder.commit_file(NAMES, 2).read_bytes()
    assert hashlib.sha256(data).hexdigest() == done.entry.digest


def test_a_clock_that_goes_back_makes_no_entry_older_than_the_last(committer: Committer) -> None:
    clock = Clock(START + timedelta(days=1))
    committer = reopened(committer, clock)
    first = commit(committer, delta(control()))
    clock.now = START - timedelta(days=3)

    second = commit(committer, delta(risk("R9")))

    assert second.entry.at == first.entry.at
    assert second.state.head.at == first.state.head.at
    assert "clock 2026-01-02T08:00:01.000000Z" in second.entry.note
    assert committer.verify() == []


@pytest.mark.parametrize("step", ["file", "store", "sync"])
def test_what_the_disk_does_not_take_is_not_there(
    committer: Committer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    committer.state("demo")
    places = {
        "file": "dutygraph.commits.writing.write_changes",
        "store": "dutygraph.store.EmbeddedStore._update",
        "sync": "dutygraph.store.embedded.os.fsync",
    }

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    def failing(*_args: object) -> None:
        raise StoreError(Text("满", "full"))

    with monkeypatch.context() as patch:
        patch.setattr(places[step], failing if step == "store" else full)
        with pytest.raises(StoreError) as refused:
            commit(committer, delta(control()))
        assert refused.value.text.zh
        assert refused.value.text.en
        if step == "file":
            assert committer.state("demo").head.commit == 1
    again = reopened(committer)
    agrees_with_a_fresh_check(again)
    assert again.verify() == []
    assert commit(again, delta(risk("R9"))).commit == again.state("demo").head.commit


def test_a_disk_that_is_nearly_full_is_told_before_it_is_full(
    committer: Committer, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(committer.folder.path)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=1_000_000))
        with pytest.raises(StoreError, match="nearly full"):
            commit(committer, delta(control()))
        with pytest.raises(StoreError, match="nearly full"):
            committer.note(SO, Action.READ_IDENTITY, bureau="demo", target="person/P001")

    assert committer.state("demo").head.commit == 1
    assert commit(committer, delta(control())).commit == 2
    assert committer.verify() == []


def test_a_new_name_is_told_in_the_gap_that_names_it(committer: Committer) -> None:
    old = Statement(
        iri("risk", "R04-01"), RDFS.label, Literal("勘查时暗示施工单位", lang="zh-hans"), GraphKind.PUBLIC
    )
    done = commit(committer, delta([replace(old, object=Literal("改过", lang="zh-hans"))], [old]))

    assert done.change.new == done.change.resolved == ()
    told = [f for f in done.state.report.findings if f.rule == "R01"]
    assert [finding.focus.label for finding in told] == ["改过"]
    agrees_with_a_fresh_check(committer)
