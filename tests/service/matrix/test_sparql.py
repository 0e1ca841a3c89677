"""Free SPARQL is the office's, and of talks the office sees that they were, and when."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.service.matrix.asking import Answer, Question
from tests.service.matrix.bureau import mark
from tests.service.matrix.conftest import OUTSIDERS, READERS, Matrix
from tests.service.matrix.test_markers import found_in

TALKS = {"TH1", "TH2", "TH3", "TH4", "TH9"}
OF_A_TALK = {"type", "identifier", "heldOn"}


def queries(matrix: Matrix, caller: str) -> dict[str, Answer]:
    """Return the answers to queries, by query, in JSON."""
    return {
        parse_qs(urlsplit(question.address).query)["query"][0]: answer
        for question, answer in matrix.whole[caller].items()
        if question.template == "/sparql" and "?" in question.address and question.form == "application/json"
    }


def rows(answer: Answer) -> list[dict[str, str]]:
    """Return what was found, names by variable."""
    found = answer.json()["results"]["bindings"]  # type: ignore[index,call-overload]
    return [{name: value["value"] for name, value in row.items()} for row in found]


def test_the_office_asks_of_all_but_talks(matrix: Matrix) -> None:
    told = rows(queries(matrix, "SO")["SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"])
    of_talks = {
        (row["s"].rpartition("/")[2], row["p"].rpartition("/")[2].rpartition("#")[2])
        for row in told
        if "/talk/" in row["s"]
    }
    assert of_talks == {(mark(f"talk/{talk}"), part) for talk in TALKS for part in OF_A_TALK}
    assert not [row for row in told if "/bureau/OT" in row["s"] + row["o"]]
    assert {mark("issue/I2"), mark("task-sheet/T2")} <= found_in(str(told))


def test_other_bureaus_and_the_log_are_not_asked(matrix: Matrix) -> None:
    for query, answer in queries(matrix, "SO").items():
        if "/bureau/OT/" in query or "/SY/audit" in query:
            assert answer.status != 200 or rows(answer) == [], query


@pytest.mark.parametrize("caller", [*(one for one in READERS if one != "SO"), *OUTSIDERS, "read-only"])
def test_others_do_not_ask_freely(caller: str, matrix: Matrix) -> None:
    told = [(q, a) for q, a in matrix.whole[caller].items() if q.template == "/sparql"]
    if caller == "foreign":  # asks of the own bureau
        for question, answer in told:
            assert not {one for one in found_in(answer.text) if one.endswith(".q")}, question
        return
    statuses = {answer.status for question, answer in told if "?" in question.address}
    assert statuses == {401 if caller in {"nobody", "expired"} else 403}
    assert not [q for q, a in told if found_in(a.text) - found_in(Question("", q.address).address)]
