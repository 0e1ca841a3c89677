"""Which bureaus a store holds, and what each says of itself (form 基本信息)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from rdflib import RDF, RDFS

from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs, Store

_GRAPH = re.compile(r"^(?P<base>.+/)bureau/(?P<code>[^/]+)/(?:public|business|issue|restricted|identity)$")


@dataclass(frozen=True, slots=True)
class Bureau:
    """A bureau's code and name, and the date its data speak of (None where not stated)."""

    code: str
    label: str
    data_date: date | None


def bureaus_in(store: Store) -> tuple[BureauGraphs, ...]:
    """Return the bureaus that have data in a store, by code."""
    matches = (_GRAPH.match(graph) for graph in store.graphs())
    found = {(match["base"], unquote(match["code"])) for match in matches if match}
    return tuple(BureauGraphs(base, code) for base, code in sorted(found, key=lambda pair: pair[::-1]))


def describe_bureau(store: Store, names: BureauGraphs) -> Bureau:
    """Return what a bureau says of itself; the code stands in for a name that is not given."""
    query = f"""SELECT ?label ?date {{
        <{names.bureau}> <{RDF.type}> <{SV.Bureau}> .
        OPTIONAL {{ <{names.bureau}> <{RDFS.label}> ?label }}
        OPTIONAL {{ <{names.bureau}> <{SV.dataDate}> ?date }}
    }} ORDER BY ?date ?label LIMIT 1"""
    row = next(iter(store.select(query, graphs=names.all_asserted())), None)
    if row is None:
        return Bureau(names.code, names.code, None)
    label = row["label"].value if row["label"] else names.code
    return Bureau(names.code, label, date.fromisoformat(row["date"].value) if row["date"] else None)
