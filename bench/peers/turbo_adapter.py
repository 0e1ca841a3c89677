"""pyshacl-turbo: shapes compiled once; files are read by the engine itself."""

from pathlib import Path

from pyshacl_turbo import compile_shapes
from rdflib import SH

from runner import main


def validate(data, shapes):
    return shapes.validate(data)[1]


def rows(report):
    columns = (SH.sourceShape, SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value)
    for result in report.subjects(SH.resultSeverity):
        yield tuple(None if (node := report.value(result, c)) is None else node.n3() for c in columns)


main(compile_shapes, Path, validate, rows)
