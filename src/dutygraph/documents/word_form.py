"""A document as Word: a template (docxtpl) filled in. Templates are the office's: they are run in a sandbox.

What a ledger says is put into the finished template as text; nothing in it is ever read as a template.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from importlib import resources

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError

from dutygraph.documents.grids import fit_columns
from dutygraph.documents.labels import both_names, specimen
from dutygraph.documents.model import Content, DocumentError, Kind, Row, Value
from dutygraph.model import Text

_MADE_FOR = "word/document.xml"
LARGEST_TEMPLATE = 20_000_000  # bytes, unpacked


class _Unknown(StrictUndefined):
    """A placeholder that the document does not have: its error says its name and nothing else."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


def default_template(kind: Kind, language: str) -> bytes:
    """Return the template that comes with the product."""
    language = "en" if language == "en" else "zh"
    folder = resources.files("dutygraph.documents").joinpath("templates")
    return folder.joinpath(f"{kind.value}.{language}.docx").read_bytes()


def try_template(kind: Kind, template: bytes) -> None:
    """Fill a template with a row in every list: a wrong placeholder is told even where a list may be empty.

    Raises:
        DocumentError: the template is no Word document, or has a placeholder that such a document lacks.

    """
    _require_word(template)
    _fill(template, specimen(kind))


def as_docx(content: Content, template: bytes | None = None) -> bytes:
    """Return the document as Word, from a template of the office or else from the product's own.

    Raises:
        DocumentError: the template cannot be filled in; ``try_template`` tells it without a document.

    """
    data = default_template(content.kind, content.language) if template is None else template
    filled = _fill(data, _fields(content))
    fit_columns(filled.docx)
    properties = filled.docx.core_properties
    properties.author, properties.title = "Dutygraph", f"{content.heading.unit} {content.heading.as_of}"
    properties.created = properties.modified = content.heading.made_at.replace(tzinfo=None)
    written = io.BytesIO()
    filled.save(written)
    return written.getvalue()


def _fields(content: Content) -> Row:
    heading = content.heading
    return {
        "unit": heading.unit,
        "as_of": heading.as_of.isoformat(),
        "made_at": heading.made_at.strftime("%Y-%m-%d %H:%M UTC"),
        "scope": heading.scope,
        "note": content.note,
        **content.fields,
    }


def _require_word(data: bytes) -> None:
    said = Text(
        "模板不是 Word 文档（.docx），请用 Word 或 WPS 另存为 .docx 后再试。",
        "The template is no Word document (.docx); save it as .docx and try again.",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
            if _MADE_FOR not in package.namelist():
                raise DocumentError(said)
    except (zipfile.BadZipFile, OSError) as error:
        raise DocumentError(said) from error
    if unpacked > LARGEST_TEMPLATE:
        raise DocumentError(Text("模板过大。", "The template is too large."))


def _fill(data: bytes, fields: Row) -> DocxTemplate:
    template = DocxTemplate(io.BytesIO(data))
    environment = ImmutableSandboxedEnvironment(undefined=_Unknown, autoescape=True)
    try:
        template.render(dict(both_names(_clean_row(fields))), environment, autoescape=True)
    except UndefinedError as error:
        name = str(error.message)
        raise DocumentError(
            Text(
                f"模板里的占位符“{name}”不属于这种文书；可用的占位符见文书说明，"
                "或用 dutygraph document templates 领取缺省模板对照。",
                f"The template's placeholder {name} is none of this document's; the page on documents lists "
                "them, "
                "and dutygraph document templates gives the templates to compare with.",
            )
        ) from error
    except TemplateSyntaxError as error:
        raise DocumentError(_unreadable(f"{error.message}")) from error
    except (TemplateError, LxmlError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise DocumentError(_unreadable(str(error))) from error
    return template


def _unreadable(reason: str) -> Text:
    return Text(
        f"模板无法填写，请检查占位符的写法：{reason}",
        f"The template cannot be filled in; mind how its placeholders are written: {reason}",
    )


def _clean_row(row: Row) -> Row:
    return {
        key: "auto" if key.endswith("colour") and value == "" else _clean(value) for key, value in row.items()
    }


def _clean(value: Value) -> Value:
    if isinstance(value, str):
        return "".join(
            one for one in value if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs")
        )
    return value if isinstance(value, int) else [_clean_row(row) for row in value]
