"""Backups: made while the service works or not, restored elsewhere, and refused where they are not whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event, Semaphore

import pytest

from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.control import open_control
from dutygraph.service.parts import PARTS
from dutygraph.upkeep.reaching import connected
from tests.cli.door import run
from tests.commits.bureaus import NAMES, commit, control, delta, first_delta, risk
from tests.service.running import PASSWORD, Door, again, running


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the bureau "demo" at its second commit, and a backup of it beside: only to be copied."""
    place = tmp_path_factory.mktemp("made")
    with StoreFolder.open(place / "store", create=True) as folder:
        committer = Committer(folder)
        commit(committer, first_delta(place), Action.IMPORT)
        commit(committer, delta(control()))
    run("backup", place / "store", "--to", place / "b.tar.gz")
    return place


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """A store of the bureau "demo": two commits and a backup stand in its audit log."""
    return shutil.copytree(made / "store", tmp_path / "store")


@pytest.fixture
def door(store: Path) -> Iterator[Door]:
    with again(store) as door:
        door.service.accounts.create("root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
        yield door


def content(store: Path) -> dict[str, bytes]:
    """Return the graphs of the bureau as N-Quads, and the files of its commits."""
    with StoreFolder.open(store) as folder:
        graphs = folder.store.export([*NAMES.whole()])
        return {"graphs": graphs, **{path.name: path.read_bytes() for path in folder.commit_files()}}


def actions(store: Path) -> list[str]:
    with StoreFolder.open(store) as folder:
        return [entry.action.value for entry in Committer(folder).entries()]


def test_a_backup_restores_to_the_same_store(store: Path, tmp_path: Path) -> None:
    before = content(store)

    said = run("backup", store, "--to", tmp_path / "b.tar.gz", "--lang", "en").stdout
    told = run("restore", tmp_path / "b.tar.gz", "--to", tmp_path / "other", "--lang", "en").stdout

    assert "1 bureau, 4 audit entries" in said  # two commits, the backup of the fixture, this one
    assert "demo up to commit 2" in told
    after = content(tmp_path / "other")
    assert set(after) == {"graphs", "1.nq.gz", "2.nq.gz"}
    assert before == after
    assert actions(tmp_path / "other") == [
        *("store.restore", "store.backup", "store.backup", "record.replace", "import"),
    ]
    assert run("audit", "verify", tmp_path / "other").stdout.startswith("共5条，全部完好")


def test_a_backup_is_readable_by_its_owner_alone_and_has_no_key(door: Door, tmp_path: Path) -> None:
    store = door.service.folder.path
    assert (store / "secret.key").is_file()

    run("backup", store, "--to", tmp_path / "b.tar.gz")
    run("backup", store, "--to", tmp_path / "k.tar.gz", "--with-secret")

    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "b.tar.gz") as plain, tarfile.open(tmp_path / "k.tar.gz") as keyed:
        assert "secret.key" not in plain.getnames()
        assert set(keyed.getnames()) - set(plain.getnames()) >= {"secret.key"}
        key = keyed.extractfile("secret.key")
        assert key is not None
        assert key.read() == (store / "secret.key").read_bytes()


def test_a_running_service_is_backed_up_with_its_accounts(door: Door, tmp_path: Path) -> None:
    store = door.service.folder.path
    run("backup", store, "--to", tmp_path / "b.tar.gz")
    # what comes after the backup is not in it
    commit(door.service.committer, delta(risk("R9")))
    door.service.accounts.create("later", PASSWORD, COMMAND_LINE)

    run("restore", tmp_path / "b.tar.gz", "--to", tmp_path / "other")

    with sqlite3.connect(tmp_path / "other" / "accounts.sqlite3") as accounts:
        assert accounts.execute("SELECT name FROM accounts").fetchall() == [("root",)]
    accounts.close()
    assert set(content(tmp_path / "other")) == {"graphs", "1.nq.gz", "2.nq.gz"}
    assert not (store / "backup.new").exists() or not list((store / "backup.new").iterdir())
    with again(tmp_path / "other") as restored:
        assert restored.sign_in("root")


def test_a_backup_amid_commits_is_of_one_moment(door: Door, tmp_path: Path) -> None:
    committer, done = door.service.committer, Event()
    commits, backups = Semaphore(0), 3

    def keep_committing() -> None:
        number = 0
        while not done.is_set():
            change = risk(f"R9-{number % 3}")
            number += 1
            commit(committer, delta(change) if number % 2 else delta(removed=change))
            commits.release()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(keep_committing)
        try:
            for number in range(backups):
                assert commits.acquire(timeout=60), "the writer stands still"
                run("backup", door.service.folder.path, "--to", tmp_path / f"{number}.tar.gz")
            assert commits.acquire(timeout=60), "the writer stands still"
        finally:
            done.set()
    writing.result()
    for number in range(backups):
        run("restore", tmp_path / f"{number}.tar.gz", "--to", tmp_path / f"{number}")
        assert "全部完好" in run("audit", "verify", tmp_path / f"{number}").stdout


def test_only_the_owner_can_reach_the_control_socket(door: Door) -> None:
    path = door.service.folder.path / "control.sock"

    assert stat.S_ISSOCK(path.stat().st_mode)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_control_socket_answers_status_and_refuses_the_rest(door: Door) -> None:
    with connected(door.service.folder.path) as connection:
        told = connection.ask(do="status")
    assert (told["bureaus"], told["process"], told["administrator"]) == (1, os.getpid(), True)

    with connected(door.service.folder.path) as connection, pytest.raises(Exception, match="不认识的请求"):
        connection.ask(do="update", query="CLEAR ALL")
    with connected(door.service.folder.path) as connection:
        assert connection.ask(do="status")["bureaus"] == 1


def test_a_socket_left_by_a_kill_is_in_nobodys_way(tmp_path: Path) -> None:
    with running(tmp_path / "empty") as first:
        left = first.service.folder.path / "control.sock"
        left.rename(tmp_path / "kept")
    (tmp_path / "kept").rename(left)
    run("backup", tmp_path / "empty", "--to", tmp_path / "stopped.tar.gz")

    with again(tmp_path / "empty"):
        run("backup", tmp_path / "empty", "--to", tmp_path / "running.tar.gz")


def test_one_backup_at_a_time(door: Door, tmp_path: Path) -> None:
    with connected(door.service.folder.path) as first:
        first.ask(do="backup", secret=False)
        refused = run("backup", door.service.folder.path, "--to", tmp_path / "b.tar.gz", code=2)
    assert "另一个备份正在进行" in refused.stderr
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_backup_never_replaces_a_file(store: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").write_text("mine")

    assert "已经存在" in run("backup", store, "--to", tmp_path / "b.tar.gz", code=2).stderr
    assert (tmp_path / "b.tar.gz").read_text() == "mine"


def test_a_folder_of_backups_keeps_the_newest(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [folder / f"dutygraph-202501{day:02}T000000Z.tar.gz" for day in (1, 2, 3)]
    for path in (*old, folder / "notes.tar.gz"):
        path.write_text("x")

    said = run("backup", store, "--to", folder, "--keep", 2).stdout

    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 3
    assert left[0] == old[2].name
    assert left[2] == "notes.tar.gz"  # of another name: not ours to remove
    assert said.count("已删除旧备份") == 2


def test_a_backup_that_does_not_fit_leaves_no_file(store: Path, tmp_path: Path) -> None:
    said = run("backup", store, "--to", "/dev/full/b.tar.gz", code=2).stderr
    assert "无法写入" in said

    (tmp_path / "closed").write_text("a file, no folder")
    assert "无法写入" in run("backup", store, "--to", tmp_path / "closed" / "b.tar.gz", code=2).stderr


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return shutil.copyfile(made / "b.tar.gz", tmp_path / "b.tar.gz")


def repacked(archive: Path, change: dict[str, bytes | None]) -> Path:
    """Return a copy of a backup with files replaced, added, or left out (None)."""
    target = archive.with_name("altered.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        contents = {member.name: old.extractfile(member) for member in old}
        for name, file in contents.items():
            data = change.get(name, file.read() if file else b"")
            if data is not None:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                new.addfile(member, BytesIO(data))
        for name in change.keys() - contents.keys():
            member = tarfile.TarInfo(name)
            member.size = len(change[name] or b"")
            new.addfile(member, BytesIO(change[name] or b""))
    return target


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"audit-head": b"{}"}, "audit-head"),
        ({"commits/demo/1.nq.gz": None}, "commits/demo/1.nq.gz"),
        ({"../outside": b"x"}, "../outside"),
        ({"extra": b"x"}, "extra"),
        ({"manifest.json": b"[" * 100_000}, "manifest.json"),
        ({"manifest.json": b"{}"}, "manifest.json"),
        ({"manifest.json": None}, "manifest.json"),
    ],
)
def test_a_backup_that_was_altered_is_refused(
    archive: Path, tmp_path: Path, change: dict[str, bytes | None], word: str
) -> None:
    altered = repacked(archive, change)

    assert word in run("restore", altered, "--to", tmp_path / "other", code=2).stderr
    assert word in run("restore", altered, "--dry-run", code=2).stderr
    assert not (tmp_path / "other").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_names_that_lead_out_of_the_folder_are_refused_in_the_manifest(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        said = json.load(tar.extractfile("manifest.json") or BytesIO())
    said["files"]["../outside"] = said["files"]["format"]
    altered = repacked(archive, {"manifest.json": json.dumps(said).encode(), "../outside": b"2\n"})

    assert "manifest.json" in run("restore", altered, "--to", tmp_path / "a" / "b", code=2).stderr
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("part", [0, 10, 0.5, 0.99])
def test_a_backup_that_was_cut_off_is_refused(archive: Path, tmp_path: Path, part: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(part if part == 10 else len(whole) * part)])

    assert "不完整" in run("restore", archive, "--to", tmp_path / "other", code=2).stderr
    assert not (tmp_path / "other").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"PK\x03\x04")

    assert "不完整" in run("restore", tmp_path / "x.tar.gz", "--to", tmp_path / "other", code=2).stderr
    assert "不完整" in run("restore", tmp_path / "none.tar.gz", "--to", tmp_path / "other", code=2).stderr
    assert "不完整" in run("restore", tmp_path, "--to", tmp_path / "other", code=2).stderr


def test_a_dry_run_writes_nothing(archive: Path, tmp_path: Path) -> None:
    there = set(tmp_path.iterdir())

    assert "局“demo”到第2次提交" in run("restore", archive, "--to", tmp_path / "other", "--dry-run").stdout
    assert set(tmp_path.iterdir()) == there


def test_restoring_never_writes_into_what_is_there(archive: Path, store: Path, tmp_path: Path) -> None:
    before = content(store)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.tmp").write_text("mine")
    (tmp_path / "file").write_text("mine")

    for place in (store, tmp_path / "full", tmp_path / "file"):
        assert "不是空文件夹" in run("restore", archive, "--to", place, code=2).stderr
    assert content(store) == before
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.tmp"]


def test_a_folder_restored_by_half_is_told_and_not_opened(archive: Path, tmp_path: Path) -> None:
    run("restore", archive, "--to", tmp_path / "other")
    # as it is when the process is killed before its last step
    (tmp_path / "other" / "restore.unfinished").write_text("b.tar.gz\n")

    for words in (("audit", "verify"), ("check",)):
        assert "只恢复了一半" in run(*words, tmp_path / "other", code=2).stderr
    assert "不是空文件夹" in run("restore", archive, "--to", tmp_path / "other", code=2).stderr


def test_a_restored_folder_is_its_owners_alone(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o755)

    run("restore", archive, "--to", tmp_path / "other")

    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o700
    assert all(
        not path.stat().st_mode & 0o077 for path in (tmp_path / "other").rglob("*") if path.name == "1.nq.gz"
    )


def test_the_part_of_the_service_is_the_one_that_runs() -> None:
    assert open_control in PARTS
