"""The W3C suite explained: whatever fails can be told, and what is proposed mends."""

from __future__ import annotations

import pytest
from rdflib import Graph
from w3c_manifest import Case, cases, read

from dutygraph.shacl import explain, validate
from dutygraph.shacl.explaining import as_lines, facts_of, is_partial


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_w3c_is_explained(case: Case) -> None:
    loaded = read(case)
    report = validate(loaded.data, loaded.shapes, engine="compiled")
    for explanation in explain(report, loaded.data, loaded.shapes):
        assert not is_partial(explanation.cause)
        assert as_lines(explanation, "en")[0].startswith("why: ")
        assert all(fact.triple in loaded.data for fact in facts_of(explanation.cause))
        if explanation.repair is not None:
            mended = Graph() + loaded.data
            for triple in explanation.repair.removed:
                mended.remove(triple)
            for triple in explanation.repair.added:
                mended.add(triple)
            after = validate(mended, loaded.shapes, engine="compiled").results
            assert list(after).count(explanation.result) < list(report.results).count(explanation.result)
