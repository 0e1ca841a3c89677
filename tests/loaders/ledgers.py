"""Ledgers for the tests: small workbooks written with openpyxl, a library the product does not use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from rdflib import URIRef

from dutygraph.loaders import load
from dutygraph.model import Loaded, Problem

Rows = Sequence[Sequence[Any]]

SV = "https://w3id.org/dutygraph#"
BUREAU = "https://dutygraph.example/bureau/demo"

BASICS: Rows = (("局编号", "局名称", "年度", "数据日期"), ("demo", "示例区供电局", 2025, "2025-12-31"))
BUSINESSES: Rows = (("业务编号", "业务名称"), ("B04", "高压业扩报装管理"))
WHOLE: Mapping[str, Rows] = {"基本信息": BASICS, "表1 业务清单": BUSINESSES}


def write_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"
    book.save(path)
    return path


def load_book(folder: Path, sheets: Mapping[str, Rows], **options: Any) -> Loaded:
    """Load a workbook of these sheets, with the sheets that every ledger has added."""
    return load([write_book(folder / "book.xlsx", {**WHOLE, **sheets})], **options)


def triples(loaded: Loaded) -> set[tuple[str, str, str]]:
    """Return what was loaded as short texts: ``("node/N1", "runBy", "department/D")``."""
    return {(short(s.subject), short(s.predicate), short(s.object)) for s in loaded.delta.added}


def graph_of(loaded: Loaded, subject: str, predicate: str) -> str:
    found = {
        s.graph.value
        for s in loaded.delta.added
        if short(s.subject) == subject and short(s.predicate) == predicate
    }
    assert len(found) == 1, (subject, predicate, found)
    return found.pop()


def short(node: object) -> str:
    if isinstance(node, URIRef):
        text = str(node).removeprefix(f"{BUREAU}/").removeprefix("https://dutygraph.example/")
        return text.rpartition("#")[2] if "#" in text else text.removeprefix("http://purl.org/dc/terms/")
    return str(node)


def only(problems: Sequence[Problem]) -> Problem:
    assert len(problems) == 1, [problem.line("en") for problem in problems]
    return problems[0]
