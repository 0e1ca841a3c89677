"""缺口报告 / the gap report: what is open, by responsible department; what is waived; what was examined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dutygraph.documents.gap_rows import about, gap_row
from dutygraph.documents.labels import sheet_of
from dutygraph.documents.model import Content, Heading, Kind, Row, Sheet
from dutygraph.documents.words import word
from dutygraph.model import CheckReport, Finding, RuleOutcome, Severity
from dutygraph.report.rows import by_department
from dutygraph.report.words import word as report_word

_GAPS = (
    "number", "rule", "requirement", "severity", "thing", "message", "remedy", "department", "post",
    "supervisors", "cell",
)  # fmt: skip
_COUNTS = (("violations", Severity.VIOLATION), ("warnings", Severity.WARNING), ("infos", Severity.INFO))


def gap_report(report: CheckReport, language: str, department: str | None = None) -> Content:
    """Return the gap report of a bureau, or of what one department (by the name it has there) must mend."""
    groups = by_department(report, language)
    if department is not None:
        groups = {department: groups.get(department, [])}
    held = {finding.id for group in groups.values() for finding in group}
    findings = [finding for finding in report.open_findings if finding.id in held]
    waived = [finding for finding in report.findings if finding.waived and _concerns(finding, department)]
    numbers = {finding.id: number for number, finding in enumerate(findings, start=1)}
    rows = {finding.id: gap_row(numbers[finding.id], finding, language) for finding in findings}
    fields: Row = {
        "total": len(findings),
        **_severities(findings),
        "waived_count": len(waived),
        "examined": sum(outcome.examined for outcome in report.rules),
        "rule_count": len({outcome.rule for outcome in report.rules}),
        "departments": [_department(name, group) for name, group in groups.items() if group],
        "groups": [_group(name, group, rows) for name, group in groups.items() if group],
        "waived": [_waived(number, one, language) for number, one in enumerate(waived, start=1)],
        "unexamined": [_outcome(outcome, language) for outcome in report.unexamined()],
        "rules": [_outcome(outcome, language) for outcome in report.rules],
    }
    whole = word("scope", "whole", language)
    scope = word("scope", "department", language, name=department) if department else whole
    return Content(
        Kind.GAP_REPORT,
        language,
        Heading.of(report, scope),
        "" if findings else _note(report, language),
        _by_schema(fields),
        _sheets(fields, [rows[finding.id] for finding in findings], report, language),
    )


def _by_schema(fields: Row) -> Row:
    """Leave out what only the workbook tells."""
    unexamined = fields["unexamined"]
    assert not isinstance(unexamined, str | int)
    return {
        **fields,
        "unexamined": [{key: row[key] for key in ("rule", "requirement")} for row in unexamined],
    }


def _concerns(finding: Finding, department: str | None) -> bool:
    return department is None or department in (finding.responsible.department or "").split("；")


def _note(report: CheckReport, language: str) -> str:
    examined = sum(outcome.examined for outcome in report.rules)
    if not examined:
        return word("none", "gap-report-nothing", language)
    rules = len({one.rule for one in report.rules})
    return word("none", "gap-report", language, examined=examined, rules=rules)


def _severities(findings: Sequence[Finding]) -> Row:
    counted = Counter(finding.severity for finding in findings)
    return {key: counted[severity] for key, severity in _COUNTS}


def _department(name: str, group: Sequence[Finding]) -> Row:
    return {"department": name, **_severities(group), "total": len(group)}


def _group(name: str, group: Sequence[Finding], rows: Mapping[str, Row]) -> Row:
    keys = [key for key in (*_GAPS, "colour") if key not in ("department", "requirement")]
    return {
        "department": name,
        "count": len(group),
        "gaps": [{key: rows[finding.id][key] for key in keys} for finding in group],
    }


def _waived(number: int, finding: Finding, language: str) -> Row:
    waiver = finding.waived
    assert waiver is not None
    until = word("say", "until", language, date=waiver.until) if waiver.until else ""
    return {
        "number": number,
        "rule": finding.rule,
        "thing": about(finding, language),
        "message": finding.message.in_language(language),
        "waiver": word("say", "waived", language, by=waiver.by, reason=waiver.reason, until=until),
    }


def _outcome(outcome: RuleOutcome, language: str) -> Row:
    return {
        "rule": outcome.rule,
        "requirement": outcome.label.in_language(language),
        "severity": report_word("severity", outcome.severity.value, language),
        "examined": outcome.examined,
        "gap_count": outcome.gaps,
        "waived_count": outcome.waived,
    }


def _sheets(fields: Row, rows: Sequence[Row], report: CheckReport, language: str) -> tuple[Sheet, ...]:
    outcomes = [_outcome(outcome, language) for outcome in report.rules]
    owed = {(row["rule"], row["severity"]): row["requirement"] for row in outcomes}
    told = [{**row, "requirement": owed.get((row["rule"], row["severity"]), "")} for row in rows]

    def listed(name: str, keys: Sequence[str]) -> Sheet:
        value = fields[name]
        assert not isinstance(value, str | int)
        return sheet_of(word("sheet", name, language), keys, value, language)

    return (
        sheet_of(word("sheet", "gaps", language), _GAPS, told, language, {"severity": "colour"}),
        listed("departments", ("department", *(key for key, _ in _COUNTS), "total")),
        listed("waived", ("number", "rule", "thing", "message", "waiver")),
        listed("rules", ("rule", "requirement", "severity", "examined", "gap_count", "waived_count")),
    )
