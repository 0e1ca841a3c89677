"""The store folder: one process at a time, and a clear word about a folder that cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dutygraph.store import BureauGraphs, EmbeddedStore, StoreFolder, StoreFolderError, is_store_folder


def test_a_folder_is_made_where_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store"
    with StoreFolder.open(path, create=True) as folder:
        assert folder.store.graphs() == ()
        assert (path / "format").read_text(encoding="utf-8") == "2\n"
    with StoreFolder.open(path):
        assert is_store_folder(path)


def test_it_is_not_made_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StoreFolderError, match="is no store"):
        StoreFolder.open(tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_what_a_kill_left_while_making_it_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "format.tmp").write_bytes(b"")
    StoreFolder.open(tmp_path, create=True).close()

    # killed after the format was written, before the graphs were
    other = tmp_path / "other"
    other.mkdir()
    (other / "format").write_text("2\n", encoding="utf-8")
    StoreFolder.open(other).close()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with StoreFolder.open(tmp_path / "store", create=True):
        with pytest.raises(StoreFolderError, match="in use by another program"):
            StoreFolder.open(tmp_path / "store")
        opening = "from dutygraph.store import StoreFolder; from pathlib import Path; import sys; "
        opening += "StoreFolder.open(Path(sys.argv[1]))"
        other = subprocess.run(
            [sys.executable, "-c", opening, str(tmp_path / "store")], capture_output=True, check=False
        )
        assert other.returncode
        assert "正被另一个程序使用" in other.stderr.decode()
    StoreFolder.open(tmp_path / "store").close()


def test_a_closed_folder_cannot_be_used(tmp_path: Path) -> None:
    folder = StoreFolder.open(tmp_path / "store", create=True)
    folder.close()
    folder.close()
    with pytest.raises(StoreFolderError, match="has been closed"):
        _ = folder.store


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("3", "made by a newer version"),
        ("1", "may be damaged"),
        ("\x00\x01", "may be damaged"),
        ("", "may be"),
    ],
)
def test_another_layout(tmp_path: Path, layout: str, said: str) -> None:
    StoreFolder.open(tmp_path / "store", create=True).close()
    (tmp_path / "store" / "format").write_text(layout, encoding="utf-8")

    with pytest.raises(StoreFolderError, match=said):
        StoreFolder.open(tmp_path / "store", create=True)


def test_a_store_straight_in_the_folder_is_the_older_layout(tmp_path: Path) -> None:
    EmbeddedStore(tmp_path / "old").close()

    assert is_store_folder(tmp_path / "old")
    with pytest.raises(StoreFolderError, match="dutygraph upgrade"):
        StoreFolder.open(tmp_path / "old", create=True)


def test_graphs_that_are_gone_are_not_taken_for_an_empty_store(tmp_path: Path) -> None:
    StoreFolder.open(tmp_path / "store", create=True).close()
    commits = tmp_path / "store" / "commits" / "demo"
    commits.mkdir(parents=True)
    (commits / "1.nq.gz").write_bytes(b"")
    (tmp_path / "store" / "graph").rename(tmp_path / "elsewhere")

    with pytest.raises(StoreFolderError, match="dutygraph restore"):
        StoreFolder.open(tmp_path / "store")
    assert not (tmp_path / "store" / "graph").exists()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear sir", encoding="utf-8")
    with pytest.raises(StoreFolderError, match="is no store"):
        StoreFolder.open(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("code", ["..", ".", "a/b", "..%2F", "示例", "x" * 40])
def test_a_code_never_leads_out_of_the_folder(tmp_path: Path, code: str) -> None:
    with StoreFolder.open(tmp_path / "store", create=True) as folder:
        place = folder.commits_of(BureauGraphs("https://dutygraph.example/", code))
        assert place.resolve().parent == (tmp_path / "store" / "commits").resolve()
        assert not place.name.startswith(".")


@pytest.mark.parametrize("written", ["audit-head", "commits/demo/1.nq.gz"])
def test_a_kill_while_the_graphs_were_made_is_no_hindrance_unless_something_was_written(
    tmp_path: Path, written: str
) -> None:
    path = tmp_path / "store"
    StoreFolder.open(path, create=True).close()
    (path / "graph" / "CURRENT").unlink()
    (path / written).parent.mkdir(parents=True, exist_ok=True)
    (path / written).write_bytes(b"{}")

    with pytest.raises(StoreFolderError) as told:
        StoreFolder.open(path)
    assert "CURRENT is missing" in told.value.text.en
    assert "dutygraph restore" in told.value.text.zh

    (path / written).unlink()
    with StoreFolder.open(path) as folder:
        assert folder.store.graphs() == ()
