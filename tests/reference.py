"""pySHACL, the reference engine, made faster for the tests; it says what it said.

It has every query parsed again for each focus node, and seeks each predicate of a shape in a long list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyshacl.constraints as parameters
import pytest
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.evaluate import evalQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Identifier, URIRef


class _Listed(list[URIRef]):
    """A list that looks up what is asked for in a set."""

    def __init__(self, terms: list[URIRef]) -> None:
        super().__init__(terms)
        self._known = frozenset(terms)

    def __contains__(self, term: object) -> bool:
        return term in self._known


@lru_cache(maxsize=4096)
def _prepared(query: str, base: str | None, names: frozenset[tuple[str, str]]) -> Query:
    return translateQuery(parseQuery(query), base, dict(names))


def _query(
    self: SPARQLProcessor,
    query: str | Query,
    initBindings: Mapping[str, Identifier] | None = None,  # noqa: N803
    initNs: Mapping[str, Any] | None = None,  # noqa: N803
    base: str | None = None,
    DEBUG: bool = False,  # noqa: ARG001, FBT001, FBT002, N803
) -> Mapping[str, Any]:
    if isinstance(query, str):
        names = frozenset((prefix, str(name)) for prefix, name in (initNs or {}).items())
        query = _prepared(query, base, names)
    return evalQuery(self.graph, query, initBindings, base)


@contextmanager
def hastened() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SPARQLProcessor, "query", _query)
        known = _Listed(parameters.ALL_CONSTRAINT_PARAMETERS)
        patch.setattr(parameters, "ALL_CONSTRAINT_PARAMETERS", known)
        yield
