"""pySHACL on rdflib, the reference."""

from pyshacl import validate as pyshacl_validate
from rdflib import SH, Graph

from runner import main


def parse(file):
    return Graph().parse(file)


def validate(data, shapes):
    # No rules, no inference, no meta-SHACL: validation alone, as for every other engine.
    return pyshacl_validate(data, shacl_graph=shapes, advanced=False, inference="none")[1]


def rows(report):
    columns = (SH.sourceShape, SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value)
    for result in report.subjects(SH.resultSeverity):
        yield tuple(None if (node := report.value(result, c)) is None else node.n3() for c in columns)


main(parse, parse, validate, rows)
