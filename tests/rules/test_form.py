"""Every rule file keeps to one form, so that other SHACL processors run it and officers can read it."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from rdflib import ORG, RDF, SH, BNode, Graph, Namespace, URIRef

from dutygraph.rules import InferenceRule, RuleError, load_rules
from dutygraph.rules.catalogue import _read

RULES = load_rules()
SV = Namespace("https://w3id.org/dutygraph#")
FOLDERS = files("dutygraph.rules")
TERM = re.compile(r"\b(?:sv|org):([\w-]+)")


def graph(name: str, file: str) -> Graph:
    return Graph().parse(data=FOLDERS.joinpath(name, file).read_text(encoding="utf-8"), format="turtle")


def where(construct: str) -> str:
    """Give what a query reads: its WHERE without the terms that a BIND brings in for the template."""
    return re.sub(r"BIND \(.*? AS \?\w+\)", "", construct.partition("WHERE")[2])


def conclusions(name: str) -> set[str]:
    """Give the terms that only rules state and this one does: properties, classes."""
    then = graph(name, "then.ttl")
    terms = {str(term) for term in {*then.predicates(), *then.objects(None, RDF.type)}}
    short = {
        term.removeprefix(space) for space in (str(SV), str(ORG)) for term in terms if term.startswith(space)
    }
    return short - {"StarRating"}  # a declared star is one too


def test_every_folder_with_an_example_has_a_rule() -> None:
    folders = {f.name for f in FOLDERS.iterdir() if f.is_dir() and not f.name.startswith("__")}
    assert folders == {rule.name for rule in RULES}
    for name in folders:
        assert {f.name for f in FOLDERS.joinpath(name).iterdir()} == {"rule.ttl", "given.ttl", "then.ttl"}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_rule_is_a_standard_shacl_rule_on_the_run(rule: InferenceRule) -> None:
    shapes = graph(rule.name, "rule.ttl")
    shape = URIRef(rule.iri)
    assert rule.iri == f"https://w3id.org/dutygraph/rule/{rule.name}"
    assert list(shapes.objects(shape, SH.targetClass)) == [SV.CheckRun]
    body = shapes.value(shape, SH.rule)
    assert isinstance(body, BNode)
    assert shapes.value(body, RDF.type) == SH.SPARQLRule
    assert shapes.value(body, SH.prefixes) == URIRef("https://w3id.org/dutygraph")
    assert shapes.value(shape, SH.order) == shapes.value(body, SH.order)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_rule_says_what_it_derives_and_why_in_both_languages(rule: InferenceRule) -> None:
    for text in (rule.label, rule.definition):
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert not re.search(r"[\u4e00-\u9fff]", text.en)
    assert rule.definition.zh.endswith("。")
    assert rule.definition.en.endswith(".")
    assert rule.sources
    assert all(re.fullmatch(r"F\d+|D\d+|P", source) for source in rule.sources)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_query_keeps_to_what_pre_binding_allows(rule: InferenceRule) -> None:
    """SHACL 5.2.1 and appendix A: no MINUS, VALUES or SERVICE, and a sub-SELECT projects $this."""
    query = rule.construct
    assert not re.search(r"\b(MINUS|VALUES|SERVICE|NOW|RAND)\b", query)
    assert all(text.startswith(" $this ") for text in query.split("SELECT")[1:])
    assert "AS $this" not in query
    assert "AS ?this" not in query


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_rule_reads_only_what_lower_strata_derive(rule: InferenceRule) -> None:
    read = set(TERM.findall(where(rule.construct)))
    for other in RULES:
        if read & conclusions(other.name):
            assert other.order < rule.order, f"{rule.name} reads what {other.name} derives"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sh:SPARQLRule ;", "sh:SPARQLRule ; <<", "rule.ttl"),
        ('"derived-public"', '"public"', "intoGraph"),
        ('"@en', '"@fr', "zh-hans and en"),
        ("$this", "?run", "this"),
        ("sh:order 1 ;\n  sh:rule", "sh:rule", "order"),
        ("a sh:NodeShape", "a sh:PropertyShape", "NodeShape"),
        ('dcterms:source "F18" , "F19"', 'rdfs:comment "-"', "source"),
    ],
)
def test_an_ill_formed_rule_is_refused_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = FOLDERS.joinpath("in-business", "rule.ttl").read_text(encoding="utf-8")
    assert old in text
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "rule.ttl").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=message) as caught:
        _read(folder, "")
    assert "broken" in str(caught.value)
