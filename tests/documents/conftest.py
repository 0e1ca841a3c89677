"""The documents of the example bureau, each made once by the command; the ledger they are held against."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx.document import Document

from dutygraph.check import check
from dutygraph.cli import document_job
from dutygraph.sources import open_source
from tests.cli.door import run
from tests.conftest import EXAMPLE
from tests.documents.opened import word
from tests.questions.workbook import Workbook

Made = Callable[..., Path]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make a document of the example bureau, unless it was made before."""
    folder, known = tmp_path_factory.mktemp("documents"), dict[tuple[object, ...], Path]()
    opened = cache(lambda: open_source([EXAMPLE]))
    checked = cache(lambda: check(opened().store, opened().names))

    def make(kind: str, *options: object, ending: str = "docx") -> Path:
        key = (kind, *options, ending)
        if key not in known:
            known[key] = folder / f"{len(known)}.{ending}"
            with pytest.MonkeyPatch.context() as patch:  # read and checked once: it is the same every time
                patch.setattr(document_job, "open_or_refuse", lambda *_, **__: opened())
                patch.setattr(document_job, "check", lambda *_, **__: checked())
                run("document", kind, EXAMPLE, *options, "-o", known[key])
        return known[key]

    return make


@pytest.fixture(scope="session")
def gap_report(made: Made) -> Document:
    return word(made("gap-report"))


@pytest.fixture(scope="session")
def august(made: Made) -> Document:
    return word(made("task-sheet", "--month", "2025-08"))


@pytest.fixture(scope="session")
def notices(made: Made) -> Document:
    return word(made("rectification-notice"))


@pytest.fixture(scope="session")
def line_chart(made: Made) -> Document:
    return word(made("line-chart", "--business", "B04"))


@pytest.fixture(scope="session")
def double_key(made: Made) -> Document:
    return word(made("double-key"))


@pytest.fixture(scope="session")
def book() -> Workbook:
    return Workbook()
