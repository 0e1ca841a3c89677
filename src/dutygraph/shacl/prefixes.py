"""Query texts of the shapes graph and their prefixes (SHACL 5.2)."""

from __future__ import annotations

from rdflib import OWL, SH, Graph, Literal
from rdflib.term import Node

from dutygraph.shacl.errors import ShapeError


def prefixes(graph: Graph, node: Node, shape: str) -> dict[str, str]:
    """Collect the prefixes a query may use: sh:prefixes, owl:imports, sh:declare (SHACL 5.2.1).

    Nothing is fetched. Raises ShapeError when one prefix is declared for two namespaces.
    """
    found: dict[str, str] = {}
    todo, seen = list(graph.objects(node, SH.prefixes)), set[Node]()
    while todo:
        owner = todo.pop()
        if owner in seen:
            continue
        seen.add(owner)
        todo.extend(graph.objects(owner, OWL.imports))
        for declared in graph.objects(owner, SH.declare):
            prefix, name = graph.value(declared, SH.prefix), graph.value(declared, SH.namespace)
            if prefix is None or name is None:
                raise ShapeError(
                    "prefix or namespace missing", shape=shape, prop="sh:declare", clause="5.2.1"
                )
            if found.setdefault(str(prefix), str(name)) != str(name):
                raise ShapeError(f"{prefix}: stands for two", shape=shape, prop="sh:declare", clause="5.2.1")
    return found


def query_text(graph: Graph, node: Node, shape: str, predicate: Node) -> str:
    """Give the one query text of a SPARQL-based constraint, validator or rule, prefixes in front.

    Raises ShapeError when there is not exactly one (SHACL 5.2).
    """
    texts = list(graph.objects(node, predicate))
    if len(texts) != 1 or not isinstance(texts[0], Literal):
        raise ShapeError(
            f"one text expected, found {len(texts)}", shape=shape, prop=str(predicate), clause="5.2"
        )
    lines = [f"PREFIX {p}: <{n}>" for p, n in sorted(prefixes(graph, node, shape).items())]
    return "\n".join([*lines, str(texts[0])])
