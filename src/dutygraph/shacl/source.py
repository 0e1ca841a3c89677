"""Reading data graphs and shapes graphs: files, rdflib graphs, pyoxigraph stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
from rdflib import XSD, BNode, Dataset, Graph, Literal, URIRef

from dutygraph.shacl.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rdflib.term import Node

Source: TypeAlias = str | Path | Graph | ox.Store


def to_rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Give a pyoxigraph term as an rdflib term, its lexical form untouched; xsd:string becomes plain."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        plain = datatype == str(XSD.string)
        return Literal(term.value, datatype=None if plain else URIRef(datatype), normalize=False)
    raise DataError(f"quoted triples are not RDF 1.1: {term}")


def from_rdflib(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Give an rdflib term as a pyoxigraph term, its lexical form untouched."""
    if isinstance(term, URIRef):
        return ox.NamedNode(term)
    if isinstance(term, BNode):
        return ox.BlankNode(term)
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        if term.datatype is None or term.datatype == XSD.string:
            return ox.Literal(str(term))
        return ox.Literal(str(term), datatype=ox.NamedNode(term.datatype))
    raise DataError(f"not an RDF term: {term!r}")


def parse_file(path: str | Path) -> Iterator[ox.Quad]:
    """Parse a file quad by quad, the format told by its ending, blank node labels and lexical forms kept.

    Raises DataError when the file is not there, has an unknown ending, or is not well-formed.
    """
    file = Path(path)
    form = ox.RdfFormat.from_extension(file.suffix.removeprefix("."))
    if form is None:
        raise DataError(f"{file}: no RDF format has the ending {file.suffix!r}")
    try:
        yield from ox.parse(path=str(file), format=form, base_iri=file.resolve().as_uri())
    except (OSError, SyntaxError) as error:
        raise DataError(f"{file}: {error}") from error


def _check_there(wanted: Iterable[str], there: Callable[[str], bool], where: str, *, every: bool) -> None:
    """Raise DataError when none of the graphs is there, with `every` when any is not.

    A mistyped name must not read as an empty graph, and so as a graph without faults.
    """
    asked = sorted(set(wanted))
    absent = [name for name in asked if not there(name)]
    if absent and every:
        raise DataError(f"not among the graphs of {where}: {', '.join(absent)}")
    if len(absent) == len(asked):
        raise DataError(f"none of these graphs is in {where}: {', '.join(asked)}")


def rdflib_triples(
    source: Graph, graphs: Sequence[str] | None, *, every: bool = False
) -> Iterator[tuple[Node, Node, Node]]:
    """Give the triples of an rdflib graph, or of the named graphs of a Dataset (all of them by default).

    Raises DataError when `graphs` is given and none of them, with `every` not each of them, is there.
    """
    if not isinstance(source, Dataset):
        if graphs is not None:
            raise DataError("a single graph has no named graphs to choose from")
        yield from source
        return
    wanted = None if graphs is None else {URIRef(g) for g in graphs}
    if graphs is not None:
        there = {str(g.identifier) for g in source.graphs()}
        _check_there(graphs, there.__contains__, "the data", every=every)
    seen: set[tuple[Node, Node, Node]] = set()
    for s, p, o, name in source.quads((None, None, None, None)):
        if (wanted is None or name in wanted) and (s, p, o) not in seen:
            seen.add((s, p, o))
            yield s, p, o


def store_graphs(
    store: ox.Store, graphs: Sequence[str] | None, *, every: bool = False
) -> list[ox.NamedNode] | None:
    """Give the graph names to query.

    Raises DataError when `graphs` is given and none of them, with `every` not each of them, is there.
    """
    if graphs is None:
        return None
    _check_there(graphs, lambda g: store.contains_named_graph(ox.NamedNode(g)), "the store", every=every)
    return [ox.NamedNode(g) for g in graphs]


def quads(source: Source, graphs: Sequence[str] | None, *, every: bool = False) -> Iterator[ox.Quad]:
    """Give the quads of any source, of `graphs` only where they are given; terms are as they were written.

    Raises DataError when it cannot be read, when none of `graphs` is there, with `every` when any is not.
    """
    if isinstance(source, Graph):
        yield from _converted(rdflib_triples(source, graphs, every=every))
        return
    if isinstance(source, ox.Store):
        names = store_graphs(source, graphs, every=every)
        if names is None:
            yield from source
        else:
            for name in names:
                yield from source.quads_for_pattern(None, None, None, name)
        return
    if not isinstance(source, str | Path):
        raise DataError(f"not a path, rdflib graph or pyoxigraph Store: {type(source).__name__}")
    if graphs is None:
        yield from parse_file(source)
        return
    wanted, there = {ox.NamedNode(g) for g in graphs}, set[str]()
    for quad in parse_file(source):
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name in wanted:
            there.add(quad.graph_name.value)
            yield quad
    _check_there(graphs, there.__contains__, str(source), every=every)


def may_be_named(source: Source) -> bool:
    """Tell whether the quads of a source may be in named graphs."""
    if isinstance(source, str | Path):
        form = ox.RdfFormat.from_extension(Path(source).suffix.removeprefix("."))
        return form is None or form.supports_datasets
    return isinstance(source, ox.Store)


def _converted(triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[ox.Quad]:
    cache: dict[Node, ox.NamedNode | ox.BlankNode | ox.Literal] = {}
    for s, p, o in triples:
        for node in (s, p, o):
            if node not in cache:
                cache[node] = from_rdflib(node)
        yield ox.Quad(cache[s], cache[p], cache[o])  # type: ignore[arg-type]


def read_only(source: Source, graphs: Sequence[str] | None = None) -> Graph:
    """Give a source as one rdflib graph that must not be changed: it is copied only where it has to be."""
    if type(source) is Graph and graphs is None:
        typed = (o for o in source.objects() if isinstance(o, Literal))
        if not any(o.datatype == XSD.string for o in typed):
            return source
    return load(source, graphs, store="SimpleMemory")


def load(
    source: Source, graphs: Sequence[str] | None = None, *, every: bool = False, store: str = "default"
) -> Graph:
    """Give a source as one rdflib graph: the union of `graphs`, or of everything.

    Literals keep their lexical form; "a"^^xsd:string is made plain, as RDF 1.1 says they are one term.
    `store` is rdflib's name of a store: "SimpleMemory" is faster, and knows of no graphs beside this one.
    Raises DataError, as `quads` does.
    """
    out = Graph(store=store)
    if isinstance(source, Graph):
        for s, p, o in rdflib_triples(source, graphs, every=every):
            string = isinstance(o, Literal) and o.datatype == XSD.string
            out.add((s, p, Literal(str(o)) if string else o))
        for prefix, name in source.namespaces():
            out.bind(prefix, name)
        return out
    cache: dict[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, Node] = {}

    def term(raw: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
        if raw not in cache:
            cache[raw] = to_rdflib(raw)
        return cache[raw]

    for quad in quads(source, graphs, every=every):
        out.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return out
