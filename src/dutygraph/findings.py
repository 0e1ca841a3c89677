"""From a validation result to a gap that an officer can act on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import RDF, SH, BNode, Graph, URIRef
from rdflib.term import Node

from dutygraph.loaders import column_of
from dutygraph.model import Cell, Explained, Finding, Severity, Text, Thing, Waiver
from dutygraph.responsible import Responsibilities
from dutygraph.shacl import Result, path_text
from dutygraph.shapes import RuleShape
from dutygraph.store import Store
from dutygraph.store.terms import to_oxigraph
from dutygraph.things import Things

# Some sentences quote the name themselves.
_PLACEHOLDER = re.compile(r"“?\{[$?](this|value)\}”?")
_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Describer:
    """Everything a finding is described with, for one bureau and one run."""

    bureau: str
    store: Store
    things: Things
    responsibilities: Responsibilities
    waivers: Mapping[tuple[str, str], Waiver]
    shapes: Graph
    rules: Mapping[str, RuleShape]
    explain: Callable[[Result], Explained] | None = None

    def findings(self, results: Iterable[Result]) -> tuple[Finding, ...]:
        """Return the gaps of these results, each once, in a stable order."""
        return ordered(map(self.finding, results))

    def finding(self, result: Result) -> Finding:
        """Return one result as a gap."""
        rule = self.rules[self._node_shape(result.source_shape)]
        focus = self.things.thing(str(result.focus_node))
        value = self._value(_told_value(result))
        return Finding(
            id=self._id(rule, result),
            rule=rule.rule,
            severity=rule.severity,
            focus=focus,
            path=None if result.path is None else path_text(self.shapes, result.path),
            value=value,
            message=self._message(rule, result, focus, value),
            remedy=_filled(rule.remedy, focus, value),
            responsible=self.responsibilities.of(focus.iri, focus.kind),
            cell=self._cell(result),
            shape=str(result.source_shape),
            component=str(result.component),
            waived=self.waivers.get((rule.rule, focus.id)),
            explanation=None if self.explain is None else self.explain(result),
        )

    def _node_shape(self, shape: Node) -> str:
        while str(shape) not in self.rules:
            shape = next(self.shapes.subjects(SH.property, shape))
        return str(shape)

    def _value(self, value: Node | None) -> Thing | None:
        if value is None:
            return None
        if isinstance(value, URIRef):
            return self.things.thing(str(value))
        return Thing(str(value), "", "", str(value))

    def _id(self, rule: RuleShape, result: Result) -> str:
        # A measure (a count, a wrong date) may change while the gap stays the same gap: only nodes count.
        value = _told_value(result)
        named = [result.path, result.source_constraint, result.source_shape]
        where = next((node for node in named if isinstance(node, URIRef)), "")
        told = value if isinstance(value, URIRef) else ""
        parts = (rule.rule, self.bureau, str(result.focus_node), str(where), str(told))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_ID_LENGTH]

    @staticmethod
    def _message(rule: RuleShape, result: Result, focus: Thing, value: Thing | None) -> Text:
        said = {message.language: str(message) for message in result.messages}
        text = Text(said.get("zh-hans", rule.message.zh), said.get("en", rule.message.en))
        return _filled(text, focus, value)

    def _cell(self, result: Result) -> Cell | None:
        """Return the cell of the offending value, else the record's row and the column to be filled."""
        if not isinstance(result.focus_node, URIRef):
            return None
        focus = ox.NamedNode(str(result.focus_node))
        predicate = _first_predicate(self.shapes, result.path)
        if predicate is not None and result.value is not None:
            cell = self.store.cell(ox.Triple(focus, predicate, to_oxigraph(result.value)))
            if cell:
                return cell
        row = self._record_cell(focus)
        if row is None or row.sheet is None or predicate is None:
            return row
        return Cell(row.file, row.sheet, row.row, column_of(predicate.value, row.sheet) or row.column)

    def _record_cell(self, focus: ox.NamedNode) -> Cell | None:
        for kind in self.things.types(focus.value):
            cell = self.store.cell(ox.Triple(focus, ox.NamedNode(str(RDF.type)), ox.NamedNode(kind)))
            if cell:
                return cell
        item = self.things.obliged_item(focus.value)
        return None if item is None else self._record_cell(ox.NamedNode(item))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings each once (the last of an id), gravest first, then by rule and by the node's id."""
    found = {finding.id: finding for finding in findings}
    return tuple(sorted(found.values(), key=_order))


def _told_value(result: Result) -> Node | None:
    # SHACL gives a SPARQL result without ?value its focus node as value, which tells nobody anything.
    return None if result.path is None and result.value == result.focus_node else result.value


def _first_predicate(shapes: Graph, path: Node | None) -> ox.NamedNode | None:
    if isinstance(path, BNode):
        path = shapes.value(path, RDF.first)
    return ox.NamedNode(str(path)) if isinstance(path, URIRef) else None


def _filled(text: Text, focus: Thing, value: Thing | None) -> Text:
    def fill(template: str, form: str) -> str:
        def name(match: re.Match[str]) -> str:
            thing = focus if match[1] == "this" else value
            if thing is None:
                return ""
            return thing.id if thing.label in ("", thing.id) else form.format(thing.label, thing.id)

        return _PLACEHOLDER.sub(name, template)

    return Text(fill(text.zh, "“{}”（{}）"), fill(text.en, "“{}” ({})"))


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    rank = list(Severity).index(finding.severity)
    value = finding.value.id if finding.value else ""
    return (rank, finding.rule, finding.focus.id, value, finding.id)
