"""``load``, ``check DIR`` and ``export``: a store folder holds what was loaded, no more and no less."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from dutygraph.commits import Committer
from dutygraph.store import StoreFolder
from tests.conftest import EXAMPLE
from tests.loaders.ledgers import BASICS, write_book

from .door import BUSINESSES, RISKS, gaps, ledger, report, run

OPEN = "held = StoreFolder.open(Path({!r}))"
OTHER = (BASICS[0], ("two", "第二供电局", 2025, "2025-12-31"))


def same(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out when it was computed, and what was noticed while reading files."""
    return {key: value for key, value in data.items() if key not in ("computedAt", "notices")}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return ledger(tmp_path / "book.xlsx")


def test_loading_makes_a_store_and_says_what_changed(book: Path, tmp_path: Path) -> None:
    said = run("load", book, "--store", tmp_path / "store").stdout

    assert said.startswith("demo：读取8行，已新增")
    assert "删除0条" in said


def test_a_dry_run_changes_nothing(book: Path, tmp_path: Path) -> None:
    dry = run("load", book, "--store", tmp_path / "store", "--dry-run").stdout

    assert "将新增" in dry
    assert not (tmp_path / "store").exists()

    run("load", book, "--store", tmp_path / "store")
    changed = ledger(tmp_path / "book.xlsx", 业务清单=BUSINESSES[:2])
    assert "删除0条" not in run("load", changed, "--store", tmp_path / "store", "--dry-run").stdout
    assert report(tmp_path / "store")["counts"]["Business"] == 2


def test_loading_twice_changes_nothing(book: Path, tmp_path: Path) -> None:
    run("load", book, "--store", tmp_path / "store")

    again = run("load", book, "--store", tmp_path / "store", "--lang", "en").stdout

    assert "added 0 statements, 0 removed" in again


def test_a_changed_ledger_changes_only_what_changed(book: Path, tmp_path: Path) -> None:
    run("load", book, "--store", tmp_path / "store")
    renamed = (RISKS[0], ("R04-01", "B04-N01", "改过的描述", None, None, None, None))

    changed = run("load", ledger(tmp_path / "book.xlsx", 风险与措施=renamed), "--store", tmp_path / "store")

    assert "已新增1条、删除1条陈述" in changed.stdout
    [gap] = [g for g in report(tmp_path / "store")["gaps"] if g["rule"] == "R01"]
    assert gap["focus"]["label"] == "改过的描述"


def test_what_left_the_ledger_leaves_the_store(book: Path, tmp_path: Path) -> None:
    run("load", book, "--store", tmp_path / "store")
    run("load", ledger(tmp_path / "book.xlsx", 风险与措施=RISKS[:1]), "--store", tmp_path / "store")

    assert "IntegrityRisk" not in report(tmp_path / "store")["counts"]


def test_a_refused_ledger_leaves_the_store_as_it_was(book: Path, tmp_path: Path) -> None:
    run("load", book, "--store", tmp_path / "store")
    before = same(report(tmp_path / "store"))
    wrong = ledger(tmp_path / "book.xlsx", 部门=(("部门", "类别"), ("营销部", "团伙")))

    run("load", wrong, "--store", tmp_path / "store", code=2)

    assert same(report(tmp_path / "store")) == before


def test_a_store_gives_the_same_report_as_its_workbook(book: Path, tmp_path: Path) -> None:
    run("load", book, "--store", tmp_path / "store")

    assert same(report(tmp_path / "store")) == same(report(book))
    assert same(report(tmp_path / "store")) == same(report(book))  # a check leaves nothing behind


def files(folder: Path) -> dict[str, bytes]:
    """Return what stands in a store folder, but for RocksDB's own files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "graph" not in path.relative_to(folder).parts
    }


def test_reading_a_store_changes_nothing(book: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run("load", book, "--store", store)
    before = files(store)
    with StoreFolder.open(store) as folder:
        graphs = folder.store.export(folder.store.graphs())

    report(store, "--as-of", "2025-03-01")
    run("coverage", store)
    run("ask", "Q01", store)
    run("export", store, "--derived", "--as-of", "2025-03-01")
    run("load", book, "--store", store, "--dry-run")

    assert files(store) == before
    with StoreFolder.open(store) as folder:
        assert folder.store.export(folder.store.graphs()) == graphs


def test_a_load_is_a_commit_with_its_audit_entry(book: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    run("load", book, "--store", store)
    run("load", book, "--store", store)

    with StoreFolder.open(store) as folder:
        committer = Committer(folder)
        entries = [(e.actor.account, e.action.value, e.bureau, e.commit) for e in committer.entries()]
        assert entries == [
            ("command-line", "import", "demo", None),
            ("command-line", "import", "demo", 1),
        ]
        assert committer.verify() == []


def test_an_export_loaded_into_the_store_it_came_from_loses_nothing(book: Path, tmp_path: Path) -> None:
    store, graph = tmp_path / "store", tmp_path / "graph.nq"
    run("load", book, "--store", store)
    run("export", store, "--restricted", "-o", graph)

    run("load", graph, "--store", store)

    assert gaps(report(store)) == gaps(report(book))
    assert report(store)["counts"] == report(book)["counts"]


def test_the_same_rows_in_another_file_are_the_same_data(book: Path, tmp_path: Path) -> None:
    """A triple that two files gave stays when only one of them is handed in again."""
    store, again = tmp_path / "store", ledger(tmp_path / "again.xlsx")
    run("load", book, again, "--store", store)
    run("load", again, "--store", store)

    assert gaps(report(store)) == gaps(report(again))
    assert report(store)["counts"] == report(again)["counts"]


def test_a_store_of_the_older_layout_is_to_be_upgraded(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    making = f"import pyoxigraph; pyoxigraph.Store({str(folder)!r})"
    subprocess.run([sys.executable, "-c", making], check=True)

    for words in (("check", folder), ("load", book, "--store", folder)):
        assert f"dutygraph upgrade {folder}" in run(*words, code=2).stderr.replace("\n", "")


def test_so_does_the_example_bureau(tmp_path: Path) -> None:
    run("load", EXAMPLE, "--store", tmp_path / "store")

    assert same(report(tmp_path / "store")) == same(report(EXAMPLE))


def test_a_store_of_two_bureaus_needs_to_be_told_which(book: Path, tmp_path: Path) -> None:
    other = ledger(tmp_path / "other.xlsx", 基本信息=OTHER, 风险与措施=RISKS[:1])
    run("load", book, other, "--store", tmp_path / "store", code=2)
    run("load", book, "--store", tmp_path / "store")
    run("load", other, "--store", tmp_path / "store")

    unclear = run("check", tmp_path / "store", code=2).stderr
    assert "--bureau" in unclear
    assert "demo、two" in unclear
    assert "the store has: demo、two" in run("check", tmp_path / "store", "--lang", "en", code=2).stderr
    run("check", tmp_path / "store", "--bureau", "three", code=2)

    assert gaps(report(tmp_path / "store", "--bureau", "demo")) == gaps(report(book))
    assert report(tmp_path / "store", "--bureau", "two")["label"] == "第二供电局"


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    run("load", ledger(tmp_path / "book.xlsx"), "--store", tmp_path / "store", "--dry-run")
    folder = tmp_path / "empty"
    StoreFolder.open(folder, create=True).close()

    assert "dutygraph load" in run("check", folder, code=2).stderr


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_damaged_store(book: Path, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "store"
    run("load", book, "--store", folder)
    (folder / "graph" / "CURRENT").write_text("nonsense", encoding="utf-8")

    words = ("check", folder) if command == "check" else ("load", book, "--store", folder)
    told = run(*words, code=2).stderr
    assert "已损坏" in told
    assert "dutygraph restore" in told


@pytest.fixture
def locked(book: Path, tmp_path: Path) -> Iterator[Path]:
    """Yield a store folder that another process has open."""
    folder = tmp_path / "store"
    run("load", book, "--store", folder)
    opening = f"from pathlib import Path; from dutygraph.store import StoreFolder; {OPEN.format(str(folder))}"
    holding = f"{opening}; print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        yield folder
        other.stdin.write(b"\n")


def test_a_store_in_use_elsewhere(book: Path, locked: Path) -> None:
    chinese = run("check", locked, code=2).stderr
    assert "正被另一个程序使用" in chinese
    assert "停止服务" in chinese
    english = run("load", book, "--store", locked, "--lang", "en", code=2).stderr
    assert "in use by another program" in english
    assert "stop that first" in english


def test_a_folder_of_other_files_is_not_made_a_store(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear sir", encoding="utf-8")

    for words in ((), ("--dry-run",)):
        assert "不是图库" in run("load", book, "--store", folder, *words, code=2).stderr
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("form", ["nquads", "trig"])
def test_what_is_exported_gives_the_same_gaps_when_loaded_again(
    book: Path, tmp_path: Path, form: str
) -> None:
    target = tmp_path / f"graph.{'nq' if form == 'nquads' else 'trig'}"

    run("export", book, "--restricted", "--format", form, "-o", target)

    assert gaps(report(target)) == gaps(report(book))
    assert report(target)["counts"] == report(book)["counts"]


def test_an_export_is_sorted_and_keeps_derived_triples_out_unless_asked(book: Path) -> None:
    plain = run("export", book).stdout
    lines = plain.splitlines()

    assert lines == sorted(lines)
    assert "CurrentAppointment" not in plain
    assert "derived-" not in plain


def test_an_export_with_what_was_derived(book: Path) -> None:
    derived = run("export", book, "--derived").stdout

    assert "CurrentAppointment" in derived
    assert "derived-business" in derived


def test_names_of_people_are_not_exported(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 姓名对照=(("人员", "姓名"), ("P001", "监督员甲")))

    assert "监督员甲" not in run("export", book, "--derived", "--restricted").stdout
    assert "监督员甲" not in json.dumps(report(book), ensure_ascii=False)


def test_scores_leave_only_when_asked_for(tmp_path: Path) -> None:
    scores = (("对象编号", "对象类型", "年度", "得分"), ("营销部", "部门", 2025, 92))
    book = ledger(tmp_path / "book.xlsx", **{"表9 考核与激励": scores})

    assert "scoreValue" not in run("export", book, "--derived").stdout
    assert "scoreValue" in run("export", book, "--restricted").stdout


def test_the_names_of_people_and_the_ledger_are_replaced_apart(book: Path, tmp_path: Path) -> None:
    store, names = tmp_path / "store", tmp_path / "names.xlsx"
    write_book(names, {"姓名对照": (("人员", "姓名"), ("P001", "监督员甲"))})
    run("load", book, "--store", store)

    apart = run("load", names, "--store", store, "--bureau", "demo")
    again = run("load", book, "--store", store)

    assert "删除0条" in apart.stdout
    assert "已新增0条、删除0条" in again.stdout
    assert "已新增0条、删除0条" in run("load", names, "--store", store, "--bureau", "demo").stdout


def test_the_form_for_names_is_a_file_of_its_own(tmp_path: Path) -> None:
    form = tmp_path / "names.xlsx"

    run("template", "--names", "-o", form)

    assert "姓名对照" in load_workbook(form).sheetnames
    assert "表1 业务清单" not in load_workbook(form).sheetnames
