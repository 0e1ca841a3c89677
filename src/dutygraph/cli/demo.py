"""``dutygraph demo``: the main job on the example bureau, in one screen."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from shutil import which
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dutygraph.check import check
from dutygraph.cli.console import progress, refuse, step, write_output
from dutygraph.cli.coverage import as_table
from dutygraph.cli.options import Engine, EngineName, Lang, Language
from dutygraph.coverage import Axis, coverage
from dutygraph.coverage.totals import TotalRow, declared_totals
from dutygraph.model import CheckReport, Finding, Severity, Text
from dutygraph.report.wrapping import add_row, table
from dutygraph.sources import open_source

GRAVEST = 12
GRAVEST_RULES = (
    "R71",
    "R12",
    "R01",
    "R49",
)  # what the office asks first: unsupervised, uncontrolled, unowned
NEXT_STEPS = (
    (
        "dutygraph demo --save bureau.xlsx",
        Text("存下示例台账，打开看看", "save the example workbook and open it"),
    ),
    (
        "dutygraph check bureau.xlsx --format xlsx -o gaps.xlsx",
        Text("得到可逐条办理的缺口清单", "a gap list to work through"),
    ),
    (
        "dutygraph template -o forms.xlsx",
        Text("领取空白表格，填报本单位台账", "the empty forms for your own bureau"),
    ),
)


def run(
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="另存示例台账 / save the example workbook")
    ] = None,
    lang: Lang = Language.ZH,
    engine: Engine = EngineName.COMPILED,
) -> None:
    """用示例供电局演示主要功能 / The main job on the example bureau."""
    with resources.as_file(
        resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")
    ) as workbook:
        if save is not None:
            _save(workbook, save, lang)
            return
        with progress() as bar:
            step(bar, "read", lang)
            source = open_source([workbook], engine=engine.value)
            report = check(
                source.store,
                source.names,
                engine=engine.value,
                notices=source.notices,
                progress=lambda name: step(bar, name, lang),
            )
            rows = coverage(source.store, source.names, Axis.STAR)
            totals = declared_totals(source.store, source.names)
    console = Console(highlight=False)
    heading = f"{report.bureau_label} {report.as_of.isoformat()}"
    console.print(_totals(totals, lang, heading))
    console.print(as_table(rows, Axis.STAR, lang, heading))
    console.print(_gravest(report, lang))
    _next_steps(console, lang)


def _save(workbook: Path, target: Path, lang: Language) -> None:
    if target.exists():
        refuse(Text(f"“{target}”已存在，未覆盖。", f"{target} exists and was left alone."), lang)
    write_output(workbook.read_bytes(), target, lang)
    typer.echo(f"Saved to {target}" if lang is Language.EN else f"已保存到“{target}”")


def _totals(rows: tuple[TotalRow, ...], lang: Language, heading: str) -> Table:
    titles = ("Counted", "Registered", "Declared", "Sum of parts")
    if lang is Language.ZH:
        titles = ("统计", "台账实数", "申报总数", "分项之和")
    totals = table(titles, title=heading, numbers=(1, 2, 3))
    for row in rows:
        figures = (row.counted, row.declared, row.parts)
        add_row(totals, (row.total.label, *("" if figure is None else str(figure) for figure in figures)))
    return totals


def _gravest(report: CheckReport, lang: Language) -> Table:
    grave = [finding for finding in report.open_findings if finding.severity is Severity.VIOLATION]
    said = f"{len(report.open_findings)} gaps, {len(grave)} of them violations; the first {GRAVEST}:"
    titles = ("Rule", "Gap", "Who must act")
    if lang is Language.ZH:
        said = f"共{len(report.open_findings)}处缺口，其中严重{len(grave)}处；先看这{GRAVEST}处："
        titles = ("规则", "缺口", "由谁办理")
    gaps = table(titles, title=said)
    for finding in _one_per_rule(grave)[:GRAVEST]:
        add_row(gaps, (finding.rule, finding.message.in_language(lang), responsible(finding, lang)))
    return gaps


def _one_per_rule(findings: list[Finding]) -> list[Finding]:
    first = {finding.rule: finding for finding in reversed(findings)}
    return sorted(first.values(), key=lambda f: (f.rule not in GRAVEST_RULES, *_place(f.rule)))


def _place(rule: str) -> tuple[int, str]:
    return (GRAVEST_RULES.index(rule) if rule in GRAVEST_RULES else 0, rule)


def responsible(finding: Finding, lang: Language) -> str:
    """Return who must act: department, post, the two nearest supervisors."""
    who = finding.responsible
    supervisors = [appointment for tier in (3, 2, 1) for appointment in who.supervisors.get(tier, ())][:2]
    if lang is Language.EN:
        post, listed = f"post {who.post}", f"supervisors {', '.join(supervisors)}"
    else:
        post, listed = f"岗位{who.post}", f"监督员{'、'.join(supervisors)}"
    parts = (who.department, post if who.post else None, listed if supervisors else None)
    return "\n".join(part for part in parts if part)


def _called_by() -> str:
    """Return the command as the user can type it again: by its path where it is not on ``PATH``."""
    typed = Path(sys.argv[0])
    return "dutygraph" if typed.stem != "dutygraph" or which("dutygraph") else str(typed)


def _next_steps(console: Console, lang: Language) -> None:
    console.print("Next:" if lang is Language.EN else "接下来：")
    for command, meaning in NEXT_STEPS:
        console.print(
            f"  {command.replace('dutygraph', _called_by(), 1)}\n      {meaning.in_language(lang)}",
            markup=False,
        )
