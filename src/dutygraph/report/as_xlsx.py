"""The gap list as a workbook that an office works through: filters, frozen header, links to the ledger."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dutygraph.model import Cell, CheckReport
from dutygraph.report.rows import GAP_COLUMNS, OFFICE_COLUMNS, RULE_COLUMNS, gap_rows, place, rule_rows
from dutygraph.report.words import columns, kind_name, word

WIDTHS = {
    "number": 6, "rule": 7, "requirement": 28, "severity": 7, "kind": 12, "id": 14, "label": 24,
    "message": 48, "remedy": 42, "department": 16, "post": 12, "tier1": 11, "tier2": 11, "tier3": 11,
    "cell": 30, "waived": 16, "gap": 14, "handler": 12, "due": 12, "progress": 24, "examined": 12,
    "gaps": 9, "waivers": 9,
}  # fmt: skip
NUMBERS = {"number", "examined", "gaps", "waivers"}
LONGEST_TEXT = 32_767  # what a cell can hold
SEVERITY_COLOURS = {"Violation": "#F8D7DA", "Warning": "#FFF3CD", "Info": "#E2E3E5"}
_WITHOUT_FORMULAS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


Link = Callable[[Cell], str | None]
"""Where a cell of the ledger is found: ``path#'sheet'!D7``, or None where no link can be made."""


def no_link(_cell: Cell) -> str | None:
    """Link to nothing."""
    return None


def as_xlsx(report: CheckReport, lang: str, link: Link = no_link) -> bytes:
    """Return a workbook of three sheets: the gaps, the rules, what was checked.

    The last columns of the gap list are left empty for the office to fill in. *link* gives the address of
    each gap's cell in the ledger.
    """
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, _WITHOUT_FORMULAS) as workbook:
        workbook.set_properties({"created": report.computed_at.replace(tzinfo=None), "author": "Dutygraph"})
        header = workbook.add_format(
            {
                "bold": True,
                "bg_color": "#1F4E78",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        cells = {
            name: workbook.add_format({"text_wrap": True, "valign": "top", "bg_color": colour})
            for name, colour in SEVERITY_COLOURS.items()
        }
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        linked = workbook.add_format(
            {"text_wrap": True, "valign": "top", "font_color": "#0563C1", "underline": 1}
        )
        gaps = workbook.add_worksheet(word("heading", "gaps", lang))
        _write_table(gaps, GAP_COLUMNS + OFFICE_COLUMNS, gap_rows(report, lang), lang, header, plain)
        _colour_severities(gaps, report, lang, cells)
        _write_links(gaps, report, lang, linked, link)
        rules = workbook.add_worksheet(word("heading", "rules", lang))
        _write_table(rules, RULE_COLUMNS, rule_rows(report, lang), lang, header, plain)
        _write_about(workbook.add_worksheet(word("heading", "about", lang)), report, lang, header, plain)
    return data.getvalue()


def _colour_severities(
    sheet: Worksheet, report: CheckReport, lang: str, severities: Mapping[str, Format]
) -> None:
    column = GAP_COLUMNS.index("severity")
    for line, finding in enumerate(report.findings, start=1):
        severity = finding.severity.value
        sheet.write_string(line, column, word("severity", severity, lang), severities[severity])


def _write_links(sheet: Worksheet, report: CheckReport, lang: str, linked: Format, link: Link) -> None:
    column = GAP_COLUMNS.index("cell")
    for line, finding in enumerate(report.findings, start=1):
        target = finding.cell and link(finding.cell)
        if target:
            sheet.write_url(line, column, f"external:{target}", linked, place(finding.cell, lang))


def _write_table(
    sheet: Worksheet,
    names: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    lang: str,
    header: Format,
    plain: Format,
) -> None:
    headings = columns(lang)
    for number, name in enumerate(names):
        sheet.set_column(number, number, WIDTHS[name])
        sheet.write_string(0, number, headings[name], header)
    for line, row in enumerate(rows, start=1):
        for position, name in enumerate(names):
            text = row.get(name, "")
            if name in NUMBERS:
                sheet.write_number(line, position, int(text), plain)
            else:
                sheet.write_string(line, position, text[:LONGEST_TEXT], plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write_about(sheet: Worksheet, report: CheckReport, lang: str, header: Format, plain: Format) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    facts = [
        (word("heading", "bureau", lang), f"{report.bureau_label}（{report.bureau}）"),
        (word("heading", "as_of", lang), report.as_of.isoformat()),
        (word("heading", "computed_at", lang), report.computed_at.isoformat(timespec="seconds")),
    ]
    sheet.write_string(0, 0, word("heading", "title", lang), header)
    sheet.write_string(0, 1, "", header)
    for line, (name, value) in enumerate(facts, start=1):
        sheet.write_string(line, 0, name, plain)
        sheet.write_string(line, 1, value, plain)
    for line, (kind, count) in enumerate(report.counts.items(), start=len(facts) + 1):
        sheet.write_string(line, 0, kind_name(kind, lang) or kind, plain)
        sheet.write_number(line, 1, count, plain)
    for line, notice in enumerate(report.notices, start=len(facts) + len(report.counts) + 1):
        sheet.write_string(line, 0, word("heading", "notices", lang), plain)
        sheet.write_string(line, 1, notice.line(lang)[:LONGEST_TEXT], plain)
