"""The reference engine: pySHACL, its report read back as results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, SH, Graph

from dutygraph.shacl.errors import EngineError
from dutygraph.shacl.messages import messages_of
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.source import Source, load
from dutygraph.shacl.targets import focus_nodes, targeted_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rdflib.term import Node


def validate(data: Source, shapes: Source, graphs: Sequence[str] | None, *, advanced: bool) -> Report:
    """Validate with pySHACL, without inference.

    Raises EngineError when pySHACL gives up (ill-formed shapes included), DataError when a graph cannot be
    read.
    """
    data_graph, shapes_graph = load(data, graphs, every=True), load(shapes)
    # Counted first: pySHACL adds triples to both graphs.
    targets = targeted_shapes(shapes_graph)
    examined = {str(shape): len(focus_nodes(data_graph, t)) for shape, t in targets.items()}
    report = _run(data_graph, shapes_graph, advanced=advanced)
    return Report.of(_results(report, shapes_graph), examined, shapes_graph)


def _run(data: Graph, shapes: Graph, *, advanced: bool) -> Graph:
    try:
        outcome = pyshacl.validate(data, shacl_graph=shapes, advanced=advanced, inference="none")
    except ReportableRuntimeError as error:
        raise EngineError(f"pySHACL: {error}") from error
    except (AttributeError, LookupError, NotImplementedError, TypeError, ValueError) as error:
        raise EngineError(f"pySHACL: {type(error).__name__}: {error}") from error
    report = outcome[1]
    if not isinstance(report, Graph):
        raise EngineError(f"pySHACL: {report}")
    return report


def _results(report: Graph, shapes: Graph) -> Iterator[Result]:
    # pySHACL keeps the labels of blank nodes, so the shapes graph answers for messages and paths.
    root = next(report.subjects(RDF.type, SH.ValidationReport))
    for node in report.objects(root, SH.result):
        shape = _one(report, node, SH.sourceShape)
        constraint = report.value(node, SH.sourceConstraint)
        yield Result(
            focus_node=_one(report, node, SH.focusNode),
            path=report.value(node, SH.resultPath),
            value=report.value(node, SH.value),
            source_shape=shape,
            source_constraint=constraint,
            component=_one(report, node, SH.sourceConstraintComponent),
            severity=_one(report, node, SH.resultSeverity),
            messages=messages_of(shapes, shape, constraint),
        )


def _one(report: Graph, node: Node, predicate: Node) -> Node:
    found = report.value(node, predicate)
    if found is None:
        raise EngineError(f"pySHACL: a result without {predicate}")
    return found
