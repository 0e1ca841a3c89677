"""Bad input through the command: exit code 2, every cell named at once, nothing loaded, no traceback."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from .door import BUSINESSES, LEDGER, NODES, gaps, ledger, process, report, run

WRONG_NODES = (
    (*NODES[0], "评估无风险日期"),
    ("B04", "B04-N01", "第一", "现场勘查", "大概", "G12", "2025-02-30"),
    ("B04", "B04-N02", 2, "方案答复", "是", "G12", None),
    ("B04", "B04-N02", 3, "方案答复", "是", "G12", None),
)


def empty(path: Path) -> None:
    openpyxl.Workbook().save(path)


def unknown_sheet(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["甲", "乙"])
    book.save(path)


def truncated(path: Path) -> None:
    ledger(path)
    path.write_bytes(path.read_bytes()[:3000])


def text(path: Path) -> None:
    path.write_text("业务编号,业务名称\n", encoding="utf-8")


def encrypted(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)


def bomb(path: Path) -> None:
    ledger(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet99.xml", b"0" * 80_000_000)


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000)


FILES: list[tuple[Callable[[Path], None], str, str]] = [
    (empty, "没有任何内容", "nothing"),
    (unknown_sheet, "Sheet", "Sheet"),
    (truncated, "损坏", "damaged"),
    (text, "不是", "not one"),
    (encrypted, "", ""),
    (bomb, "", ""),
    (large, "100", "100"),
]


@pytest.mark.parametrize(("make", "zh", "en"), FILES, ids=lambda x: getattr(x, "__name__", ""))
@pytest.mark.parametrize("command", ["check", "coverage", "export", "load"])
def test_a_file_that_is_no_ledger(
    tmp_path: Path, command: str, make: Callable[[Path], None], zh: str, en: str
) -> None:
    path = tmp_path / "book.xlsx"
    make(path)
    store = ("--store", tmp_path / "store") if command == "load" else ()

    chinese = run(command, path, *store, code=2)
    english = run(command, path, *store, "--lang", "en", code=2)

    assert chinese.stdout == english.stdout == ""
    assert chinese.stderr.startswith("book.xlsx")
    assert zh in chinese.stderr
    assert en in english.stderr
    assert not (tmp_path / "store").exists()


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    said = run("check", tmp_path / "a.xlsx", tmp_path / "b.ttl", tmp_path / "empty", code=2).stderr

    assert [line.partition("：")[0] for line in said.splitlines()[:3]] == ["a.xlsx", "b.ttl", "empty"]
    assert "--partial" not in said  # it would not help


def test_every_bad_cell_is_named_at_once(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES)

    lines = run("check", book, code=2).stderr.splitlines()

    assert [line.partition("：")[0] for line in lines[:4]] == [
        "book.xlsx 〔表2 流程节点〕 第2行 “序号”",
        "book.xlsx 〔表2 流程节点〕 第2行 “是否关键”",
        "book.xlsx 〔表2 流程节点〕 第2行 “评估无风险日期”",
        "book.xlsx 〔表2 流程节点〕 第4行 “节点编号”",
    ]
    assert lines[4].startswith("共4处问题，未载入任何数据。")
    assert len(lines) == 5


def test_they_are_named_in_the_users_language(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES)

    said = run("check", book, "--lang", "en", code=2).stderr

    assert "book.xlsx 〔表2 流程节点〕 row 2 “是否关键”:" in said
    assert "4 problems; nothing was loaded." in said


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    rest = {name: rows for name, rows in LEDGER.items() if name != "表1 业务清单"}
    from_others = openpyxl.Workbook()
    from_others.remove(from_others.worksheets[0])
    for name, rows in rest.items():
        sheet = from_others.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    from_others.save(tmp_path / "book.xlsx")

    assert "业务清单" in run("check", tmp_path / "book.xlsx", code=2).stderr


def test_an_unknown_header_is_kept_and_told_of(tmp_path: Path) -> None:
    rows = ((*BUSINESSES[0], "备忘"), (*BUSINESSES[1], "记一下"), (*BUSINESSES[2], None))

    said = run("check", ledger(tmp_path / "book.xlsx", 业务清单=rows), code=1)

    assert "“备忘”" in said.stdout


def test_a_reference_to_nothing_is_loaded_and_a_gap(tmp_path: Path) -> None:
    rows = (NODES[0], (*NODES[1][:5], "G99"))

    assert ("R72", "B04-N01", "G99") in gaps(report(ledger(tmp_path / "book.xlsx", 流程节点=rows)))


def test_a_cell_that_starts_with_an_equals_sign_leaves_as_text(tmp_path: Path) -> None:
    rows = (BUSINESSES[0], ("B04", '=HYPERLINK("http://x")', *BUSINESSES[1][2:]))
    book = ledger(tmp_path / "book.xlsx", 业务清单=rows)
    gap_list, table = tmp_path / "gaps.xlsx", tmp_path / "gaps.csv"

    run("check", book, "-o", gap_list, code=1)
    run("check", book, "-o", table, code=1)

    cells = [cell for row in openpyxl.load_workbook(gap_list).worksheets[0].iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert "'=HYPERLINK" in table.read_text(encoding="utf-8-sig")


def test_csv_in_an_unknown_encoding(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "业务清单.csv").write_bytes(b"\xff\xff\x81\xff\n")

    assert "业务清单.csv" in run("check", folder, code=2).stderr


def test_the_good_rows_are_loaded_and_the_others_come_back_to_be_corrected(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES)
    store = tmp_path / "store"

    first = run("load", book, "--store", store, "--partial")

    returned = tmp_path / "book-退回.xlsx"
    assert str(returned) in first.stderr
    assert report(store)["counts"]["ProcessNode"] == 1
    rejected = openpyxl.load_workbook(returned)
    sheet = rejected["流程节点"] if "流程节点" in rejected.sheetnames else rejected["表2 流程节点"]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        right = {
            "序号": row[0].row,
            "是否关键": "是",
            "评估无风险日期": None,
            "节点编号": "B04-N01" if row[0].row == 2 else "B04-N03",
        }
        for header, value in right.items():
            row[headers.index(header)].value = value
    rejected.save(returned)

    run("load", book, returned, "--store", store)

    assert report(store)["counts"]["ProcessNode"] == 3


def test_an_older_workbook_of_refused_rows_is_left_alone(tmp_path: Path) -> None:
    book = ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES)
    (tmp_path / "book-退回.xlsx").write_bytes(b"half corrected")

    run("check", book, "--partial", code=1)

    assert (tmp_path / "book-退回.xlsx").read_bytes() == b"half corrected"
    assert (tmp_path / "book-退回-2.xlsx").is_file()


def test_without_partial_no_workbook_is_written(tmp_path: Path) -> None:
    run("check", ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES), code=2)

    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_bad_input_in_a_process_of_its_own(tmp_path: Path) -> None:
    done = process("check", ledger(tmp_path / "book.xlsx", 流程节点=WRONG_NODES))

    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith("book.xlsx 〔表2 流程节点〕 第2行 “序号”：")
    assert len(done.stderr.decode().splitlines()) == 5
