"""Small files that claim large areas, in the formats that the test libraries cannot write."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dutygraph.loaders import load
from dutygraph.loaders.extents import OdsScan, XlsbScan
from dutygraph.loaders.worksheetscan import WorksheetScan

from .ledgers import only, triples

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


def cells(*texts: str, repeated: int = 1) -> str:
    opened = f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string">'
    return "".join(f"{opened}<text:p>{text}</text:p></table:table-cell>" for text in texts)


def row(content: str, repeated: int = 1) -> str:
    blank = '<table:table-cell table:number-columns-repeated="16300"/>'
    return f'<table:table-row table:number-rows-repeated="{repeated}">{content}{blank}</table:table-row>'


def write_ods(path: Path, rows: str) -> Path:
    table = f'<table:table table:name="表1 业务清单">{rows}{row("", 1_000_000)}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f'<office:document-content {NAMESPACES} office:version="1.2">{body}</office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def test_an_open_document_is_read(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "x.ods", row(cells("业务编号", "业务名称")) + row(cells("B04", "业扩")))
    loaded = load([path], bureau="demo")
    assert loaded.problems == ()
    assert ("business/B04", "label", "业扩") in triples(loaded)


@pytest.mark.parametrize(
    "rows",
    [
        row(cells("甲", repeated=16_000), 1_000),
        row(cells("甲")) + row("", 999_998) + row(cells("乙", repeated=99)),
    ],
)
def test_repeated_cells_that_claim_too_much_are_refused(tmp_path: Path, rows: str) -> None:
    path = write_ods(tmp_path / "x.ods", rows)
    assert path.stat().st_size < 2_000
    assert "too far to be read" in only(load([path], bureau="demo").problems).message.en


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_the_pieces_do_not_matter(size: int) -> None:
    xml = (row(cells("甲", "乙"), 3) + row("", 50) + row(cells("丙", repeated=9))).encode()
    scan = OdsScan()
    for start in range(0, len(xml), size):
        scan.feed(xml[start : start + size])
    scan.feed(b"<end>")
    assert (scan.rows, scan.columns) == (54, 9)


def record(kind: int, content: bytes) -> bytes:
    size = (
        bytes([len(content) & 0x7F | 0x80, len(content) >> 7])
        if len(content) > 0x7F
        else bytes([len(content)])
    )
    return (bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])) + size + content


@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_binary_worksheets_are_measured(size: int) -> None:
    data = b"".join(
        (
            record(129, b""),
            record(0, (0).to_bytes(4, "little") + bytes(200)),
            record(7, (2).to_bytes(4, "little") + bytes(8)),
            record(0, (1_048_575).to_bytes(4, "little") + bytes(13)),
            record(1, (16_383).to_bytes(4, "little") + bytes(4)),
            record(5, (16_000).to_bytes(4, "little") + bytes(12)),
            record(130, b""),
        )
    )
    scan = XlsbScan()
    for start in range(0, len(data), size):
        scan.feed(data[start : start + size])
    assert (scan.rows, scan.columns) == (1_048_576, 16_001)


def test_a_worksheet_is_measured_and_its_lost_values_found() -> None:
    scan = WorksheetScan()
    scan.feed(b'<c r="A1" t="s"><v>0</v></c><c r="XFD9" s="1"/><c r="B2" t="str"><f>""</f><v></v></c>')
    scan.feed(b'<c r="C3"><f>1+2</f><v></v></c><c r="C4"><f>1+2</f><v/></c><c r="C5"><f>1+2</f><v>3</v></c>')
    scan.feed(b'<c r="D6" t="e"><v>#N/A</v></c><x:c t="e" r="D7"><x:f>A1</x:f><x:v>#REF!</x:v></x:c>')
    assert (scan.rows, scan.columns) == (7, 4)
    assert scan.lost == {(2, 2), (3, 2), (5, 3), (6, 3)}
