"""Dutygraph's compiled engine, from file to report, as any Python user calls it."""

from dutygraph.shacl import validate as compiled

from runner import main


def validate(data, shapes):
    return compiled(data, shapes, engine="compiled")


def rows(report):
    for r in report.results:
        columns = (r.source_shape, r.severity, r.focus_node, r.path, r.value)
        yield tuple(None if node is None else node.n3() for node in columns)


main(str, str, validate, rows)
