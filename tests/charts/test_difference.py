"""What two versions of a line chart differ in."""

from __future__ import annotations

from itertools import permutations

import pytest

from dutygraph.charts.difference import chart_difference
from dutygraph.charts.reading import Reading, UnknownThingError
from tests.charts.small import a_bureau, iri
from tests.questions.workbook import Workbook, items

KINDS = {"nodes": "节点", "risks": "风险", "controls": "措施"}


def held(book: Workbook, chart: str, column: str) -> set[str]:
    return {value for row in book["线图内容"] if row["线图"] == chart for value in items(row[column])}


def test_all_pairs_of_the_example_bureau(reading: Reading, book: Workbook) -> None:
    pairs = [
        (one["业务"], one["编号"], other["编号"])
        for one, other in permutations(book["线图"], 2)
        if one["业务"] == other["业务"]
    ]
    assert len(pairs) == 14  # 3 versions of B04, 2 of each of four businesses
    for business, older, newer in pairs:
        found = chart_difference(reading, reading.registered("business", business), older, newer)
        assert (found.older.thing.id, found.newer.thing.id) == (older, newer)
        for kind, column in KINDS.items():
            before, after = held(book, older, column), held(book, newer, column)
            change = getattr(found, kind)
            assert [thing.id for thing in change.added] == sorted(after - before)
            assert [thing.id for thing in change.removed] == sorted(before - after)
            assert change.kept == len(before & after)


def test_hv_business_expansion_gained_two_risks_with_its_second_version(reading: Reading) -> None:
    found = chart_difference(reading, reading.registered("business", "B04"), "V1", "V2")
    assert [risk.id for risk in found.risks.added] == ["R04-07", "R04-28"]
    assert found.risks.removed == ()


def test_steps_are_compared_by_node_and_words() -> None:
    reading = a_bureau("""
        :B a sv:Business . :X a sv:LineChart ; sv:chartOf :B . :Y a sv:LineChart ; sv:chartOf :B .
        :S1 a sv:SupervisionStep ; sv:inChart :X ; sv:stepAt :N1 ; rdfs:label "看影像" .
        :S2 a sv:SupervisionStep ; sv:inChart :Y ; sv:stepAt :N1 ; rdfs:label "看影像" .
        :S3 a sv:SupervisionStep ; sv:inChart :X ; sv:stepAt :N2 ; rdfs:label "查单据" .
        :S4 a sv:SupervisionStep ; sv:inChart :Y ; sv:stepAt :N3 ; rdfs:label "查单据" .""")
    steps = chart_difference(reading, iri("B"), "X", "Y").steps
    assert [(step.node and step.node.id, step.text) for step in steps.added] == [("N3", "查单据")]
    assert [(step.node and step.node.id, step.text) for step in steps.removed] == [("N2", "查单据")]
    assert steps.kept == 1


def test_a_version_of_another_business_is_none_of_this_one(reading: Reading) -> None:
    with pytest.raises(UnknownThingError, match="X05-V1"):
        chart_difference(reading, reading.registered("business", "B04"), "V1", "X05-V1")
