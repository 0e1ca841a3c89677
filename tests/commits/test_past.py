"""The past: rebuilt from the files of commits as it was exported then, judged by the rules of then or now."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dutygraph.check import check
from dutygraph.commits import Committer, StoreFolderError, UnknownBureauError, UnknownCommitError, rulesets
from dutygraph.model import CheckReport, Delta, GraphKind
from dutygraph.store import EmbeddedStore

from .bureaus import NAMES, SO, START, commit, control, delta, opened, reopened, risk

GRAPHS = (*NAMES.all_asserted(), *(NAMES.cells(kind) for kind in GraphKind))


@pytest.fixture
def exports(committer: Committer) -> dict[int, tuple[bytes, datetime, CheckReport]]:
    """Make five more commits; return what was exported at each, when, and its report."""
    kept: dict[int, tuple[bytes, datetime, CheckReport]] = {}

    def keep() -> None:
        state = committer.state("demo")
        kept[state.head.commit] = (committer.folder.store.export(GRAPHS), state.head.at, state.report)

    keep()
    gap = min(committer.state("demo").gaps)
    steps = (
        lambda: commit(committer, delta(control())),
        lambda: committer.recheck("demo", date(2025, 6, 30), SO),
        lambda: commit(committer, delta(risk("R9"), control())),
        lambda: committer.assign("demo", gap, "P001", None, "", SO),
        lambda: commit(committer, delta(control(), risk("R9"))),
    )
    for step in steps:
        step()
        keep()
    return kept


def same(report: CheckReport) -> tuple[object, ...]:
    return (report.as_of, report.findings, report.rules, report.counts)


def test_any_commit_is_rebuilt_as_it_was(
    committer: Committer, exports: dict[int, tuple[bytes, datetime, CheckReport]]
) -> None:
    committer = reopened(committer)
    assert sorted(exports) == [1, 2, 3, 4, 5, 6]
    assert len({export for export, _, _ in exports.values()}) == 3
    for number, (export, at, report) in exports.items():
        assert committer.past("demo", commit=number).export(GRAPHS) == export
        assert committer.past("demo", at=at).export(GRAPHS) == export
        assert committer.past("demo", at=at + timedelta(microseconds=999)).export(GRAPHS) == export
        assert same(committer.check_past("demo", number)) == same(report)
        assert same(committer.check_past("demo", number, rules="now")) == same(report)
    assert committer.past("demo").export(GRAPHS) == exports[6][0]
    committer.folder.close()


def test_the_past_can_be_judged_by_another_date(
    committer: Committer, exports: dict[int, tuple[bytes, datetime, CheckReport]]
) -> None:
    store = EmbeddedStore()
    store.oxigraph.extend(committer.past("demo", commit=2).oxigraph)
    expected = check(store, NAMES, as_of=date(2024, 1, 31))

    assert same(committer.check_past("demo", 2, as_of=date(2024, 1, 31))) == same(expected)
    assert exports[2][2].as_of == date(2025, 12, 31)


def test_a_commit_that_never_was(committer: Committer) -> None:
    for commit_ in (0, 2, -1):
        with pytest.raises(UnknownCommitError, match="1 to 1"):
            committer.past("demo", commit=commit_)
    with pytest.raises(UnknownCommitError):
        committer.past("demo", at=START - timedelta(days=1))
    with pytest.raises(UnknownBureauError):
        committer.past("nowhere", commit=1)


def test_an_altered_file_is_never_taken_for_the_past(committer: Committer) -> None:
    commit(committer, delta(control()))
    path = committer.folder.commit_file(NAMES, 1)
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b"R04-01", b"R04-02")))

    with pytest.raises(StoreFolderError, match="SHA-256"):
        committer.past("demo", commit=2)
    path.unlink()
    with pytest.raises(StoreFolderError, match="missing or was altered"):
        committer.past("demo", commit=1)


def other_rules() -> dict[str, bytes]:
    """Return the rules of a product in which R01 only warns."""
    files = dict(rulesets._files())
    [name] = [name for name in files if "/R01-" in name and name.endswith("shape.ttl")]
    shape = files[name].decode()
    assert "sh:severity sh:Violation" in shape
    return {**files, name: shape.replace("sh:severity sh:Violation", "sh:severity sh:Warning").encode()}


def test_the_rules_of_then_stay_in_force_for_then(
    tmp_path: Path, imported: Delta, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, committer = other_rules(), opened(tmp_path / "store")
    with monkeypatch.context() as then:
        then.setattr(rulesets, "_files", lambda: iter(files.items()))
        rulesets.current_digest.cache_clear()
        commit(committer, imported)
    rulesets.current_digest.cache_clear()
    commit(committer, delta(risk("R9")))
    assert len(list((tmp_path / "store" / "rulesets").iterdir())) == 2

    severities = [
        {f.severity.value for f in report.findings if f.rule == "R01"}
        for report in (
            committer.check_past("demo", 1),
            committer.check_past("demo", 1, rules="now"),
            committer.check_past("demo", 2),
        )
    ]
    assert severities == [{"Warning"}, {"Violation"}, {"Violation"}]
    committer.folder.close()


def test_an_altered_archive_of_rules_is_refused(committer: Committer, tmp_path: Path) -> None:
    digest = rulesets.current_digest()
    path = tmp_path / "store" / "rulesets" / f"{digest}.zip"
    files = rulesets.unpack(path.parent, digest)
    assert any("/R01-" in name for name in files)
    assert {name.partition("/")[0] for name in files} == {
        "ontology",
        "shapes",
        "rules",
        "queries",
        "dutygraph",
    }
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("shapes/point/extra.ttl", b"")

    with pytest.raises(StoreFolderError, match="--rules-of now"):
        rulesets.unpack(path.parent, digest)
    with pytest.raises(StoreFolderError, match="--rules-of now"):
        rulesets.unpack(path.parent, "0" * 64)
    assert committer.state("demo").head.commit == 1
