"""``dutygraph check``: from a bureau's ledgers to its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dutygraph.check import CheckError, check
from dutygraph.cli.console import progress, refuse, step, write_output
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import (
    AsOf,
    Base,
    BureauCode,
    Engine,
    EngineName,
    Lang,
    Language,
    Output,
    Partial,
    Sources,
)
from dutygraph.cli.past import Past, RulesOf, check_past_or_refuse
from dutygraph.loaders import find_cell_links
from dutygraph.model import CheckReport, Severity, Text
from dutygraph.report import Format, format_for, report_bytes
from dutygraph.store import DEFAULT_BASE


class FailOn(StrEnum):
    """The least severity that makes the command fail."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


GAPS_FOUND = 1


def run(
    sources: Sources,
    as_of: AsOf = None,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="Rnn", help="只查这些规则 / only these rules")
    ] = None,
    severity: Annotated[
        list[Severity] | None,
        typer.Option("--severity", case_sensitive=False, help="只列这些等级 / list only these severities"),
    ] = None,
    lang: Lang = Language.ZH,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="输出格式，缺省按 -o 的文件名 / output format (default: as -o is named)",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="说明缺口的依据和最小改动（表格、JSON）/ tell why, and what would mend it (table, json)",
        ),
    ] = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="何时以 1 退出 / when to exit with 1")
    ] = FailOn.VIOLATION,
    engine: Engine = EngineName.COMPILED,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
    partial: Partial = False,
    as_of_commit: Annotated[
        int | None,
        typer.Option(
            "--as-of-commit",
            metavar="N",
            help="检查图库第N次提交时的数据 / the data as they were at commit N of a store",
            show_default=False,
        ),
    ] = None,
    rules_of: Annotated[
        RulesOf,
        typer.Option(
            "--rules-of",
            help="连同 --as-of-commit：按哪时的规则 / with --as-of-commit: the rules of then or of now",
        ),
    ] = RulesOf.THEN,
) -> None:
    """检查台账，列出监督缺口 / Check ledgers and list the supervision gaps.

    退出码：0 无缺口，1 有缺口，2 输入不可用。/ Exit code: 0 no gap, 1 gaps, 2 unusable input.
    """
    judged = as_of.date() if as_of else None
    wanted = {name.upper() for name in rule} if rule else None
    with progress() as bar:
        step(bar, "read", lang)
        if as_of_commit is not None:
            asked = Past(sources, bureau, as_of_commit, rules_of.value, judged)
            report = check_past_or_refuse(asked, wanted, lang, explain=explain)
            _finish(report, severity, format_, lang, output, sources, fail_on)
        source = open_or_refuse(sources, base=base, bureau=bureau, partial=partial, engine=engine, lang=lang)
        try:
            report = check(
                source.store,
                source.names,
                as_of=judged,
                rules=wanted,
                engine=engine.value,
                notices=source.notices,
                explain=explain,
                progress=lambda name: step(bar, name, lang),
            )
        except CheckError as error:
            refuse(error.text, lang.value)
    _finish(report, severity, format_, lang, output, sources, fail_on)


def _finish(
    report: CheckReport,
    severity: list[Severity] | None,
    format_: Format | None,
    lang: Language,
    output: Path | None,
    sources: Sequence[Path],
    fail_on: FailOn,
) -> NoReturn:
    shown = report.only(severity) if severity else report
    _write(shown, format_ or format_for(output), lang, output, sources)
    raise typer.Exit(exit_code(report, fail_on))


def _write(
    report: CheckReport, format_: Format, lang: Language, output: Path | None, sources: Sequence[Path]
) -> None:
    if format_ is not Format.XLSX:
        write_output(report_bytes(report, format_, lang.value), output, lang.value, keep=sources)
    elif output is None:
        refuse(
            Text(
                "请用 -o 指明要写的文件，例如 -o gaps.xlsx。", "Name the file with -o, such as -o gaps.xlsx."
            ),
            lang.value,
        )
    else:
        links, folder = find_cell_links(sources), output.parent
        data = report_bytes(report, format_, lang.value, lambda cell: links.address(cell, folder))
        write_output(data, output, lang.value, keep=sources)


def exit_code(report: CheckReport, fail_on: FailOn) -> int:
    """Return 1 when an open gap is at least as grave as *fail_on*, or when nothing at all was examined."""
    if fail_on is FailOn.NEVER:
        return 0
    order = [severity.value.lower() for severity in Severity]
    grave = set(order[: order.index(fail_on.value) + 1])
    found = any(finding.severity.value.lower() in grave for finding in report.open_findings)
    examined = any(outcome.examined for outcome in report.rules)
    return GAPS_FOUND if found or not examined else 0
