"""The W3C validation report of a check (SHACL 3.6), in Turtle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from rdflib import DCTERMS, RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from dutygraph.model import CheckReport, Finding
from dutygraph.ontology import SV
from dutygraph.report.words import word
from dutygraph.shapes import load_dataset_shapes, load_shapes


def as_turtle(report: CheckReport, _lang: str) -> bytes:
    """Return the report as sh:ValidationReport; messages in both languages, waived gaps left out."""
    shapes = load_shapes() + load_dataset_shapes()
    graph = Graph()
    graph.bind("sh", SH)
    graph.bind("sv", SV)
    node = BNode("report")
    graph.add((node, RDF.type, SH.ValidationReport))
    graph.add((node, SV.asOf, Literal(report.as_of.isoformat(), datatype=XSD.date)))
    graph.add((node, SH.conforms, Literal(not report.open_findings)))
    for outcome in report.unexamined():
        for lang, tag in (("zh", "zh-hans"), ("en", "en")):
            said = f"{outcome.rule}: {word('heading', 'unexamined', lang)}"
            graph.add((node, RDFS.comment, Literal(said, lang=tag)))
    for finding in report.open_findings:
        graph.add((node, SH.result, _result(graph, shapes, finding)))
    return graph.serialize(format="turtle").encode()


def _result(graph: Graph, shapes: Graph, finding: Finding) -> BNode:
    result = BNode(f"gap-{finding.id}")
    shape = URIRef(finding.shape)
    graph.add((result, RDF.type, SH.ValidationResult))
    graph.add((result, DCTERMS.identifier, Literal(finding.id)))
    graph.add((result, SH.focusNode, URIRef(finding.focus.iri)))
    graph.add((result, SH.sourceShape, shape))
    graph.add((result, SH.sourceConstraintComponent, URIRef(finding.component)))
    graph.add((result, SH.resultSeverity, SH[finding.severity.value]))
    graph.add((result, SH.resultMessage, Literal(finding.message.zh, lang="zh-hans")))
    graph.add((result, SH.resultMessage, Literal(finding.message.en, lang="en")))
    if finding.value is not None:
        value = URIRef(finding.value.iri) if finding.value.iri else Literal(finding.value.id)
        graph.add((result, SH.value, value))
    path = shapes.value(shape, SH.path)
    if finding.path is not None and path is not None:
        graph.add((result, SH.resultPath, _copy(shapes, path, graph, count(), f"path-{finding.id}")))
    return result


def _copy(source: Graph, node: Node, target: Graph, numbers: Iterator[int], name: str) -> Node:
    """Copy a path into *target*, its blank nodes named anew, so that equal reports are equal bytes."""
    if not isinstance(node, BNode):
        return node
    copied = BNode(f"{name}-{next(numbers)}")
    for predicate, value in sorted(source.predicate_objects(node), key=lambda pair: str(pair[0])):
        target.add((copied, predicate, _copy(source, value, target, numbers, name)))
    return copied
