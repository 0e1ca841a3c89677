"""The report as one self-contained page: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

from dutygraph.model import CheckReport, Severity
from dutygraph.report.rows import by_department, place
from dutygraph.report.words import columns, kind_name, word


def as_html(report: CheckReport, lang: str) -> bytes:
    """Return the report as an HTML page, grouped by rule."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(
        resources.files("dutygraph.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    )
    groups = [
        (outcome, [f for f in report.findings if (f.rule, f.severity) == (outcome.rule, outcome.severity)])
        for outcome in report.rules
    ]
    totals = [
        (severity, sum(finding.severity is severity for finding in report.open_findings))
        for severity in Severity
    ]
    page = template.render(
        report=report,
        groups=groups,
        totals=totals,
        waived=len(report.findings) - len(report.open_findings),
        departments=by_department(report, lang),
        unexamined=sorted({outcome.rule for outcome in report.unexamined()}),
        lang=lang,
        language_tag="en" if lang == "en" else "zh-Hans",
        columns=columns(lang),
        counts=[(kind_name(name, lang) or name, count) for name, count in report.counts.items()],
        place=lambda cell: place(cell, lang),
        say=lambda text: text.in_language(lang),
        heading=lambda key: word("heading", key, lang),
        severity=lambda value: word("severity", value, lang),
    )
    return page.encode()
