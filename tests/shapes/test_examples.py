"""Every rule's two examples are its specification: what must not fire, and exactly what must."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rdflib import Graph, URIRef

from dutygraph.ontology import load_ontology
from dutygraph.rules import derive_graph
from dutygraph.shacl import Engine, Report, validate
from dutygraph.shapes import RuleFolder, catalogue, load_shapes, rule_folders
from dutygraph.shapes.compiled import compiled_shapes
from tests.shapes.examples import (
    Gap,
    also_broken,
    derived_part,
    derived_terms_read,
    expected_gaps,
    parse,
    rule_of,
)

ENGINES: tuple[Engine, ...] = ("pyshacl", "compiled")
ALL_RULES = [f"R{number:02}" for number in range(1, len(rule_folders()) + 1)]
RULES_OF_THE_DOMAIN = 78
ALL_SHAPES = compiled_shapes()
ONTOLOGY = load_ontology()
GRAPH_RULES = [folder for folder in rule_folders() if not folder.dataset]

pytestmark = pytest.mark.usefixtures("hastened_reference")
each_rule = pytest.mark.parametrize("folder", GRAPH_RULES, ids=lambda folder: folder.name)
each_engine = pytest.mark.parametrize("engine", ENGINES)


def gaps(report: Report, rule: str) -> list[Gap]:
    """Return a rule's gaps; nested shapes answer for the node shape that holds them."""
    owners = {shape.iri for shape in catalogue() if shape.rule == rule}
    return [
        Gap(result.focus_node, result.value)
        for result in report.results
        if str(result.source_shape) in owners or _owner(result.source_shape) in owners
    ]


@contextmanager
def with_ontology(text: str) -> Iterator[Graph]:
    """Lend the ontology with an example in it: a copy for each would take longer than all the rest."""
    own = [triple for triple in parse(text) if triple not in ONTOLOGY]
    for triple in own:
        ONTOLOGY.add(triple)
    try:
        yield ONTOLOGY
    finally:
        for triple in own:
            ONTOLOGY.remove(triple)


def _owner(shape: object) -> str:
    name = str(shape)
    return name[: name.index("-")] if "-" in name else name


def test_every_rule_has_a_folder() -> None:
    assert len(rule_folders()) >= RULES_OF_THE_DOMAIN
    assert [rule_of(folder) for folder in rule_folders()] == ALL_RULES


def test_every_rule_is_in_the_catalogue_once_per_severity() -> None:
    assert sorted({shape.rule for shape in catalogue()}) == ALL_RULES
    pairs = [(shape.rule, shape.severity) for shape in catalogue()]
    assert len(pairs) == len(set(pairs))


@each_engine
@each_rule
def test_valid_example_is_examined_and_not_accused(folder: RuleFolder, engine: Engine) -> None:
    with with_ontology(folder.valid) as data:
        report = validate(data, load_shapes({rule_of(folder)}), engine=engine)

    assert gaps(report, rule_of(folder)) == []
    assert sum(report.examined.values()) > 0


@each_engine
@each_rule
def test_invalid_example_is_accused_exactly_as_it_says(folder: RuleFolder, engine: Engine) -> None:
    with with_ontology(folder.invalid) as data:
        report = validate(data, load_shapes({rule_of(folder)}), engine=engine)
    expected = expected_gaps(folder.invalid, dataset=False)
    found = gaps(report, rule_of(folder))

    assert expected
    assert sorted(gap.focus for gap in found) == sorted(gap.focus for gap in expected)
    for gap in expected:
        if gap.value is not None:
            assert gap in found


def broken_rules(text: str) -> set[str]:
    report = validate(parse(text), ALL_SHAPES, engine="compiled")
    rules = {shape.iri: shape.rule for shape in catalogue()}
    return {rules.get(str(r.source_shape)) or rules[_owner(r.source_shape)] for r in report.results}


@each_rule
def test_invalid_example_breaks_no_other_rule(folder: RuleFolder) -> None:
    # What the valid example breaks too is only what a small graph must leave out.
    left_out = broken_rules(folder.valid)
    broken = broken_rules(folder.invalid) - left_out - {rule_of(folder)}

    assert broken == also_broken(folder.invalid, dataset=False) - left_out


@pytest.mark.parametrize("which", ["valid", "invalid"])
@each_rule
def test_derived_part_is_what_the_rules_derive(folder: RuleFolder, which: str) -> None:
    given = parse(getattr(folder, which))
    stated = derived_part(given)
    asserted = Graph()
    for triple in set(given) - stated:
        asserted.add(triple)

    again = set(derive_graph(asserted))

    terms = derived_terms_read(folder)
    assert stated - again == set(), "the example states what no rule derives"
    assert {t for t in again if _mentions(t, terms)} - stated == set(), "the example lacks what rules derive"


def _mentions(triple: tuple[object, ...], terms: set[URIRef]) -> bool:
    return triple[1] in terms or triple[2] in terms
