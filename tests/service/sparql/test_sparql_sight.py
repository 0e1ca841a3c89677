"""A query sees what its caller may see, whatever it says; who may not ask is told where to."""

from __future__ import annotations

import hashlib
import threading
import time

import pytest

from dutygraph.commits import Action
from dutygraph.store import DEFAULT_BASE
from tests.service.sparql.door import NAMES, OTHER, SECONDS, Office

KINDS = ["public", "business", "issue", "identity", "restricted", "audit", "findings", "run", "metrics"]
KINDS += [f"derived-{kind}" for kind in ("public", "business", "issue", "restricted")]
KINDS += [f"cells-{kind}" for kind in ("public", "business", "issue", "identity", "restricted")]
OTHERS = [f"{OTHER.bureau}/{kind}" for kind in KINDS] + [f"{DEFAULT_BASE}audit"]
NOT_EVEN_OWN = [f"{NAMES.bureau}/{kind}" for kind in KINDS if kind.startswith(("cells", "audit", "findings"))]
HIDDEN = OTHERS + NOT_EVEN_OWN
ANYTHING = "{ ?s ?p ?o }"
VALUES = "VALUES ?g { " + " ".join(f"<{graph}>" for graph in HIDDEN) + " }"


def from_clauses(word: str) -> str:
    return " ".join(f"{word} <{graph}>" for graph in HIDDEN)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {from_clauses('FROM')} {ANYTHING}",
        f"SELECT * {from_clauses('FROM')} {{ GRAPH ?g {ANYTHING} }}",
        f"SELECT * {from_clauses('FROM NAMED')} {ANYTHING}",
        f"SELECT * {from_clauses('FROM NAMED')} {{ GRAPH ?g {ANYTHING} }}",
        f"SELECT * {{ {VALUES} GRAPH ?g {ANYTHING} }}",
        f"SELECT * {{ GRAPH <{OTHER.bureau}/public> {ANYTHING} }}",
        f"SELECT * {{ GRAPH <../other/identity> {ANYTHING} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '{OTHER.bureau}') || CONTAINS(STR(?o), '王外局')) }}",
        f"SELECT * {{ GRAPH ?g {ANYTHING} FILTER(!STRSTARTS(STR(?g), '{NAMES.bureau}/')) }}",
        f"SELECT * {{ <{OTHER.thing('business', 'B04')}> ?p ?o }}",
        "SELECT * { ?s rdf:reifies ?o }",
        "SELECT * { ?s foaf:name ?o FILTER EXISTS { GRAPH ?g { ?x foaf:name '王外局' } } }",
    ],
)
def test_nothing_of_others_nor_what_no_query_shows(office: Office, query: str) -> None:
    assert office.rows(query) == []


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("query", [f"SELECT * {ANYTHING}", f"SELECT * {{ GRAPH ?g {ANYTHING} }}"])
def test_nor_by_the_parameters_of_the_protocol(office: Office, parameter: str, query: str) -> None:
    assert office.rows(query, params=[(parameter, graph) for graph in HIDDEN]) == []
    # and they are the whole dataset: what the query names itself does not count beside them
    own = query.replace(
        "SELECT *", f"SELECT * FROM <{NAMES.bureau}/public> FROM NAMED <{NAMES.bureau}/public>"
    )
    assert office.rows(own, params=[(parameter, graph) for graph in HIDDEN]) == []


@pytest.mark.parametrize(
    "query",
    [
        f"DESCRIBE <{OTHER.bureau}>",
        f"CONSTRUCT {ANYTHING} WHERE {{ GRAPH <{OTHER.bureau}/public> {ANYTHING} }}",
    ],
)
def test_nor_as_a_graph(office: Office, query: str) -> None:
    answer = office.ask(query, headers={"Accept": "application/n-triples"})
    assert (answer.status_code, answer.text) == (200, "")


def test_each_sees_the_names_of_its_own_bureau(office: Office) -> None:
    query = "SELECT ?name { ?person foaf:name ?name }"
    assert office.rows(query) == [("张一",), ("李十一",)]
    assert office.rows(query, who="so-of-other") == [("王外局",)]
    assert office.rows(query, params=[("default-graph-uri", f"{NAMES.bureau}/public")]) == []


def test_of_a_talk_existence_and_date_alone(office: Office) -> None:
    found = office.rows("SELECT ?p ?o { ?talk a sv:TalkRecord ; ?p ?o }")
    assert {value for _, value in found} == {"TH01", "2025-04-03", "https://w3id.org/dutygraph#TalkRecord"}
    assert len(found) == 3
    assert office.rows("SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), '提醒谈话')) }") == []
    talk = NAMES.thing("talk", "TH01")
    assert office.rows(f"SELECT * {{ ?s ?p <{talk}> }}") == []
    assert office.rows(f"SELECT * {{ <{talk}> sv:aboutIssue|sv:heldBy|sv:talkKind ?o }}") == []


def test_datasets_narrow(office: Office) -> None:
    business = "SELECT ?id { ?b a sv:Business ; dcterms:identifier ?id }"
    there = f"FROM <{NAMES.bureau}/public>"
    assert office.rows(business.replace("{", there + " {", 1)) == [("B04",), ("B05",)]
    assert office.rows(business.replace("{", "FROM <identity> {", 1)) == []
    graphs = (
        f"SELECT DISTINCT ?g FROM NAMED <public> FROM NAMED <{OTHER.bureau}/public> {{ GRAPH ?g {ANYTHING} }}"
    )
    assert office.rows(graphs) == [(f"{NAMES.bureau}/public",)]
    # FROM NAMED alone leaves the default graph empty (SPARQL 1.1, section 13.2)
    assert office.rows(f"SELECT * FROM NAMED <public> {ANYTHING}") == []


@pytest.mark.parametrize("who", ["tier-one", "trainee", "administrator"])
def test_other_roles_are_sent_to_the_saved_questions(office: Office, who: str) -> None:
    answer = office.ask("ASK {}", who=who)
    assert answer.status_code == 403
    assert "/questions" in answer.json()["text"]["zh"]
    assert "/questions" in answer.json()["text"]["en"]
    assert office.ask(None, who=who).status_code == 403


def test_a_token_needs_the_scope(office: Office) -> None:
    answer = office.ask("ASK {}", who="reader")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "scope-missing")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nobody_asks_without_signing_in(office: Office, method: str) -> None:
    answer = office.ask("ASK {}", method=method, headers={"Authorization": ""})
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_a_query_is_in_the_audit_log_before_it_runs(office: Office) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } # 审计"
    asking = threading.Thread(target=office.ask, args=(query,))
    started = time.monotonic()
    asking.start()
    digest = hashlib.sha256(query.encode()).hexdigest()
    entry = next(office.service.committer.entries("demo"))
    while entry.target != f"sparql/{digest}":
        assert time.monotonic() - started < SECONDS
        time.sleep(0.02)
        entry = next(office.service.committer.entries("demo"))
    assert asking.is_alive()
    assert (entry.action, entry.actor.account, entry.actor.role) == (Action.QUERY, "so", "SO")
    assert entry.note == query
    asking.join()


def test_what_was_refused_is_in_the_audit_log_too(office: Office) -> None:
    office.ask("ASK { SERVICE <urn:nowhere> {} }")
    entry = next(office.service.committer.entries("demo"))
    assert entry.action == Action.QUERY
    assert entry.note.startswith("refused: ")
    assert entry.note.endswith("ASK { SERVICE <urn:nowhere> {} }")
    assert office.service.committer.verify() == []
