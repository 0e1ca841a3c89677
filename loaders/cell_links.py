"""Links to the very cells of a source's workbooks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dutygraph.loaders.catalogue import form_of
from dutygraph.loaders.grid import Grid, find_header, letters, unmerged
from dutygraph.loaders.rdf import Quads
from dutygraph.loaders.sources import DEFAULT_MAX_BYTES, read_source
from dutygraph.model import Cell, Problem

_LINKABLE = {".xlsx", ".xlsm"}


@dataclass(frozen=True, slots=True)
class CellLinks:
    """Where the workbooks of a source lie, and in which column each header of their sheets stands."""

    files: Mapping[str, Path]
    letters: Mapping[tuple[str, str, str], str]

    def address(self, cell: Cell, seen_from: Path) -> str | None:
        """Return the address of a cell as a file in folder *seen_from* names it: ``../b.xlsx#'表1'!D7``.

        A ledger of unknown place is looked for in that folder; None for what is no cell of a workbook.
        """
        if cell.sheet is None or Path(cell.file).suffix.lower() not in _LINKABLE:
            return None
        file = self.files.get(cell.file)
        path = cell.file if file is None else Path(os.path.relpath(file, seen_from)).as_posix()
        letter = self.letters.get((cell.file, cell.sheet, cell.column or ""), "A")
        sheet = cell.sheet.replace("'", "''")
        return f"{path}#'{sheet}'!{letter}{cell.row or 1}"


def find_cell_links(paths: Sequence[Path]) -> CellLinks:
    """Look up the headers of the workbooks among *paths*; files that cannot be read are passed over."""
    files: dict[str, Path] = {}
    found: dict[tuple[str, str, str], str] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        for grids in read_source(path, DEFAULT_MAX_BYTES):
            if isinstance(grids, Problem | Quads):
                continue
            for grid in grids:
                files[grid.file] = folder / grid.file
                found.update(_letters(grid))
    return CellLinks(files, found)


def _letters(grid: Grid) -> Mapping[tuple[str, str, str], str]:
    form = form_of(grid.sheet)
    header = form and find_header(unmerged(grid), form)
    if not form or not header:
        return {}
    known = ((index, form.known(name)) for index, name in enumerate(header.names) if name)
    return {(grid.file, grid.sheet, column.header): letters(index) for index, column in known if column}
