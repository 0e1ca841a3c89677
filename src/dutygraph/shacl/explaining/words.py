"""The words of explanations, read from ``words.toml``, and the names of things and paths in them."""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, XSD, Graph, Literal, URIRef, Variable

from dutygraph.model import Text
from dutygraph.shacl.explaining.walk import Chain, Choice, Repeat, Route, Step

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.explaining.model import Naming, Triple
    from dutygraph.shacl.source import Source

_LISTED = 8
_CORE = {"rdf": RDF, "rdfs": RDFS, "xsd": XSD, "sh": SH}
_BARE = {XSD.integer, XSD.decimal, XSD.boolean}


@cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    text = resources.files("dutygraph.shacl.explaining").joinpath("words.toml").read_text(encoding="utf-8")
    return {
        group: {key: Text(**said) for key, said in words.items()}
        for group, words in tomllib.loads(text).items()
    }


def word(group: str, key: str, *parts: Text, **named: Text) -> Text:
    """Give a phrase of a group, its places filled in."""
    found = _words()[group][key]
    zh = found.zh.format(*(p.zh for p in parts), **{k: t.zh for k, t in named.items()})
    return Text(zh, found.en.format(*(p.en for p in parts), **{k: t.en for k, t in named.items()}))


def known(group: str, key: str) -> bool:
    """Tell whether there is such a phrase."""
    return key in _words()[group]


def plain(text: object) -> Text:
    """Give what is written the same in both languages."""
    return Text(str(text), str(text))


def joined(texts: Iterable[Text], separator: Text) -> Text:
    """Join texts."""
    every = list(texts)
    return Text(separator.zh.join(t.zh for t in every), separator.en.join(t.en for t in every))


def listed(terms: Iterable[Node], name: Naming) -> Text:
    """Give the names of terms, the first few of them where they are many."""
    every = [name(t) for t in terms]
    if not every:
        return word("path", "nothing")
    shown = joined(every[:_LISTED], word("path", "list"))
    return shown if len(every) <= _LISTED else word("path", "more", shown, plain(len(every)))


def prefixes_of(source: Source) -> dict[str, str]:
    """Give the prefixes that a file or an rdflib graph declares, each with its namespace."""
    if isinstance(source, Graph):
        return {prefix: str(namespace) for prefix, namespace in source.namespaces()}
    if isinstance(source, ox.Store):
        return {}
    form = ox.RdfFormat.from_extension(Path(source).suffix.removeprefix("."))
    parser = ox.parse(path=str(source), format=form, base_iri=Path(source).resolve().as_uri())
    deque(parser, maxlen=0)
    return dict(parser.prefixes)


def prefixed(prefixes: Mapping[str, str]) -> Naming:
    """Name terms as Turtle does."""
    known = {**{p: str(n) for p, n in _CORE.items()}, **prefixes}
    names = [(prefix, namespace) for prefix, namespace in known.items() if namespace]
    longest = sorted(names, key=lambda pair: (-len(pair[1]), pair[0]))

    def name(term: Node) -> Text:
        return plain(_turtle(term, longest))

    return name


def _turtle(term: Node, names: list[tuple[str, str]]) -> str:
    if isinstance(term, URIRef):
        for prefix, namespace in names:
            local = term.removeprefix(namespace)
            if local != term and local.replace("-", "").replace("_", "").isalnum():
                return f"{prefix}:{local}"
        return f"<{term}>"
    if isinstance(term, Literal) and term.datatype in _BARE:
        return str(term)
    if isinstance(term, Literal) and term.datatype is not None:
        text = Literal(str(term)).n3()
        return f"{text}^^{_turtle(term.datatype, names)}"
    return term.n3()


def way_text(way: Route, name: Naming) -> Text:
    """Give a path in words."""
    if isinstance(way, Step):
        said = name(way.predicate)
        return word("path", "inverse", said) if way.inverse else said
    if isinstance(way, Repeat):
        inner = way_text(way.part, name)
        inner = word("path", "again", inner) if way.again else inner
        return word("path", "optional", inner) if way.nullable else inner
    separator = word("path", "sequence" if isinstance(way, Chain) else "choice")
    return joined((_inside(part, name) for part in way.parts), separator)


def _inside(way: Route, name: Naming) -> Text:
    said = way_text(way, name)
    return Text(f"（{said.zh}）", f"({said.en})") if isinstance(way, Choice) else said


def triple_text(triple: Triple, name: Naming, group: str = "fact") -> Text:
    """Give a triple as a sentence."""
    s, p, o = triple
    key = "type" if p == RDF.type else "triple"
    return word(group, key, s=name(s), p=name(p), o=name(o))


def with_variables(name: Naming) -> Callable[[Node], Text]:
    """Name variables 某甲, 某乙 (X, Y) in the order they are met, and everything else as before."""
    met: dict[Node, Text] = {}
    names = word("absent", "names")
    pairs = [Text(zh, en) for zh, en in zip(names.zh.split(), names.en.split(), strict=True)]

    def named(term: Node) -> Text:
        if not isinstance(term, Variable):
            return name(term)
        if term not in met:
            met[term] = pairs[len(met)] if len(met) < len(pairs) else word("absent", "something")
        return met[term]

    return named
