"""What several folders of tests share: the example bureau, checked once a worker."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from dutygraph.check import check
from dutygraph.model import CheckReport
from dutygraph.sources import open_source

EXAMPLE = Path(str(resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")))


@pytest.fixture(scope="session")
def example_report() -> CheckReport:
    """The report on the example bureau; tests that use it belong in the xdist group ``example``."""
    opened = open_source([EXAMPLE])
    return check(opened.store, opened.names, notices=opened.notices)
