"""Each rule, run alone over its given.ttl, adds exactly its then.ttl: on our runner and on pySHACL."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph

from dutygraph.rules import InferenceRule, load_rules
from dutygraph.rules.run import apply

if TYPE_CHECKING:
    from collections.abc import Iterable

RULES = load_rules()
FOLDERS = files("dutygraph.rules")
RUN = ox.NamedNode("https://dutygraph.example/bureau/demo/run/current")


def text(rule: InferenceRule, name: str) -> str:
    return FOLDERS.joinpath(rule.name, name).read_text(encoding="utf-8")


def store(turtle: str) -> ox.Store:
    data = ox.Store()
    data.load(turtle.encode(), format=ox.RdfFormat.TURTLE)
    return data


def lines(triples: Iterable[object]) -> list[str]:
    return sorted(map(str, triples))


def test_rules_are_found() -> None:
    assert len(RULES) >= 32


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_given_and_then_share_nothing(rule: InferenceRule) -> None:
    given = {quad.triple for quad in store(text(rule, "given.ttl"))}
    then = {quad.triple for quad in store(text(rule, "then.ttl"))}
    assert then
    assert not given & then


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_our_runner_adds_exactly_then(rule: InferenceRule) -> None:
    expected = lines(quad.triple for quad in store(text(rule, "then.ttl")))
    given = store(text(rule, "given.ttl"))
    assert lines(apply(rule, given, RUN)) == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_our_runner_never_repeats_what_is_there(rule: InferenceRule) -> None:
    given = store(text(rule, "given.ttl") + text(rule, "then.ttl"))
    assert lines(apply(rule, given, RUN)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_pyshacl_adds_exactly_then(rule: InferenceRule) -> None:
    shapes = Graph().parse(data=text(rule, "rule.ttl"), format="turtle")
    shapes.parse(data=files("dutygraph.ontology").joinpath("core.ttl").read_text(encoding="utf-8"))
    given = Graph().parse(data=text(rule, "given.ttl"), format="turtle")
    before = set(given)
    pyshacl.shacl_rules(given, shacl_graph=shapes, advanced=True, inplace=True)
    expected = Graph().parse(data=text(rule, "then.ttl"), format="turtle")
    assert lines(set(given) - before) == lines(expected)
