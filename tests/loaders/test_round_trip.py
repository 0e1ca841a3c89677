"""Random ledgers, written with another library in the ways ledgers are written, come back as they were."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutygraph.loaders import ColumnForm, SheetForm, load, sheet_forms
from dutygraph.loaders.grid import Grid
from dutygraph.loaders.reading import Reading, read_grids
from dutygraph.loaders.template import _words
from dutygraph.loaders.workbook import read_workbook

from .ledgers import BUREAU, write_book

FORMS = [form for form in sheet_forms() if form.key != ("局编号",)]
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-ABCGJNPRT"}
TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda text: text.strip() == text and text != "无" and not text.startswith(("'", "=")))
IDENTIFIER = st.from_regex(r"[ABCGJNPRT][0-9]{1,3}(-[0-9]{1,2})?", fullmatch=True)
DAY = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


def values(column: ColumnForm) -> st.SearchStrategy[str]:
    """Return the texts that a record may hold for a column."""
    strategies: Mapping[str, st.SearchStrategy[str]] = {
        "identifier": IDENTIFIER,
        "reference": IDENTIFIER,
        "text": TEXT if not column.many else IDENTIFIER,
        "label": TEXT if not column.many else IDENTIFIER,
        "integer": st.integers(0, 999).map(str),
        "decimal": st.integers(0, 9999).map(lambda n: f"{n / 4:.2f}".rstrip("0").rstrip(".")),
        "date": DAY.map(dt.date.isoformat),
        "month": DAY.map(lambda day: f"{day:%Y-%m}"),
        "year": st.integers(2000, 2099).map(str),
        "period": st.sampled_from(["2025", "2025-H1", "2025-Q3", "2025-05"]),
        "tier": st.sampled_from("123"),
        "star": st.sampled_from("1234"),
        "parts": st.builds("{}{}".format, st.sampled_from(["三星", "二星"]), st.integers(0, 99)),
    }
    strategy = strategies[column.type] if column.type in strategies else st.sampled_from(_words(column))
    if not column.many:
        return strategy
    return st.lists(strategy, min_size=1, max_size=3, unique=True).map("；".join)


def written(draw: st.DrawFn, column: ColumnForm, value: str) -> Any:
    """Return one of the ways in which a ledger writes a value."""
    if column.many:
        return value.replace("；", draw(st.sampled_from(["；", ";", "\n", " ； "])))
    ways: list[Any] = [value]
    if column.type == "date":
        day = dt.date.fromisoformat(value)
        ways += [day, dt.datetime.combine(day, dt.time()), f"{day.year}/{day.month}/{day.day}"]
    if column.type in ("identifier", "reference"):
        ways += [f" {value}\u3000", value.translate(FULL_WIDTH)]
    if column.type in ("integer", "year", "decimal", "star"):
        ways += [float(value), f" {value.translate(FULL_WIDTH)} "]
    if column.type == "tier":
        ways += [f"{'一二三'[int(value) - 1]}级", int(value)]
    return draw(st.sampled_from(ways))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[SheetForm, Sequence[Mapping[str, str]], Sequence[Sequence[Any]]]:
    form = draw(st.sampled_from(FORMS))
    rows: list[dict[str, str]] = []
    for _ in range(draw(st.integers(1, 4))):
        chosen = [c for c in form.columns if c.required or c.header in form.one_of or draw(st.booleans())]
        rows.append({column.header: draw(values(column)) for column in chosen})
    columns = draw(st.permutations(form.columns))
    table: list[list[Any]] = [[None]] * draw(st.integers(0, 2))
    table.append([column.header for column in columns])
    table += [[written(draw, c, row[c.header]) if c.header in row else None for c in columns] for row in rows]
    return form, rows, table


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(sheets())
def test_records_come_back_as_they_were(
    sheet: tuple[SheetForm, Sequence[Mapping[str, str]], Sequence[Sequence[Any]]],
) -> None:
    form, rows, table = sheet
    reading = Reading()
    with tempfile.TemporaryDirectory() as folder:
        path = write_book(Path(folder) / "book.xlsx", {form.name: table})
        read_grids(read_workbook(path, 10**7), reading)
    assert reading.problems == []
    assert [dict(row.record.values) for row in reading.rows] == [dict(row) for row in rows]
    assert [row.record.row for row in reading.rows] == list(range(len(table) - len(rows) + 1, len(table) + 1))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(sheets())
def test_whatever_is_refused_comes_with_a_reason_and_the_rest_has_cells(
    sheet: tuple[SheetForm, Sequence[Mapping[str, str]], Sequence[Sequence[Any]]],
) -> None:
    form, _, table = sheet
    with tempfile.TemporaryDirectory() as folder:
        path = write_book(Path(folder) / "book.xlsx", {form.name: table})
        loaded = load([path], bureau="demo", partial=True)
    refused = {(p.cell.sheet, p.cell.row) for p in loaded.problems if p.cell.row}
    assert refused == {(record.sheet, record.row) for record in loaded.rejected}
    said = [s for s in loaded.delta.added if str(s.subject) != BUREAU]
    assert all(s.cell and s.cell.sheet == form.name for s in said)
    assert not {s.cell.row for s in loaded.delta.added if s.cell} & {row for _, row in refused}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.text(max_size=6), st.integers(), st.floats(), st.booleans(), DAY),
            max_size=5,
        ),
        max_size=6,
    )
)
def test_no_sheet_breaks_the_reader(rows: list[list[Any]]) -> None:

    width = max(map(len, rows), default=0)
    square = [[*row, *[None] * (width - len(row))] for row in rows]
    for form in FORMS[:8]:
        header = [column.header for column in form.columns][:width] or ["x"]
        padded = [*header, *[None] * (width - len(header))]
        read_grids([Grid("f", form.name, [padded, *square])], Reading())
