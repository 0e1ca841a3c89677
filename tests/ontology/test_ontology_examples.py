"""The good examples of shapes and rules use the vocabulary as it is declared: domain, range and scheme.

The bad examples are left alone: to break a rule, they may well point at the wrong sort of thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from dutygraph.ontology import SV, load_ontology, superclasses

ROOT = Path(__file__).resolve().parents[2]
ASPECTS = {path.parents[1].name for path in ROOT.glob("shapes/*/*/valid.ttl")}
EXAMPLES = {aspect: sorted(ROOT.glob(f"shapes/{aspect}/*/valid.ttl")) for aspect in sorted(ASPECTS)} | {
    "rules": sorted(ROOT.glob("rules/*/given.ttl")),
}


@cache
def ontology() -> Graph:
    return load_ontology()


@cache
def ends(prop: Node, end: URIRef) -> frozenset[Node]:
    value = ontology().value(prop, end)
    assert value is not None, f"{prop} has no {end}"
    union = ontology().value(value, OWL.unionOf)
    return frozenset([value] if union is None else Collection(ontology(), union))


def classes(graph: Graph, node: Node) -> set[Node]:
    """Return the classes of a node and those above; none for a node that is only referred to."""
    own = {cls for cls in graph.objects(node, RDF.type) if isinstance(cls, URIRef)}
    return {*own, *(a for cls in own for a in superclasses(cls)), SV.Record} if own else set()


def misuses(graph: Graph) -> Iterator[str]:
    for subject, prop, value in graph:
        if not str(prop).startswith(str(SV)):
            continue
        name, ranges = str(prop).removeprefix(str(SV)), ends(prop, RDFS.range)
        held, pointed = classes(graph, subject), classes(graph, value)
        if held and not held & ends(prop, RDFS.domain):
            yield f"{name} of {subject}"
        if isinstance(value, Literal) and (value.datatype or XSD.string) not in ranges:
            yield f"{name} {value.n3()}"
        elif pointed and not pointed & ranges:
            yield f"{name} to {value}"
        elif str(value).startswith(str(SV)):
            schemes = set(ontology().objects(prop, SV.valueScheme))
            if schemes and not schemes & set(ontology().objects(value, SKOS.inScheme)):
                yield f"{name} to {value} of another scheme"


@pytest.mark.parametrize("group", EXAMPLES)
def test_examples_use_the_vocabulary_as_declared(group: str) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    assert EXAMPLES[group]
    for path in EXAMPLES[group]:
        for misuse in misuses(Graph().parse(path)):
            found[str(path.relative_to(ROOT))].append(misuse)
    assert dict(found) == {}


def test_there_are_examples() -> None:
    assert sum(len(paths) for paths in EXAMPLES.values()) > 80


def test_a_misuse_is_seen() -> None:
    data = """@prefix sv: <https://w3id.org/dutygraph#> . @prefix x: <https://example.org/> .
        x:post a sv:Post .
        x:risk a sv:IntegrityRisk ; sv:atNode x:post ; sv:stage sv:grade-1 ; sv:riskWeight 1 .
        x:control a sv:Control ; sv:stage sv:grade-1 ; sv:ownerPost x:post , x:unknown ."""
    assert sorted(misuses(Graph().parse(data=data))) == sorted(
        [
            "atNode to https://example.org/post",
            "stage of https://example.org/risk",
            f"stage to {SV['grade-1']} of another scheme",
            f"stage to {SV['grade-1']} of another scheme",
            'riskWeight "1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ],
    )
