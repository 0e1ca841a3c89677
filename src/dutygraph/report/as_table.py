"""The report for a terminal: by rule, then by responsible department, Chinese width right."""

from __future__ import annotations

import io
import shutil

import wcwidth
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dutygraph.model import CheckReport, Finding, RuleOutcome, Severity
from dutygraph.report.rows import by_department, place
from dutygraph.report.words import kind_name, word

NARROWEST = 60
OVERHANG = 2  # room for one closing mark past the edge of the text
CLOSING = "，。；：、！？）”》〕"
STYLES = {Severity.VIOLATION: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
COUNTED = ("Business", "KeyNode", "KeyPost", "IntegrityRisk", "Control", "LineChart", "TaskSheet", "Issue")


def as_table(report: CheckReport, lang: str) -> bytes:
    """Return the report as plain text as wide as the terminal (80 columns where there is none)."""
    width = max(shutil.get_terminal_size((80, 24)).columns, NARROWEST)
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    print_table(console, report, lang)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "".join(line.rstrip() + "\n" for line in text.splitlines()).encode()


def print_table(console: Console, report: CheckReport, lang: str) -> None:
    """Print the report on a console."""
    _print_head(console, report, lang)
    for outcome in report.rules:
        gaps = [f for f in report.findings if (f.rule, f.severity) == (outcome.rule, outcome.severity)]
        if gaps:
            _print_rule(console, outcome, gaps, lang)
    _print_departments(console, report, lang)
    _print_unexamined(console, report, lang)
    for notice in report.notices:
        console.print(Text(f"{word('heading', 'notices', lang)}: {notice.line(lang)}"))


def _print_head(console: Console, report: CheckReport, lang: str) -> None:
    title = word("heading", "title", lang)
    as_of = f"{word('heading', 'as_of', lang)} {report.as_of.isoformat()}"
    console.print(Text(f"{title}  {report.bureau_label}（{report.bureau}）  {as_of}", style="bold"))
    counts = (f"{kind_name(name, lang)} {report.counts.get(name, 0)}" for name in COUNTED)
    console.print(Text(" · ".join(counts)))
    if not any(outcome.examined for outcome in report.rules):
        console.print(Text(word("heading", "nothing", lang), style="bold red"))
        return
    severities = [finding.severity for finding in report.open_findings]
    totals = (f"{word('severity', each.value, lang)} {severities.count(each)}" for each in Severity)
    waived = len(report.findings) - len(report.open_findings)
    said = " · ".join(totals) + (f" · {word('column', 'waivers', lang)} {waived}" if waived else "")
    console.print(Text(said if report.findings else word("heading", "none", lang)))


def _print_rule(console: Console, outcome: RuleOutcome, gaps: list[Finding], lang: str) -> None:
    severity = word("severity", outcome.severity.value, lang)
    examined, gaps_word = word("column", "examined", lang), word("column", "gaps", lang)
    console.print()
    console.print(
        Text.assemble(
            (f"{outcome.rule} {outcome.label.in_language(lang)}", "bold"),
            "  ",
            (severity, STYLES[outcome.severity]),
            f"  {examined} {outcome.examined}  {gaps_word} {outcome.gaps}",
        )
    )
    for finding in gaps:
        _print_wrapped(console, _sentence(finding, lang), first="  - ", rest="    ")
        _print_wrapped(console, _who_and_where(finding, lang), first="    ", rest="    ")


def _print_wrapped(console: Console, text: str, *, first: str, rest: str) -> None:
    # rich breaks lines at spaces, which Chinese does not have
    lines = wcwidth.wrap(text, width=console.width - cell_len(rest) - OVERHANG)
    for number, line in enumerate(_without_leading_punctuation(lines)):
        console.print(Text((rest if number else first) + line), soft_wrap=True)


def _without_leading_punctuation(lines: list[str]) -> list[str]:
    """Return the lines with closing punctuation moved from the head of a line to the end of the last."""
    kept: list[str] = []
    for line in lines:
        rest = line.lstrip(CLOSING)
        if kept and rest != line and len(line) - len(rest) == 1:
            kept[-1] += line[0]
            kept.append(rest)
        else:
            kept.append(line)
    return [line for line in kept if line]


def _sentence(finding: Finding, lang: str) -> str:
    waived = f"〔{word('column', 'waived', lang)}〕" if finding.waived else ""
    return f"{waived}{finding.message.in_language(lang)}"


def _who_and_where(finding: Finding, lang: str) -> str:
    who = finding.responsible
    supervisors = [appointment for tier in (3, 2, 1) for appointment in who.supervisors.get(tier, ())]
    parts = (who.department or "", who.post or "", " ".join(supervisors), place(finding.cell, lang))
    return " | ".join(part for part in parts if part)


def _print_departments(console: Console, report: CheckReport, lang: str) -> None:
    groups = by_department(report, lang)
    if not groups:
        return
    console.print()
    table = Table(title=word("heading", "departments", lang), title_justify="left", box=None, pad_edge=False)
    widest = max(cell_len(name) for name in groups)
    table.add_column(word("column", "department", lang), min_width=widest, no_wrap=True)
    for severity in Severity:
        table.add_column(word("severity", severity.value, lang), justify="right", no_wrap=True)
    table.add_column(word("column", "rule", lang), overflow="fold")
    for name, gaps in groups.items():
        counts = [str(sum(gap.severity is severity for gap in gaps)) for severity in Severity]
        table.add_row(name, *counts, " ".join(sorted({gap.rule for gap in gaps})))
    console.print(table)


def _print_unexamined(console: Console, report: CheckReport, lang: str) -> None:
    unexamined = sorted({outcome.rule for outcome in report.unexamined()})
    if unexamined:
        console.print()
        console.print(Text(f"{word('heading', 'unexamined', lang)}: {' '.join(unexamined)}"))
