"""Running the rules of inference, stratum by stratum, over a copy of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, Graph

from dutygraph.ontology import SV
from dutygraph.rules.catalogue import DERIVED_GRAPHS, InferenceRule, RuleError, load_rules
from dutygraph.shacl.source import from_rdflib, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdflib.term import Node

THIS = ox.Variable("this")


def derive(store: ox.Store, run: str, graphs: Sequence[str]) -> dict[str, list[ox.Triple]]:
    """Derive everything the rules say about one run, from the union of the named `graphs`.

    `run` is the IRI of the sv:CheckRun. Gives the new triples by kind of derived graph (all four kinds, each
    list sorted), never one that already stands in `graphs`; hand in asserted graphs only, and the result is
    the whole derived part. `store` is not changed.

    Raises RuleError when the run has no date or no bureau in `graphs`, or a rule file is ill-formed.
    """
    triples = (
        quad.triple
        for name in dict.fromkeys(graphs)
        for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(name))
    )
    return _derive(_copy(triples), ox.NamedNode(run), load_rules())


def derive_graph(graph: Graph) -> Graph:
    """Derive everything the rules say about the one sv:CheckRun in an rdflib graph.

    The graph holds the asserted triples, the run, its periods and the rating policy. Gives a new graph of the
    derived triples only. Raises RuleError when there is not exactly one run, or it lacks date or bureau.
    """
    runs = list(graph.subjects(RDF.type, SV.CheckRun))
    if len(runs) != 1:
        raise RuleError(f"needs exactly one sv:CheckRun, found {len(runs)}")
    derived = _derive(_copy(map(_triple, graph)), ox.NamedNode(str(runs[0])), load_rules())
    result = Graph()
    for triple in (t for kind in DERIVED_GRAPHS for t in derived[kind]):
        result.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return result


def apply(rule: InferenceRule, data: ox.Store, run: ox.NamedNode) -> set[ox.Triple]:
    """Give the triples that one rule would add to the default graph of `data` (SHACL-AF 8.3)."""
    found = data.query(rule.construct, substitutions={THIS: run})
    assert isinstance(found, ox.QueryTriples)
    return {triple for triple in found if ox.Quad(*triple) not in data}


def require_run(data: ox.Store, run: ox.NamedNode) -> None:
    """Raise RuleError when a run has no date or no bureau."""
    for term in ("asOf", "ofBureau"):
        if not any(data.quads_for_pattern(run, ox.NamedNode(SV + term), None)):
            raise RuleError(f"the run {run.value} has no sv:{term} in these graphs")


def _triple(triple: tuple[Node, Node, Node]) -> ox.Triple:
    subject, predicate, value = map(from_rdflib, triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise RuleError(f"not an RDF triple: {triple}")
    return ox.Triple(subject, predicate, value)


def _copy(triples: Iterable[ox.Triple]) -> ox.Store:
    """Put triples into the default graph of a store in memory."""
    data = ox.Store()
    data.bulk_extend(ox.Quad(*triple) for triple in triples)
    return data


def _derive(data: ox.Store, run: ox.NamedNode, rules: Iterable[InferenceRule]) -> dict[str, list[ox.Triple]]:
    """Apply the rules in order to `data`, which grows by what they derive."""
    require_run(data, run)
    derived: dict[str, list[ox.Triple]] = {kind: [] for kind in DERIVED_GRAPHS}
    for rule in rules:
        new = apply(rule, data, run)
        data.extend(ox.Quad(*triple) for triple in new)
        derived[rule.graph].extend(new)
    return {kind: sorted(triples, key=str) for kind, triples in derived.items()}
