"""``dutygraph coverage``: covered, total, ratio, and the names behind what is missing."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dutygraph.bureaus import describe_bureau
from dutygraph.check import date_of_check, prepare
from dutygraph.cli.console import progress, step, write_output
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import AsOf, Base, BureauCode, EngineName, Lang, Language, Output, Sources
from dutygraph.coverage import TITLES, Axis, CoverageRow, coverage
from dutygraph.report.safe_text import safe_text
from dutygraph.report.wrapping import add_row, table
from dutygraph.store import DEFAULT_BASE


class CoverageFormat(StrEnum):
    """The forms of a coverage table."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def run(
    sources: Sources,
    by: Annotated[Axis, typer.Option("--by", help="按什么统计 / by what to count")] = Axis.DEPARTMENT,
    as_of: AsOf = None,
    format_: Annotated[
        CoverageFormat, typer.Option("--format", help="输出格式 / format")
    ] = CoverageFormat.TABLE,
    output: Output = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """统计覆盖率，并列出未覆盖的对象 / Count coverage and name what is missing."""
    with progress() as bar:
        step(bar, "read", lang)
        source = open_or_refuse(
            sources, base=base, bureau=bureau, partial=False, engine=EngineName.COMPILED, lang=lang
        )
        step(bar, "derive", lang)
        stated = describe_bureau(source.store, source.names)
        date = date_of_check(stated, as_of.date() if as_of else None)
        prepare(source.store, source.names, date)
        rows = coverage(source.store, source.names, by)
    heading = f"{stated.label} {date.isoformat()}"
    if format_ is CoverageFormat.TABLE and output is None:
        Console().print(as_table(rows, by, lang, heading))
        return
    json_wanted = format_ is CoverageFormat.JSON
    data = _as_json(rows, by, date.isoformat()) if json_wanted else _as_csv(rows, lang)
    write_output(data, output, lang, keep=sources)


def as_table(rows: tuple[CoverageRow, ...], axis: Axis, lang: Language, heading: str) -> Table:
    """Return the coverage as a table for a terminal."""
    titles = ("Group", "Covered", "Total", "Ratio", "Missing")
    if lang is Language.ZH:
        titles = ("分组", "已覆盖", "总数", "覆盖率", "未覆盖")
    made = table(titles, title=f"{heading}\n{TITLES[axis].in_language(lang)}", numbers=(1, 2, 3))
    for row in rows:
        missing = "\n".join(_name(thing.label, thing.id) for thing in row.missing)
        label = row.label.in_language(lang)
        add_row(made, (label, str(row.covered), str(row.total), percent(row), missing))
    return made


def percent(row: CoverageRow) -> str:
    """Return the ratio as a percentage with one decimal; a dash where there is nothing to cover."""
    return "—" if row.ratio is None else f"{float(row.ratio * 100):.1f}%"


def _name(label: str, identifier: str) -> str:
    return identifier if label in ("", identifier) else f"{label}（{identifier}）"


def _as_json(rows: tuple[CoverageRow, ...], axis: Axis, as_of: str) -> bytes:
    data = {
        "by": axis.value,
        "asOf": as_of,
        "rows": [
            {
                "group": row.group,
                "label": {"zh": row.label.zh, "en": row.label.en},
                "covered": row.covered,
                "total": row.total,
                "ratio": None if row.ratio is None else round(float(row.ratio), 4),
                "missing": [{"id": t.id, "kind": t.kind, "label": t.label} for t in row.missing],
            }
            for row in rows
        ],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _as_csv(rows: tuple[CoverageRow, ...], lang: Language) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    headings = ["group", "covered", "total", "ratio", "missing"]
    writer.writerow(["分组", "已覆盖", "总数", "覆盖率", "未覆盖"] if lang is Language.ZH else headings)
    for row in rows:
        missing = "；".join(thing.id for thing in row.missing)
        cells = [row.label.in_language(lang), row.covered, row.total, percent(row), missing]
        writer.writerow([safe_text(str(cell)) for cell in cells])
    return text.getvalue().encode("utf-8-sig")
