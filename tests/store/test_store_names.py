"""Names of graphs and things, and terms on their way between rdflib and pyoxigraph."""

from __future__ import annotations

from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef, Variable
from rdflib.term import Node

from dutygraph.model import GraphKind
from dutygraph.store import DERIVED_KINDS, BureauGraphs
from dutygraph.store.graphs import segment
from dutygraph.store.terms import to_oxigraph, to_oxigraph_triples, to_rdflib, to_rdflib_graph

NAMES = BureauGraphs("https://dutygraph.example/", "SL01")
# What can stand in a cell: no lone surrogates, which UTF-8 cannot say.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
XSD = "http://www.w3.org/2001/XMLSchema#"


@given(TEXT)
def test_any_identifier_gives_one_segment_of_a_valid_iri_and_comes_back(text: str) -> None:
    made = segment(text)

    assert not set(made) & set('/?#[] <>"{}|\\^`')
    assert unquote(made) == text
    assert ox.NamedNode(NAMES.thing("risk", text)).value.endswith(f"/risk/{made}")


@given(TEXT, TEXT)
def test_different_identifiers_give_different_iris(one: str, other: str) -> None:
    assert (segment(one) == segment(other)) == (one == other)


def test_chinese_stays_readable() -> None:
    assert segment("市场营销部") == "市场营销部"
    assert segment("A/B 1") == "A%2FB%201"


def test_no_two_graphs_of_a_bureau_share_a_name() -> None:
    graphs = [
        *NAMES.all_asserted(),
        *NAMES.all_derived(),
        *(NAMES.cells(kind) for kind in GraphKind),
        NAMES.run_graph,
        NAMES.metrics,
        NAMES.findings,
    ]

    assert len(graphs) == len(set(graphs)) == 17


def test_the_names_of_people_are_not_reasoned_over() -> None:
    assert GraphKind.IDENTITY not in DERIVED_KINDS
    assert NAMES.asserted(GraphKind.IDENTITY) not in NAMES.checked()
    assert set(NAMES.checked()) == {*NAMES.all_asserted(DERIVED_KINDS), *NAMES.all_derived(), NAMES.run_graph}


TERMS: st.SearchStrategy[Node] = st.one_of(
    TEXT.map(lambda text: URIRef(f"https://example.org/{segment(text)}")),
    st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True).map(BNode),
    TEXT.map(Literal),
    st.tuples(TEXT, st.sampled_from(["zh-hans", "en", "fr-ca"])).map(
        lambda pair: Literal(pair[0], lang=pair[1])
    ),
    # lexical forms that rdflib would tidy up if it were let
    st.sampled_from(
        [("01", "integer"), ("+1.50", "decimal"), ("1", "boolean"), ("2025-03-01", "date"), ("0012", "gYear")]
    ).map(lambda pair: Literal(pair[0], datatype=URIRef(XSD + pair[1]), normalize=False)),
)


@given(TERMS)
def test_a_term_comes_back_as_it_went(term: Node) -> None:
    assert to_rdflib(to_oxigraph(term)) == term
    assert to_oxigraph(to_rdflib(to_oxigraph(term))) == to_oxigraph(term)


def test_a_typed_string_becomes_a_plain_one() -> None:
    assert to_rdflib(to_oxigraph(Literal("a", datatype=URIRef(XSD + "string")))) == Literal("a")


def test_what_cannot_stand_in_a_triple_is_refused() -> None:
    with pytest.raises(TypeError):
        to_oxigraph(Variable("x"))
    triple = ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"))
    with pytest.raises(TypeError):
        to_rdflib(triple)


def test_graphs_come_back_as_they_went() -> None:
    graph = Graph()
    graph.add((URIRef("urn:s"), URIRef("urn:p"), Literal("01", datatype=URIRef(XSD + "integer"))))
    graph.add((BNode("b"), URIRef("urn:p"), Literal("三", lang="zh-hans")))

    assert set(to_rdflib_graph(to_oxigraph_triples(graph))) == set(graph)
