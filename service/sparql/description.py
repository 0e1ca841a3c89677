"""What the endpoint says of itself: the caller's graphs, formats, limits (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import pyoxigraph as ox

from dutygraph.service.sparql.formats import formats
from dutygraph.service.sparql.texts import text
from dutygraph.service.sparql.work import GRAPH_FORMATS

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one query: seconds, rows of the answer, bytes of the answer."""

    seconds: float
    rows: int
    bytes: int


def describe(endpoint: str, graphs: Mapping[str, int], limits: Limits, key: str) -> bytes:
    """Return the description in a graph format; *graphs* are the visible ones with their triples."""
    prefixes = {"sd": _SD, "void": _VOID, "rdfs": _RDFS}
    file = BytesIO()
    ox.serialize(_triples(endpoint, graphs, limits), file, GRAPH_FORMATS[key], prefixes=prefixes)
    return file.getvalue()


def _triples(endpoint: str, graphs: Mapping[str, int], limits: Limits) -> Iterator[ox.Triple]:
    service, dataset, default = ox.BlankNode("service"), ox.BlankNode("dataset"), ox.BlankNode("default")
    yield ox.Triple(service, _TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(endpoint))
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for entry in formats():
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(entry.iri))
    title = text("description.title")
    said = text("description.limits", seconds=f"{limits.seconds:g}", rows=limits.rows, bytes=limits.bytes)
    for name, words in (("label", title), ("comment", said)):
        yield ox.Triple(service, ox.NamedNode(_RDFS + name), ox.Literal(words.zh, language="zh-hans"))
        yield ox.Triple(service, ox.NamedNode(_RDFS + name), ox.Literal(words.en, language="en"))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield from _graph(default, sum(graphs.values()))
    for number, (name, count) in enumerate(graphs.items()):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        yield ox.Triple(dataset, _sd("namedGraph"), named)
        yield ox.Triple(named, _TYPE, _sd("NamedGraph"))
        yield ox.Triple(named, _sd("name"), ox.NamedNode(name))
        yield ox.Triple(named, _sd("graph"), graph)
        yield from _graph(graph, count)


def _graph(graph: ox.BlankNode, count: int) -> Iterator[ox.Triple]:
    yield ox.Triple(graph, _TYPE, _sd("Graph"))
    yield ox.Triple(graph, ox.NamedNode(_VOID + "triples"), ox.Literal(str(count), datatype=_INTEGER))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
