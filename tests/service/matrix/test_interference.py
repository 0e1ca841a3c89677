"""What a caller is told does not depend on what is hidden from the caller.

For each caller there is a second store, in which everything hidden from that caller is otherwise: under other
ids, with other names and remarks, there twice, or not there at all. Every answer must be the same, byte for
byte, but for times. So nothing hidden is counted, sorted by, averaged, or told of by an error.
"""

from __future__ import annotations

import pytest

from tests.service.matrix.bureau import otherwise, whole
from tests.service.matrix.conftest import READERS, Matrix

# What tells of the service or of its own making, not of the bureau: probes, the log, how large a commit was
# (told to tier 1 and the office, with the log).
_TOLD_OF_ITSELF = frozenset(
    {
        "/metrics",
        "/ready",
        "/api/v1/audit",
        "/api/v1/tokens",
        "/api/v1/bureaus/{code}/commits/{number}",
    }
)


@pytest.mark.parametrize("caller", READERS)
def test_the_other_store_differs(caller: str) -> None:
    here, there = set(whole().added), set(otherwise(caller).added)
    assert here - there
    assert there - here


@pytest.mark.parametrize("caller", READERS)
def test_nothing_that_is_told_depends_on_what_is_hidden(caller: str, matrix: Matrix) -> None:
    told = matrix.otherwise[caller]
    differing = [
        (question.address, question.form)
        for question, answer in told.items()
        if question.template not in _TOLD_OF_ITSELF and answer.masked != matrix.whole[caller][question].masked
    ]
    assert differing == []
