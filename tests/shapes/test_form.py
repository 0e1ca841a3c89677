"""The shapes keep to their own form, and to SHACL's."""

from __future__ import annotations

import re
from importlib import resources

import pyshacl
import pytest
from rdflib import DCTERMS, RDFS, SH, Graph, Literal, URIRef

from dutygraph.ontology import RULE, SV
from dutygraph.shacl import validate
from dutygraph.shapes import (
    ASPECTS,
    RuleFolder,
    catalogue,
    load_dataset_shapes,
    load_shapes,
    load_structure_shapes,
    rule_folders,
)

META = resources.files("dutygraph.shapes").joinpath("meta-shape.ttl").read_text(encoding="utf-8")
BANNED = re.compile(r"\b(MINUS|VALUES|SERVICE|NOW|RAND|UUID)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return load_shapes() + load_dataset_shapes()


def test_shapes_keep_to_the_form(shapes: Graph) -> None:
    report = validate(shapes, Graph().parse(data=META), engine="pyshacl")

    assert [(str(r.focus_node), str(r.path), str(r.value)) for r in report.results] == []
    assert report.examined[str(RULE["form"])] >= len(catalogue())


@pytest.mark.parametrize(
    "predicate", [RDFS.label, SH.message, SV.remedy, SV.rationale, SH.severity, DCTERMS.source, SV.ruleAspect]
)
def test_the_form_notices_what_is_missing(shapes: Graph, predicate: URIRef) -> None:
    broken = Graph() + shapes
    broken.remove((RULE.R01, predicate, None))

    report = validate(broken, Graph().parse(data=META), engine="pyshacl")

    assert {(r.focus_node, r.path) for r in report.results} == {(RULE.R01, predicate)}


@pytest.mark.usefixtures("hastened_reference")
def test_shapes_pass_the_shapes_of_shacl(shapes: Graph) -> None:
    # pyshacl raises ShapeLoadError, with the reasons, where the meta-shapes are not met
    conforms, _, _ = pyshacl.validate(Graph(), shacl_graph=shapes + load_structure_shapes(), meta_shacl=True)

    assert conforms


def test_parts_are_as_grave_as_their_rule(shapes: Graph) -> None:
    different = [
        (str(shape), str(part))
        for shape, part in shapes.subject_objects(SH.property)
        if shapes.value(shape, SV.ruleId)
        and shapes.value(part, SH.severity) != shapes.value(shape, SH.severity)
    ]
    assert different == []


def test_names_follow_the_rule(shapes: Graph) -> None:
    named = [
        str(part).removeprefix(str(shape))
        for predicate in (SH.property, SH.sparql)
        for shape, part in shapes.subject_objects(predicate)
        if shapes.value(shape, SV.ruleId)
    ]
    assert named
    assert all(name.startswith("-") for name in named)


def test_constraints_use_no_banned_or_clock_words(shapes: Graph) -> None:
    selects = [str(select) for select in shapes.objects(None, SH.select)]

    assert selects
    assert [select for select in selects if BANNED.search(select)] == []


def test_messages_use_only_the_two_placeholders(shapes: Graph) -> None:
    texts = [str(text) for predicate in (SH.message, SV.remedy) for text in shapes.objects(None, predicate)]
    placeholders = {name for text in texts for name in re.findall(r"\{[^}]*\}", text)}

    assert placeholders <= {"{$this}", "{?value}"}


def test_messages_speak_to_officers(shapes: Graph) -> None:
    texts = [
        str(text)
        for predicate in (SH.message, SV.remedy, SV.rationale, RDFS.label)
        for text in shapes.objects(None, predicate)
        if isinstance(text, Literal) and text.language == "zh-hans"
    ]
    jargon = re.compile(r"sv:|IRI|RDF|SHACL|SPARQL|三元组|谓词|约束|http", re.IGNORECASE)

    assert texts
    assert [text for text in texts if jargon.search(text)] == []


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_a_folder_is_named_for_its_rule_and_stands_under_its_aspect(folder: RuleFolder) -> None:
    mine = [shape for shape in catalogue() if shape.folder == folder.name]

    assert {shape.rule for shape in mine} == {folder.name[:3]}
    assert {shape.aspect for shape in mine} == {folder.aspect}
    assert folder.aspect in ASPECTS
