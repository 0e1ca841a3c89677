"""Documents as written, read back with python-docx and openpyxl."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.table import Table

Rows = list[tuple[str, ...]]


def word(path: Path) -> Document:
    return docx.Document(str(path))


def cells(table: Table) -> Rows:
    """Return the rows of a table; a cell of several lines keeps its line feeds."""
    return [tuple(_text(cell) for cell in row._tr.tc_lst) for row in table.rows]


def _text(cell: CT_Tc) -> str:
    return "\n".join(
        "".join(
            "\n" if node.tag == qn("w:br") else node.text or ""
            for node in paragraph.iter(qn("w:t"), qn("w:br"))
        )
        for paragraph in cell.iter(qn("w:p"))
    )


def tables(document: Document, *headings: str) -> list[Table]:
    """Return the tables that begin with these headings."""
    return [table for table in document.tables if cells(table)[0][: len(headings)] == headings]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def everything(document: Document) -> str:
    """Return all text of a document, headers included."""
    told = [*texts(document), *(cell for table in document.tables for row in cells(table) for cell in row)]
    for section in document.sections:
        told += [paragraph.text for paragraph in section.header.paragraphs]
    return "\n".join(told)


def sheet(path: Path, name: str) -> Iterator[dict[str, object]]:
    """Yield the rows of a sheet by heading."""
    rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    headings = [str(one) for one in next(rows)]
    for row in rows:
        yield dict(zip(headings, row, strict=True))
