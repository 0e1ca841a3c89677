"""The parts that the templates are made of: pages, headings, tables with a loop, fonts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject

A4, A3 = (210, 297), (297, 420)
LATIN = "Times New Roman"
BODY, TABLE, HEAD = "仿宋", "宋体", "黑体"
ALTERNATIVES = {
    "仿宋": "FangSong,仿宋_GB2312,FangSong_GB2312,STFangsong,Noto Serif CJK SC",
    "宋体": "SimSun,STSong,Songti SC,Noto Serif CJK SC",
    "黑体": "SimHei,STHeiti,Heiti SC,Noto Sans CJK SC",
}
_HEAD_FILL = "E9EDF1"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in millimetres, what its cells say, the name of their colour."""

    heading: str
    width: float
    text: str
    colour: str = ""
    merged: bool = False
    centred: bool = False
    head_colour: str = ""


class Page:
    """A template in the making."""

    def __init__(  # a page has that many measures
        self,
        size: tuple[int, int],
        *,
        wide: bool,
        margin: float,
        body: float,
        small: float,
        tight: bool = False,
    ) -> None:
        """Set up the page (sizes in millimetres, letters in points); *tight* spares what height it can."""
        self.document: DocumentObject = Document()
        self._small, self._tight = small, tight
        section = self.document.sections[0]
        width, height = (size[1], size[0]) if wide else size
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.left_margin = section.right_margin = Mm(margin)
        section.top_margin, section.bottom_margin = (Mm(16), Mm(13)) if tight else (Mm(22), Mm(18))
        section.header_distance = section.footer_distance = Mm(7 if tight else 10)
        self.room = width - 2 * margin
        _name_fonts(self.document)
        _style(self.document, body)

    def head(self, left: str, right: str) -> None:
        """Write the header, and the number of the page into the footer."""
        section = self.document.sections[0]
        header = section.header.paragraphs[0]
        header.style = self.document.styles["Normal"]  # that of headers has tabs of its own
        header.paragraph_format.tab_stops.clear_all()
        header.paragraph_format.tab_stops.add_tab_stop(Mm(self.room), WD_TAB_ALIGNMENT.RIGHT)
        face(header.add_run(f"{left}\t{right}"), TABLE, 9)
        _rule_below(header)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for name, after in (("PAGE", " / "), ("NUMPAGES", "")):
            _field(footer, name)
            face(footer.add_run(after), TABLE, 9)

    def title(self, text: str, size: float = 20) -> None:
        """Write the title."""
        paragraph = self.document.add_paragraph(style="Title")
        face(paragraph.add_run(text), HEAD, size - 4 if self._tight else size)

    def heading(self, text: str, *, new_page: bool = False) -> None:
        """Write a heading that stays with what follows."""
        paragraph = self.document.add_paragraph(style="Heading 1")
        paragraph.paragraph_format.page_break_before = new_page
        face(paragraph.add_run(text), HEAD, 13)

    def text(self, text: str, *, size: float = 0, align: WD_ALIGN_PARAGRAPH | None = None) -> Paragraph:
        """Write a paragraph."""
        paragraph = self.document.add_paragraph()
        if align is not None:
            paragraph.alignment = align
        face(paragraph.add_run(text), BODY, size or None)
        return paragraph

    def mark(self, tag: str) -> None:
        """Write a paragraph that only holds a tag such as ``{%p for … %}``: it is gone once filled in."""
        self.document.add_paragraph(f"{{%p {tag} %}}")

    def table(self, columns: Sequence[Column], loops: Sequence[str]) -> Table:
        """Write a table: a head repeated on every page, a row for each turn of the loops."""
        table = self._table([column.width for column in columns])
        head, body = table.add_row(), []
        for loop in loops:
            _only(table.add_row(), f"{{%tr for {loop} %}}")
        body = table.add_row()
        for _ in loops:
            _only(table.add_row(), "{%tr endfor %}")
        for cell, column in zip(head.cells, columns, strict=True):
            self.cell(
                cell, column.heading, bold=True, centred=True, fill=_HEAD_FILL, colour=column.head_colour
            )
        for cell, column in zip(body.cells, columns, strict=True):
            mark = "{% vm %}" if column.merged else ""
            self.cell(cell, mark + column.text, colour=column.colour, centred=column.centred)
        _repeat(head)
        for row in table.rows:
            _whole(row)
        return table

    def form(self, rows: Sequence[Sequence[tuple[str, str]]], widths: Sequence[float]) -> Table:
        """Write a form: pairs of a name and what stands beside it, several on a line."""
        table = self._table(list(widths))
        for pairs in rows:
            row = table.add_row()
            _whole(row)
            cells = row.cells
            for place, (name, value) in enumerate(pairs):
                self.cell(cells[2 * place], name, bold=True, centred=True, fill=_HEAD_FILL)
                self.cell(cells[2 * place + 1], value)
            if 2 * len(pairs) < len(widths):
                cells[2 * len(pairs) - 1].merge(cells[-1])
        return table

    def _table(self, widths: Sequence[float]) -> Table:
        table: Table = self.document.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _margins(table, 0 if self._tight else 30)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def cell(
        self,
        cell: _Cell,
        text: str,
        *,
        bold: bool = False,
        centred: bool = False,
        fill: str = "",
        colour: str = "",
    ) -> None:
        """Write a cell, with a colour behind it or with the placeholder of one."""
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = 1.0
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if colour:
            paragraph.add_run(f"{{% cellbg {colour} %}}")
        run = face(paragraph.add_run(text), TABLE, self._small)
        run.bold = bold
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
        if fill:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:color"), "auto")
            shade.set(qn("w:fill"), fill)
            properties.append(shade)
        align = OxmlElement("w:vAlign")
        align.set(qn("w:val"), "center" if centred else "top")
        properties.append(align)


def face(run: Run, font: str, size: float | None = None) -> Run:
    """Set the fonts of a run: one for Chinese, one for Latin letters and digits."""
    run.font.name = LATIN
    properties = run._r.get_or_add_rPr()  # noqa: SLF001
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    if size:
        run.font.size = Pt(size)
    return run


def turn(cell: _Cell, row: _Row, height: Length) -> None:
    """Let the text of a cell run downwards, in a row at least so high."""
    direction = OxmlElement("w:textDirection")
    direction.set(qn("w:val"), "tbRl")
    cell._tc.get_or_add_tcPr().append(direction)  # noqa: SLF001
    row.height = height


def _style(document: DocumentObject, body: float) -> None:
    for name, size in (("Normal", body), ("Title", 20), ("Heading 1", 13)):
        style = document.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), BODY if name == "Normal" else HEAD)
        colour = style.element.rPr.find(qn("w:color"))
        if colour is not None:
            style.element.rPr.remove(colour)
    title = document.styles["Title"]
    borders = title.element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        title.element.pPr.remove(borders)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(10)
    document.styles["Heading 1"].paragraph_format.space_after = Pt(4)


def _name_fonts(document: DocumentObject) -> None:
    """Say in the table of fonts what stands in for a font that a machine has not."""
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/></w:font>'
        for name, others in ALTERNATIVES.items()
    )
    table = next(
        part for part in document.part.package.iter_parts() if part.partname.endswith("/fontTable.xml")
    )
    text = table.blob.decode("utf-8")
    table._blob = text.replace("</w:fonts>", f"{listed}</w:fonts>").encode()  # noqa: SLF001


def _only(row: _Row, tag: str) -> None:
    row.cells[0].paragraphs[0].add_run(tag)


def _repeat(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _whole(row: _Row) -> None:
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    properties.insert(0, OxmlElement("w:cantSplit"))


def _margins(table: Table, high: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", high), ("left", 60), ("bottom", high), ("right", 60)):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), str(width))
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001
    look.addprevious(margins)


def _rule_below(paragraph: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "7B8794")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    tabs = properties.find(qn("w:tabs"))
    tabs.addprevious(borders)


def _field(paragraph: Paragraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001
