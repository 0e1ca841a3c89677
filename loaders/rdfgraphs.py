"""From RDF to statements: which bureau, which graph each belongs in, what only a check may state."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from rdflib import BNode, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from dutygraph.loaders.catalogue import sheet_forms
from dutygraph.loaders.forms import Condition, EntityForm, SheetForm
from dutygraph.loaders.messages import say
from dutygraph.loaders.rdf import Quads
from dutygraph.loaders.reading import Reading
from dutygraph.loaders.vocabulary import concept, extra_classes, term
from dutygraph.model import Cell, GraphKind, Problem, Statement
from dutygraph.ontology import SV, derived_terms
from dutygraph.store import BureauGraphs

_KINDS = {kind.value: kind for kind in GraphKind}
_SENSITIVITY = {kind: rank for rank, kind in enumerate(GraphKind)}


def bureau_codes(quads: Quads, base: str) -> Iterator[str]:
    """Yield the codes of the bureaus that a file speaks of, as often as they occur."""
    under = re.compile(re.escape(base) + r"bureau/([^/]+)(/|$)")
    for subject, _, _, _ in quads.quads:
        if isinstance(subject, URIRef) and (found := under.match(subject)):
            yield unquote(found.group(1))


def foreign_bureaus(quads: Quads, base: str) -> Iterator[str]:
    """Yield the IRIs of bureaus that do not lie under *base*."""
    for subject, predicate, value, _ in quads.quads:
        if predicate == RDF.type and value == SV.Bureau and not str(subject).startswith(f"{base}bureau/"):
            yield str(subject)


def make_rdf_statements(quads: Quads, names: BureauGraphs, reading: Reading) -> Sequence[Statement]:
    """Return what a file states about one bureau, each statement in its graph."""
    sorter = _Sorter(quads, names)
    statements = tuple(sorter.statements())
    place = Cell(quads.file)
    if sorter.derived:
        reading.notices.append(Problem(place, say("rdf-derived", count=sorter.derived)))
    if sorter.skipped:
        graphs = tuple(sorted(sorter.skipped))
        reading.notices.append(Problem(place, say("rdf-graphs", graphs=graphs)))
    if sorter.unknown:
        text = say("rdf-unknown", count=len(sorter.unknown), example=min(sorter.unknown))
        reading.notices.append(Problem(place, text))
    if sorter.blank:
        reading.notices.append(Problem(place, say("rdf-blank", count=len(sorter.blank))))
    return statements


@dataclass(slots=True)
class _Sorter:
    quads: Quads
    names: BureauGraphs
    derived: int = 0
    skipped: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    blank: dict[BNode, URIRef] = field(default_factory=dict)
    _about: dict[Node, dict[Node, set[Node]]] = field(default_factory=dict)
    _graphs: dict[Node, GraphKind | None] = field(default_factory=dict)

    def statements(self) -> Iterator[Statement]:
        """Yield the statements that are loaded."""
        self._about = _described(self.quads.quads)
        cell = Cell(self.quads.file)
        for subject, predicate, value, name in self.quads.quads:
            if self._other_bureau(subject):
                self.skipped.add(str(subject).removeprefix(self.names.base).split("/")[1])
            elif predicate in derived_terms() or (predicate == RDF.type and value in derived_terms()):
                self.derived += 1
            elif graph := self._graph(subject, predicate, name):
                yield Statement(self._named(subject), predicate, self._node(value), graph, cell)

    def _graph(self, subject: Node, predicate: URIRef, name: str) -> GraphKind | None:
        if name:
            last = name.rstrip("/").rpartition("/")[2]
            if last in _KINDS:
                return _KINDS[last]
            self._skip_graph(last)
            return None
        if subject not in self._graphs:
            self._graphs[subject] = self._graph_of(subject)
        held = self._graphs[subject]
        return _graphs_of_properties().get(predicate, held) if held else None

    def _skip_graph(self, last: str) -> None:
        if last.startswith("derived-"):
            self.derived += 1
        else:
            self.skipped.add(last)

    def _graph_of(self, subject: Node) -> GraphKind | None:
        about = self._about[subject]
        types = about.get(RDF.type, set())
        if _unloaded() & types or (types and types <= derived_terms()):
            self.derived += sum(map(len, about.values()))
            return None
        asked = [_graph_asked(form, entity, about) for form, entity in _entities_of(types)]
        asked += [
            GraphKind(kind) for name, kind in extra_classes().items() if name in types and kind != "none"
        ]
        if not asked:
            self.unknown.add(str(subject))
            return GraphKind.RESTRICTED
        return max(asked, key=_SENSITIVITY.__getitem__)

    def _other_bureau(self, subject: Node) -> bool:
        text = str(subject)
        if not isinstance(subject, URIRef) or not text.startswith(f"{self.names.base}bureau/"):
            return False
        return text != self.names.bureau and not text.startswith(f"{self.names.bureau}/")

    def _named(self, node: Node) -> URIRef:
        found = self._node(node)
        if not isinstance(found, URIRef):
            raise TypeError(f"not a subject: {node!r}")
        return found

    def _node(self, node: Node) -> Node:
        # Blank nodes get names, in the order of the file, so that two loads of it agree.
        if not isinstance(node, BNode):
            return node
        number = len(self.blank) + 1
        return self.blank.setdefault(node, URIRef(self.names.thing("blank", f"{self.quads.file}-{number}")))


def _described(quads: Iterable[tuple[Node, URIRef, Node, str]]) -> dict[Node, dict[Node, set[Node]]]:
    about: dict[Node, dict[Node, set[Node]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value, _ in quads:
        about[subject][predicate].add(value)
    return about


def _graph_asked(form: SheetForm, entity: EntityForm, about: Mapping[Node, set[Node]]) -> GraphKind:
    for rule in entity.graphs:
        if all(_holds(condition, form, entity, about) for condition in rule.when):
            return rule.graph
    return entity.graph


def _holds(
    condition: Condition, form: SheetForm, entity: EntityForm, about: Mapping[Node, set[Node]]
) -> bool:
    """Judge a condition on a column by the properties or classes that the column gives the entity."""
    for rule in entity.types:
        if rule.condition.column == condition.column and rule.condition.words & condition.words:
            return bool(set(rule.classes) & about.get(RDF.type, set()))
    column = form.column(condition.column)
    said = {o.property for o in column.outputs if o.entity == entity.name}
    present = {value for predicate in said for value in about.get(predicate, ())}
    if condition.filled is not None:
        return bool(present) is condition.filled
    meant = (concept(column.scheme, word) for word in condition.words if column.scheme)
    return any(found is not None and found.iri in present for found in meant)


def _entities_of(types: set[Node]) -> Iterator[tuple[SheetForm, EntityForm]]:
    for form, entity in _registering():
        if types.intersection(entity.all_classes):
            yield form, entity


@cache
def _registering() -> tuple[tuple[SheetForm, EntityForm], ...]:
    return tuple((form, entity) for form in sheet_forms() for entity in form.entities if entity.registers)


@cache
def _graphs_of_properties() -> Mapping[Node, GraphKind]:
    graphs: dict[Node, GraphKind] = {
        output.property: column.graph
        for form in sheet_forms()
        for column in form.columns
        for output in column.outputs
        if column.graph
    }
    return graphs | {term("extra"): GraphKind.RESTRICTED}


@cache
def _unloaded() -> frozenset[Node]:
    return frozenset(name for name, kind in extra_classes().items() if kind == "none")
