"""Query texts of the shapes graph and their prefixes (SHACL 5.2)."""

from __future__ import annotations

import re

from rdflib import OWL, SH, Graph, Literal
from rdflib.term import Node

from dutygraph.shacl.errors import ShapeError
from dutygraph.shacl.syntax import check_query, is_string

_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")


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
        if isinstance(owner, Literal):
            reason = "an IRI or blank node expected"
            raise ShapeError(reason, shape=shape, prop="sh:prefixes", clause="5.2.1")
        todo.extend(graph.objects(owner, OWL.imports))
        for declared in graph.objects(owner, SH.declare):
            prefix, name = _declared(graph, declared, shape)
            if found.setdefault(prefix, name) != name:
                raise ShapeError(f"{prefix}: stands for two", shape=shape, prop="sh:declare", clause="5.2.1")
    return found


def _declared(graph: Graph, node: Node, shape: str) -> tuple[str, str]:
    found: list[str] = []
    for predicate in (SH.prefix, SH.namespace):
        values = list(graph.objects(node, predicate))
        if len(values) != 1 or not isinstance(values[0], Literal):
            name = str(predicate).removeprefix(str(SH))
            reason = f"one {name} expected: one literal" if values else f"{name} missing"
            raise ShapeError(reason, shape=shape, prop="sh:declare", clause="5.2.1")
        found.append(str(values[0]))
    return found[0], found[1]


def query_text(graph: Graph, node: Node, shape: str, predicate: Node) -> str:
    """Give the one query text of a SPARQL-based constraint, validator or rule, prefixes in front.

    Raises ShapeError when there is not exactly one (SHACL 5.2).
    """
    check_query(graph, node, shape)
    texts = list(graph.objects(node, predicate))
    if len(texts) != 1 or not is_string(texts[0]):
        raise ShapeError(
            f"one text expected, found {len(texts)}", shape=shape, prop=str(predicate), clause="5.2"
        )
    lines = [f"PREFIX {p}: <{n}>" for p, n in sorted(prefixes(graph, node, shape).items())]
    return "\n".join([*lines, _ESCAPE.sub(_unescaped, str(texts[0]))])


def _unescaped(match: re.Match[str]) -> str:
    """Undo an escape that stands for a character anywhere in a query (SPARQL 1.1, 19.2)."""
    char = chr(int(match[2] or match[3], 16))
    # What would end or escape a string is for SPARQL's own grammar.
    return match[0] if char in "\"'\\\n\r" else match[1] + char
