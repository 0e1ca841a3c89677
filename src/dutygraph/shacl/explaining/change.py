"""Changes that might mend a fault: how they are made and put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from rdflib import RDF, URIRef

from dutygraph.shacl.explaining.trial import is_node
from dutygraph.shacl.explaining.walk import grown, walk
from dutygraph.shacl.explaining.words import listed, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdflib.term import Node

    from dutygraph.model import Text
    from dutygraph.shacl.explaining.model import Naming, Triple
    from dutygraph.shacl.explaining.trial import Trial
    from dutygraph.shacl.explaining.walk import Route, Way

PLACEHOLDER = "tag:dutygraph,2026:placeholder:"


@dataclass(frozen=True)
class Change:
    """Triples to add and to remove; what might be removed instead; what is still to be named."""

    added: tuple[Triple, ...] = ()
    removed: tuple[Triple, ...] = ()
    instead: tuple[Triple, ...] = ()
    placeholders: tuple[tuple[Node, Text], ...] = ()

    def __add__(self, other: Change) -> Change:
        """Put two changes together."""
        return Change(
            self.added + other.added,
            self.removed + other.removed,
            self.instead + other.instead,
            self.placeholders + other.placeholders,
        )

    @property
    def size(self) -> int:
        """Give the number of triples that it touches."""
        return len(self.added) + len(self.removed)


def together(changes: Iterable[Change]) -> Change:
    """Put changes together."""
    whole = Change()
    for change in changes:
        whole += change
    return whole


@dataclass
class Fresh:
    """Makes nodes that stand for something still to be named, and remembers what is said of them."""

    name: Naming
    said: dict[Node, Text] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def node(self, kind: Node | None = None) -> URIRef:
        """Give a new node, of a class where that is known."""
        new = URIRef(f"{PLACEHOLDER}{next(self._numbers)}")
        self.said[new] = (
            word("placeholder", "node") if kind is None else word("placeholder", "of_class", self.name(kind))
        )
        return new

    def example(self, term: Node) -> Node:
        """Say of a term that it is only an example."""
        self.said[term] = word("placeholder", "literal", self.name(term))
        return term

    def one_of(self, term: Node, terms: Sequence[Node]) -> Node:
        """Say of a term that others would do as well."""
        if len(terms) > 1:
            self.said[term] = word("placeholder", "one_of", listed(terms, self.name))
        return term

    def change(self, added: Iterable[Triple] = (), removed: Iterable[Triple] = ()) -> Change:
        """Make a change, with what is said of the placeholders in it."""
        new, gone = tuple(dict.fromkeys(added)), tuple(dict.fromkeys(removed))
        used = dict.fromkeys(term for triple in new for term in triple if term in self.said)
        return Change(new, gone, (), tuple((term, self.said[term]) for term in used))


@dataclass(frozen=True)
class Site:
    """A focus node and the path from it, as a place where values are added, swapped and cut off."""

    data: Trial
    focus: Node
    way: Route | None
    fresh: Fresh

    def ways(self) -> dict[Node, Way]:
        """Give the value nodes, each with one way to it, in a fixed order."""
        ends = walk(self.data, self.focus, self.way).ends
        return dict(sorted(ends.items(), key=lambda pair: pair[0].n3()))

    def add(self, value: Node, more: Iterable[Triple] = ()) -> list[Change]:
        """Make the path lead to a value."""
        if self.way is None:
            return []
        found = grown(self.data, self.focus, self.way, value, self.fresh.node)
        likely = [triples for triples in found if all(self._likely(t) for t in triples)]
        return [self.fresh.change([*triples, *more]) for triples in likely[:2]]

    def _likely(self, triple: Triple) -> bool:
        # What a shape says of its focus node is right even where the data never did it.
        return self.focus in triple or self.data.usual(triple)

    def cut(self, value: Node) -> list[Change]:
        """Take away a triple of the way to a value, the last one first."""
        way = self.ways().get(value, ())
        return [self.fresh.change(removed=[triple]) for triple in way[::-1][:2]]

    def swap(self, value: Node, other: Node, more: Iterable[Triple] = ()) -> list[Change]:
        """Put another value in the place of one."""
        way = self.ways().get(value, ())
        if not way:
            return []
        s, p, o = last = way[-1]
        new = (s, p, other) if o == value else (other, p, o)
        return [self.fresh.change([new, *more], [last])] if is_node(new[0]) else []


def typed(node: Node, kinds: Iterable[Node]) -> list[Triple]:
    """Say which classes a node has."""
    return [(node, RDF.type, kind) for kind in kinds]
