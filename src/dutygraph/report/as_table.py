"""The report for a terminal: by rule, then by responsible department, Chinese width right."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dutygraph.model import CheckReport, Finding, RuleOutcome, Severity
from dutygraph.report.rows import by_department, place
from dutygraph.report.words import kind_name, word
from dutygraph.report.wrapping import Wrapped, width_of, wrap, wrap_items

NARROWEST = 60
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
    if report.notices:
        console.print()
        console.print(Text(word("heading", "notices", lang) + word("mark", "colon", lang)))
    for notice in report.notices:
        _print_wrapped(console, notice.line(lang), first="  - ", rest="    ")


def _print_head(console: Console, report: CheckReport, lang: str) -> None:
    title = word("heading", "title", lang)
    as_of = f"{word('heading', 'as_of', lang)} {report.as_of.isoformat()}"
    head = f"{title}  {report.bureau_label}（{report.bureau}）  {as_of}"
    _print_lines(console, wrap(head, console.width), style="bold")
    counts = (f"{kind_name(name, lang)} {report.counts.get(name, 0)}" for name in COUNTED)
    _print_lines(console, wrap_items(counts, console.width, " · "))
    if not any(outcome.examined for outcome in report.rules):
        _print_lines(console, wrap(word("heading", "nothing", lang), console.width), style="bold red")
        return
    severities = [finding.severity for finding in report.open_findings]
    totals = [f"{word('severity', each.value, lang)} {severities.count(each)}" for each in Severity]
    waived = len(report.findings) - len(report.open_findings)
    if waived:
        totals.append(f"{word('column', 'waivers', lang)} {waived}")
    none = [word("heading", "none", lang)]
    _print_lines(console, wrap_items(totals if report.findings else none, console.width, " · "))


def _print_rule(console: Console, outcome: RuleOutcome, gaps: list[Finding], lang: str) -> None:
    severity = word("severity", outcome.severity.value, lang)
    examined = f"{word('column', 'examined', lang)} {outcome.examined}"
    count = f"{word('column', 'gaps', lang)} {outcome.gaps}"
    head = (f"{outcome.rule} {outcome.label.in_language(lang)}", severity, examined, count)
    console.print()
    lines = wrap_items(head, console.width, "  ")
    _print_lines(console, lines, rest="    ", style=STYLES[outcome.severity])
    for finding in gaps:
        _print_wrapped(console, _sentence(finding, lang), first="  - ", rest="    ")
        parts = wrap_items(_who_and_where(finding, lang), console.width - 4, " | ")
        _print_lines(console, parts, first="    ", rest="    ")
        _print_explanation(console, finding, lang)


def _print_explanation(console: Console, finding: Finding, lang: str) -> None:
    if finding.explanation is None:
        return
    for line in finding.explanation.text.in_language(lang).splitlines():
        said = line.lstrip()
        indent = " " * (6 + len(line) - len(said))
        _print_wrapped(console, said, first=indent, rest=indent + "  ")


def _print_lines(
    console: Console, lines: Iterable[str], *, first: str = "", rest: str = "", style: str = ""
) -> None:
    for number, line in enumerate(lines):
        console.print(Text((rest if number else first) + line, style=style), soft_wrap=True)


def _print_wrapped(console: Console, text: str, *, first: str, rest: str) -> None:
    _print_lines(console, wrap(text, console.width - width_of(rest)), first=first, rest=rest)


def _sentence(finding: Finding, lang: str) -> str:
    waived = f"〔{word('column', 'waived', lang)}〕" if finding.waived else ""
    return f"{waived}{finding.message.in_language(lang)}"


def _who_and_where(finding: Finding, lang: str) -> list[str]:
    who = finding.responsible
    supervisors = [appointment for tier in (3, 2, 1) for appointment in who.supervisors.get(tier, ())]
    parts = (who.department or "", who.post or "", " ".join(supervisors), place(finding.cell, lang))
    return [part for part in parts if part]


def _print_departments(console: Console, report: CheckReport, lang: str) -> None:
    groups = by_department(report, lang)
    if not groups:
        return
    console.print()
    table = Table(title=word("heading", "departments", lang), title_justify="left", box=None, pad_edge=False)
    widest = min(max(map(width_of, groups)), console.width // 2)
    table.add_column(word("column", "department", lang), min_width=widest)
    for severity in Severity:
        table.add_column(word("severity", severity.value, lang), justify="right", no_wrap=True)
    table.add_column(word("column", "rule", lang))
    for name, gaps in groups.items():
        counts = [str(sum(gap.severity is severity for gap in gaps)) for severity in Severity]
        table.add_row(Wrapped(name), *counts, Wrapped(" ".join(sorted({gap.rule for gap in gaps}))))
    console.print(table)


def _print_unexamined(console: Console, report: CheckReport, lang: str) -> None:
    unexamined = sorted({outcome.rule for outcome in report.unexamined()})
    if unexamined:
        console.print()
        said = f"{word('heading', 'unexamined', lang)}{word('mark', 'colon', lang)}{' '.join(unexamined)}"
        _print_lines(console, wrap(said, console.width))
