"""Gaps and rule outcomes as rows of text, for every tabular form of a report."""

from __future__ import annotations

from collections.abc import Mapping

from dutygraph.model import Cell, CheckReport, Finding, RuleOutcome, Severity
from dutygraph.report.words import kind_name, word

GAP_COLUMNS = (
    "number", "rule", "requirement", "severity", "kind", "id", "label", "message", "remedy", "department",
    "post", "tier1", "tier2", "tier3", "cell", "waived", "gap",
)  # fmt: skip
OFFICE_COLUMNS = ("handler", "due", "progress")
RULE_COLUMNS = ("rule", "requirement", "severity", "examined", "gaps", "waivers")


def gap_rows(report: CheckReport, lang: str) -> list[dict[str, str]]:
    """Return one row a gap, by ``GAP_COLUMNS``; gaps that are waived come with until when and by whom."""
    requirements = {
        (outcome.rule, outcome.severity): outcome.label.in_language(lang) for outcome in report.rules
    }
    return [
        {"number": str(number), **_gap_row(finding, requirements, lang)}
        for number, finding in enumerate(report.findings, start=1)
    ]


def unexamined_rows(report: CheckReport, lang: str) -> list[dict[str, str]]:
    """Return one row a rule that found nothing to examine, with that as its message."""
    return [
        {
            "rule": outcome.rule,
            "requirement": outcome.label.in_language(lang),
            "message": word("heading", "unexamined", lang),
        }
        for outcome in report.unexamined()
    ]


def rule_rows(report: CheckReport, lang: str) -> list[dict[str, str]]:
    """Return one row a rule and severity, by ``RULE_COLUMNS``."""
    return [_rule_row(outcome, lang) for outcome in report.rules]


def place(cell: Cell | None, lang: str) -> str:
    """Return a cell as people name it: sheet, row, column."""
    if cell is None:
        return ""
    row = "" if cell.row is None else (f"row {cell.row}" if lang == "en" else f"第{cell.row}行")
    return " ".join(part for part in (cell.sheet or cell.file, row, cell.column or "") if part)


def by_department(report: CheckReport, lang: str) -> Mapping[str, list[Finding]]:
    """Return the open gaps by responsible department, the one with most gaps first."""
    nobody = word("heading", "nobody", lang)
    groups: dict[str, list[Finding]] = {}
    for finding in report.open_findings:
        for department in (finding.responsible.department or nobody).split("；"):
            groups.setdefault(department, []).append(finding)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _gap_row(finding: Finding, requirements: Mapping[tuple[str, Severity], str], lang: str) -> dict[str, str]:
    supervisors = {
        f"tier{tier}": "；".join(finding.responsible.supervisors.get(tier, ())) for tier in (1, 2, 3)
    }
    return {
        "rule": finding.rule,
        "requirement": requirements.get((finding.rule, finding.severity), ""),
        "severity": word("severity", finding.severity.value, lang),
        "kind": kind_name(finding.focus.kind, lang),
        "id": finding.focus.id,
        "label": "" if finding.focus.label == finding.focus.id else finding.focus.label,
        "message": finding.message.in_language(lang),
        "remedy": finding.remedy.in_language(lang),
        "department": finding.responsible.department or "",
        "post": finding.responsible.post or "",
        **supervisors,
        "cell": place(finding.cell, lang),
        "waived": _waived(finding, lang),
        "gap": finding.id,
    }


def _waived(finding: Finding, lang: str) -> str:
    if finding.waived is None:
        return ""
    until = finding.waived.until
    if lang == "en":
        return f"by {finding.waived.by}" + (f" until {until}" if until else "")
    return f"{finding.waived.by}批准" + (f"，至{until}" if until else "")


def _rule_row(outcome: RuleOutcome, lang: str) -> dict[str, str]:
    return {
        "rule": outcome.rule,
        "requirement": outcome.label.in_language(lang),
        "severity": word("severity", outcome.severity.value, lang),
        "examined": str(outcome.examined),
        "gaps": str(outcome.gaps),
        "waivers": str(outcome.waived),
    }
