"""The script makes the committed workbook, and the same one every time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dutygraph import examples
from dutygraph.examples.bureau_faults import Edit, Fault, apply_faults, faults
from dutygraph.examples.bureau_ledger import sheets
from dutygraph.examples.make_bureau import clean_ledger, faulty_ledger, main

COMMITTED = Path(examples.__file__).parent / "bureau" / "bureau.xlsx"


def members(path: Path) -> dict[str, tuple[tuple[int, ...], bytes]]:
    # Members, not raw bytes: what a deflate of the same text looks like is up to the zlib at hand.
    with zipfile.ZipFile(path) as archive:
        return {info.filename: (info.date_time, archive.read(info)) for info in archive.infolist()}


def test_the_script_reproduces_the_committed_workbook(tmp_path: Path) -> None:
    assert members(main(["-o", str(tmp_path)])) == members(COMMITTED)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (main(["-o", str(tmp_path / name)]).read_bytes() for name in ("first", "second"))
    assert first == second


def test_the_clean_bureau_differs(tmp_path: Path) -> None:
    assert members(main(["--clean", "-o", str(tmp_path)])) != members(COMMITTED)


def test_no_row_has_a_column_that_its_sheet_lacks() -> None:
    ledger = faulty_ledger()
    strange = {
        (sheet.name, column)
        for sheet in sheets()
        for row in ledger[sheet.name]
        for column in row.keys() - set(sheet.columns)
    }
    assert strange == set()


def test_every_fault_changes_the_ledger_by_itself() -> None:
    clean = clean_ledger()
    idle = [fault.id for fault in faults() if apply_faults(clean, (fault,)) == clean]
    assert idle == []


def test_a_fault_that_matches_nothing_is_an_error() -> None:
    lost = Fault("F00", "找不到的一行", (Edit("表1 业务清单", where={"业务编号": "B99"}, set={"别名": ""}),))
    with pytest.raises(LookupError, match="F00"):
        apply_faults(clean_ledger(), (lost,))
