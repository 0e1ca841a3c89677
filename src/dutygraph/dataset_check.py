"""Rules about where a triple stands, not what it says (R69): asked of the dataset, graph by graph.

SHACL sees one data graph and cannot ask this. The shapes are written as SHACL all the same, with a
``sh:sparql`` constraint whose SELECT uses ``GRAPH ?g``, and are marked ``sv:datasetCheck``.
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import SH, Graph, Literal
from rdflib.term import Node

from dutygraph.ontology import SV
from dutygraph.shacl import Result
from dutygraph.store import Store
from dutygraph.store.terms import to_rdflib


def check_dataset(store: Store, shapes: Graph, graphs: Sequence[str]) -> tuple[list[Result], dict[str, int]]:
    """Return the results of dataset shapes over these graphs, and the focus nodes examined by shape."""
    results: list[Result] = []
    examined: dict[str, int] = {}
    for shape in sorted(shapes.subjects(SV.ruleId), key=str):
        for target in shapes.objects(shape, SH.targetClass):
            query = f"SELECT (COUNT(DISTINCT ?this) AS ?count) {{ ?this a <{target}> }}"
            count = next(iter(store.select(query, graphs=graphs)))["count"]
            examined[str(shape)] = examined.get(str(shape), 0) + int(count.value)
        for constraint in sorted(shapes.objects(shape, SH.sparql), key=str):
            select = _prefixes(shapes) + str(shapes.value(constraint, SH.select))
            rows = store.select(select, graphs=graphs)
            named = {variable.value for variable in rows.variables}
            for row in rows:
                value = row["value"] if "value" in named else None
                told = None if value is None else to_rdflib(value)
                results.append(_result(shapes, shape, constraint, to_rdflib(row["this"]), told))
    return results, examined


def _result(shapes: Graph, shape: Node, constraint: Node, focus: Node, value: Node | None) -> Result:
    return Result(
        focus_node=focus,
        path=None,
        value=value,
        source_shape=shape,
        source_constraint=constraint,
        component=SH.SPARQLConstraintComponent,
        severity=shapes.value(shape, SH.severity) or SH.Violation,
        messages=tuple(m for m in shapes.objects(constraint, SH.message) if isinstance(m, Literal)),
    )


def _prefixes(shapes: Graph) -> str:
    lines = (
        f"PREFIX {shapes.value(declaration, SH.prefix)}: <{shapes.value(declaration, SH.namespace)}>\n"
        for declaration in shapes.objects(None, SH.declare)
    )
    return "".join(sorted(lines))
