"""`shacl` (pwin): shapes compiled once; files are read by the engine itself."""

import shacl

from runner import main


def validate(data, shapes):
    return shapes.validate_file(data)


def rows(report):
    for r in report.results:
        yield r.source_shape, r.severity_iri, r.focus_node, r.path, r.value


main(shacl.Shapes.from_file, str, validate, rows)
