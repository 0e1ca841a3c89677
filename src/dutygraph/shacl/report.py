"""Validation results and the W3C validation report (SHACL 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeAlias

from rdflib import OWL, RDF, SH, BNode, Graph, Literal

from dutygraph.shacl.paths import parse_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib.term import Node

Triple: TypeAlias = "tuple[Node, Node, Node]"

_PLACEHOLDER = re.compile(r"\{[?$]([^}\s]+)\}")


def fill(template: Literal, bindings: Mapping[str, Node]) -> Literal:
    """Fill `{?name}` and `{$name}` of a message, keeping its language (SHACL 5.3.2).

    A placeholder whose name is not in `bindings` stays as it is.
    """

    def text(match: re.Match[str]) -> str:
        found = bindings.get(match[1])
        return match[0] if found is None else str(found)

    return Literal(_PLACEHOLDER.sub(text, str(template)), lang=template.language)


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result (SHACL 3.6.2); all terms are rdflib's.

    `messages` are the templates of the shape, in every language, not yet filled. `bindings` holds the
    variables of the SELECT row that made the result, where the engine knows them.
    """

    focus_node: Node
    path: Node | None
    value: Node | None
    source_shape: Node
    source_constraint: Node | None
    component: Node
    severity: Node
    messages: tuple[Literal, ...] = ()
    bindings: tuple[tuple[str, Node], ...] = field(default=(), compare=False)

    def filled(self, path: str = "") -> tuple[Literal, ...]:
        """Give the messages with `{?this}`, `{?value}`, `{?path}` and the row's variables filled in."""
        known: dict[str, Node] = {"this": self.focus_node}
        if self.path is not None:
            known["path"] = Literal(path) if path else self.path
        if self.value is not None:
            known["value"] = self.value
        return tuple(fill(m, known | dict(self.bindings)) for m in self.messages)


@dataclass(frozen=True)
class Report:
    """What a validation found (SHACL 3.6.1).

    `examined` counts the focus nodes of every shape that has targets, so that a run that looked at
    nothing cannot be mistaken for a clean one.
    """

    conforms: bool
    results: tuple[Result, ...]
    examined: Mapping[str, int]
    shapes: Graph = field(repr=False, compare=False)

    @classmethod
    def of(cls, results: Iterable[Result], examined: Mapping[str, int], shapes: Graph) -> Self:
        """Make a report, its results in an order that depends on the data and the shapes only."""
        texts: dict[Node, str] = {}

        def key(result: Result) -> tuple[str, ...]:
            if result.path is not None and result.path not in texts:
                texts[result.path] = path_text(shapes, result.path)
            return _sort_key(result, "" if result.path is None else texts[result.path])

        ordered = tuple(sorted(results, key=key))
        return cls(not ordered, ordered, dict(sorted(examined.items())), shapes)

    @property
    def imports(self) -> tuple[str, ...]:
        """Give what the shapes graph says it imports but does not hold: nothing is ever fetched (SHACL 3.2).

        Shapes that stand there have not been looked at.
        """
        named = self.shapes.objects(None, OWL.imports)
        return tuple(sorted({str(n) for n in named if (n, None, None) not in self.shapes}))

    def graph(self) -> Graph:
        """Give the sh:ValidationReport, messages filled in (SHACL 3.6)."""
        out = Graph()
        for triple in self.triples():
            out.add(triple)
        return out

    def triples(self) -> Iterator[Triple]:
        """Give the triples of `graph` one by one, for a report too long to hold as a graph."""
        report = BNode()
        yield report, RDF.type, SH.ValidationReport
        yield report, SH.conforms, Literal(self.conforms)
        seen: set[Node] = set()
        for result in self.results:
            node = BNode()
            yield report, SH.result, node
            yield node, RDF.type, SH.ValidationResult
            for predicate, term in _properties(result):
                if term is not None:
                    yield node, predicate, term
            text = path_text(self.shapes, result.path) if isinstance(result.path, BNode) else ""
            for message in result.filled(text):
                yield node, SH.resultMessage, message
            if isinstance(result.path, BNode):
                yield from _closure(self.shapes, result.path, seen)


def path_text(shapes: Graph, path: Node) -> str:
    """Give a path as SPARQL text: equal texts are equal paths, whatever their blank nodes are called."""
    return parse_path(shapes, path).sparql


def _properties(result: Result) -> list[tuple[Node, Node | None]]:
    return [
        (SH.focusNode, result.focus_node),
        (SH.resultPath, result.path),
        (SH.value, result.value),
        (SH.sourceShape, result.source_shape),
        (SH.sourceConstraint, result.source_constraint),
        (SH.sourceConstraintComponent, result.component),
        (SH.resultSeverity, result.severity),
    ]


def _closure(source: Graph, node: Node, seen: set[Node]) -> Iterator[Triple]:
    """Give the triples of a blank node and of the blank nodes it leads to, each once."""
    if node in seen:
        return
    seen.add(node)
    for predicate, term in source.predicate_objects(node):
        yield node, predicate, term
        if isinstance(term, BNode):
            yield from _closure(source, term, seen)


def _sort_key(result: Result, path: str) -> tuple[str, ...]:
    # Blank nodes come last: their labels may differ from run to run.
    def named(term: Node | None) -> str:
        return "" if term is None or isinstance(term, BNode) else str(term)

    terms = (result.source_shape, result.source_constraint, result.focus_node, result.value)
    return (
        named(result.focus_node),
        named(result.source_shape),
        path,
        str(result.component),
        named(result.value),
        str(result.severity),
        " ".join(result.messages),
        *(str(t) for t in terms),
    )
