"""What the whole matrix leaves behind: logs, measures, entity tags."""

from __future__ import annotations

import pytest

from tests.service.matrix.conftest import READERS, Matrix
from tests.service.matrix.test_markers import found_in


def test_the_log_names_nobody(matrix: Matrix) -> None:
    assert '"route": "/api/v1/bureaus/{code}/records/{kind}/{id' in matrix.log
    assert found_in(matrix.log) == frozenset()


def test_the_measures_name_nobody(matrix: Matrix) -> None:
    assert 'route="/api/v1/bureaus/{code}/names"' in matrix.measures
    assert found_in(matrix.measures) == frozenset()
    assert "SY" not in matrix.measures


@pytest.mark.parametrize("caller", READERS)
def test_the_tag_of_a_record_depends_on_what_is_visible_alone(caller: str, matrix: Matrix) -> None:
    """Else a changed tag would tell that something hidden has changed."""
    tags = {
        question: answer.etag
        for question, answer in matrix.whole[caller].items()
        if question.template.endswith("/records/{kind}/{id}") and answer.status == 200
    }
    assert len(tags) > 10
    assert tags == {question: matrix.otherwise[caller][question].etag for question in tags}
