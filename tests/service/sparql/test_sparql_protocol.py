"""The SPARQL 1.1 Protocol over HTTP: the ways to ask, the formats, the status codes."""

from __future__ import annotations

import io
import warnings
from decimal import Decimal

import httpx2
import pyoxigraph as ox
import pytest
from rdflib import RDF, XSD, Dataset, Graph, Literal, URIRef
from rdflib.query import Result

from tests.service.sparql.door import NAMES, Office

# The ledger names two businesses; the star is the one declared there.
BUSINESSES = "SELECT ?id ?name { ?b a sv:Business ; dcterms:identifier ?id ; rdfs:label ?name }"
ANSWER = [("B04", "高压业扩报装管理"), ("B05", "临时用电管理")]
TYPED = "CONSTRUCT { ?b a sv:Business } WHERE { ?b a sv:Business }"
TRIPLES = {
    (URIRef(NAMES.thing("business", code)), RDF.type, URIRef("https://w3id.org/dutygraph#Business"))
    for code in ("B04", "B05")
}
TERMS = """SELECT ?s ?v {
  VALUES (?s ?v) { (<urn:a> "tab\\t, \\"quoted\\"\\nline") (<urn:b> "中文"@zh) (<urn:c> 1) (<urn:d> 1.50)
                   (<urn:e> UNDEF) (<urn:f> "<&>") (<urn:g> true) (<urn:h> <urn:x?a=1&b=2>) } }"""
KINDS = {
    "urn:a": Literal('tab\t, "quoted"\nline'),
    "urn:b": Literal("中文", lang="zh"),
    "urn:c": Literal("1", datatype=XSD.integer),
    "urn:d": Literal("1.5", datatype=XSD.decimal),
    "urn:e": None,
    "urn:f": Literal("<&>"),
    "urn:g": Literal("true", datatype=XSD.boolean),
    "urn:h": URIRef("urn:x?a=1&b=2"),
}
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"


def media(answer: httpx2.Response) -> str:
    return answer.headers["content-type"].partition(";")[0]


def test_the_query_in_the_address(office: Office) -> None:
    assert office.rows(BUSINESSES) == ANSWER


@pytest.mark.parametrize(
    ("kind", "encode"),
    [
        ("application/sparql-query", lambda query: query),
        ("application/sparql-query; charset=UTF-8", lambda query: query),
        ("application/x-www-form-urlencoded", lambda query: str(httpx2.QueryParams(query=query))),
    ],
)
def test_both_forms_of_post(office: Office, kind: str, encode: object) -> None:
    content = encode(BUSINESSES + " # 查询").encode()  # type: ignore[operator]
    assert office.rows(None, method="POST", headers={"Content-Type": kind}, content=content) == ANSWER  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_graphs_named_by_the_request_in_every_way(office: Office, way: str) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    graphs = [("named-graph-uri", f"{NAMES.bureau}/public"), ("named-graph-uri", f"{NAMES.bureau}/identity")]
    expected: list[tuple[str | None, ...]] = [(f"{NAMES.bureau}/identity",), (f"{NAMES.bureau}/public",)]
    if way == "GET":
        assert office.rows(query, params=graphs) == expected
        return
    kind = "application/sparql-query" if way == "direct" else "application/x-www-form-urlencoded"
    body = query if way == "direct" else str(httpx2.QueryParams([("query", query), *graphs]))
    params = graphs if way == "direct" else []
    given = {"params": params, "content": body.encode(), "headers": {"Content-Type": kind}}
    assert office.rows(None, method="POST", **given) == expected  # type: ignore[arg-type]


def test_other_parameters_are_passed_over(office: Office) -> None:
    assert office.rows(BUSINESSES, params=[("format", "json"), ("timeout", "0")]) == ANSWER


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"query": ""}, 400),
        ({"query": " \n"}, 400),
        ({"query": "SELECT"}, 400),
        ({"query": "SELECT ?x { ?x ?y "}, 400),
        ({"query": None, "params": [("default-graph-uri", "urn:x")]}, 400),
        ({"query": "ASK {}", "params": [("query", "ASK {}")]}, 400),
        ({"query": "ASK {}", "params": [("default-graph-uri", "not an IRI")]}, 400),
        ({"query": "ASK {}", "params": [("named-graph-uri", "relative")]}, 400),
        ({"query": "INSERT DATA { <urn:a> <urn:b> 1 }"}, 403),
        ({"query": None, "params": [("update", "CLEAR ALL")]}, 403),
        ({"query": "ASK {}", "params": [("using-graph-uri", "urn:x")]}, 403),
        ({"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}, 403),
        ({"query": "LOAD <http://127.0.0.1:9/>"}, 403),
        ({"query": "ASK {}", "headers": {"Accept": "text/html"}}, 406),
        ({"query": "ASK {}", "headers": {"Accept": "text/turtle"}}, 406),
        ({"query": TYPED, "headers": {"Accept": JSON}}, 406),
        ({"query": "SELECT * {}", "headers": {"Accept": f"{JSON};q=0, text/csv;q=0"}}, 406),
    ],
)
def test_status_of_a_wrong_get(office: Office, given: dict[str, object], status: int) -> None:
    answer = office.ask(given.pop("query"), **given)  # type: ignore[arg-type]
    assert (answer.status_code, media(answer)) == (status, "application/problem+json")
    said = answer.json()
    assert said["status"] == status
    assert said["text"]["zh"]
    assert said["text"]["en"]


@pytest.mark.parametrize(
    ("kind", "body", "params", "status"),
    [
        ("application/sparql-query", b"", {}, 400),
        ("application/sparql-query", b"ASK {}", {"query": "ASK {}"}, 400),
        ("application/sparql-query", "ASK { ?s ?p '中' }".encode("gb18030"), {}, 400),
        ("application/sparql-query; charset=utf-16", "ASK {}".encode("utf-16"), {}, 400),
        ("application/sparql-query", b"ASK {} #" + b"x" * 300_000, {}, 413),
        ("application/x-www-form-urlencoded", b"", {}, 400),
        ("application/x-www-form-urlencoded", b"query=ASK+%7B%7D&query=ASK+%7B%7D", {}, 400),
        ("application/x-www-form-urlencoded", b"query=ASK+%7B+%3Fs+%3Fp+%27%FF%27%7D", {}, 400),
        ("application/x-www-form-urlencoded", b"update=CLEAR+ALL", {}, 403),
        ("application/x-www-form-urlencoded", b"query=" + b"x" * 300_000, {}, 413),
        ("application/sparql-update", b"CLEAR ALL", {}, 403),
        ("text/plain", b"ASK {}", {}, 415),
        ("multipart/form-data", b"ASK {}", {}, 415),
        ("", b"ASK {}", {}, 415),
    ],
)
def test_status_of_a_wrong_post(
    office: Office, kind: str, body: bytes, params: dict[str, str], status: int
) -> None:
    given = {"params": list(params.items()), "content": body, "headers": {"Content-Type": kind}}
    answer = office.ask(None, method="POST", **given)
    assert (answer.status_code, media(answer)) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (
            "SELECT * {\n  ?s ?p ?o",
            ("第1行第10列", "line 1, column 10"),
        ),  # where the brace is that lacks another
        ("SELECT * {\n  ?s ?p ex:thing }", ("第2行第9列", "line 2, column 9")),
        ("ASK {\n\n SERVICE <urn:x> {} }", ("第3行第2列", "line 3, column 2")),
    ],
)
def test_an_error_says_where(office: Office, query: str, place: tuple[str, str]) -> None:
    said = office.ask(query).json()
    assert place[0] in said["text"]["zh"]
    assert place[1] in said["text"]["en"]
    assert len(said["errors"]) == 1


def test_the_problem_is_in_the_language_asked_for(office: Office) -> None:
    english = office.ask("ASK { SERVICE <urn:x> {} }", headers={"Accept-Language": "en"})
    assert "SERVICE is refused" in english.json()["detail"]
    assert "不能用SERVICE" in office.ask("ASK { SERVICE <urn:x> {} }").json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(office: Office, method: str) -> None:
    answer = office.ask("ASK {}", method=method)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_options_and_head(office: Office) -> None:
    options = office.ask(None, method="OPTIONS")
    assert (options.status_code, options.content) == (204, b"")
    assert "POST" in options.headers["allow"]
    head, get = office.ask(BUSINESSES, method="HEAD"), office.ask(BUSINESSES)
    assert (head.status_code, head.content, media(head)) == (200, b"", media(get))
    assert head.headers["content-length"] == get.headers["content-length"]
    assert office.ask(None, method="HEAD").headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        ("", BUSINESSES, JSON),
        ("*/*", BUSINESSES, JSON),
        ("application/json", BUSINESSES, "application/json"),
        ("application/xml", BUSINESSES, "application/xml"),
        ("text/*", BUSINESSES, CSV),
        (f"{TSV}, {CSV}", BUSINESSES, CSV),
        (f"{CSV};q=0.5, {TSV};q=0.9, */*;q=0.1", BUSINESSES, TSV),
        (f"*/*, {JSON};q=0", BUSINESSES, XML),
        (f"text/html, {XML};q=0.2", BUSINESSES, XML),
        (f"{XML};q=high, {CSV};q=0.1", BUSINESSES, CSV),
        ("text/turtle, application/sparql-results+xml", "ASK {}", XML),
        ("", TYPED, "text/turtle"),
        ("application/*", TYPED, "application/n-triples"),
        ("application/xml", TYPED, "application/xml"),
        ("text/n3;q=0.1, application/ld+json", TYPED, "application/ld+json"),
        ("application/n-quads", "DESCRIBE <urn:x>", "application/n-quads"),
    ],
)
def test_negotiation(office: Office, accept: str, query: str, expected: str) -> None:
    answer = office.ask(query, headers={"Accept": accept})
    assert (answer.status_code, media(answer)) == (200, expected)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("kind", [JSON, XML, TSV])
def test_terms_survive_the_formats_that_keep_them(office: Office, kind: str) -> None:
    answer = office.ask(TERMS, headers={"Accept": kind})
    names = {JSON: "json", XML: "xml", TSV: "tsv"}
    found = Result.parse(io.BytesIO(answer.content), format=names[kind])
    assert [str(name) for name in found.vars or ()] == ["s", "v"]
    rows = {str(row["s"]): row.get("v") if isinstance(row, dict) else row["v"] for row in found}  # type: ignore[index]
    assert {key: value for key, value in rows.items() if key != "urn:d"} == {
        key: value for key, value in KINDS.items() if key != "urn:d"
    }
    assert Decimal(str(rows["urn:d"])) == Decimal("1.5")


@pytest.mark.parametrize(("kind", "reader"), [(JSON, "JSON"), (XML, "XML"), (TSV, "TSV")])
def test_another_reader_finds_the_same(office: Office, kind: str, reader: str) -> None:
    content = office.ask(TERMS, headers={"Accept": kind}).content
    found = ox.parse_query_results(content, getattr(ox.QueryResultsFormat, reader))
    assert isinstance(found, ox.QuerySolutions)
    values = {row["s"].value: row["v"] for row in found}
    assert values["urn:a"] == ox.Literal('tab\t, "quoted"\nline')
    assert values["urn:b"] == ox.Literal("中文", language="zh")
    assert values["urn:e"] is None
    assert values["urn:h"] == ox.NamedNode("urn:x?a=1&b=2")
    assert len(values) == 8


def test_csv_is_plain_values(office: Office) -> None:
    answer = office.ask(
        "SELECT ?v { VALUES ?v { 'a,b' 'c\"d' 'e\\nf' UNDEF <urn:g> 1.5 '=1+1' } }", headers={"Accept": CSV}
    )
    assert answer.content.decode() == 'v\r\n"a,b"\r\n"c""d"\r\n"e\nf"\r\n\r\nurn:g\r\n1.5\r\n=1+1\r\n'


@pytest.mark.parametrize("kind", [JSON, XML])
@pytest.mark.parametrize("truth", [True, False])
def test_ask(office: Office, kind: str, *, truth: bool) -> None:
    query = "ASK { ?b a sv:Business }" if truth else "ASK { ?b a sv:NoSuchThing }"
    answer = office.ask(query, headers={"Accept": kind})
    assert (
        Result.parse(io.BytesIO(answer.content), format="json" if kind == JSON else "xml").askAnswer is truth
    )
    assert office.ask(query, headers={"Accept": CSV}).text == str(truth).lower()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
        ("application/trig", "trig"),
        ("application/n-quads", "nquads"),
    ],
)
@pytest.mark.parametrize(
    "query", [TYPED, f"DESCRIBE <{NAMES.thing('business', 'B05')}>", "CONSTRUCT {} WHERE {}"]
)
def test_graphs_parse_back(office: Office, kind: str, name: str, query: str) -> None:
    answer = office.ask(query, headers={"Accept": kind})
    assert media(answer) == kind
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own parsers use what it gives up
        data = Dataset().parse(data=answer.content, format=name)
        found = {(s, p, o) for s, p, o, _ in data.quads()}
    if query == TYPED:
        assert found == TRIPLES
    elif query.startswith("DESCRIBE"):
        about = URIRef(NAMES.thing("business", "B05"))
        assert {subject for subject, _, _ in found} == {about}
        assert (about, RDF.type, URIRef("https://w3id.org/dutygraph#Business")) in found
    else:
        assert found == set()


def test_the_description_names_graphs_formats_and_limits(office: Office) -> None:
    sd, void = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#"
    graph = Graph().parse(data=office.ask(None).content, format="turtle")
    service = graph.value(predicate=RDF.type, object=URIRef(f"{sd}Service"))
    assert str(graph.value(service, URIRef(f"{sd}endpoint"))) == office.sparql
    formats = {str(found).rpartition("/")[2] for found in graph.objects(service, URIRef(f"{sd}resultFormat"))}
    assert {"SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "JSON-LD"} <= formats
    counted = {
        str(graph.value(named, URIRef(f"{sd}name"))): int(
            str(graph.value(graph.value(named, URIRef(f"{sd}graph")), URIRef(f"{void}triples")))
        )
        for named in graph.subjects(RDF.type, URIRef(f"{sd}NamedGraph"))
    }
    asked = office.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert counted == {graph_name: int(count or 0) for graph_name, count in asked}
    assert all(name.startswith(f"{NAMES.bureau}/") for name in counted)
    assert "1.5秒、60行" in " ".join(str(value) for value in graph.objects(service, None))
    assert media(office.ask(None, headers={"Accept": "application/rdf+xml"})) == "application/rdf+xml"


def test_every_answer_says_of_which_state_it_is(office: Office) -> None:
    headers = office.ask("ASK {}").headers
    assert (headers["x-dutygraph-commit"], headers["x-dutygraph-as-of"]) == ("1", "2025-12-31")
    assert headers["x-dutygraph-computed-at"].startswith("20")
    assert headers["cache-control"] == "private, no-cache"


def test_a_query_that_the_engine_cannot_execute_is_a_failure_of_the_server(office: Office) -> None:
    """SPARQL 1.1 Protocol, section 2.1.7: it is of the grammar, so 400 would be false."""
    answer = office.ask("SELECT (<urn:no-such-function>(1) AS ?x) {}")
    assert (answer.status_code, media(answer)) == (500, "application/problem+json")
    assert "urn:no-such-function" in answer.json()["text"]["zh"]
