"""Each form of a report: its shape, its counts, and that nobody's text can do harm in it."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import wcwidth
from rdflib import RDF, SH, XSD, Graph, Literal

from dutygraph.model import CheckReport
from dutygraph.report import Format, format_for, report_bytes

from .reports import FINDING, NASTY, WAIVED, make, saying

BOTH = make(FINDING, WAIVED)


def test_json_is_of_the_documented_shape() -> None:
    data = json.loads(report_bytes(BOTH, Format.JSON, "zh"))

    assert data == {
        "bureau": "demo",
        "label": "示例区供电局",
        "asOf": "2025-12-31",
        "computedAt": "2026-01-02T03:04:05+00:00",
        "conforms": False,
        "counts": {"Business": 33, "KeyNode": 153},
        "rules": data["rules"],
        "gaps": data["gaps"],
        "notices": [
            {
                "cell": {"file": "bureau.xlsx", "sheet": "备忘", "row": None, "column": None},
                "message": {"zh": "未知的工作表", "en": "an unknown sheet"},
            }
        ],
    }
    assert data["rules"][0] == {
        "rule": "R01",
        "severity": "Violation",
        "label": {"zh": "要求R01", "en": "what R01 asks"},
        "examined": 3,
        "gaps": 1,
        "waived": 0,
    }
    gap = {
        "id": "0123456789ab",
        "rule": "R01",
        "severity": "Violation",
        "focus": {
            "id": "R04-01",
            "kind": "IntegrityRisk",
            "iri": FINDING.focus.iri,
            "label": "暗示施工单位",
        },
        "value": None,
        "message": {"zh": FINDING.message.zh, "en": FINDING.message.en},
        "remedy": {"zh": FINDING.remedy.zh, "en": FINDING.remedy.en},
        "responsible": {
            "department": "市场营销部",
            "post": "G12",
            "supervisors": {"1": [], "2": ["A02"], "3": ["A03", "A04"]},
        },
        "cell": {"file": "bureau.xlsx", "sheet": "表4 风险与措施", "row": 7, "column": "措施编号"},
    }
    waived = {"until": "2026-06-30", "by": "A01", "reason": "正在招聘"}
    changed = {"id": "cafecafecafe", "rule": "R12", "cell": None, "waived": waived}
    assert data["gaps"] == [gap, {**gap, **changed}]


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_report_gives_the_same_bytes(form: Format, lang: str) -> None:
    assert report_bytes(BOTH, form, lang) == report_bytes(BOTH, form, lang)


@pytest.mark.parametrize("form", [Format.TABLE, Format.HTML, Format.JUNIT, Format.XLSX, Format.JSON])
def test_a_rule_that_examined_nothing_is_named(form: Format) -> None:
    data = report_bytes(BOTH, form, "zh")

    if form is Format.XLSX:
        rules = openpyxl.load_workbook(io.BytesIO(data))["规则"]
        assert ("R49", 0) in {(row[0], row[3]) for row in rules.iter_rows(values_only=True)}
    elif form is Format.JUNIT:
        [skipped] = ET.fromstring(data).iterfind("testcase[skipped]")
        assert skipped.get("name") == "R49 要求R49"
    else:
        assert "R49" in data.decode()


@pytest.mark.parametrize("form", [Format.TABLE, Format.HTML])
def test_nothing_examined_never_reads_as_green(form: Format) -> None:
    said = report_bytes(make(examined=0), form, "zh").decode()

    assert "没有检查到任何对象" in said
    assert "没有发现缺口" not in said
    assert "没有发现缺口" in report_bytes(make(), form, "zh").decode()


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.XLSX])
def test_every_form_says_which_rules_examined_nothing(form: Format) -> None:
    said = report_bytes(make(examined=0), form, "zh").decode()

    if form is Format.JSON:
        assert all(rule["examined"] == 0 for rule in json.loads(said)["rules"])
    else:
        assert "没有对象可查" in said


# ---- for spreadsheets


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_a_formula_in_csv(text: str) -> None:
    data = report_bytes(saying(text), Format.CSV, "zh")

    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows[2:]] == [outcome.rule for outcome in saying(text).unexamined()]
    assert not [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r＝＋－＠]", cell)]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_a_formula_in_a_workbook(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_bytes(saying(text), Format.XLSX, "zh")))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_the_workbook_is_one_to_work_through() -> None:
    addresses = {FINDING.cell: "../台账/bureau.xlsx#'表4 风险与措施'!E7"}
    data = report_bytes(BOTH, Format.XLSX, "zh", lambda cell: addresses[cell])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    headers = [cell.value for cell in sheet[1]]

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(headers)).coordinate[:-1]}3"
    assert headers[-3:] == ["办理人", "办理期限", "办理情况"]
    link = sheet.cell(2, headers.index("台账位置") + 1)
    assert link.value == "表4 风险与措施 第7行 措施编号"
    assert link.hyperlink is not None
    assert (link.hyperlink.target or "").replace("\\", "/") == "../台账/bureau.xlsx"
    assert link.hyperlink.location == "'表4 风险与措施'!E7"
    assert sheet.cell(3, headers.index("豁免") + 1).value == "A01批准，至2026-06-30"


def test_identifiers_that_look_like_numbers_keep_their_zeros() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(report_bytes(saying("007"), Format.XLSX, "zh"))).worksheets[0]

    values = [cell.value for cell in sheet[2]]
    assert values.count("007") >= 5
    assert values[0] == 1


def test_a_text_longer_than_a_cell_is_shortened_not_lost() -> None:
    data = report_bytes(saying("长" * 40_000), Format.XLSX, "zh")

    longest = max(len(str(cell.value)) for cell in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][2])
    assert longest == 32_767


# ---- for people


class Page(HTMLParser):
    """What a browser would find: tags opened and closed, and addresses."""

    VOID: ClassVar = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("href", "src", "action"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_alone_and_is_well_formed(lang: str) -> None:
    text = report_bytes(BOTH, Format.HTML, lang).decode()
    page = Page(text)

    assert page.open == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    assert not re.search(r"https?://|url\(|@import", text)
    assert f'<html lang="{"en" if lang == "en" else "zh-Hans"}">' in text
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_markup_in_the_page(text: str) -> None:
    page = Page(report_bytes(saying(text), Format.HTML, "zh").decode())

    assert page.open == []
    assert "script" not in page.tags


@pytest.mark.parametrize("width", [60, 80, 132])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_fits_the_terminal(
    example_report: CheckReport, width: int, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    lines = report_bytes(example_report, Format.TABLE, lang).decode().splitlines()

    assert max(map(wcwidth.wcswidth, lines)) <= width
    assert not [line for line in lines if "…" in line or line != line.rstrip()]
    text = "".join(line.strip() for line in lines)
    for finding in example_report.findings:
        assert finding.focus.id in text


@pytest.mark.parametrize("text", NASTY)
def test_no_text_steers_the_terminal(text: str) -> None:
    said = report_bytes(saying(text), Format.TABLE, "zh").decode()

    assert not [character for character in said if character < " " and character != "\n"]


# ---- for programs


def test_the_turtle_is_a_validation_report_of_the_open_gaps(example_report: CheckReport) -> None:
    graph = Graph().parse(data=report_bytes(example_report, Format.TURTLE, "zh"), format="turtle")

    [report] = graph.subjects(RDF.type, SH.ValidationReport)
    assert list(graph.objects(report, SH.conforms)) == [Literal("false", datatype=XSD.boolean)]
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(example_report.open_findings)
    assert set(results) == set(graph.subjects(RDF.type, SH.ValidationResult))
    for result in results:
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape):
            assert len(list(graph.objects(result, needed))) == 1
        for at_most_one in (SH.value, SH.resultPath):
            assert len(list(graph.objects(result, at_most_one))) <= 1
        languages = [getattr(text, "language", None) for text in graph.objects(result, SH.resultMessage)]
        assert sorted(map(str, languages)) == ["en", "zh-hans"]


def test_turtle_of_a_conforming_report() -> None:
    graph = Graph().parse(data=report_bytes(make(WAIVED), Format.TURTLE, "zh"), format="turtle")

    assert [str(o) for o in graph.objects(None, SH.conforms)] == ["true"]
    assert not list(graph.objects(None, SH.result))


@pytest.mark.parametrize("text", ["", *NASTY])
def test_junit_parses_and_counts(text: str) -> None:
    report = saying(text) if text else BOTH
    suite = ET.fromstring(report_bytes(report, Format.JUNIT, "zh"))

    assert suite.attrib["tests"] == "3"
    assert suite.attrib["failures"] == "1"
    assert suite.attrib["skipped"] == "1"
    assert len(suite.findall("testcase")) == 3
    assert len(suite.findall("testcase/failure")) == 1
    assert len(suite.findall("testcase/skipped")) == 1


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.json", "json"), ("a.XLSX", "xlsx"), ("a.htm", "html"), ("a.xml", "junit"), ("a.txt", "table")],
)
def test_the_form_that_a_file_name_asks_for(name: str, form: str) -> None:
    assert format_for(Path(name)) == form
    assert format_for(None) is Format.TABLE
