"""Reading the rules of inference from their folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.rulefiles import rule_files

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DERIVED_GRAPHS = ("derived-public", "derived-business", "derived-issue", "derived-restricted")
"""The kinds of derived graph, least sensitive first (domain section 9)."""

SH = "http://www.w3.org/ns/shacl#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
SKOS_DEFINITION = ox.NamedNode("http://www.w3.org/2004/02/skos/core#definition")
DCTERMS_SOURCE = ox.NamedNode("http://purl.org/dc/terms/source")


class RuleError(Exception):
    """A rule file is ill-formed, or the data name no run to derive for; the message says which."""


@dataclass(frozen=True, slots=True)
class InferenceRule:
    """One rule of inference.

    `order` is its stratum: it reads what lower ones derived. `graph` is the kind of derived graph it fills.
    `sources` are the facts it rests on. `construct` is a whole SPARQL CONSTRUCT with its prefixes, in which
    `$this` stands for the run.
    """

    iri: str
    name: str
    label: Text
    definition: Text
    order: int
    graph: str
    sources: tuple[str, ...]
    construct: str


def load_rules() -> tuple[InferenceRule, ...]:
    """Read every rule, in the order in which they run (stratum, sensitivity of the graph, name).

    Raises RuleError when a rule lacks something it needs, or no rule is found.
    """
    prefixes = _prefixes()
    folders = [f for f in rule_files("dutygraph.rules").iterdir() if f.joinpath("rule.ttl").is_file()]
    if not folders:
        raise RuleError("no rules/<name>/rule.ttl found")
    found = (_read(folder, prefixes) for folder in folders)
    return tuple(sorted(found, key=lambda r: (r.order, DERIVED_GRAPHS.index(r.graph), r.name)))


def _load(file: Traversable) -> ox.Store:
    """Parse a Turtle file into a store of its own."""
    store = ox.Store()
    try:
        store.load(file.read_bytes(), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise RuleError(f"{file}: {error}") from error
    return store


def _prefixes() -> str:
    """Give the PREFIX lines that the ontology declares for SPARQL texts (SHACL 5.2.1)."""
    core = _load(rule_files("dutygraph.ontology").joinpath("core.ttl"))
    rows = core.query(
        f"SELECT ?prefix ?name WHERE {{ ?d <{SH}prefix> ?prefix ; <{SH}namespace> ?name }} ORDER BY ?prefix"
    )
    assert isinstance(rows, ox.QuerySolutions)
    return "".join(f"PREFIX {row['prefix'].value}: <{row['name'].value}>\n" for row in rows)


def _values(
    store: ox.Store, subject: ox.NamedNode | ox.BlankNode, predicate: ox.NamedNode, where: str
) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    """Give the objects of a property, at least one."""
    found = [q.object for q in store.quads_for_pattern(subject, predicate, None)]
    if not found:
        raise RuleError(f"{where}: no {predicate.value}")
    return found


def _one(store: ox.Store, subject: ox.NamedNode | ox.BlankNode, predicate: ox.NamedNode, where: str) -> str:
    """Give the lexical form of the one literal of a property."""
    found = _values(store, subject, predicate, where)
    if len(found) != 1 or not isinstance(found[0], ox.Literal):
        raise RuleError(f"{where}: {predicate.value} needs one literal, has {len(found)} values")
    return found[0].value


def _text(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode, where: str) -> Text:
    """Give a text in both languages."""
    found = {
        v.language: v.value for v in _values(store, subject, predicate, where) if isinstance(v, ox.Literal)
    }
    if not found.keys() >= {"zh-hans", "en"}:
        raise RuleError(f"{where}: {predicate.value} needs zh-hans and en")
    return Text(zh=found["zh-hans"], en=found["en"])


def _read(folder: Traversable, prefixes: str) -> InferenceRule:
    """Read one rule folder (SHACL-AF 8.3: one sh:SPARQLRule on a shape that targets the run)."""
    where = f"rules/{folder.name}/rule.ttl"
    store = _load(folder.joinpath("rule.ttl"))
    shapes = list(store.quads_for_pattern(None, RDF_TYPE, ox.NamedNode(SH + "NodeShape")))
    if len(shapes) != 1 or not isinstance(shapes[0].subject, ox.NamedNode):
        raise RuleError(f"{where}: needs one named sh:NodeShape")
    shape = shapes[0].subject
    bodies = _values(store, shape, ox.NamedNode(SH + "rule"), where)
    if len(bodies) != 1 or not isinstance(bodies[0], ox.NamedNode | ox.BlankNode):
        raise RuleError(f"{where}: needs one sh:rule")
    construct = _one(store, bodies[0], ox.NamedNode(SH + "construct"), where)
    if "$this" not in construct:
        raise RuleError(f"{where}: sh:construct does not mention $this")
    graph = _one(store, shape, ox.NamedNode(SV + "intoGraph"), where)
    if graph not in DERIVED_GRAPHS:
        raise RuleError(f"{where}: sv:intoGraph {graph!r} is none of {', '.join(DERIVED_GRAPHS)}")
    sources = _values(store, shape, DCTERMS_SOURCE, where)
    return InferenceRule(
        iri=shape.value,
        name=folder.name,
        label=_text(store, shape, RDFS_LABEL, where),
        definition=_text(store, shape, SKOS_DEFINITION, where),
        order=int(_one(store, shape, ox.NamedNode(SH + "order"), where)),
        graph=graph,
        sources=tuple(sorted(v.value for v in sources if isinstance(v, ox.Literal))),
        construct=prefixes + construct,
    )
