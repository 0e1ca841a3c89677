"""Which kind of data a triple is of, read from ``rows.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyoxigraph as ox
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, URIRef

from dutygraph.ontology import SV, load_ontology
from dutygraph.service.access.roles import Data

_PREFIXES = {
    "sv": str(SV),
    "dcterms": str(DCTERMS),
    "foaf": str(FOAF),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
}


@dataclass(frozen=True, slots=True)
class RowRules:
    """What tells the row of a triple: its graph's last word, the class of its subject, its property.

    ``classes`` and ``restricted_classes`` hold every subclass too; where a node has several, the one that
    stands last in the file tells. ``conclusions`` are the classes that a conclusion is told by.
    """

    graphs: Mapping[str, Data]
    classes: Mapping[ox.NamedNode, Data]
    restricted_classes: Mapping[ox.NamedNode, Data]
    properties: Mapping[ox.NamedNode, Data]
    properties_of: Mapping[ox.NamedNode, Mapping[ox.NamedNode, Data]]
    followers: Mapping[ox.NamedNode, ox.NamedNode]
    conclusion: ox.NamedNode
    conclusions: Mapping[ox.NamedNode, Data]
    unregistered: Mapping[str, Data]


@cache
def row_rules() -> RowRules:
    """Read ``rows.toml``."""
    text = resources.files("dutygraph.service.access").joinpath("rows.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    conclusions = dict(told["conclusions"])
    return RowRules(
        graphs={graph: Data(row) for graph, row in told["graphs"].items()},
        conclusion=expand(conclusions.pop("property")),
        classes=_with_subclasses(told["classes"]),
        restricted_classes=_with_subclasses(told["restricted-classes"]),
        properties={expand(name): Data(row) for name, row in told["properties"].items()},
        conclusions=_with_subclasses(conclusions),
        properties_of={
            expand(a_class): {expand(name): Data(row) for name, row in properties.items()}
            for a_class, properties in told["properties-of"].items()
        },
        followers={expand(a_class): expand(name) for a_class, name in told["followers"].items()},
        unregistered={kind: Data(row) for row, kinds in told["unregistered"].items() for kind in kinds},
    )


def expand(name: str) -> ox.NamedNode:
    """Return what a prefixed name ("sv:Person") stands for."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_PREFIXES[prefix] + local)


def _with_subclasses(named: Mapping[str, str]) -> Mapping[ox.NamedNode, Data]:
    ontology = load_ontology()
    return {
        ox.NamedNode(str(below)): Data(row)
        for name, row in named.items()
        for below in ontology.transitive_subjects(RDFS.subClassOf, URIRef(expand(name).value))
    }
