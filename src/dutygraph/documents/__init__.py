"""The reports of the office as Word, from templates that it can replace, and as Excel.

``gap_report``, ``task_sheets``, ``rectification_notices``, ``line_document`` and ``double_key_document`` say
what a document tells (``Content``); ``as_docx`` and ``as_xlsx`` give it its form. People stand in them by id.
"""

from dutygraph.documents.double_key_document import double_key_document
from dutygraph.documents.excel_form import as_xlsx
from dutygraph.documents.gap_report import gap_report
from dutygraph.documents.line_document import line_document
from dutygraph.documents.model import Content, DocumentError, Kind
from dutygraph.documents.notices import Asked, rectification_notices
from dutygraph.documents.task_sheets import Wanted, task_sheets
from dutygraph.documents.word_form import as_docx, default_template, try_template
from dutygraph.documents.words import scope_of

__all__ = [
    "Asked",
    "Content",
    "DocumentError",
    "Kind",
    "Wanted",
    "as_docx",
    "as_xlsx",
    "default_template",
    "double_key_document",
    "gap_report",
    "line_document",
    "rectification_notices",
    "scope_of",
    "task_sheets",
    "try_template",
]
