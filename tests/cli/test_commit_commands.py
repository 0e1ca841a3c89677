"""``audit``, ``history``, ``upgrade`` and ``check --as-of-commit`` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from dutygraph.commits import COMMAND_LINE, Action, Committer
from dutygraph.model import Delta
from dutygraph.sources import read
from dutygraph.store import DEFAULT_BASE, EmbeddedStore, StoreFolder

from .door import RISKS, gaps, ledger, report, run

MENDED = (
    RISKS[0],
    ("R04-01", "B04-N01", "勘查时暗示施工单位", "C04-01", "两人到场", "事前", "G12"),
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Yield a store of two commits: the second closes R01."""
    run("load", ledger(tmp_path / "book.xlsx"), "--store", tmp_path / "store")
    run("load", ledger(tmp_path / "book.xlsx", 风险与措施=MENDED), "--store", tmp_path / "store")
    return tmp_path / "store"


def test_history_lists_the_commits_latest_first(store: Path) -> None:
    lines = [json.loads(line) for line in run("history", store, "--json").stdout.splitlines()]

    assert [(one["commit"], one["action"], one["account"]) for one in lines] == [
        (2, "import", "command-line"),
        (1, "import", "command-line"),
    ]
    assert {one["asOf"] for one in lines} == {"2025-12-31"}
    shown = run("history", store, env={"COLUMNS": "140"}).stdout
    assert shown.index(" 2 ") < shown.index(" 1 ")
    assert "bureau/demo" in run("history", store, "--lang", "en", env={"COLUMNS": "140"}).stdout
    assert "--bureau" in run("history", store, "--bureau", "two", code=2).stderr


def test_the_past_is_checked_as_it_was(store: Path) -> None:
    past = report(store, "--as-of-commit", "1")
    now = report(store)

    assert {gap["rule"] for gap in past["gaps"]} - {gap["rule"] for gap in now["gaps"]} == {"R01"}
    assert gaps(report(store, "--as-of-commit", "2")) == gaps(now)
    assert gaps(report(store, "--as-of-commit", "1", "--rules-of", "now")) == gaps(past)
    only = report(store, "--as-of-commit", "1", "--rule", "R01", "--severity", "Violation")
    assert {gap["rule"] for gap in only["gaps"]} == {"R01"}
    assert report(store, "--as-of-commit", "1", "--as-of", "2025-03-01")["asOf"] == "2025-03-01"


def test_a_past_that_cannot_be_had_is_told(store: Path, tmp_path: Path) -> None:
    assert "1 to 2" in run("check", store, "--as-of-commit", "3", "--lang", "en", code=2).stderr
    assert "第1次至第2次" in run("check", store, "--as-of-commit", "0", code=2).stderr
    book = tmp_path / "book.xlsx"
    assert "图库文件夹" in run("check", book, "--as-of-commit", "1", code=2).stderr
    assert "--explain" in run("check", store, "--as-of-commit", "1", "--explain", code=2).stderr
    assert "R99" in run("check", store, "--as-of-commit", "1", "--rule", "r99", code=2).stderr
    (store / "commits" / "demo" / "1.nq.gz").unlink()
    assert "audit verify" in run("check", store, "--as-of-commit", "2", code=2).stderr


def test_an_audit_log_that_is_whole(store: Path) -> None:
    chinese = run("audit", "verify", store).stdout.splitlines()
    assert chinese[:2] == ["共2条，全部完好", "已核对：审计条目、改动文件、规则存档"]
    assert chinese[2].startswith("未核对：各局的数据（加 --data 核对）、推导结果和缺口登记")
    english = run("audit", "verify", store, "--data", "--lang", "en").stdout.splitlines()
    assert english[0] == "2 entries: all whole"
    assert english[1].endswith("the data of the bureaus")
    assert english[2].startswith("Not verified: what was derived and the register of gaps")
    assert run("audit", "verify", store, "--json").stdout == ""


def test_an_audit_log_that_was_tampered_with(store: Path) -> None:
    graphs = ox.Store(store / "graph")
    for quad in graphs.quads_for_pattern(ox.NamedNode(f"{DEFAULT_BASE}audit/1"), None, None, None):
        graphs.remove(quad)
    del graphs
    (store / "commits" / "demo" / "2.nq.gz").write_bytes(b"")

    said = run("audit", "verify", store, code=1).stdout
    assert "第1条缺失" in said
    assert "commits/demo/2.nq.gz已被改动" in said
    english = run("audit", "verify", store, "--lang", "en", code=1).stdout
    assert "entry 1 is missing" in english
    assert "commits/demo/2.nq.gz was altered" in english
    told = [json.loads(line) for line in run("audit", "verify", store, "--json", code=1).stdout.splitlines()]
    assert [(one["sequence"], one["commit"]) for one in told] == [(1, None), (None, 1), (None, 2)]


def test_the_audit_log_is_listed(store: Path) -> None:
    with StoreFolder.open(store) as folder:
        hostile = "a\tb\n\x1b[31mred"
        Committer(folder).note(COMMAND_LINE, Action.BACKUP, bureau=None, target="store", note=hostile)

    lines = run("audit", "log", store).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["3", "2", "1"]
    assert [len(line.split("\t")) for line in lines] == [8, 8, 8]
    assert "\x1b" not in lines[0]
    told = [json.loads(line) for line in run("audit", "log", store, "--json").stdout.splitlines()]
    assert (told[0]["note"], told[0]["previous"]) == (hostile, told[1]["hash"])
    assert len(run("audit", "log", store, "--bureau", "demo").stdout.splitlines()) == 2
    assert len(run("audit", "log", store, "--limit", "1").stdout.splitlines()) == 1
    assert "two" in run("audit", "log", store, "--bureau", "two", code=2).stderr


@pytest.mark.parametrize("command", ["audit", "history", "upgrade"])
def test_what_is_no_store_is_told(tmp_path: Path, command: str) -> None:
    words = ("audit", "verify") if command == "audit" else (command,)
    assert "不是图库" in run(*words, tmp_path, code=2).stderr
    assert "no store" in run(*words, tmp_path / "nowhere", "--lang", "en", code=2).stderr


def test_an_old_store_is_upgraded(tmp_path: Path) -> None:
    book, path = ledger(tmp_path / "book.xlsx"), tmp_path / "old"
    made: Delta = read([book], base=DEFAULT_BASE, bureau=None, partial=False, engine="compiled").delta
    old = EmbeddedStore(path)
    old.commit(made)
    old.close()

    assert "dutygraph upgrade" in run("check", path, code=2).stderr
    planned = run("upgrade", path, "--dry-run").stdout
    assert "demo：" in planned
    assert "未作任何改动" in planned
    assert "dutygraph upgrade" in run("check", path, code=2).stderr

    assert "已升级" in run("upgrade", path).stdout
    assert gaps(report(path)) == gaps(report(book))
    assert "无需升级" in run("upgrade", path).stdout
    assert "nothing to do" in run("upgrade", path, "--lang", "en", "--dry-run").stdout
    assert "已新增0条、删除0条" in run("load", book, "--store", path).stdout
