"""Several bureaus in one data graph, each with a run of its own: every rule says what it says of each."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pyoxigraph as ox
import pytest

from bench.generate import bureau_lines, example_lines
from dutygraph.shacl import Report, compile_shapes, validate
from dutygraph.shapes import catalogue, load_shapes

NAMES = ("SL01", "SL02", "SL03")
GAPS = 60  # of 1000 varied triples, how many are left out
RULES = sorted({shape.rule for shape in catalogue() if not shape.dataset_check})
Key = tuple[str, ...]


@cache
def bureaus() -> tuple[str, ...]:
    lines = list(example_lines())
    # The generator judges all bureaus in one run; here each has its own again.
    return tuple(
        "".join(
            line.replace("/run/current>", f"/bureau/{name}/run/current>")
            for _, line in bureau_lines(lines, name, GAPS)
        )
        for name in NAMES
    )


def report_of(*texts: str) -> Report:
    store = ox.Store()
    for text in texts:
        store.bulk_load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    return validate(store, compile_shapes(load_shapes(set(RULES))))


@cache
def found(*texts: str) -> Counter[Key]:
    report = report_of(*texts)
    return Counter(
        (str(r.source_shape), str(r.focus_node), str(r.path), str(r.value), str(r.component))
        for r in report.results
    )


@cache
def side_by_side() -> Counter[Key]:
    return sum((found(text) for text in bureaus()), Counter())


def of_rule(results: Counter[Key], rule: str) -> Counter[Key]:
    names = {shape.iri.rpartition("/")[2] for shape in catalogue() if shape.rule == rule}
    return Counter({k: n for k, n in results.items() if k[0].rpartition("/")[2].split("-")[0] in names})


@pytest.mark.parametrize("rule", RULES)
def test_a_union_says_of_each_bureau_what_it_says_alone(rule: str) -> None:
    assert of_rule(found(*bureaus()), rule) == of_rule(side_by_side(), rule)


def test_the_bureaus_have_runs_and_gaps_of_their_own() -> None:
    assert all(text.count("asOf>") == 1 for text in bureaus())
    assert len({frozenset(k[:1] for k in found(text)) for text in bureaus()}) > 1
    assert sum(side_by_side().values()) == sum(sum(of_rule(side_by_side(), rule).values()) for rule in RULES)
