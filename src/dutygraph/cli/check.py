"""``dutygraph check``: from a bureau's ledgers to its gaps."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.check import CheckError, check
from dutygraph.cli.console import progress, refuse, step
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
from dutygraph.model import CheckReport, Severity
from dutygraph.report import Format, FormatError, write_report
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
    format_: Annotated[Format, typer.Option("--format", help="输出格式 / output format")] = Format.TABLE,
    output: Output = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="何时以 1 退出 / when to exit with 1")
    ] = FailOn.VIOLATION,
    engine: Engine = EngineName.COMPILED,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
    partial: Partial = False,
) -> None:
    """检查台账，列出监督缺口 / Check ledgers and list the supervision gaps.

    退出码：0 无缺口，1 有缺口，2 输入不可用。/ Exit code: 0 no gap, 1 gaps, 2 unusable input.
    """
    with progress() as bar:
        step(bar, "read", lang)
        source = open_or_refuse(sources, base=base, bureau=bureau, partial=partial, engine=engine, lang=lang)
        try:
            report = check(
                source.store,
                source.names,
                as_of=as_of.date() if as_of else None,
                rules={name.upper() for name in rule} if rule else None,
                engine=engine.value,
                notices=source.notices,
                progress=lambda name: step(bar, name, lang),
            )
        except CheckError as error:
            refuse(str(error))
    shown = report.only(severity) if severity else report
    write_or_refuse(shown, format_, lang, output)
    raise typer.Exit(exit_code(report, fail_on))


def write_or_refuse(report: CheckReport, format_: Format, lang: Language, output: Path | None) -> None:
    """Write a report, or say why it cannot be written."""
    try:
        write_report(report, format_, lang=lang.value, output=output)
    except (FormatError, OSError) as error:
        refuse(str(error))


def exit_code(report: CheckReport, fail_on: FailOn) -> int:
    """Return 1 when an open gap is at least as grave as *fail_on*, or when nothing at all was examined."""
    if fail_on is FailOn.NEVER:
        return 0
    order = [severity.value.lower() for severity in Severity]
    grave = set(order[: order.index(fail_on.value) + 1])
    found = any(finding.severity.value.lower() in grave for finding in report.open_findings)
    examined = any(outcome.examined for outcome in report.rules)
    return GAPS_FOUND if found or not examined else 0
