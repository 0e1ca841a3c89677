"""What is refused before evaluation, told from the words alone, and what must not be."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rdflib import SH, Graph

from dutygraph.service.sparql.protocol import LONGEST
from dutygraph.service.sparql.refuse import Form, QueryRefusedError, Refusal, read_query

ROOT = Path(__file__).resolve().parents[3]
PREFIXES = ("sv", "rule", "rdf", "rdfs", "xsd", "skos", "org", "dcterms", "foaf", "prov", "sh", "time")
CALL = "<http://127.0.0.1:9/> { ?s ?p ?o }"

CALLS = [
    f"SELECT * {{ SERVICE {CALL} }}",
    f"SELECT * {{ service{CALL} }}",
    f"SELECT * {{ SERVICE SILENT {CALL} }}",
    f"SELECT * {{ SERVICESILENT{CALL} }}",
    f"SELECT * {{ SeRvIcE # a remark\n {CALL} }}",
    f"SELECT * {{ \\u0053ERVICE {CALL} }}",
    f"SELECT * {{ S\\U00000045RVICE {CALL} }}",
    f"SELECT * {{ {{ SELECT * {{ SERVICE {CALL} }} }} }}",
    f"SELECT * {{ ?a ?b ?c OPTIONAL {{ SERVICE {CALL} }} }}",
    f"SELECT * {{ ?a ?b ?c FILTER NOT EXISTS {{ SERVICE {CALL} }} }}",
    f"SELECT * {{ ?a ?b ?c FILTER EXISTS {{ ?c ?d ?e MINUS {{ SERVICE {CALL} }} }} }}",
    "SELECT * { { ?a ?b ?c } UNION { GRAPH ?g { SERVICE ?x { ?s ?p ?o } } } }",
    f"ASK {{ ?s ?p ?o.SERVICE{CALL} }}",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE {CALL} }}",
    f"DESCRIBE ?s {{ SERVICE {CALL} }}",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> PREFIX service: <urn:x:> SELECT * { SERVICE:x { ?s ?p ?o } }",
    f"SELECT * {{ ?s ?p 1SERVICE{CALL} }}",
    f"SELECT * {{ ?s ?p 'a'SERVICE{CALL} }}",
    f'SELECT * {{ ?s ?p "\\\\" . SERVICE {CALL} # "\n }}',
]
UPDATES = [
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX x: <urn:x:> DELETE { ?s ?p ?o } INSERT { ?s ?p x:y } WHERE { ?s ?p ?o }",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:9/>",
    "load silent <http://127.0.0.1:9/> into graph <urn:g>",
    "L\\u004FAD <http://127.0.0.1:9/>",
    "CLEAR ALL",
    "CREATE GRAPH <urn:g>",
    "DROP GRAPH <urn:g>",
    "COPY <urn:g> TO <urn:h>",
    "MOVE <urn:g> TO <urn:h>",
    "ADD <urn:g> TO <urn:h>",
    "ASK {} ; DROP ALL",
    "ASK {} # a remark\n; INSERT DATA { <urn:a> <urn:b> <urn:c> }",
]
# An engine that tries one reading after the other may see a call in these.
TWO_READINGS = [
    f"SELECT * {{ ?s ?p trueSERVICE{CALL} }}",
    f"SELECT * {{ VALUES ?x {{ ''' ' }} SERVICE {CALL} }} #\\q'''",
    f'SELECT * {{ VALUES ?x {{ """ " }} SERVICE {CALL} }} #\\uD800"""',
    f"SELECT * {{ BIND(1 AS ?a) FILTER(?a<'>' ) SERVICE {CALL} }} #' }}",
    f"SELECT * {{ BIND(1 AS ?a) FILTER(?a<?a#>'''\n) SERVICE {CALL} #'''\n }}",
    f"SELECT * {{ FILTER(1<<urn:x#>'''\n) SERVICE {CALL} #'''\n }}",
]
MALFORMED = [
    ("", "nothing", 1, 1),
    ("PREFIX a: <urn:a>", "nothing", 1, 18),
    ("SELEC * {}", "word", 1, 1),
    ("ASK {\n  ?s ?p 'not closed\n}", "string", 2, 9),
    ("ASK { ?s ?p ex:thing }", "prefix", 1, 13),
    ("ASK { ?s ?p \u00a0 }", "character", 1, 13),
    ("ASK { ?s ?p <urn:\\uDFFF> }", "escape", 1, 18),
    ("{}", "form", 1, 1),
    ("ASK " + "{" * 5000 + "}" * 5000, "deep", 1, 205),
    ("ASK { FILTER(" + "!" * 5000 + "true) }", "deep", 1, 214),
]
ALLOWED = [
    "SELECT ('SERVICE <http://x/> {}' AS ?x) {}",
    'SELECT ("""\nSERVICE <http://x/> {}\n"" LOAD """ AS ?x) {}',
    "SELECT * { ?s ?p 'it\\'s a SERVICE' }",
    "SELECT * { } # SERVICE <http://x/> {} LOAD",
    "SELECT ?service $load { ?service ?load 'a'@en }",
    "PREFIX service: <urn:s:> SELECT * { service:load ?p service:insert . GRAPH service:x { ?a ?b ?c } }",
    "PREFIX service: <urn:s:> SELECT * FROM service:x { ?s ?p ?o }",
    "SELECT * { <http://example.org/SERVICE#LOAD> <urn:drop#x> _:service }",
    "PREFIX x: <urn:x#> SELECT * { ?s x:SERVICE 'a'^^<urn:t#y> }",
    "SELECT ?\\u540d { ?\\u540d ?p '\\u0053ERVICE' }",
    "SELECT * { ?s ?p ?o FILTER(?o <5 && ?o> 3 || ?o<?p) }",
    "select(1as?x){}",
    "ASK{ ?s !(^<urn:a>|<urn:b>)* ?o }",
    "SELECT ?g (GROUP_CONCAT(DISTINCT ?s; SEPARATOR=',') AS ?all) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_call_is_refused_wherever_it_stands(query: str) -> None:
    with pytest.raises(QueryRefusedError) as refused:
        read_query(query)
    assert (refused.value.refusal, refused.value.why) == (Refusal.REFUSED, "service")


@pytest.mark.parametrize("query", UPDATES)
def test_an_update_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError) as refused:
        read_query(query)
    assert (refused.value.refusal, refused.value.why) == (Refusal.REFUSED, "update")


@pytest.mark.parametrize("query", TWO_READINGS)
def test_what_may_be_read_in_two_ways_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        read_query(query)


@pytest.mark.parametrize(("query", "why", "line", "column"), MALFORMED)
def test_what_is_not_a_query_is_named_with_its_place(query: str, why: str, line: int, column: int) -> None:
    with pytest.raises(QueryRefusedError) as refused:
        read_query(query)
    found = refused.value
    assert (found.refusal, found.why, found.line, found.column) == (Refusal.MALFORMED, why, line, column)


@pytest.mark.parametrize("query", ALLOWED)
def test_words_that_only_look_so_are_let_through_and_the_engine_reads_them(query: str) -> None:
    ox.Store().query(read_query(query).text)


def test_all_saved_questions_and_queries_of_shapes_are_let_through() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "queries").glob("*.rq")]
    assert len(texts) >= 39
    for path in [*(ROOT / "shapes").rglob("shape.ttl"), *(ROOT / "rules").rglob("rule.ttl")]:
        graph = Graph().parse(path)
        texts += [str(text) for word in (SH.select, SH.construct) for text in graph.objects(None, word)]
    assert len(texts) > 100
    for text in texts:
        read_query(text, PREFIXES)


def test_the_reading_tells_form_and_dataset() -> None:
    reading = read_query("# FROM <urn:x>\nPREFIX a: <urn:a> describe <urn:b>")
    assert (reading.form, reading.own_dataset) == (Form.DESCRIBE, False)
    assert read_query("ASK FROM NAMED <urn:x> {}").own_dataset
    assert not read_query("ASK { ?s ?p 'FROM' , ?FROM }").own_dataset


def test_remarks_are_blanked_and_everything_else_stays_in_its_place() -> None:
    assert read_query("ASK # it's\n{ ?s ?p '#' }").text == "ASK       \n{ ?s ?p '#' }"


class _Calls(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.calls.append(self.path)  # type: ignore[attr-defined]
        self.send_error(404)

    do_POST = do_GET  # noqa: N815 - http.server calls it so

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[HTTPServer]:
    """A server on this machine that remembers who called."""
    server = HTTPServer(("127.0.0.1", 0), _Calls)
    server.calls = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_server_of_these_tests_notices_a_call(elsewhere: HTTPServer) -> None:
    store, query = ox.Store(), f"ASK {{ SERVICE <http://127.0.0.1:{elsewhere.server_port}/seen> {{}} }}"
    with suppress(OSError):
        bool(store.query(query))
    assert set(elsewhere.calls) == {"/seen"}  # type: ignore[attr-defined]
    elsewhere.calls.clear()  # type: ignore[attr-defined]


PIECES = r"""SERVICE|service:|SILENT|<HERE>|service:x|:x|{|}|{ ?s ?p ?o }|'|'''|"|#|<|>|(|)|FILTER(
BIND(1 AS ?a)|?a|1|true|VALUES ?x {|\q|\u0053ERVICE|.| |<#|'>'|?a<'|GRAPH|OPTIONAL {|FILTER EXISTS {|a"""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["\n", *re.split(r"[|\n]", PIECES)]), max_size=14))
@example(["BIND(1 AS ?a)", "FILTER(", "?a<'", ">", "'", ")", "SERVICE", "<HERE>", "{ ?s ?p ?o }", "#", "'"])
def test_whatever_is_let_through_calls_nobody(elsewhere: HTTPServer, pieces: list[str]) -> None:
    here = f"http://127.0.0.1:{elsewhere.server_port}/"
    text = "PREFIX : <HERE> PREFIX service: <HERE> SELECT * { " + "".join(pieces) + " }"
    try:
        reading = read_query(text.replace("HERE", here))
    except QueryRefusedError:
        return
    with suppress(SyntaxError, RuntimeError, ValueError):
        list(ox.Store().query(reading.text))  # type: ignore[arg-type]
    assert elsewhere.calls == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("piece", ["a.", "a..", "<a", "'", "{", "(", "\\u0061.", "'''a", "?a<?b#>"])
def test_the_longest_query_is_read_in_seconds(piece: str) -> None:
    started = time.monotonic()
    with suppress(QueryRefusedError):
        read_query("ASK { FILTER(" + piece * (LONGEST // len(piece)))
    assert time.monotonic() - started < 10
