"""The bureau of two sides of ``tests/access``; each id, label and remark is a marker found nowhere else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import DCTERMS, FOAF, RDF, RDFS, Literal, URIRef
from rdflib.term import Node

from dutygraph.model import Cell, Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.store import DEFAULT_BASE
from tests import access
from tests.access.test_matrix import NAMED, SEEN_BY, expected

SIDES = Path(access.__file__).with_name("bureau.trig")
CELL = Cell("book.xlsx", "sheet", 2, "column")
_INSIDE = f"{DEFAULT_BASE}bureau/SY/"
EVERY = frozenset(node for listed in SEEN_BY.values() for node in listed.split())
"""All nodes of the bureau, asserted and derived: "kind/id", with the ids of ``tests/access``."""

# the rule that no talk is held by two was not there when the bureau was written
_TWICE = ("talk/TH9", SV.heldBy, "appointment/L2")

_DROPPED = frozenset(
    {
        "discrepancy",
        "improvement",
        "incentive",
        "issue",
        "meeting",
        "monthly-report",
        "rectification-item",
        "rectification-list",
        "remark",
        "score",
        "self-check",
        "state-change",
        "submission",
        "talk",
        "waiver",
    }
)
_DOUBLED = frozenset(
    {"daily-supervision", "focus-item", "inspection", "line-chart", "plan-item", "task-sheet"}
)
_NAMING = (FOAF.name, RDFS.label)


def mark(node: str, suffix: str = "q") -> str:
    """Return the id of a node, "kind/id", such as no other text contains.

    >>> mark("person/P5")
    'P5.person.q'
    >>> mark("obligation/report-A2-2025-03")
    'report-A2.appointment.q-2025-03'
    """
    kind, _, identifier = node.partition("/")
    derived = re.fullmatch(r"(report|evaluation)-([AL]\d|D\d)-([\d-]+)", identifier)
    if derived is not None:
        of = "appointment" if derived[1] == "report" else "department"
        return f"{derived[1]}-{mark(f'{of}/{derived[2]}', suffix)}-{derived[3]}"
    starred = re.fullmatch(r"(business|node|post)-(\w+)", identifier)
    if kind == "computed-star" and starred is not None:
        return f"{starred[1]}-{mark(f'{starred[1]}/{starred[2]}', suffix)}"
    if kind in {"obligation", "run", "period"}:
        return identifier
    return f"{identifier}.{kind}.{suffix}"


def name_of(person: str, suffix: str = "q") -> str:
    """Return the name of a person such as "P5"."""
    return f"姓名{person}某{suffix}"


@dataclass(frozen=True)
class Said:
    """A triple of the bureau, its nodes as "kind/id" where they are of the bureau."""

    subject: str
    predicate: URIRef
    object: str | Node
    graph: GraphKind


@cache
def said() -> tuple[Said, ...]:
    """Return the bureau as it is asserted, with an id and a label on each node that is no person's."""
    store = ox.Store()
    store.load(path=str(SIDES), format=ox.RdfFormat.TRIG)
    told = sorted((_said(quad) for quad in store), key=repr)
    told = [one for one in told if (one.subject, one.predicate, one.object) != _TWICE]
    graphs = {one.subject: one.graph for one in told if one.graph is not GraphKind.IDENTITY}
    for subject, graph in graphs.items():
        if subject:
            told.append(Said(subject, DCTERMS.identifier, Literal(subject), graph))
            if not subject.startswith(("person/", "remark/")):
                told.append(Said(subject, RDFS.label, Literal(subject), graph))
    return tuple(told)


def _said(quad: ox.Quad) -> Said:
    graph = GraphKind(quad.graph_name.value.rpartition("/")[2])  # type: ignore[union-attr]
    subject = quad.subject.value.removeprefix(_INSIDE.rstrip("/")).lstrip("/")  # type: ignore[union-attr]
    found: str | Node
    if isinstance(quad.object, ox.Literal):
        text = quad.object.datatype.value.endswith("#string")
        found = Literal(quad.object.value, datatype=None if text else URIRef(quad.object.datatype.value))
    else:
        value = quad.object.value  # type: ignore[union-attr]
        inside = value.startswith(_INSIDE)
        found = value.removeprefix(_INSIDE) if inside else URIRef(value)
    return Said(subject, URIRef(quad.predicate.value), found, graph)


@dataclass(frozen=True)
class Making:
    """How a bureau is written: its code, the end of its markers, and what is otherwise for whom.

    ``hidden`` nodes go by other ids; of those, ``doubled`` ones are there twice. ``unnamed`` persons have
    other names, and with ``remarks`` "x" all remarks say something else.
    """

    code: str = "SY"
    suffix: str = "q"
    hidden: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    remarks: str = "q"

    def delta(self, told: Iterable[Said]) -> Delta:
        """Return what adds these triples to an empty bureau."""
        added = tuple(dict.fromkeys(self._statement(one) for one in told))
        return Delta(self.code, DEFAULT_BASE, added)

    def _mark(self, node: str) -> str:
        return mark(node, "x" if node in self.hidden else self.suffix)

    def _iri(self, node: str) -> URIRef:
        bureau = f"{DEFAULT_BASE}bureau/{self.code}"
        return URIRef(f"{bureau}/{node.partition('/')[0]}/{self._mark(node)}" if node else bureau)

    def _statement(self, one: Said) -> Statement:
        return Statement(self._iri(one.subject), one.predicate, self._object(one), one.graph, CELL)

    def _object(self, one: Said) -> Node:  # noqa: PLR0911 - one line a kind of marker
        if not isinstance(one.object, Node):
            return self._iri(one.object)
        if one.predicate == DCTERMS.identifier:
            return Literal(self._mark(one.subject) if one.subject else self.code)
        if one.predicate in _NAMING and one.subject.startswith("person/"):
            other = "x" if one.subject in self.unnamed else self.suffix
            return Literal(name_of(one.subject.partition("/")[2], other), lang="zh-hans")
        if one.predicate == RDFS.label and one.subject:
            return Literal(f"名{self._mark(one.subject)}", lang="zh-hans")
        if one.predicate == SV.extra:
            return Literal(f"备注{one.subject}{self.remarks}")
        if one.predicate == SV.waivesFocus:
            return Literal(self._mark(f"control/{one.object}"))
        if one.predicate == SV.talkKind:
            return Literal(f"谈话方式{one.subject}")
        return URIRef(one.object) if isinstance(one.object, URIRef) else Literal(one.object)


def whole(code: str = "SY", suffix: str = "q") -> Delta:
    """Return all of the bureau of two sides."""
    return Making(code, suffix, remarks=suffix).delta(said())


def seen_by(caller: str) -> frozenset[str]:
    """Return the nodes that a caller of ``tests/access`` may see."""
    return frozenset(expected(caller))


def named_to(caller: str) -> frozenset[str]:
    """Return the persons, as P3, whose names a caller may see."""
    return frozenset(
        person for callers, people in NAMED.items() if caller in callers.split() for person in people.split()
    )


def otherwise(caller: str) -> Delta:
    """Return the bureau with everything that is hidden from a caller otherwise, and nothing else.

    What is hidden goes by another id, or is not there, or is there twice; names and remarks say something
    else. What a visible record names is there all the same: that a reference leads nowhere is told of it.
    """
    nodes = {one.subject for one in said() if one.subject}
    visible = seen_by(caller)
    hidden = nodes - visible
    cited = {one.object for one in said() if one.subject in visible or not one.subject}
    dropped = {node for node in hidden - cited if _kind(node) in _DROPPED}
    twice = {node for node in hidden - cited if _kind(node) in _DOUBLED}
    unnamed = {node for node in nodes if node.startswith("person/")} - {
        f"person/{person}" for person in named_to(caller)
    }
    making = Making(
        hidden=frozenset(hidden | twins(twice)),
        unnamed=frozenset(unnamed),
        remarks="q" if caller == "SO" else "x",
    )
    kept = [one for one in said() if one.subject not in dropped and one.object not in dropped]
    kept = [_other_talk(one) if caller == "SO" else one for one in kept]
    return making.delta([*kept, *_doubles(kept, twice)])


def _kind(node: str) -> str:
    return node.partition("/")[0]


def twins(nodes: Iterable[str]) -> frozenset[str]:
    """Return what the doubles of these nodes are called."""
    return frozenset(f"{node}-again" for node in nodes)


def _doubles(told: Iterable[Said], twice: Iterable[str]) -> Iterator[Said]:
    twin = {node: f"{node}-again" for node in twice}
    by_subject = defaultdict(list)
    for one in told:
        by_subject[one.subject].append(one)
    for node, other in twin.items():
        for one in by_subject[node]:
            found = one.object if isinstance(one.object, Node) else twin.get(one.object, one.object)
            yield replace(one, subject=other, object=found)


def _other_talk(one: Said) -> Said:
    """Exchange what the office does not see of a talk: its kind, its issue, who held it."""
    if not one.subject.startswith("talk/") or one.predicate in {RDF.type, DCTERMS.identifier, SV.heldOn}:
        return one
    if one.predicate == SV.aboutIssue:
        return replace(
            one, object={"issue/I1": "issue/I2", "issue/I2": "issue/I1"}.get(str(one.object), one.object)
        )
    if one.predicate == SV.heldBy:
        return replace(one, object="appointment/A3")
    return replace(one, object=Literal(f"{one.object}x"))
