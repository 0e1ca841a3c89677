"""The W3C validation report of a check (SHACL 3.6), in Turtle."""

from __future__ import annotations

from rdflib import DCTERMS, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
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
        graph.add((result, SH.resultPath, path))
        _copy(shapes, path, graph)
    return result


def _copy(source: Graph, node: Node, target: Graph) -> None:
    if not isinstance(node, BNode):
        return
    for triple in source.triples((node, None, None)):
        if triple not in target:
            target.add(triple)
            _copy(source, triple[2], target)
