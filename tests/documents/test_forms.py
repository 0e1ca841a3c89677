"""How the documents look to Word: pages, headers, fonts, tables; how templates of the office are taken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from dutygraph.documents.labels import COMMON, label, schema
from dutygraph.documents.make_templates import FOLDER, make
from dutygraph.documents.model import Kind
from dutygraph.documents.words import word as word_of
from tests.cli.door import ledger, run
from tests.documents.opened import cells, everything, sheet, tables, texts, word

HOSTILE = '=HYPERLINK("http://x","点") {{ 7*7 }} {% raise %} <w:p/> & “引号”'


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bureau in which a name tries to be a formula, a template and a piece of XML."""
    businesses = (
        ("业务编号", "业务名称", "主管部门", "公布星级", "星级依据"),
        ("B04", HOSTILE, "营销部", 3, "2025年评定表"),
        ("B05", "临时用电管理", "营销部", 1, "2025年评定表"),
    )
    return ledger(tmp_path_factory.mktemp("documents") / "局台账.xlsx", 业务清单=businesses)


def template(path: Path, *lines: str) -> Path:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    made.save(str(path))
    return path


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("gap_report", (297, 210)),
        ("august", (210, 297)),
        ("notices", (210, 297)),
        ("line_chart", (420, 297)),
        ("double_key", (420, 297)),
    ],
)
def test_pages_have_their_size_their_header_and_heads_that_repeat(
    name: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    document: Document = request.getfixturevalue(name)
    section = document.sections[0]
    found = ((section.page_width or 0) / Mm(1), (section.page_height or 0) / Mm(1))
    assert found == pytest.approx(size, abs=0.1)
    header = section.header.paragraphs[0].text
    assert header.startswith("示例区供电局")
    assert header.endswith("数据日期 2025-12-31")
    long = [table for table in document.tables if len(table.rows) > 8]
    assert long or name == "notices"
    for table in long:
        first = table.rows[0]._tr.trPr
        assert first is not None
        assert first.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["gap_report", "august", "notices", "line_chart", "double_key"])
def test_no_table_is_wider_than_its_page(name: str, request: pytest.FixtureRequest) -> None:
    document: Document = request.getfixturevalue(name)
    section = document.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    for table in document.tables:
        assert sum(column.width or 0 for column in table.columns) <= room + 1000


def test_chinese_fonts_are_named_with_what_stands_in_for_them(gap_report: Document) -> None:
    data = io.BytesIO()
    gap_report.save(data)
    with zipfile.ZipFile(data) as package:
        body, fonts = (package.read(f"word/{name}.xml").decode() for name in ("document", "fontTable"))
    assert {'w:eastAsia="仿宋"', 'w:eastAsia="宋体"', 'w:eastAsia="黑体"'} <= set(
        body.replace(">", " ").split()
    )
    assert 'w:name="仿宋"><w:altName w:val="FangSong,' in fonts


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_templates_are_what_their_script_makes(kind: Kind, language: str) -> None:
    kept = (FOLDER / f"{kind.value}.{language}.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(kept)) as old, zipfile.ZipFile(io.BytesIO(make(kind, language))) as new:
        assert old.namelist() == new.namelist()
        assert all(old.read(name) == new.read(name) for name in old.namelist())


def test_what_a_ledger_says_is_text_and_nothing_else(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "线图.docx"
    run("document", "line-chart", book, "--business", "B04", "-o", target)
    form = cells(tables(word(target), "业务")[0])
    assert form[0][1] == f"B04 {HOSTILE}"
    grid = tmp_path / "图.xlsx"
    run("document", "double-key", book, "-o", grid)
    page = openpyxl.load_workbook(grid)["监督图"]
    assert (page["B2"].value, page["B2"].data_type) == (HOSTILE, "s")


def test_a_template_of_the_office_is_filled_in_by_chinese_or_english_names(
    book: Path, tmp_path: Path
) -> None:
    own = template(
        tmp_path / "本局模板.docx",
        "致{{ 单位 }}：{{ as_of }}，共{{ 合计 }}项",
        "{%p for 组 in 分组列表 %}",
        "{{ 组.部门 }}有{{ 组.count }}项",
        "{%p endfor %}",
    )
    target = tmp_path / "报告.docx"
    run("document", "gap-report", book, "--template", own, "-o", target)
    rows = list(sheet(_excel(book, tmp_path), "各部门"))
    assert texts(word(target))[1:] == [f"{row['部门']}有{row['合计']}项" for row in rows]
    assert texts(word(target))[0].startswith("致示例区供电局：2025-12-31，共")


def _excel(book: Path, folder: Path) -> Path:
    target = folder / "报告.xlsx"
    run("document", "gap-report", book, "-o", target)
    return target


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{{ 主管领导 }}", "“主管领导”"),
        ("{{ 单位", "占位符的写法"),
        ("{{ ''.__class__.__mro__ }}", "__class__"),
        ("{{ 单位.format.__globals__ }}", "__globals__"),
    ],
)
def test_a_wrong_placeholder_is_named_and_nothing_is_written(
    book: Path, tmp_path: Path, line: str, told: str
) -> None:
    own, target = template(tmp_path / "模板.docx", line), tmp_path / "报告.docx"
    said = run("document", "gap-report", book, "--template", own, "-o", target, code=2).output
    assert told in said
    assert not target.exists()


def test_a_wrong_placeholder_is_found_even_in_a_list_that_is_empty(book: Path, tmp_path: Path) -> None:
    own = template(tmp_path / "t.docx", "{%p for 行 in 豁免列表 %}", "{{ 行.批准 }}", "{%p endfor %}")
    command = ("document", "gap-report", book, "--template", own, "-o", tmp_path / "r.docx")
    assert "“批准”" in run(*command, code=2).output
    assert "placeholder 批准" in run(*command, "--lang", "en", code=2).output
    assert not (tmp_path / "r.docx").exists()


def test_a_file_that_is_no_word_document_is_refused(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "报告.docx"
    plain = tmp_path / "模板.docx"
    plain.write_text("{{ 单位 }}", encoding="utf-8")
    for other in (plain, book):
        said = run("document", "gap-report", book, "--template", other, "-o", target, code=2).output
        assert "不是 Word 文档" in said
    missing = run("document", "gap-report", book, "--template", tmp_path / "无.docx", "-o", target, code=2)
    assert "无法读取模板" in missing.output
    assert not target.exists()


def test_a_form_that_is_not_known_is_refused(book: Path, tmp_path: Path) -> None:
    assert ".docx 或 .xlsx" in run("document", "gap-report", book, "-o", tmp_path / "x.pdf", code=2).output
    own = template(tmp_path / "t.docx", "{{ 单位 }}")
    command = ("document", "gap-report", book, "--template", own, "-o", tmp_path / "x.xlsx")
    assert "只用于 Word" in run(*command, code=2).output
    command = ("document", "task-sheet", book, "--month", "2025-13", "-o", tmp_path / "x.docx")
    assert "2025-13" in run(*command, code=2).output


def test_where_there_is_nothing_the_document_says_what_was_looked_at(book: Path, tmp_path: Path) -> None:
    wanted = {"task-sheet": "台账中共有任务单 0 张", "rectification-notice": "共查看问题 0 个"}
    for kind, told in wanted.items():
        target = tmp_path / f"{kind}.docx"
        assert told in run("document", kind, book, "-o", target).output
        assert told in everything(word(target))
    target = tmp_path / "empty.xlsx"
    run("document", "task-sheet", book, "-o", target)
    about = openpyxl.load_workbook(target)
    assert about.active is not None
    assert about.active.title == "说明"
    assert wanted["task-sheet"] in str([cell.value for row in about["说明"] for cell in row])


def test_the_documents_speak_english(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "gaps.docx"
    run("document", "gap-report", book, "--lang", "en", "-o", target)
    told = everything(word(target))
    assert {"Gap report", "1. Gaps by responsible department"} <= set(texts(word(target)))
    assert "How to mend it" in told


def test_the_templates_are_given_to_be_edited_and_are_not_replaced(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "模板"
    run("document", "templates", "-o", folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{kind}.zh.docx" for kind in Kind)
    assert "未覆盖" in run("document", "templates", "-o", folder, code=2).output
    target = tmp_path / "own.docx"
    run("document", "double-key", book, "--template", folder / "double-key.zh.docx", "-o", target)
    assert tables(word(target), "业务", "星级")


def test_the_page_on_documents_lists_every_placeholder() -> None:
    page = (Path(__file__).parents[2] / "docs" / "documents.md").read_text(encoding="utf-8")
    for kind in Kind:
        part = page.partition(f"### {word_of('title', kind.value, 'zh')} /")[2].partition("\n#")[0]
        for keys in schema(kind).values():
            for key in keys:
                told = part if key not in COMMON else page
                assert f"`{label(key, 'zh')}` `{key}`" in told
