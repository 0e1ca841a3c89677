"""Ledgers in: workbooks, CSV folders and RDF files, read into statements that remember their cells.

    loaded = load([Path("bureau.xlsx")])
    loaded.problems    # every bad cell, each with what was expected
    loaded.delta       # what a store commits

Which column is which property is data: ``columns/<sheet>.toml``. The empty forms, and the rows that
were refused, go out as workbooks of the same form.
"""

from dutygraph.loaders.catalogue import column_of, is_kept_apart, sheet_forms
from dutygraph.loaders.cell_links import CellLinks, find_cell_links
from dutygraph.loaders.errors import (
    DamagedSource,
    EncodingError,
    EncryptedSource,
    MissingSource,
    NoBureauError,
    OversizedSource,
    SourceError,
    UnknownFormat,
)
from dutygraph.loaders.forms import ColumnForm, EntityForm, SheetForm
from dutygraph.loaders.loading import load
from dutygraph.loaders.rejected import write_rejected
from dutygraph.loaders.sources import DEFAULT_MAX_BYTES
from dutygraph.loaders.template import write_template
from dutygraph.loaders.workbooks_out import safe_cell

__all__ = [
    "DEFAULT_MAX_BYTES",
    "CellLinks",
    "ColumnForm",
    "DamagedSource",
    "EncodingError",
    "EncryptedSource",
    "EntityForm",
    "MissingSource",
    "NoBureauError",
    "OversizedSource",
    "SheetForm",
    "SourceError",
    "UnknownFormat",
    "column_of",
    "find_cell_links",
    "is_kept_apart",
    "load",
    "safe_cell",
    "sheet_forms",
    "write_rejected",
    "write_template",
]
