"""``dutygraph doctor``: each thing that can be wrong is told, with what to do, and nothing else is."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.running import open_accounts
from dutygraph.service.settings import load_settings
from dutygraph.upkeep.examining import examine
from dutygraph.upkeep.symptoms import symptom
from tests.cli.door import run
from tests.commits.bureaus import NAMES, commit, control, delta, first_delta
from tests.service.running import PASSWORD, again


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in good health with an administrator: only to be copied."""
    place = tmp_path_factory.mktemp("made")
    with StoreFolder.open(place / "store", create=True) as folder:
        committer = Committer(folder)
        commit(committer, first_delta(place), Action.IMPORT)
        commit(committer, delta(control()))
        accounts = open_accounts(load_settings(store=place / "store"), committer)
        accounts.create("root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
        accounts.close()
    return place / "store"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "store")


def told(store: Path, code: int) -> Mapping[str, Any]:
    """Return the symptoms that the command tells, by key; hold it to its exit code."""
    said = json.loads(run("doctor", store, "--json", code=code).stdout)
    return {one["key"]: one for one in said["symptoms"]}


def altered(store: Path, change: Callable[[ox.Store], None]) -> None:
    """Write past the commit path, as nobody should."""
    with StoreFolder.open(store) as folder:
        change(folder.store.oxigraph)


def test_a_store_in_good_health_has_no_symptom(store: Path) -> None:
    assert told(store, 0) == {}
    assert run("doctor", store, "--lang", "en").stdout == "✓ Nothing is wrong.\n"


def test_every_symptom_is_told_in_both_languages_with_a_cure() -> None:
    with Path("src/dutygraph/upkeep/symptoms.toml").open("rb") as file:
        table = tomllib.load(file)
    for key, words in table.items():
        assert set(words) - {"grave"} == {"zh", "en", "cure_zh", "cure_en"}, key
    assert symptom("missing", path="x").grave


def test_a_folder_that_is_not_there_or_no_store(tmp_path: Path) -> None:
    assert set(told(tmp_path / "none", 2)) == {"missing"}
    (tmp_path / "photos").mkdir(mode=0o700)
    (tmp_path / "photos" / "a.jpg").write_text("x")
    found = told(tmp_path / "photos", 2)
    assert "不是图库" in found["unusable"]["text"]["zh"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda store: (store / "format").write_text("3\n"), "newer version (layout 3)"),
        (lambda store: (store / "format").write_text("\0\0"), "may be damaged"),
        (lambda store: (store / "CURRENT").write_text("MANIFEST-000001"), "dutygraph upgrade"),
        (lambda store: (store / "restore.unfinished").write_text(""), "restored by half"),
        (lambda store: shutil.rmtree(store / "graph"), "graph is missing"),
    ],
)
def test_a_folder_of_another_layout_or_half_restored(
    store: Path, change: Callable[[Path], object], word: str
) -> None:
    change(store)

    assert word in told(store, 2)["unusable"]["text"]["en"]


def test_who_has_the_store_is_named(store: Path) -> None:
    with StoreFolder.open(store):
        found = told(store, 2)

    assert set(found) == {"locked"}
    assert f"PID {os.getpid()}" in found["locked"]["text"]["en"]


def test_beside_a_running_service_what_can_be_told_is_told(store: Path) -> None:
    with again(store):
        said = run("doctor", store, "--lang", "en").stdout
        assert said.startswith("A service runs: disk, permissions, clock and administrator alone")
        store.chmod(0o755)
        assert set(told(store, 1)) == {"open-to-others"}


@pytest.mark.parametrize("pattern", ["*.sst", "MANIFEST-*", "CURRENT"])
def test_damaged_files_of_the_graphs_are_told(store: Path, pattern: str) -> None:
    altered(store, lambda graphs: graphs.flush())
    for file in (store / "graph").glob(pattern):
        data = bytearray(file.read_bytes())
        data[len(data) // 4 : len(data) // 2] = bytes(b ^ 0xFF for b in data[len(data) // 4 : len(data) // 2])
        file.write_bytes(data)

    found = told(store, 2)

    assert set(found) == {"damaged"}
    assert "dutygraph restore" in found["damaged"]["cure"]["en"]


def test_one_damaged_block_is_told_in_whichever_file_it_stands(store: Path) -> None:
    altered(store, lambda graphs: graphs.flush())
    damaged = [file for file in sorted((store / "graph").glob("*.sst")) if file.stat().st_size > 10_000]
    assert damaged
    for file in damaged:
        data = file.read_bytes()
        file.write_bytes(data[:500] + bytes(b ^ 0xFF for b in data[500:520]) + data[520:])

        assert set(told(store, 2)) == {"damaged"}, file.name

        file.write_bytes(data)
    assert told(store, 0) == {}


def test_other_users_and_a_full_disk_are_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(store)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=20 * 1024 * 1024))
    (store / "secret.key").chmod(0o644)

    found = told(store, 1)

    assert set(found) == {"disk-low", "open-to-others"}
    assert "20 MB" in found["disk-low"]["text"]["en"]
    assert "secret.key" in found["open-to-others"]["text"]["en"]
    assert "chmod 600" in found["open-to-others"]["cure"]["en"]


def test_accounts_that_are_missing_or_damaged_are_told(store: Path) -> None:
    (store / "accounts.sqlite3").write_bytes(b"no database, long enough to be read as the header of one" * 20)
    assert set(told(store, 2)) == {"accounts-damaged"}

    (store / "accounts.sqlite3").unlink()
    assert set(told(store, 1)) == {"no-administrator"}


def test_an_altered_audit_log_and_missing_files_are_told(store: Path) -> None:
    (store / "commits" / "demo" / "2.nq.gz").unlink()
    (store / "commits" / "demo" / "9.nq.gz").write_bytes(b"x")
    found = [one["key"] for one in json.loads(run("doctor", store, "--json", code=1).stdout)["symptoms"]]
    assert set(found) == {"audit-broken"}
    assert len(found) == 2


def test_what_a_kill_left_behind_is_harmless(store: Path) -> None:
    (store / "commits" / "demo" / "3.nq.gz").write_bytes(b"half")

    found = told(store, 1)

    assert set(found) == {"left-by-a-kill"}
    assert "commits/demo/3.nq.gz" in found["left-by-a-kill"]["text"]["en"]


def test_a_derived_graph_that_was_altered_is_told(store: Path) -> None:
    graph = ox.NamedNode(NAMES.all_derived()[0])
    node = ox.NamedNode("https://example.org/x")
    altered(store, lambda graphs: graphs.add(ox.Quad(node, node, node, graph)))

    found = told(store, 1)

    assert set(found) == {"derived-differ"}
    assert "1 too many, 0 missing" in found["derived-differ"]["text"]["en"]


def test_a_register_that_lacks_a_gap_is_told(store: Path) -> None:
    def forget(graphs: ox.Store) -> None:
        gap = next(
            quad.subject
            for quad in graphs.quads_for_pattern(None, None, None, ox.NamedNode(NAMES.findings))
            if quad.predicate.value.endswith("gapState")
            and isinstance(quad.object, ox.Literal)
            and quad.object.value == "open"
        )
        for quad in list(graphs.quads_for_pattern(gap, None, None, None)):
            graphs.remove(quad)

    altered(store, forget)

    found = told(store, 1)
    assert set(found) == {"register-differs"}
    assert "0 too many, 1 missing" in found["register-differs"]["text"]["en"]


def test_missing_rules_of_then_are_told(store: Path) -> None:
    (archive,) = (store / "rulesets").glob("*.zip")
    archive.unlink()

    found = told(store, 1)

    assert set(found) == {"ruleset-missing"}
    assert archive.stem in found["ruleset-missing"]["text"]["en"]


def test_a_clock_that_went_back_is_told(store: Path) -> None:
    with StoreFolder.open(store) as folder:
        last = next(iter(Committer(folder).entries())).at

    found = [one.key for one in examine(store, last - timedelta(hours=1), lambda _path: iter(()))]

    assert found == ["clock-behind"]


def test_doctor_changes_nothing(store: Path) -> None:
    (store / "commits" / "demo" / "3.nq.gz").write_bytes(b"half")

    def files() -> dict[str, bytes]:
        # RocksDB writes a log and a manifest of its own at each opening
        return {str(p): p.read_bytes() for p in store.rglob("*") if p.is_file() and p.parent.name != "graph"}

    before = files()
    told(store, 1)
    assert files() == before
