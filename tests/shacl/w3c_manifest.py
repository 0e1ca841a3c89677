"""Reads the W3C test manifests and compares reports the way the suite asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, SH, BNode, Graph, Namespace, URIRef

from dutygraph.shacl.report import path_text
from dutygraph.shacl.source import load

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl import Report

HERE = Path(__file__).parent / "w3c"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    name: str
    file: Path
    entry: Node


def cases() -> list[Case]:
    found = []
    for file in sorted(HERE.rglob("*.ttl")):
        graph = load(file)
        name = file.relative_to(HERE).with_suffix("").as_posix()
        found.extend(Case(name, file, entry) for entry in graph.subjects(RDF.type, SHT.Validate))
    return found


def _file(case: Case, node: Node) -> Path:
    name = str(node).rsplit("/", 1)[-1]
    return case.file.parent / name


def _drop_report(graph: Graph, report: Node) -> None:
    """Take the expected report out, so that an engine cannot answer with its input."""
    for result in list(graph.objects(report, SH.result)):
        for path in graph.objects(result, SH.resultPath):
            _drop(graph, path)
        graph.remove((result, None, None))
    graph.remove((report, None, None))


def _drop(graph: Graph, node: Node) -> None:
    if isinstance(node, BNode):
        below = list(graph.objects(node))
        graph.remove((node, None, None))
        for term in below:
            _drop(graph, term)


@dataclass(frozen=True)
class Loaded:
    data: Graph
    shapes: Graph
    expected: Counter[Key]
    conforms: bool


def read(case: Case) -> Loaded:
    manifest = load(case.file)
    action, report = manifest.value(case.entry, MF.action), manifest.value(case.entry, MF.result)
    data_file = _file(case, manifest.value(action, SHT.dataGraph))
    shapes_file = _file(case, manifest.value(action, SHT.shapesGraph))
    own = data_file == case.file
    expected = Counter(_expected(manifest, r, labels=own) for r in manifest.objects(report, SH.result))
    conforms = manifest.value(report, SH.conforms).toPython()
    _drop_report(manifest, report)
    assert (None, SH.result, None) not in manifest
    data = manifest if own else load(data_file)
    shapes = data if shapes_file == data_file else load(shapes_file)
    return Loaded(data, shapes, expected, conforms)


def _term(node: Node | None, *, labels: bool) -> str:
    if isinstance(node, BNode) and not labels:
        return "[]"
    return "" if node is None else node.n3()


def _expected(graph: Graph, result: Node, *, labels: bool) -> Key:
    path = graph.value(result, SH.resultPath)
    shape = graph.value(result, SH.sourceShape)
    return (
        _term(graph.value(result, SH.focusNode), labels=labels),
        "" if path is None else path_text(graph, path),
        _term(graph.value(result, SH.value), labels=labels),
        str(graph.value(result, SH.sourceConstraintComponent)),
        str(graph.value(result, SH.resultSeverity)),
        str(shape) if isinstance(shape, URIRef) else "[]",
        " ".join(sorted(m.n3() for m in graph.objects(result, SH.resultMessage))),
    )


def found(report: Report, loaded: Loaded) -> Counter[Key]:
    """Read the report graph back; messages count only where the suite expects some."""
    graph = report.graph()
    root = next(graph.subjects(RDF.type, SH.ValidationReport))
    labels = not any("[]" in (k[0], k[2]) for k in loaded.expected)
    keys = [_expected(graph, r, labels=labels) for r in graph.objects(root, SH.result)]
    if not any(k[-1] for k in loaded.expected):
        keys = [(*k[:-1], "") for k in keys]
    return Counter(keys)
