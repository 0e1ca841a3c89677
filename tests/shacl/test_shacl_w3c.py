from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from w3c_manifest import Case, cases, found, read

from dutygraph.shacl import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = cases()

# What each engine is known to get wrong, and why.
KNOWN: dict[str, dict[str, str]] = {
    "pyshacl": {
        "core/property/uniqueLang-002": 'takes "1"^^xsd:boolean for true, which switches sh:uniqueLang on',
    },
    "compiled": {},
}


def _parameters(engine: str) -> Iterator[object]:
    for case in CASES:
        reason = KNOWN[engine].get(case.name)
        marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
        yield pytest.param(engine, case, id=f"{engine}-{case.name}", marks=marks)


def test_the_whole_core_suite_is_here() -> None:
    assert len(CASES) == 98
    assert all(set(known) <= {c.name for c in CASES} for known in KNOWN.values())


@pytest.mark.parametrize(("engine", "case"), [*_parameters("pyshacl"), *_parameters("compiled")])
def test_w3c(engine: Literal["compiled", "pyshacl"], case: Case) -> None:
    loaded = read(case)
    report = validate(loaded.data, loaded.shapes, engine=engine)
    assert found(report, loaded) == loaded.expected
    assert report.conforms == loaded.conforms
