"""The example bureau, loaded once a worker, and asked through the same door as the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from dutygraph.check import prepare
from dutygraph.model import Thing
from dutygraph.questions import Value, ask, find_question
from dutygraph.sources import OpenSource, open_source
from tests.questions.workbook import AS_OF, PATH, Answered, Workbook

Rows = Callable[..., Answered]


@pytest.fixture(scope="session")
def source() -> OpenSource:
    """The example bureau, derived at AS_OF."""
    opened = open_source([PATH])
    prepare(opened.store, opened.names, date.fromisoformat(AS_OF))
    return opened


@pytest.fixture(scope="session")
def book() -> Workbook:
    """The same workbook, read without the product."""
    return Workbook()


@pytest.fixture(scope="session")
def rows(source: OpenSource) -> Rows:
    """Ask a question, ``rows("Q06", month="2025-03")``: things by id, concepts by name, the rest as text."""

    def asked(identifier: str, **given: str) -> Answered:
        answer = ask(source.store, source.names, find_question(identifier), given)
        return [tuple(plain(cell) for cell in row) for row in answer.rows]

    return asked


def plain(cell: Value) -> str | None:
    if isinstance(cell, Thing):
        return cell.id
    return None if cell is None else str(cell)
