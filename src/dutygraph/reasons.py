"""Why a gap is there, for officers: things by name and id, no IRIs; what must not be proposed left out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyoxigraph as ox
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from dutygraph.model import Explained, Text
from dutygraph.ontology import SV, derived_terms
from dutygraph.shacl import Result
from dutygraph.shacl.explaining import Explainer, Triple, as_data, as_lines
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.store.terms import to_oxigraph
from dutygraph.things import Things


@dataclass(frozen=True, slots=True)
class _Told:
    """What ``reasons.toml`` says."""

    terms: Mapping[str, Text]
    words: Mapping[str, Text]
    never_added: frozenset[Node]
    never_removed: frozenset[Node]


@cache
def _told() -> _Told:
    """Read ``reasons.toml``."""
    data = tomllib.loads(resources.files("dutygraph").joinpath("reasons.toml").read_text(encoding="utf-8"))
    terms, words = ({key: Text(**said) for key, said in data[group].items()} for group in ("term", "word"))
    never = {key: frozenset(SV[name] for name in names) for key, names in data["never"].items()}
    return _Told(terms, words, never["added"], never["removed"])


class Reasons:
    """Explains the results of one check; changes are tried on a copy of the bureau's graphs, made once."""

    def __init__(
        self, store: EmbeddedStore, names: BureauGraphs, graphs: Sequence[str], shapes: Graph, things: Things
    ) -> None:
        """Work on the *graphs* of a store that were checked by *shapes*."""
        self._things = things
        self._derived_triples = frozenset(store.triples(names.all_derived()))
        self._derived_terms = derived_terms()
        self._there = frozenset(store.triples(graphs))
        self._explainer = Explainer(
            store.oxigraph,
            shapes,
            graphs=graphs,
            derived=self._derived,
            stated=self._may_change,
            name=self.name,
        )
        self._known = set(shapes.subjects())

    def explained(self, result: Result) -> Explained:
        """Explain one result, in both languages."""
        if result.source_shape not in self._known:
            return Explained(_told().words["dataset"], {})
        [explanation] = self._explainer.explain([result])
        zh, en = ("\n".join(as_lines(explanation, lang)) for lang in ("zh", "en"))
        return Explained(Text(zh, en), as_data(explanation))

    def _derived(self, triple: Triple) -> bool:
        term = triple[2] if triple[1] == RDF.type else triple[1]
        return term in self._derived_terms or _quoted(triple) in self._derived_triples

    def _may_change(self, triple: Triple) -> bool:
        """Tell whether adding a triple, or removing one that is there, may be proposed to an officer."""
        subject, predicate, value = triple
        if _quoted(triple) in self._there:
            return predicate not in _told().never_removed | {RDF.type}
        if predicate != RDF.type or not isinstance(subject, URIRef):
            return predicate not in _told().never_added
        # What the IRI of an unregistered thing says it is, it is not registered as something else.
        kind = self._things.thing(subject).kind.replace("-", "").lower()
        return "/bureau/" not in subject or kind in str(value).lower()

    def name(self, term: Node) -> Text:
        """Return what officers call a term: a thing by name and id, a property or class by its label."""
        if isinstance(term, Literal):
            return _literal_name(term)
        if isinstance(term, BNode):
            return _told().words["blank"]
        return _told().terms.get(str(term)) or self._node_name(term)

    def _node_name(self, term: Node) -> Text:
        label, thing = self._things.label(str(term)), self._things.thing(str(term))
        if str(term).startswith(str(SV)):
            return label
        if thing.label in ("", thing.id):
            # A code alone may stand for a post and for its duties alike.
            if not thing.id.isascii() or not thing.kind[:1].isupper():
                return label
            kind = self._things.label(str(SV[thing.kind]))
            return Text(f"{kind.zh}{thing.id}", f"{kind.en} {thing.id}")
        form = _told().words["thing"]
        return Text(form.zh.format(label.zh, thing.id), form.en.format(label.en, thing.id))


def _literal_name(literal: Literal) -> Text:
    words = _told().words
    if literal.datatype == XSD.boolean and str(literal) in words:
        return words[str(literal)]
    said = f"“{literal}”" if literal.datatype is None else str(literal)
    return Text(said, said)


def _quoted(triple: Triple) -> ox.Triple:
    subject, predicate, value = map(to_oxigraph, triple)
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
