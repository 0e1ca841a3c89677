"""Makes the templates that come with the product: ``python -m dutygraph.documents.make_templates``.

The templates are committed; this is only run again when they are to change.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from docx.enum.text import WD_ALIGN_PARAGRAPH

from dutygraph.documents.labels import label
from dutygraph.documents.model import Kind
from dutygraph.documents.template_charts import double_key, line_chart
from dutygraph.documents.template_parts import A3, A4, Column, Page
from dutygraph.documents.template_words import Words

FOLDER = Path(__file__).with_name("templates")
_MADE = datetime(2025, 1, 1)  # noqa: DTZ001  # a date for good, so that the same script makes the same files


def gap_report(words: Words) -> Page:
    """Return the template of the gap report."""
    page = Page(A4, wide=True, margin=15, body=11, small=8.5)
    opening(page, words, Kind.GAP_REPORT)
    page.text(words.say("counts"))
    page.heading(words.say("by-department"))
    keys = ("department", "violations", "warnings", "infos", "total")
    row = words.row
    page.table(
        [
            Column(
                words.head(key),
                70 if key == "department" else 30,
                words.of(row, key),
                centred=key != "department",
            )
            for key in keys
        ],
        [words.loop(row, "departments")],
    )
    page.heading(words.say("gaps"))
    page.text(words.say("several"), size=9)
    page.text(words.say("tiers"), size=9)
    page.mark(f"for {words.loop(words.group, 'groups')}")
    page.heading(words.say("gaps-of", words.group))
    widths = {
        "number": 10, "rule": 12, "severity": 14, "thing": 38, "message": 66, "remedy": 58, "post": 18,
        "supervisors": 22, "cell": 29,
    }  # fmt: skip
    page.table(
        words.columns(row, widths, colours={"severity": "colour"}), [words.loop(row, "gaps", words.group)]
    )
    page.mark("endfor")
    _gap_report_end(page, words)
    return page


def _gap_report_end(page: Page, words: Words) -> None:
    row = words.row
    page.mark(f"if {words.name('waived')}")
    page.heading(words.say("waived"))
    page.table(
        words.columns(row, {"number": 10, "rule": 12, "thing": 60, "message": 95, "waiver": 90}),
        [words.loop(row, "waived")],
    )
    page.mark("endif")
    page.mark(f"if {words.name('unexamined')}")
    page.heading(words.say("unexamined"))
    page.table(words.columns(row, {"rule": 20, "requirement": 150}), [words.loop(row, "unexamined")])
    page.mark("endif")


def opening(page: Page, words: Words, kind: Kind) -> None:
    """Write header, title, and what there is to say where there is nothing to show."""
    unit, as_of = words.value("unit"), f"{label('as_of', words.language)} {words.value('as_of')}"
    page.head(f"{unit}  {words.title(kind)}", as_of)
    page.title(words.title(kind))
    colon = words.say("colon")
    facts = "    ".join(f"{words.head(key)}{colon}{words.value(key)}" for key in ("unit", "as_of", "scope"))
    page.text(facts, align=WD_ALIGN_PARAGRAPH.CENTER)
    page.mark(f"if {words.name('note')}")
    page.text(words.value("note"))
    page.mark("endif")


def task_sheet(words: Words) -> Page:
    """Return the template of the task sheets of a month: an overview, then a page for each."""
    page = Page(A4, wide=False, margin=20, body=12, small=10)
    opening(page, words, Kind.TASK_SHEET)
    page.text(words.say("month-counts"))
    row = words.row
    page.mark(f"if {words.name('missing')}")
    page.heading(words.say("missing"))
    page.table(
        words.columns(row, {"number": 12, "item": 22, "business": 58, "organiser": 30, "unissued": 48}),
        [words.loop(row, "missing")],
    )
    page.mark("endif")
    page.mark(f"if {words.name('sheets')}")
    page.heading(words.say("overview"))
    widths = {
        "number": 12,
        "sheet": 24,
        "business": 52,
        "assignee": 26,
        "due_date": 24,
        "reported_on": 24,
        "state": 18,
    }
    page.table(words.columns(row, widths), [words.loop(row, "sheets")])
    page.mark("endif")
    page.mark(f"for {words.loop(words.sheet, 'sheets')}")
    _one_sheet(page, words)
    page.mark("endfor")
    return page


def _one_sheet(page: Page, words: Words) -> None:
    own, row = words.sheet, words.row
    page.heading(words.say("one-sheet", own), new_page=True)
    lines = (
        ("month", "business"), ("department", "item"), ("issuer", "issued_on"), ("assignee", "due_date"),
        ("chart_version", "state"),
    )  # fmt: skip
    page.form([[(words.head(key), words.of(own, key)) for key in pair] for pair in lines], (25, 60, 25, 60))
    page.text("", size=4)
    widths = {"number": 11, "aspect": 20, "focus": 46, "node": 27, "risks": 30, "controls": 36}
    page.table(words.columns(row, widths), [words.loop(row, "items", own)])
    page.text("", size=4)
    found = words.say("check-result")
    page.form(
        [
            [
                (words.head("reported_on"), words.of(own, "reported_on")),
                (words.head("cancel_reason"), words.of(own, "cancel_reason")),
            ],
            [(words.head("result"), words.of(own, "result"))],
            [(found, "\n\n\n")],
        ],
        (25, 60, 25, 60),
    )
    page.text("", size=4)
    for key in ("issuer-signs", "assignee-signs"):
        page.text(f"{words.say(key)}____________    {words.say('date')}____________", size=11)


def rectification_notice(words: Words) -> Page:
    """Return the template of the notices: for each department a page, and the receipt it sends back."""
    page = Page(A4, wide=False, margin=20, body=12, small=9.5)
    unit, as_of = words.value("unit"), f"{label('as_of', words.language)} {words.value('as_of')}"
    page.head(f"{unit}  {words.title(Kind.RECTIFICATION_NOTICE)}", as_of)
    page.mark(f"if {words.name('note')}")
    page.title(words.title(Kind.RECTIFICATION_NOTICE))
    page.text(words.value("scope"))
    page.text(words.value("note"))
    page.mark("endif")
    page.mark(f"for {words.loop(words.notice, 'notices')}")
    _one_notice(page, words)
    page.mark("endfor")
    return page


def _one_notice(page: Page, words: Words) -> None:
    own, row = words.notice, words.row
    page.mark("if not loop.first")
    page.document.add_page_break()
    page.mark("endif")
    page.title(words.title(Kind.RECTIFICATION_NOTICE))
    page.text(words.say("notice-number"), align=WD_ALIGN_PARAGRAPH.RIGHT)
    page.text(words.say("to", own))
    body = page.text(words.say("notice-body", own))
    body.paragraph_format.first_line_indent = body.style.font.size * 2 if body.style else None
    widths = {
        "number": 10,
        "issue": 17,
        "description": 36,
        "risk": 25,
        "category": 14,
        "grade": 12,
        "owner": 20,
        "due_date": 20,
        "overdue": 16,
    }
    page.table(words.columns(row, widths), [words.loop(row, "issues", own)])
    page.heading(words.say("demands-of"))
    page.table(
        words.columns(row, {"issue": 18, "post": 34, "demands": 118}), [words.loop(row, "issues", own)]
    )
    page.text("", size=4)
    page.text(
        f"{words.value('unit')} {words.say('sender-signs')}____________", align=WD_ALIGN_PARAGRAPH.RIGHT
    )
    page.text(f"{words.say('date')}____________", align=WD_ALIGN_PARAGRAPH.RIGHT)
    page.heading(words.say("receipt"))
    columns = [
        Column(words.head("issue"), 20, words.of(row, "issue")),
        Column(words.say("receipt-measures"), 90, "\n\n"),
        Column(words.say("receipt-date"), 28, ""),
        Column(words.say("receipt-signs"), 32, ""),
    ]
    page.table(columns, [words.loop(row, "issues", own)])
    page.text("", size=4)
    page.text(f"{words.say('receiver-signs')}____________    {words.say('date')}____________", size=11)


def _line_chart(words: Words) -> Page:
    page = Page(A3, wide=True, margin=10, body=10.5, small=7.5, tight=True)
    opening(page, words, Kind.LINE_CHART)
    line_chart(page, words)
    return page


def _double_key(words: Words) -> Page:
    page = Page(A3, wide=True, margin=10, body=10.5, small=7, tight=True)
    opening(page, words, Kind.DOUBLE_KEY)
    double_key(page, words)
    return page


MAKERS: Mapping[Kind, Callable[[Words], Page]] = {
    Kind.GAP_REPORT: gap_report,
    Kind.TASK_SHEET: task_sheet,
    Kind.RECTIFICATION_NOTICE: rectification_notice,
    Kind.LINE_CHART: _line_chart,
    Kind.DOUBLE_KEY: _double_key,
}


def make(kind: Kind, language: str) -> bytes:
    """Return a template; the same every time."""
    document = MAKERS[kind](Words(language)).document
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "Dutygraph", kind.value, ""
    properties.created = properties.modified = _MADE
    data = io.BytesIO()
    document.save(data)
    steady = io.BytesIO()
    with zipfile.ZipFile(data) as made, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as written:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, made.read(name))
    return steady.getvalue()


def main() -> None:
    """Write all templates."""
    FOLDER.mkdir(exist_ok=True)
    for kind in Kind:
        for language in ("zh", "en"):
            (FOLDER / f"{kind.value}.{language}.docx").write_bytes(make(kind, language))


if __name__ == "__main__":
    main()
