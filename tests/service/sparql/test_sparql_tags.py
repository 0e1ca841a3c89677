"""Entity tags: 304 for the same query over the same state, for nobody else and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dutygraph.commits import Action, Actor
from dutygraph.service.sparql.service import Sparql
from dutygraph.service.sparql.workers import Workers
from dutygraph.sources import read
from dutygraph.store import DEFAULT_BASE
from tests.loaders.ledgers import write_book
from tests.service.sparql.door import PEOPLE, ROWS, SHEETS, Office, running

QUERY = "SELECT ?id { ?b a sv:Business ; dcterms:identifier ?id }"
MANY = "SELECT * { ?s ?p ?o }"


def tag(office: Office, query: str | None = QUERY, **given: object) -> str:
    answer = office.ask(query, **given)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


def again(office: Office, named: str, query: str | None = QUERY, **given: object) -> int:
    headers = {"If-None-Match": named, **given.pop("headers", {})}  # type: ignore[dict-item]
    return office.ask(query, headers=headers, **given).status_code  # type: ignore[arg-type]


def test_the_same_query_is_not_evaluated_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tag(office)
    assert named.startswith('W/"')

    async def run(*_: object) -> None:
        raise AssertionError("evaluated")

    monkeypatch.setattr(Workers, "run", run)
    answer = office.ask(QUERY, headers={"If-None-Match": named})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", named)
    assert answer.headers["x-dutygraph-commit"] == "1"
    assert again(office, f'"other", {named.removeprefix("W/")}') == 304
    assert again(office, named, method="HEAD") == 304


def test_it_stands_in_the_audit_log_all_the_same(office: Office) -> None:
    query = QUERY + " # asked twice"
    again(office, tag(office, query), query)
    noted = [entry for entry in office.service.committer.entries("demo") if query in (entry.note or "")]
    assert len(noted) == 2


def test_another_query_format_dataset_or_caller_has_another_tag(office: Office) -> None:
    named = tag(office)
    public = [("default-graph-uri", f"{DEFAULT_BASE}bureau/demo/public")]
    assert again(office, named, QUERY + " ") == 200
    assert again(office, named, headers={"Accept": "text/csv"}) == 200
    assert again(office, named, params=public) == 200
    assert again(office, named, who="so-of-other") == 200
    assert again(office, named, who="tier-one") == 403
    assert again(office, named, who="reader") == 403
    assert again(office, "*") == 200


def test_what_passes_and_what_is_posted_has_none(office: Office) -> None:
    for function in ("NOW()", "RAND()", "uuid()", "STRUUID()"):
        assert "etag" not in office.ask(f"SELECT ({function} AS ?x) {{}}").headers
    assert "etag" in office.ask("SELECT ('NOW()' AS ?x) {}").headers
    kind = {"Content-Type": "application/sparql-query"}
    posted = office.ask(None, method="POST", content=QUERY, headers={**kind, "If-None-Match": tag(office)})
    assert (posted.status_code, "etag" in posted.headers) == (200, False)


def test_a_cut_answer_is_known_as_cut(office: Office) -> None:
    cut = office.ask(MANY)
    assert cut.headers["x-dutygraph-truncated"] == f"rows={ROWS}"
    same = office.ask(MANY, headers={"If-None-Match": cut.headers["etag"]})
    assert (same.status_code, same.headers["x-dutygraph-truncated"]) == (304, f"rows={ROWS}")
    assert same.headers["etag"] == cut.headers["etag"]
    assert "x-dutygraph-truncated" not in office.ask(QUERY, headers={"If-None-Match": tag(office)}).headers


def test_the_description_has_one_too(office: Office) -> None:
    named = tag(office, None)
    assert again(office, named, None) == 304
    assert again(office, named, None, headers={"Accept": "application/rdf+xml"}) == 200


def test_a_commit_and_other_limits_make_another(tmp_path: Path) -> None:
    with running(tmp_path, sparql_rows=10) as office:
        named = tag(office)
        book = write_book(tmp_path / "more.xlsx", {**SHEETS, "姓名对照": (*PEOPLE, ("P012", "赵十二"))})
        loaded = read([book], base=DEFAULT_BASE, bureau=None, partial=False, engine="compiled")
        assert again(office, named) == 304
        office.service.committer.commit(
            loaded.delta, Actor("office", "SO"), Action.IMPORT, target="import/more"
        )
        assert again(office, named) == 200
        named, cut = tag(office), tag(office, MANY)
        sparql = office.service.part(Sparql)
        sparql.limits = replace(sparql.limits, rows=20)
        assert again(office, named) == 200
        assert again(office, cut, MANY) == 200
