"""Widths of the tables of a finished document: docxtpl evens them out where a template repeats columns."""

from __future__ import annotations

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl, CT_Tc

from dutygraph.documents.colours import is_dark

_ORDER = (
    "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection",
    "tcFitText", "vAlign", "hideMark",
)  # fmt: skip


def fit_columns(document: Document) -> None:
    """Set each table's grid to the widths its fullest row names, no wider than the page allows.

    docxtpl also puts the properties of cells in an order of its own, at which Word may balk: they are sorted.
    """
    section = document.sections[0]
    room = sum(
        (one or 0) * sign
        for one, sign in ((section.page_width, 1), (section.left_margin, -1), (section.right_margin, -1))
    )
    for table in document.tables:
        _fit(table._tbl, room // 635)  # noqa: SLF001  # twentieths of a point in EMU
    places = {qn(f"w:{name}"): place for place, name in enumerate(_ORDER)}
    for properties in document.element.body.iter(qn("w:tcPr")):
        properties[:] = sorted(properties, key=lambda one: places.get(one.tag, len(places)))
    for cell in document.element.body.iter(qn("w:tc")):
        _lighten(cell)


def _lighten(cell: CT_Tc) -> None:
    """Write white where a template left the ink of a dark cell to the program."""
    shade = None if cell.tcPr is None else cell.tcPr.find(qn("w:shd"))
    if shade is None or not is_dark(shade.get(qn("w:fill"), "")):
        return
    for run in cell.iter(qn("w:r")):
        properties = run.get_or_add_rPr()
        if properties.find(qn("w:color")) is None:
            ink = OxmlElement("w:color")
            ink.set(qn("w:val"), "FFFFFF")
            properties.append(ink)


def _fit(table: CT_Tbl, room: int) -> None:
    rows = [row for row in table.tr_lst if all(cell.grid_span == 1 for cell in row.tc_lst)]
    row = max(rows, key=lambda one: len(one.tc_lst), default=None)
    if row is None or len(row.tc_lst) != len(table.tblGrid.gridCol_lst):
        return
    widths = [(cell.width or 0) // 635 for cell in row.tc_lst]
    if not all(widths):
        return
    scale = min(1.0, room / sum(widths))
    scaled = [int(width * scale) for width in widths]
    for column, width in zip(table.tblGrid.gridCol_lst, scaled, strict=True):
        column.set(qn("w:w"), str(width))
    if scale < 1:
        for one in rows:
            for cell, width in zip(one.tc_lst, scaled, strict=False):
                cell.width = width * 635  # type: ignore[assignment]
