"""The example bureau, checked once a worker, as pictures of its charts need it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dutygraph.charts.reading import Reading
from dutygraph.check import check
from dutygraph.model import CheckReport
from dutygraph.sources import open_source
from tests.conftest import EXAMPLE


@dataclass(frozen=True)
class Bureau:
    """A checked bureau."""

    reading: Reading
    report: CheckReport

    def iri(self, kind: str, identifier: str) -> str:
        return self.reading.names.thing(kind, identifier)


@pytest.fixture(scope="session")
def bureau() -> Bureau:
    source = open_source([EXAMPLE])
    report = check(source.store, source.names, notices=source.notices)
    return Bureau(Reading.of(source.store, source.names), report)
