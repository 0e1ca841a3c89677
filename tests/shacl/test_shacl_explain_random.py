"""Random shapes and graphs: everything can be explained, and a repair that is shown mends."""

from __future__ import annotations

from collections import Counter

from agreement import key, ttl
from hypothesis import HealthCheck, given, settings
from rdflib import Graph
from test_shacl_random import graphs, whole_shapes

from dutygraph.shacl import Explanation, Report, explain, validate
from dutygraph.shacl.explaining import as_data, as_lines

CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def mended(data: Graph, explanation: Explanation) -> Graph:
    assert explanation.repair is not None
    changed = Graph() + data
    for triple in explanation.repair.removed:
        changed.remove(triple)
    for triple in explanation.repair.added:
        changed.add(triple)
    return changed


def counted(report: Report) -> Counter[tuple[str, ...]]:
    return Counter(key(report, result) for result in report.results)


@given(graphs, whole_shapes())
@settings(max_examples=120, deadline=None, suppress_health_check=CALM)
def test_a_repair_that_is_shown_removes_its_result(text: str, shapes_text: str) -> None:
    data, shapes = ttl(text), ttl(shapes_text)
    report = validate(data, shapes, engine="compiled")
    before = counted(report)
    for explanation in explain(report, data, shapes)[:12]:
        assert as_lines(explanation, "zh")
        assert as_data(explanation)["cause"]["zh"]
        assert (explanation.repair is None) == (explanation.no_repair is not None)
        if explanation.repair is not None:
            after = counted(validate(mended(data, explanation), shapes, engine="compiled"))
            one = key(report, explanation.result)
            assert after[one] < before[one]


@given(graphs, whole_shapes())
@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
def test_what_was_read_is_in_the_data(text: str, shapes_text: str) -> None:
    data, shapes = ttl(text), ttl(shapes_text)
    report = validate(data, shapes, engine="compiled")
    for explanation in explain(report, data, shapes)[:12]:
        reads = {tuple(read["triple"]) for read in as_data(explanation)["reads"]}
        assert reads <= {(s.n3(), p.n3(), o.n3()) for s, p, o in data}
        assert explanation.result in report.results
