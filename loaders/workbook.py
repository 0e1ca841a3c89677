"""Workbooks: .xlsx, .xlsm, .xls, .xlsb and .ods, through calamine."""

from __future__ import annotations

from pathlib import Path

import python_calamine as calamine

from dutygraph.loaders.errors import DamagedSource, EncryptedSource
from dutygraph.loaders.grid import Grid
from dutygraph.loaders.unpacking import inspect_workbook
from dutygraph.loaders.worksheetscan import Place

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xltx", ".xlam"})


def read_workbook(path: Path, max_bytes: int) -> list[Grid]:
    """Return the worksheets of a workbook, hidden ones too, with the values that formulas last had.

    Raises:
        SourceError: it cannot be read.
    """
    lost = inspect_workbook(path, max_bytes)
    try:
        # Given as a stream, so that the content decides on the format, not the name.
        with path.open("rb") as stream, calamine.load_workbook(stream) as workbook:
            return [
                _grid(path.name, workbook, number, sheet, lost.get(sheet.name, frozenset()))
                for number, sheet in enumerate(workbook.sheets_metadata)
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        raise EncryptedSource(path.name, "encrypted") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise DamagedSource(path.name, "damaged") from error
    except BaseException as error:
        # A bug of the reader on a damaged file ends as a Rust panic, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise DamagedSource(path.name, "damaged") from error
        raise


def _grid(
    file: str,
    workbook: calamine.CalamineWorkbook,
    number: int,
    metadata: calamine.SheetMetadata,
    lost: frozenset[Place],
) -> Grid:
    sheet = workbook.get_sheet_by_index(number)
    hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
    merged = sheet.merged_cell_ranges or ()
    rows = sheet.to_python(skip_empty_area=False)
    return Grid(file, metadata.name, rows, merged, hidden, lost)
