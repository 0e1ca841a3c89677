"""A rule of inference asked for some nodes alone.

One variable of the rule is its key: what the rule gives falls into parts, one for each value of the key, and
a part can be asked for by itself. The key is pre-bound as `$this` of a SPARQL constraint is, and by the same
checks: every sub-SELECT that speaks of it projects it, and counts are made for each value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from rdflib import URIRef

from dutygraph.ontology import SV
from dutygraph.rules.catalogue import InferenceRule
from dutygraph.shacl import ShaclError
from dutygraph.shacl.concern import Concern, concern_of_query
from dutygraph.shacl.patterns import Names, Statement, UnknownPatternError, statements
from dutygraph.shacl.prebind import Text, check, prebind
from dutygraph.shacl.sparql_text import Group, Item, parse, words, write
from dutygraph.shacl.ways import TYPE, Edge, Typed

Key = ox.NamedNode | ox.BlankNode | ox.Literal
Part = frozenset[ox.Triple]
_LIST = "tag:dutygraph,2026:rules:key"
# What the run itself says changes so seldom that it need not be reached.
_STEADY = frozenset(
    str(SV[name])
    for name in (
        *("asOf", "ofBureau", "firstDay", "lastDay", "partOfPeriod"),
        *("CheckRun", "Month", "Quarter", "HalfYear", "Year"),
    )
)
_ANCHOR = ox.NamedNode(_LIST)


@dataclass(frozen=True)
class Keyed:
    """A rule with its key; `concern` says for which values of the key a change matters."""

    key: str
    select: Text
    template: tuple[Statement, ...]
    names: Names
    concern: Concern

    def parts(
        self, data: ox.Store, run: ox.NamedNode, keys: Iterable[Key] | None = None
    ) -> dict[Key | None, Part]:
        """Ask for the parts of some values of the key, of all by default; empty parts are left out."""
        patterns = {"this": f"VALUES ?this {{ {run} }}"}
        graph = ox.NamedNode(_LIST)
        if keys is not None:
            data.extend(ox.Quad(_ANCHOR, _ANCHOR, key, graph) for key in keys)
            patterns[self.key] = f"GRAPH {graph} {{ {_ANCHOR} {_ANCHOR} ?{self.key} }}"
        found: dict[Key | None, set[ox.Triple]] = {}
        rows = data.query(prebind(self.select, patterns))
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            found.setdefault(row[self.key], set()).update(self._triples(row))
        if keys is not None:
            data.clear_graph(graph)
        return {key: frozenset(triples) for key, triples in found.items()}

    def _triples(self, row: ox.QuerySolution) -> Iterator[ox.Triple]:
        for statement in self.template:
            value: object
            if isinstance(statement.way, Typed):
                [cls] = statement.way.classes
                predicate, value = ox.NamedNode(TYPE), ox.NamedNode(cls)
            elif isinstance(statement.way, Edge):
                predicate, value = ox.NamedNode(statement.way.predicate), self._term(statement.value, row)
            subject = self._term(statement.subject, row)
            if isinstance(subject, ox.NamedNode | ox.BlankNode) and value is not None:
                yield ox.Triple(subject, predicate, value)  # type: ignore[arg-type]

    def _term(self, token: str, row: ox.QuerySolution) -> object:
        if token[0] in "?$":
            return row[token[1:]]
        return ox.NamedNode(self.names.iri(token) or "")


@cache
def keyed(rule: InferenceRule) -> Keyed | None:
    """Choose the key from which most of what a rule reads can be reached; None where no variable will do."""
    query = parse(rule.construct)
    tokens = query.tokens()
    places = (at for at, token in enumerate(tokens) if token.upper() == "PREFIX")
    names = Names({tokens[at + 1].removesuffix(":"): tokens[at + 2][1:-1] for at in places}, {})
    try:
        [template] = [group for group in query.groups() if group.kind == "template"]
        found = tuple(statements(template.triples(), names))
    except (UnknownPatternError, ValueError):
        return None
    if not all(map(_is_plain, found)):
        return None
    variables = dict.fromkeys(t[1:] for s in found for t in (s.subject, s.value) if t[0] in "?$")
    options = (_with_key(rule, query, key, found, names, variables) for key in variables)
    return min((option for option in options if option), key=_looseness, default=None)


def _with_key(
    rule: InferenceRule,
    query: Group,
    key: str,
    template: tuple[Statement, ...],
    names: Names,
    variables: Mapping[str, None],
) -> Keyed | None:
    select = write(Group("query", list(_selecting(query.items, [key, *variables]))))
    try:
        text = check(select, frozenset({"this", key}), rule.iri, "sh:construct")
    except ShaclError:
        return None
    concern = concern_of_query(rule.construct, key, {"this": URIRef(_LIST)})
    if not text.batch or concern.loose.everything:
        return None
    return Keyed(key, text, template, names, concern)


def _selecting(items: list[Item], variables: Iterable[str]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, str) and words([item]) == ["CONSTRUCT"]:
            yield from ("SELECT", "DISTINCT", "$this", *(f"?{name}" for name in dict.fromkeys(variables)))
        elif isinstance(item, str) or item.kind != "template":
            yield item


def _is_plain(statement: Statement) -> bool:
    ends = (statement.subject,) if isinstance(statement.way, Typed) else (statement.subject, statement.value)
    named = all(token[0] in "?$<" or (":" in token and token[0] not in "\"'_[") for token in ends)
    return named and isinstance(statement.way, Edge | Typed)


def _looseness(option: Keyed) -> tuple[int, str]:
    loose = option.concern.loose
    reads = [read for read in loose.reads if not _STEADY & set(read)]
    return len(reads) + len(loose.classes - _STEADY), option.key
