"""A check as JUnit XML: each rule is a test case, each gap a failure, a rule without focus is skipped."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from dutygraph.model import CheckReport, Finding, RuleOutcome
from dutygraph.report.words import word


def as_junit(report: CheckReport, lang: str) -> bytes:
    """Return the report as one test suite."""
    suite = ET.Element(
        "testsuite",
        name=f"dutygraph {report.bureau} {report.as_of.isoformat()}",
        tests=str(len(report.rules)),
        failures=str(sum(1 for outcome in report.rules if outcome.gaps)),
        errors="0",
        skipped=str(sum(1 for _ in report.unexamined())),
        timestamp=report.computed_at.isoformat(timespec="seconds"),
    )
    for outcome in report.rules:
        gaps = [f for f in report.open_findings if (f.rule, f.severity) == (outcome.rule, outcome.severity)]
        suite.append(_case(outcome, gaps, lang))
    ET.indent(suite)
    text: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _case(outcome: RuleOutcome, gaps: list[Finding], lang: str) -> ET.Element:
    name = f"{outcome.rule} {outcome.label.in_language(lang)}"
    case = ET.Element("testcase", classname=f"dutygraph.{outcome.severity.value}", name=name)
    if not outcome.examined:
        ET.SubElement(case, "skipped", message=word("heading", "unexamined", lang))
    for finding in gaps:
        failure = ET.SubElement(
            case,
            "failure",
            type=outcome.severity.value,
            message=_printable(finding.message.in_language(lang)),
        )
        failure.text = _printable(f"{finding.focus.id} {finding.remedy.in_language(lang)} [{finding.id}]")
    return case


def _printable(text: str) -> str:
    # XML 1.0 has no place for control characters, not even escaped.
    return "".join(character for character in text if character >= " " or character in "\t\n")
