"""Time, rows, bytes, memory, number; what happens at each limit, and that the service goes on."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from rdflib import Graph
from rdflib.query import Result

from dutygraph.commits import Actor
from dutygraph.service.sparql.work import Job
from dutygraph.service.sparql.workers import Workers
from tests.service.sparql.door import ROWS, SECONDS, Office, fill, running

FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
GREEDY = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"


def workers() -> list[int]:
    """Return the processes that answer queries: those that this one started anew."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            status, command = (folder / "stat").read_text(), (folder / "cmdline").read_text()
        except OSError:
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        if parent == os.getpid() and "spawn_main" in command and status.rpartition(")")[2].split()[0] != "Z":
            found.append(int(folder.name))
    return found


def works(office: Office) -> bool:
    return office.rows("SELECT ?id { ?b a sv:Business ; dcterms:identifier ?id }") == [("B04",), ("B05",)]


def eventually(true: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_query_without_end_is_ended_and_the_service_answers_meanwhile(office: Office) -> None:
    assert works(office)
    with ThreadPoolExecutor() as threads:
        started = time.monotonic()
        endless = threads.submit(office.ask, FOREVER)
        time.sleep(0.2)
        assert works(office)
        assert httpx2.get(f"{office.address}/health").status_code == 200
        assert time.monotonic() - started < SECONDS
        answer = endless.result()
    assert time.monotonic() - started < SECONDS + 2
    assert answer.status_code == 504
    assert "1.5秒" in answer.json()["text"]["zh"]
    assert "1.5 seconds" in answer.json()["text"]["en"]
    assert works(office)
    assert list((office.service.folder.path / "checkpoints" / "answers").iterdir()) == []


def test_a_cut_table_says_so_in_header_and_head(office: Office) -> None:
    answer = office.ask(ALL)
    said = answer.json()
    assert answer.headers["x-dutygraph-truncated"] == f"rows={ROWS}"
    assert len(said["results"]["bindings"]) == ROWS
    assert said["head"]["truncated"] == {"rows": ROWS}
    assert said["head"]["link"] == ["https://w3id.org/dutygraph/sparql/truncated"]
    assert len(Result.parse(io.BytesIO(answer.content), format="json")) == ROWS
    xml = office.ask(ALL, headers={"Accept": "application/sparql-results+xml"})
    assert xml.headers["x-dutygraph-truncated"] == f"rows={ROWS}"
    assert f'<link href="https://w3id.org/dutygraph/sparql/truncated?rows={ROWS}"/>' in xml.text
    assert len(Result.parse(io.BytesIO(xml.content), format="xml")) == ROWS
    for kind in ("text/csv", "text/tab-separated-values"):
        plain = office.ask(ALL, headers={"Accept": kind})
        assert plain.headers["x-dutygraph-truncated"] == f"rows={ROWS}"
        assert len(plain.text.splitlines()) == 1 + ROWS


@pytest.mark.parametrize(("limit", "cut"), [(ROWS - 1, False), (ROWS, False), (ROWS + 1, True)])
def test_only_what_was_cut_is_marked(office: Office, limit: int, *, cut: bool) -> None:
    answer = office.ask(f"{ALL} LIMIT {limit}")
    assert ("x-dutygraph-truncated" in answer.headers) == cut
    assert ("truncated" in answer.json()["head"]) == cut
    assert len(answer.json()["results"]["bindings"]) == min(limit, ROWS)


@pytest.mark.parametrize(
    ("kind", "name", "marked"),
    [
        ("text/turtle", "turtle", True),
        ("application/n-triples", "nt", True),
        ("application/rdf+xml", "xml", True),
        ("application/ld+json", "json-ld", False),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cut_graph_says_so_and_still_parses(office: Office, kind: str, name: str, *, marked: bool) -> None:
    answer = office.ask("CONSTRUCT WHERE { ?s ?p ?o }", headers={"Accept": kind})
    assert answer.headers["x-dutygraph-truncated"] == f"rows={ROWS}"
    assert (f"truncated rows={ROWS}" in answer.text) == marked
    assert len(Graph().parse(data=answer.content, format=name)) == ROWS


def test_an_answer_too_large_is_cut_between_rows(narrow: Office) -> None:
    answer = narrow.ask(ALL)
    assert answer.headers["x-dutygraph-truncated"] == "bytes=4096"
    assert answer.json()["head"]["truncated"] == {"bytes": 4096}
    assert 1 < len(answer.json()["results"]["bindings"]) < 60
    assert len(answer.content) < 4096 + 100
    graph = narrow.ask("CONSTRUCT WHERE { ?s ?p ?o }", headers={"Accept": "application/n-triples"})
    assert graph.headers["x-dutygraph-truncated"] == "bytes=4096"
    assert len(graph.content) < 64 * 1024


def test_a_query_that_wants_too_much_memory_fails_alone(narrow: Office) -> None:
    answer = narrow.ask(GREEDY)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "sparql-failed")
    assert "64兆字节" in answer.json()["text"]["zh"]
    assert works(narrow)


def test_a_worker_that_is_killed_takes_one_query_with_it(office: Office) -> None:
    assert works(office)
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(office.ask, FOREVER)
        time.sleep(0.4)
        for process in workers():
            os.kill(process, signal.SIGKILL)
        answer = asked.result()
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "sparql-failed")
    assert works(office)


def test_workers_killed_while_idle_are_replaced(office: Office) -> None:
    assert works(office)
    for process in workers():
        os.kill(process, signal.SIGKILL)
    assert works(office)


def test_workers_have_no_connection_and_no_file_of_the_store(office: Office) -> None:
    assert works(office)
    assert eventually(lambda: len(workers()) >= 2)
    for process in workers():
        for entry in Path(f"/proc/{process}/fd").iterdir():
            target = str(entry.readlink())
            assert not target.startswith("socket:")
            assert str(office.service.folder.path) not in target


def test_twenty_at_once(office: Office) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d }"
    [(expected,)] = office.rows(query)
    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(lambda _: office.rows(query), range(20)))
    assert found == [[(expected,)]] * 20


def test_one_account_has_few_queries_in_hand(narrow: Office) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(STRLEN(STR(?c)) > STRLEN(STR(?f))) }"
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: narrow.ask(slow), range(12)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "5"
    assert "3个查询" in refused.json()["text"]["zh"]
    assert works(narrow)


def test_a_caller_who_goes_away_ends_the_query(narrow: Office) -> None:
    assert works(narrow)
    place = urlsplit(narrow.address)
    request = (
        f"GET /sparql?query={quote(FOREVER)} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {narrow.tokens['so']}\r\n\r\n"
    )
    for _ in range(2):  # as many as there are processes; each would run for 20 seconds
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(request.encode())
            time.sleep(0.4)
    started = time.monotonic()
    assert works(narrow)
    assert time.monotonic() - started < 5


def test_a_copy_serves_one_commit_and_goes_with_it(tmp_path: Path) -> None:
    fill(tmp_path)
    left = tmp_path / "store" / "checkpoints" / "from-an-earlier-run"
    left.mkdir(parents=True)
    (left / "data.nq").write_text("<urn:a> <urn:b> <urn:c> .")
    with running(tmp_path) as office:
        assert not left.exists()
        folder = office.service.folder.path / "checkpoints"

        def copies() -> list[str]:
            return sorted(path.name for path in folder.iterdir() if path.name != "answers")

        assert works(office)
        [first] = copies()
        assert works(office)
        assert copies() == [first]
        office.service.committer.recheck("demo", None, Actor("office", "SO"))
        assert office.ask("ASK {}").headers["x-dutygraph-commit"] == "2"
        [second] = copies()
        assert second != first
    assert not folder.exists()


def test_functions_work_though_nothing_may_be_opened(office: Office) -> None:
    query = (
        "SELECT (STRLEN(STRUUID()) AS ?a) (RAND() < 1 AS ?b) (YEAR(NOW()) > 2000 AS ?c) (MD5('') AS ?d) {}"
    )
    assert office.rows(query) == [("36", "true", "true", "d41d8cd98f00b204e9800998ecf8427e")]


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_a_call_that_was_overlooked_would_reach_nobody(tmp_path: Path, silent: str) -> None:
    data, answer = tmp_path / "data.nq", tmp_path / "answer"
    data.write_text("<urn:a> <urn:b> <urn:c> <urn:g> .\n")
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        call = (
            f"SELECT * {{ SERVICE {silent} <http://127.0.0.1:{elsewhere.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        )
        job = Job(
            key="k", data=str(data), text=call, base="urn:x:", prefixes={}, own_dataset=False,
            default_graphs=None, named_graphs=None, format="json", mark="", answer=str(answer),
            most_rows=10, most_bytes=10_000, seconds=5,
        )  # fmt: skip
        pool = Workers(1, memory=256 * 1024 * 1024, most_of_one=1)
        try:
            outcome = asyncio.run(pool.run(job))
        finally:
            pool.stop()
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    assert (outcome.failure is None) == bool(silent)  # SILENT: an empty solution, as the standard has it
