"""Why a gap is there, worked out over what the caller sees alone: nothing hidden can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import pyoxigraph as ox
from rdflib import Literal
from rdflib.term import Node
from rdflib.util import from_n3

from dutygraph.dataset_check import check_dataset
from dutygraph.model import Finding
from dutygraph.reasons import Reasons
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.gaps.models import FactModel, ProofModel, cell_model
from dutygraph.service.models import bilingual
from dutygraph.shacl import Result, validate
from dutygraph.shapes import load_dataset_shapes, load_shapes
from dutygraph.store.terms import to_oxigraph


def proof_of(view: View, finding: Finding) -> ProofModel:
    """Return why a gap is there, by checking its rule over the view; it takes a good part of a second.

    Where the view does not show the gap, or the gap names what is hidden, nothing is said.
    """
    if view.registered_gaps(finding.id) != (finding.id,):
        return _hidden()
    shapes = load_shapes({finding.rule})
    there = set(view.store.graphs())
    graphs = [graph for graph in view.graphs if graph in there]
    results = [*validate(view.store.oxigraph, shapes, graphs=graphs).results]
    if not any(_is(result, finding) for result in results):
        results, _ = check_dataset(view.store, load_dataset_shapes(), graphs)
    result = next((result for result in results if _is(result, finding)), None)
    if result is None:
        return _hidden()
    reasons = Reasons(view.store, view.names, graphs, shapes, view.things)
    explained = reasons.explained(result)
    return ProofModel(
        shown=True,
        limited=view.reach(Data.WORK) is not Reach.ALL,
        text=bilingual(explained.text),
        facts=list(_facts(view, reasons, explained.data.get("reads", ()))),  # type: ignore[arg-type]
        data=dict(explained.data),
    )


def _hidden() -> ProofModel:
    return ProofModel(shown=False, limited=True, text=None, facts=[], data={})


def _is(result: Result, finding: Finding) -> bool:
    """Tell whether a result is what a gap was described from."""
    same = (str(result.focus_node), str(result.source_shape), str(result.component))
    if same != (finding.focus.iri, finding.shape, finding.component):
        return False
    value = finding.value
    return value is None or str(result.value) == (value.iri or value.id)


def _facts(view: View, reasons: Reasons, reads: Iterable[Mapping[str, Any]]) -> Iterator[FactModel]:
    for read in reads:
        terms = [cast("Node", from_n3(text)) for text in read["triple"]]
        subject, predicate, value = (bilingual(reasons.name(term)) for term in terms)
        triple = ox.Triple(*map(to_oxigraph, terms))  # type: ignore[arg-type]
        plain = all(isinstance(term, Literal) or str(term) for term in terms)
        yield FactModel(
            subject=subject,
            predicate=predicate,
            object=value,
            derived=read["derived"],
            cell=cell_model(view.store.cell(triple)) if plain else None,
            triple=list(read["triple"]),
        )
