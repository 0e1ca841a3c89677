"""The responsibility rules R01–R78 and the structure shapes, as files, and their catalogue.

A rule is a folder ``<aspect>/<Rnn-name>/`` with ``shape``, ``valid`` and ``invalid``. Nothing lists the
rules: they are discovered from the tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

import pyoxigraph as ox
from rdflib import DCTERMS, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

from dutygraph.model import Severity, Text
from dutygraph.ontology import SV
from dutygraph.rulefiles import rule_files
from dutygraph.store.terms import to_rdflib

ASPECTS = ("point", "line", "plan", "check", "rectify", "evaluate")


@dataclass(frozen=True, slots=True)
class RuleShape:
    """One node shape of a rule, as its ``shape.ttl`` states it. R27 has two, every other rule one."""

    iri: str
    rule: str
    aspect: str
    folder: str
    severity: Severity
    label: Text
    message: Text
    remedy: Text
    rationale: Text
    sources: tuple[str, ...]
    dataset_check: bool


@dataclass(frozen=True, slots=True)
class RuleFolder:
    """The files of one rule, as text. Examples are TriG where ``dataset`` is true, else Turtle."""

    name: str
    aspect: str
    shape: str
    valid: str
    invalid: str
    dataset: bool


_PLACEHOLDER = re.compile(r"\{[$?](?:this|value)\}")


def with_blanks(said: Text) -> Text:
    """Return a rule's sentence with blanks where a gap's has the thing that it is about.

    Sentences quote the names that will stand there themselves, or not at all.
    """
    return Text(_PLACEHOLDER.sub("〔…〕", said.zh), _PLACEHOLDER.sub("[…]", said.en))


class ShapeFileError(Exception):
    """A file of the product under ``shapes/`` is not as it must be; names the file."""


@cache
def rule_folders() -> tuple[RuleFolder, ...]:
    """Return every rule's folder, in rule order.

    Raises:
        ShapeFileError: a folder lacks one of its three files.

    """
    root = rule_files("dutygraph.shapes")
    folders = [
        _read_folder(aspect, folder)
        for aspect in ASPECTS
        for folder in root.joinpath(aspect).iterdir()
        if folder.is_dir() and folder.name.startswith("R")
    ]
    return tuple(sorted(folders, key=lambda folder: folder.name))


@cache
def catalogue() -> tuple[RuleShape, ...]:
    """Return every rule's node shapes, in rule order, gravest first within a rule."""
    shapes = [shape for folder in rule_folders() for shape in _rule_shapes(folder)]
    return tuple(sorted(shapes, key=lambda shape: (shape.rule, list(Severity).index(shape.severity))))


def load_shapes(rules: Collection[str] | None = None) -> Graph:
    """Return the responsibility shapes of these rules (default: all that a data graph can be asked).

    Shapes that need the whole dataset (``sv:datasetCheck``) are left out.
    """
    graph = _prefix_declarations()
    for folder in rule_folders():
        if not folder.dataset and (rules is None or folder.name[:3] in rules):
            _parse_into(graph, folder.shape, folder.name)
    return graph


def load_dataset_shapes() -> Graph:
    """Return the shapes whose question is about graphs, not triples (R69)."""
    graph = _prefix_declarations()
    for folder in rule_folders():
        if folder.dataset:
            _parse_into(graph, folder.shape, folder.name)
    return graph


def load_structure_shapes() -> Graph:
    """Return the shapes that refuse a write (design: two kinds of shape)."""
    graph = _prefix_declarations()
    for file in rule_files("dutygraph.shapes").joinpath("structure").iterdir():
        if file.name.endswith(".ttl"):
            _parse_into(graph, file.read_text(encoding="utf-8"), file.name)
    return graph


def _read_folder(aspect: str, folder: Traversable) -> RuleFolder:
    dataset = folder.joinpath("valid.trig").is_file()
    ending = "trig" if dataset else "ttl"
    names = ("shape.ttl", f"valid.{ending}", f"invalid.{ending}")
    missing = [name for name in names if not folder.joinpath(name).is_file()]
    if missing:
        raise ShapeFileError(f"shapes/{aspect}/{folder.name} has no {' and no '.join(missing)}")
    shape, valid, invalid = (folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    return RuleFolder(folder.name, aspect, shape, valid, invalid, dataset)


def _rule_shapes(folder: RuleFolder) -> Iterator[RuleShape]:
    graph = Graph(bind_namespaces="none")
    _parse_into(graph, folder.shape, folder.name)
    for shape, rule in graph.subject_objects(SV.ruleId):
        yield RuleShape(
            iri=str(shape),
            rule=str(rule),
            aspect=str(graph.value(shape, SV.ruleAspect)),
            folder=folder.name,
            severity=Severity(str(graph.value(shape, SH.severity)).rpartition("#")[2]),
            label=_text(graph, shape, RDFS.label),
            message=_text(graph, shape, SH.message),
            remedy=_text(graph, shape, SV.remedy),
            rationale=_text(graph, shape, SV.rationale),
            sources=tuple(sorted(str(source) for source in graph.objects(shape, DCTERMS.source))),
            dataset_check=folder.dataset,
        )


def _text(graph: Graph, subject: Node, predicate: URIRef) -> Text:
    found = {
        value.language: str(value)
        for value in graph.objects(subject, predicate)
        if isinstance(value, Literal) and value.language
    }
    try:
        return Text(zh=found["zh-hans"], en=found["en"])
    except KeyError as error:
        raise ShapeFileError(f"{subject} has no {predicate} in {error.args[0]}") from error


def _parse_into(graph: Graph, text: str, name: str) -> None:
    for triple in _triples(text, name):
        graph.add(triple)


@cache
def _triples(text: str, name: str) -> tuple[tuple[Node, Node, Node], ...]:
    try:
        parsed = list(ox.parse(text, ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        raise ShapeFileError(f"shapes/{name}: {error}") from error
    return tuple((to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in parsed)


def _prefix_declarations() -> Graph:
    graph = Graph(bind_namespaces="none")
    core = rule_files("dutygraph.ontology").joinpath("core.ttl").read_text(encoding="utf-8")
    triples = _triples(core, "core.ttl")
    declared = {o for _, p, o in triples if p == SH.declare}
    for triple in triples:
        if triple[1] == SH.declare or triple[0] in declared:
            graph.add(triple)
    return graph
