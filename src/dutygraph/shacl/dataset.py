"""The data graph as the compiled engine sees it: a pyoxigraph Store and the terms it would have changed.

A Store rewrites literals ("01"^^xsd:integer becomes "1", "5"^^xsd:byte becomes an xsd:integer), which makes
sh:datatype, sh:maxCount and the report wrong. For data that comes from a file or an rdflib graph, every
literal the Store would change is kept under a datatype of ours that spells the real one; queries undo it
where the value matters. A Store that is given to us has already lost those forms.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
from rdflib import RDFS

from dutygraph.shacl.copying import copy_of
from dutygraph.shacl.errors import DataError, EngineError
from dutygraph.shacl.literals import FUNCTIONS, KEPT, Term, changed_by_a_store, kept_form
from dutygraph.shacl.source import Source, from_rdflib, may_be_named, quads, store_graphs, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["COPIED", "KEPT", "Data", "Row", "Term"]

Row: TypeAlias = tuple[Term | None, ...]

SHAPES_GRAPH = "tag:dutygraph,2026:shacl:shapes"
"""What `$shapesGraph` stands for: the name of the shapes graph beside the data (SHACL 5.3.1)."""
_ANCHOR = "tag:dutygraph,2026:shacl:anchor"
_REMEMBERED = 50_000  # terms of results: the rdflib forms of the last so many
_PORTION = 20_000

COPIED = 100_000
"""A Store with no more triples than this is copied, in tenths of a second."""


class Data:
    """A data graph to query; `plain` queries see values as SPARQL does, others see exact terms.

    Raises DataError when the source cannot be read.
    """

    def __init__(
        self,
        source: Source,
        graphs: Sequence[str] | None = None,
        *,
        copy: bool = False,
        every: bool = False,
        predicates: frozenset[str] | None = None,
    ) -> None:
        """Open a large Store where it lies; load anything else (any Store, for `copy`) into one of our own.

        The union of a few small graphs is read faster from a graph of its own, where nothing stands twice.
        `every` asks that each of `graphs` be there, not just one. Nothing but triples of `predicates` (None:
        of any) is going to be asked for.
        """
        self._terms: dict[Term, Node] = {}
        self._recent = lru_cache(maxsize=_REMEMBERED)(to_rdflib)
        self._kept: dict[Term, Term] = {}
        self._lists = 0
        self._shapes_held = False
        self._counts: dict[str, int] = {}
        self.lossless = not isinstance(source, ox.Store)
        self._graphs: list[ox.NamedNode] | None = None
        if isinstance(source, ox.Store):
            names = store_graphs(source, graphs, every=every)
            mine = copy_of(source, names, None if copy else COPIED, predicates)
            self.owned = mine is not None
            self._store = source if mine is None else mine
            self._graphs = names if mine is None else None
        else:
            self.owned = True
            self._store = ox.Store()
            triples = quads(source, graphs, every=every)
            self._store.bulk_extend(
                self._keeping(_in_one_graph(triples) if may_be_named(source) else triples)
            )

    @property
    def exact(self) -> bool:
        """Tell whether some literals are kept under a datatype of ours."""
        return bool(self._kept)

    def rows(self, query: str, *, plain: bool = False) -> list[Row]:
        """Run a SELECT; raises EngineError when pyoxigraph refuses it or fails."""
        return list(self.each(query, plain=plain))

    def each(self, query: str, *, plain: bool = False) -> Iterator[Row]:
        """Run a SELECT and give its rows one by one; raises EngineError as `rows` does."""
        try:
            for solution in self._select(query, plain=plain):
                yield tuple(solution)
        except (RuntimeError, OSError, ValueError) as error:
            raise EngineError(f"{error}\n{query}") from error

    def solutions(self, query: str) -> list[dict[str, Term]]:
        """Run a SELECT on the plain values; give what each solution binds, by name."""
        found = self._select(query, plain=True)
        names = [v.value for v in found.variables]
        return [{n: t for n, t in zip(names, s, strict=True) if t is not None} for s in found]

    def construct(self, query: str) -> list[ox.Triple]:
        """Run a CONSTRUCT on the plain values; raises EngineError when pyoxigraph refuses it."""
        found = self._query(query, plain=True)
        if not isinstance(found, ox.QueryTriples):
            raise EngineError(f"not a CONSTRUCT: {query}")
        return list(found)

    def add(self, triples: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Add triples to a Store of our own; give those that are new."""
        new = {t for t in triples if ox.Quad(*t) not in self._plain}
        self._plain.extend(ox.Quad(*t) for t in new)
        if self._plain is not self._store:
            self._store.extend(ox.Quad(*t) for t in new)
        self.__dict__.pop("_below", None)
        return new

    def triple(self, triple: ox.Triple) -> tuple[Node, Node, Node]:
        """Give the rdflib terms of a constructed triple; its literals have pyoxigraph's forms."""
        s, p, o = (self.term(t) for t in triple)
        return s, p, o

    def _select(self, query: str, *, plain: bool) -> ox.QuerySolutions:
        found = self._query(query, plain=plain)
        if not isinstance(found, ox.QuerySolutions):
            raise EngineError(f"not a SELECT: {query}")
        return found

    def _query(self, query: str, *, plain: bool) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        store = self._plain if plain else self._store
        given = not self.owned and store is self._store
        try:
            return store.query(
                query,
                use_default_graph_as_union=given and self._graphs is None,
                default_graph=self._graphs if given else None,  # type: ignore[arg-type]
                named_graphs=self._graphs if given else None,  # type: ignore[arg-type]
                custom_functions=FUNCTIONS,
            )
        except (SyntaxError, RuntimeError, OSError, ValueError) as error:
            raise EngineError(f"{error}\n{query}") from error

    def plain_form(self, term: Term | None) -> Term | None:
        """Give a term as queries on the plain values see it."""
        return term if term is None else self._kept.get(term, term)

    def restored(self, term: Term) -> Term:
        """Undo `plain_form`, where only one literal of the data can be meant."""
        found = self._plain_forms.get(term, ())
        return found[0] if len(found) == 1 else term

    def name_blank(self, term: ox.BlankNode, variable: str) -> str:
        """Give a pattern that matches one blank node, by a named graph beside the data."""
        self._make_own()
        return self._listed(self._plain, [term]) + f" ?{variable} }}"

    def listed(self, terms: Sequence[Term], variable: str) -> str:
        """Give a pattern that binds a variable to each of the terms, by a named graph beside the data.

        Raises EngineError for a Store that is not ours: nothing is written to it.
        """
        if not self.owned:
            raise EngineError("nothing is listed in a Store that is not ours")
        if self._plain is not self._store:
            self._listed(self._plain, [self._kept.get(t, t) for t in terms])
            self._lists -= 1
        return self._listed(self._store, terms) + f" {variable} }}"

    def hold_shapes(self, shapes: Graph) -> None:
        """Put the shapes graph beside the data, for queries on the plain values; a given Store is copied."""
        if self._shapes_held:
            return
        self._shapes_held = True
        self._make_own()
        name = ox.NamedNode(SHAPES_GRAPH)
        for triple in shapes:
            subject, predicate, value = (from_rdflib(term) for term in triple)
            self._plain.add(ox.Quad(subject, predicate, value, name))  # type: ignore[arg-type]

    def fewer(self, number: int, predicate: str) -> bool:
        """Tell whether fewer triples than that have a predicate."""
        if predicate not in self._counts:
            rows = self.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s <{predicate}> ?o }}")
            self._counts[predicate] = int(str(rows[0][0].value))  # type: ignore[union-attr]
        return self._counts[predicate] < number

    def _listed(self, store: ox.Store, terms: Sequence[Term]) -> str:
        self._lists += 1
        graph, anchor = ox.NamedNode(f"{_ANCHOR}:{self._lists}"), ox.NamedNode(_ANCHOR)
        store.extend(ox.Quad(anchor, anchor, term, graph) for term in terms)
        return f"GRAPH {graph} {{ {anchor} {anchor}"

    def term(self, term: Term) -> Node:
        """Give the rdflib term of a query result, its original form restored."""
        known = self._terms.get(term)
        return self._recent(term) if known is None else known

    def constants(self, terms: Sequence[Node]) -> list[str]:
        """Write terms of the shapes graph into a query, in the form they have in the Store.

        Raises DataError for a blank node: it cannot be named in SPARQL.
        """
        raw = [from_rdflib(t) for t in terms]
        changed = changed_by_a_store(raw) if self.lossless else {}
        for term in raw:
            if isinstance(term, ox.BlankNode):
                raise DataError(f"a blank node cannot be named in a query: {term}")
            # The form is remembered: a target may be a literal that is not in the data.
            if term in changed:
                self._terms.setdefault(kept_form(term), to_rdflib(term))
                self._kept.setdefault(kept_form(term), changed[term])
        return [str(kept_form(t) if t in changed else t) for t in raw]

    def subclasses(self, root: Node) -> tuple[str, ...]:
        """Give a class and all its subclasses in the data graph, as SPARQL text (SHACL 1.1)."""
        found, todo = {root.n3()}, [root.n3()]
        while todo:
            below = [c for c in self._below.get(todo.pop(), ()) if c not in found]
            found.update(below)
            todo.extend(below)
        # Blank classes have no name to put into a query.
        return tuple(sorted(name for name in found if not name.startswith("_:")))

    @cached_property
    def _below(self) -> Mapping[str, list[str]]:
        below: dict[str, list[str]] = {}
        for one, two in self.rows(f"SELECT DISTINCT ?s ?o {{ ?s {RDFS.subClassOf.n3()} ?o }}"):
            below.setdefault(str(two), []).append(str(one))
        return below

    @cached_property
    def _plain_forms(self) -> Mapping[Term, list[Term]]:
        found: dict[Term, list[Term]] = {}
        for form, plain in self._kept.items():
            found.setdefault(plain, [plain] if self._stands(plain) else []).append(form)
        return found

    def _stands(self, value: Term) -> bool:
        triples = self._store.quads_for_pattern(None, None, value, ox.DefaultGraph())
        return next(iter(triples), None) is not None

    def _make_own(self) -> None:
        """Copy a given Store, however large: nothing is written to it."""
        if not self.owned and (copy := copy_of(self._store, self._graphs)) is not None:
            self._store, self._graphs, self.owned = copy, None, True
            self.__dict__.pop("_plain", None)

    @cached_property
    def _plain(self) -> ox.Store:
        if not self.owned and self._repeats():
            # A triple that stands in two graphs would be seen, and counted, twice.
            self._make_own()
        if not self._kept:
            return self._store
        store = ox.Store()
        store.bulk_extend(self._plain_triples())
        return store

    def _repeats(self) -> bool:
        count = "SELECT (COUNT(*) AS ?n)"
        one = self.rows(f"{count} WHERE {{ ?s ?p ?o }}")
        two = self.rows(f"{count} WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ ?s ?p ?o }} }}")
        return one != two

    def _plain_triples(self) -> Iterator[ox.Quad]:
        for quad in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
            plain = self._kept.get(quad.object)  # type: ignore[arg-type]
            yield quad if plain is None else ox.Quad(quad.subject, quad.predicate, plain)

    def _keeping(self, triples: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
        """Put what the Store would change into its kept form, some thousand triples at a time."""
        while some := list(islice(triples, _PORTION)):
            literals: set[Term] = {q.object for q in some if isinstance(q.object, ox.Literal)}
            changed = changed_by_a_store(literals)
            for raw, plain in changed.items():
                self._kept[kept_form(raw)] = plain
                self._terms[kept_form(raw)] = to_rdflib(raw)
            if not changed:
                yield from some
                continue
            for quad in some:
                lossy = quad.object in changed
                yield ox.Quad(quad.subject, quad.predicate, kept_form(quad.object)) if lossy else quad  # type: ignore[arg-type]


def _in_one_graph(found: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    default = ox.DefaultGraph()
    return (q if q.graph_name == default else ox.Quad(*q.triple) for q in found)
