"""Reading Turtle with literals untouched, and comparing the two engines."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
from rdflib import BNode, Graph

from dutygraph.shacl import Report, Result, validate
from dutygraph.shacl.report import path_text
from dutygraph.shacl.source import to_rdflib

PREFIXES = """
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def ttl(text: str) -> Graph:
    graph = Graph()
    for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def store(text: str) -> ox.Store:
    found = ox.Store()
    found.load(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    return found


def key(report: Report, result: Result) -> tuple[str, ...]:
    anonymous = isinstance(result.source_shape, BNode)
    return (
        result.focus_node.n3(),
        "" if result.path is None else path_text(report.shapes, result.path),
        "" if result.value is None else result.value.n3(),
        "[]" if anonymous else str(result.source_shape),
        str(result.component).rpartition("#")[2].removesuffix("ConstraintComponent"),
        str(result.severity).rpartition("#")[2],
    )


def keys(report: Report) -> Counter[tuple[str, ...]]:
    return Counter(key(report, r) for r in report.results)


def short(report: Report) -> list[tuple[str, str, str]]:
    """Give focus node, value and component of each result, names without their namespace."""

    def name(text: str) -> str:
        return text.replace("<http://example.org/", "").replace(">", "")

    return sorted((name(k[0]), name(k[2]), k[4]) for k in keys(report).elements())


def agreed(data: Graph, shapes: Graph) -> Report:
    """Validate with both engines, which must say the same, and give the compiled one's report."""
    judge = validate(data, shapes, engine="pyshacl")
    report = validate(data, shapes, engine="compiled")
    assert keys(report) == keys(judge)
    assert report.conforms == judge.conforms
    assert report.examined == judge.examined
    return report


def compiled(data: Graph | ox.Store, shapes: Graph) -> Report:
    return validate(data, shapes, engine="compiled")
