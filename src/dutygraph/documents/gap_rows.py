"""The rows that tell of gaps, in every document that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dutygraph.documents.model import Row, name_of
from dutygraph.documents.words import word
from dutygraph.model import Finding, Severity
from dutygraph.report.rows import place
from dutygraph.report.words import kind_name
from dutygraph.report.words import word as report_word

COLOURS = {Severity.VIOLATION: "F8D7DA", Severity.WARNING: "FFF3CD", Severity.INFO: "E2E3E5"}
SHORT = ("number", "rule", "severity", "thing", "message", "remedy")


def gap_row(number: int, finding: Finding, language: str) -> dict[str, str | int]:
    """Return a gap: what it is, about what, how to mend it, who must act, where it stands in the ledger."""
    return {
        "number": number,
        "rule": finding.rule,
        "severity": report_word("severity", finding.severity.value, language),
        "colour": COLOURS[finding.severity],
        "thing": about(finding, language),
        "message": finding.message.in_language(language),
        "remedy": finding.remedy.in_language(language),
        "department": finding.responsible.department or word("say", "nobody", language),
        "post": finding.responsible.post or "",
        "supervisors": supervisors(finding),
        "cell": place(finding.cell, language),
    }


def about(finding: Finding, language: str) -> str:
    """Return the kind and the name of what a gap is about."""
    kind = kind_name(finding.focus.kind, language)
    return f"{kind} {name_of(finding.focus)}".strip()


def supervisors(finding: Finding) -> str:
    """Return the appointments of those who supervise it, from tier 1 down, those of one tier together."""
    tiers = finding.responsible.supervisors
    if not any(tiers.values()):
        return ""
    return " / ".join("；".join(tiers.get(tier, ())) or "—" for tier in (1, 2, 3))


def short_rows(findings: Iterable[Finding], language: str) -> list[Row]:
    """Return gaps as documents about charts list them."""
    rows = (gap_row(number, finding, language) for number, finding in enumerate(findings, start=1))
    return [{key: row[key] for key in SHORT} for row in rows]


def chosen(findings: Sequence[Finding], ids: Iterable[str]) -> Sequence[Finding]:
    """Return the open gaps of these ids, in the order of the report."""
    wanted = frozenset(ids)
    return [finding for finding in findings if finding.id in wanted and finding.waived is None]


def rules_by_gap(findings: Iterable[Finding]) -> Mapping[str, str]:
    """Return the rule of every open gap by the gap's id."""
    return {finding.id: finding.rule for finding in findings if finding.waived is None}
