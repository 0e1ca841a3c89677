"""The example bureau, checked once a worker, as charts read it; the workbook read without the product."""

from __future__ import annotations

from datetime import date

import pytest

from dutygraph.charts.reading import Reading
from dutygraph.check import check
from dutygraph.model import Finding
from dutygraph.sources import OpenSource, open_source
from tests.questions.workbook import AS_OF, PATH, Workbook


@pytest.fixture(scope="session")
def source() -> OpenSource:
    return open_source([PATH])


@pytest.fixture(scope="session")
def findings(source: OpenSource) -> tuple[Finding, ...]:
    return check(source.store, source.names, as_of=date.fromisoformat(AS_OF)).findings


@pytest.fixture(scope="session")
def reading(source: OpenSource, findings: tuple[Finding, ...]) -> Reading:
    assert findings  # the check has derived what the charts read
    return Reading.of(source.store, source.names)


@pytest.fixture(scope="session")
def book() -> Workbook:
    return Workbook()
