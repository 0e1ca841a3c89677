"""The examples of the rules as graphs, and what they say must fire."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdflib import RDF, Dataset, Graph
from rdflib.term import Node

from dutygraph.ontology import SV, derived_terms
from dutygraph.shapes import RuleFolder

EXPECTATIONS = (SV.expectedGap, SV.expectedFocus, SV.expectedValue, SV.alsoBreaks)


@dataclass(frozen=True)
class Gap:
    """A gap as the tests compare it; value None means: whatever the rule gives."""

    focus: Node
    value: Node | None


def parse(text: str) -> Graph:
    """Read an example, its expectations left out."""
    graph = Graph().parse(data=text, format="turtle")
    for predicate in EXPECTATIONS:
        graph.remove((None, predicate, None))
    return graph


def expected_gaps(text: str, *, dataset: bool) -> list[Gap]:
    """Return the gaps that an invalid example names for its own rule."""
    graph = _everything(text, dataset=dataset)
    return [
        Gap(focus, graph.value(gap, SV.expectedValue))
        for gap in graph.objects(None, SV.expectedGap)
        for focus in graph.objects(gap, SV.expectedFocus)
    ]


def also_broken(text: str, *, dataset: bool) -> set[str]:
    """Return the other rules that an invalid example says it cannot help breaking."""
    return {str(rule) for rule in _everything(text, dataset=dataset).objects(None, SV.alsoBreaks)}


def _everything(text: str, *, dataset: bool) -> Graph:
    if not dataset:
        return Graph().parse(data=text, format="turtle")
    graph = Graph()
    for s, p, o, _ in Dataset().parse(data=text, format="trig").quads():
        graph.add((s, p, o))
    return graph


def derived_part(graph: Graph) -> set[tuple[Node, Node, Node]]:
    """Return the triples that only rules of inference may say."""
    terms = derived_terms()
    subjects = {s for s, _, kind in graph.triples((None, RDF.type, None)) if kind in terms}
    asserted_too = {
        s for s, _, kind in graph.triples((None, RDF.type, None)) if kind not in terms and _is_record(kind)
    }
    return {
        (s, p, o)
        for s, p, o in graph
        if p in terms or (p == RDF.type and o in terms) or s in subjects - asserted_too
    }


def _is_record(kind: Node) -> bool:
    # Obligation and its kin are derived as wholes; a Business that is also a HighStarBusiness is not.
    return str(kind).startswith(str(SV)) and kind != SV.StarRating


def derived_terms_read(folder: RuleFolder) -> set[Node]:
    """Return the derived terms that a rule's shape mentions."""
    names = set(re.findall(r"\bsv:([A-Za-z0-9-]+)", folder.shape))
    org = set(re.findall(r"\borg:(holds|heldBy)\b", folder.shape))
    return {
        term
        for term in derived_terms()
        if str(term).removeprefix(str(SV)) in names or str(term).rpartition("#")[2] in org
    }


def rule_of(folder: RuleFolder) -> str:
    """Return a folder's rule id."""
    return folder.name[:3]
