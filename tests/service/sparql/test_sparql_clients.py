"""The endpoint under the clients that people use: SPARQLWrapper, and rdflib's SPARQLStore."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper import POSTDIRECTLY as DIRECTLY
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from tests.service.sparql.door import NAMES, Office

PREFIXES = """PREFIX sv: <https://w3id.org/dutygraph#> PREFIX dcterms: <http://purl.org/dc/terms/>
"""
BUSINESSES = PREFIXES + "SELECT ?b ?id { ?b a sv:Business ; dcterms:identifier ?id }"
FOUND = {(NAMES.thing("business", code), code) for code in ("B04", "B05")}


def wrapper(office: Office, query: str) -> SPARQLWrapper:
    client = SPARQLWrapper(office.sparql)
    client.addCustomHttpHeader("Authorization", f"Bearer {office.tokens['so']}")
    client.setQuery(query)
    return client


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_sparqlwrapper_select(office: Office, way: str) -> None:
    client = wrapper(office, BUSINESSES)
    if way != "get":
        client.setMethod(POST)
        client.setRequestMethod(URLENCODED if way == "form" else DIRECTLY)
    client.setReturnFormat(JSON)
    answer = client.queryAndConvert()
    rows = answer["results"]["bindings"]
    assert {(row["b"]["value"], row["id"]["value"]) for row in rows} == FOUND


def test_sparqlwrapper_in_other_formats(office: Office) -> None:
    client = wrapper(office, BUSINESSES)
    client.setReturnFormat(XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == 2
    client.setReturnFormat(CSV)
    assert {tuple(line.split(",")) for line in client.queryAndConvert().decode().split()[1:]} == FOUND


def test_sparqlwrapper_ask_construct_and_graphs(office: Office) -> None:
    client = wrapper(office, PREFIXES + "ASK { ?b a sv:Business }")
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["boolean"] is True
    client.addDefaultGraph(f"{NAMES.bureau}/identity")
    assert client.queryAndConvert()["boolean"] is False
    client = wrapper(office, PREFIXES + "CONSTRUCT WHERE { ?b a sv:Business }")
    client.setReturnFormat(TURTLE)
    graph = Graph().parse(data=client.queryAndConvert(), format="turtle")
    assert {str(subject) for subject in graph.subjects(RDF.type)} == {iri for iri, _ in FOUND}


def test_sparqlwrapper_is_told_of_a_malformed_query(office: Office) -> None:
    with pytest.raises(QueryBadFormed, match="sparql-malformed"):
        wrapper(office, "SELECT").query()


@pytest.fixture
def store(office: Office) -> Iterator[SPARQLStore]:
    headers = {"Authorization": f"Bearer {office.tokens['so']}"}
    found = SPARQLStore(office.sparql, headers=headers)
    yield found
    found.close()


@pytest.mark.parametrize("kind", ["xml", "json", "csv", "tsv"])
def test_rdflib_select(office: Office, kind: str) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['so']}"}
    graph = Graph(SPARQLStore(office.sparql, headers=headers, returnFormat=kind))
    assert {(str(row[0]), str(row[1])) for row in graph.query(BUSINESSES)} == FOUND  # type: ignore[index]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_by_every_method(office: Office, method: str) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['so']}"}
    graph = Graph(SPARQLStore(office.sparql, headers=headers, method=method))
    assert {(str(row[0]), str(row[1])) for row in graph.query(BUSINESSES)} == FOUND  # type: ignore[index]


def test_rdflib_reads_triples_and_graphs(store: SPARQLStore) -> None:
    graph = Graph(store)
    business = URIRef("https://w3id.org/dutygraph#Business")
    assert {str(subject) for subject in graph.subjects(RDF.type, business)} == {iri for iri, _ in FOUND}
    assert bool(graph.query(PREFIXES + "ASK { ?b a sv:Business }"))
    names = {str(found) for found in store.contexts()}
    assert f"{NAMES.bureau}/public" in names
    assert all(name.startswith(f"{NAMES.bureau}/") for name in names)


def test_rdflib_one_graph_alone(store: SPARQLStore) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        public = Graph(store, identifier=URIRef(f"{NAMES.bureau}/public"))
        identity = Graph(store, identifier=URIRef(f"{NAMES.bureau}/identity"))
        query = PREFIXES + "SELECT ?b { ?b a sv:Business }"
        assert (len(list(public.query(query))), len(list(identity.query(query)))) == (2, 0)
