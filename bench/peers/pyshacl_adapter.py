"""pySHACL on rdflib, the reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyshacl import validate as pyshacl_validate
from rdflib import SH, Graph
from runner import Row, main


def parse(file: str) -> Graph:
    return Graph().parse(file)


def validate(data: Graph, shapes: Graph) -> Any:
    # No rules, no inference, no meta-SHACL: validation alone, as for every other engine.
    return pyshacl_validate(data, shacl_graph=shapes, advanced=False, inference="none")[1]


def rows(report: Any) -> Iterator[Row]:
    columns = (SH.sourceShape, SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value)
    # Not every result node: those of sh:detail are no results of their own.
    for result in report.objects(None, SH.result):
        yield tuple(None if (node := report.value(result, c)) is None else node.n3() for c in columns)


main(parse, parse, validate, rows)
