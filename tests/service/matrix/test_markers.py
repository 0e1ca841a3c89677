"""What each role is told anywhere: of what it may not see no id, name or remark; of what it may see, all.

Who sees what is written by hand, node by node, in ``tests/access/test_matrix.py``, from the tables of domain
sections 8 and 9. The markers of the bureau occur nowhere else, so that looking for them in whole answers
finds any leak: status, headers, JSON, CSV, the parts of workbooks, the texts of errors.
"""

from __future__ import annotations

import re

import pytest

from tests.access.test_matrix import NAMED
from tests.service.matrix.asking import CSV, JSON, Answer, Question, examples, readable
from tests.service.matrix.bureau import EVERY, mark, name_of, named_to, said, seen_by
from tests.service.matrix.conftest import OUTSIDERS, READERS, Matrix

_MARKER = re.compile(r"[A-Z0-9][A-Za-z0-9-]*\.[a-z-]+\.[qw]\b")
_DERIVED = re.compile(r"(?:report|evaluation)-[A-Z0-9-]+\.[a-z-]+\.[qw]-\d{4}(?:-\d\d)?|inspection-\d{4}-H\d")
_NAME = re.compile(r"姓名\w+?某[qw]|丙某")
_REMARK = re.compile(r"备注[\w/-]+|谈话方式[\w/-]+|来历不明")
ASSERTED = frozenset(one.subject for one in said() if one.subject)
# domain section 8: who sees how a talk was held; the office sees that it was, and when
TALK_KINDS = {"T1": {"talk/TH1"}, "T2": {"talk/TH2"}, "holder": {"talk/TH1", "talk/TH2"}}


def test_every_address_has_examples(matrix: Matrix) -> None:
    """An endpoint that is added must be added to the table, or nobody looks at what it tells."""
    assert set(examples()) == set(readable(matrix.door.app))


def test_the_answers_are_answers(matrix: Matrix) -> None:
    """Else a matrix of failures would hold no marker either."""
    told = matrix.whole["SO"]
    broken = {q.address: a.status for q, a in told.items() if a.status not in {200, 404} and q.form == JSON}
    assert set(broken.values()) <= {403, 406, 409, 422}, broken
    assert sum(answer.status == 200 for answer in told.values()) > 0.9 * len(told)
    assert not {a.status for answers in matrix.whole.values() for a in answers.values() if a.status >= 500}


def found_in(text: str) -> frozenset[str]:
    """Return all markers, names and remarks in a text."""
    return frozenset(
        found for pattern in (_MARKER, _DERIVED, _NAME, _REMARK) for found in pattern.findall(text)
    )


def allowed(caller: str) -> frozenset[str]:
    """Return all markers, names and remarks that a caller may be told."""
    if caller not in READERS:
        return frozenset()
    seen = seen_by(caller)
    told = {mark(node) for node in seen} | {name_of(person) for person in named_to(caller)}
    told |= {found for node in seen for found in found_in(mark(node))}
    told |= {f"谈话方式{talk}" for talk in TALK_KINDS.get(caller, ())}
    if "P3" in named_to(caller):
        told.add("丙某")
    if caller == "SO":
        told |= {"备注business/B1q", "备注task-sheet/T1q", "备注score/P4q", "来历不明"}
    if caller not in {"holder", "FD", "trainee"}:
        told.add(
            "P99.person.q"
        )  # the person that the case names and nobody registered: work, and seen as work
    return frozenset(told)


def leaks(caller: str, told: dict[Question, Answer]) -> list[tuple[str, str, list[str]]]:
    """Return the answers that tell more than a caller may be told, besides what the caller asked by."""
    may = allowed(caller)
    found = []
    for question, answer in told.items():
        more = found_in(answer.text) - may - found_in(question.address)
        if more:
            found.append((question.address, question.form, sorted(more)))
    return found


@pytest.mark.parametrize("caller", READERS)
def test_no_answer_tells_what_its_caller_may_not_see(caller: str, matrix: Matrix) -> None:
    assert leaks(caller, dict(matrix.whole[caller])) == []


@pytest.mark.parametrize("caller", OUTSIDERS)
def test_outsiders_are_told_nothing(caller: str, matrix: Matrix) -> None:
    """Another bureau's office, an administrator, whoever is not signed in or no longer."""
    told = {q: a for q, a in matrix.whole[caller].items() if not q.template.startswith("/api/v1/accounts")}
    if caller == "foreign":  # sees its own bureau where no bureau is asked for
        own = {mark(node, "w") for node in EVERY}
        for question, answer in told.items():
            if "/SY" not in question.address:
                more = found_in(answer.text) - found_in(question.address)
                assert not {one for one in more if one.endswith(".q")} - own, question
        told = {question: answer for question, answer in told.items() if "/SY" in question.address}
    assert leaks(caller, told) == []
    statuses = {answer.status for question, answer in told.items() if "/SY" in question.address}
    assert statuses == {{"administrator": 403, "foreign": 404}.get(caller, 401)}


def registered_to(caller: str) -> frozenset[str]:
    """Return the nodes that a caller may see as records: a holder has the own name, and no record of it."""
    return (seen_by(caller) & ASSERTED) - ({"person/P4"} if caller == "holder" else set())


@pytest.mark.parametrize("caller", READERS)
def test_everything_that_a_caller_may_see_is_told_somewhere(caller: str, matrix: Matrix) -> None:
    """Else answers that tell nothing would pass."""
    told = frozenset[str]().union(*(found_in(answer.text) for answer in matrix.whole[caller].values()))
    assert {mark(node) for node in seen_by(caller) & ASSERTED} - told == set()


@pytest.mark.parametrize("caller", READERS)
@pytest.mark.parametrize("form", [JSON, CSV])
def test_the_records_listed_are_the_visible_ones(caller: str, form: str, matrix: Matrix) -> None:
    """Each kind's list, its total, and the count of the list of kinds."""
    counts = {kind["kind"]: kind["total"] for kind in records(matrix.whole[caller])}
    for question, answer in matrix.whole[caller].items():
        if question.template.endswith("/records/{kind}") and "?" not in question.address:
            kind = question.address.rpartition("/")[2]
            should = {mark(node) for node in registered_to(caller) if node.startswith(f"{kind}/")}
            if kind == "bureau":
                should = {"SY"}
            if question.form == form == JSON:
                page = answer.json()
                assert {one["id"] for one in page["items"]} == should, kind  # type: ignore[attr-defined]
                assert page["total"] == counts[kind] == len(should)
            elif question.form == form:
                firsts = {line.partition(",")[0] for line in answer.body.splitlines()[1:]}
                assert firsts & ({mark(node) for node in EVERY} | {"SY"}) == should, kind


def records(told: object) -> list[dict[str, object]]:
    """Return the kinds of records as one caller is told of them."""
    answers: dict[Question, Answer] = dict(told)  # type: ignore[call-overload]
    (answer,) = (a for q, a in answers.items() if q.template == "/api/v1/bureaus/{code}/records")
    return answer.json()["kinds"]  # type: ignore[return-value]


@pytest.mark.parametrize("caller", READERS)
def test_a_record_is_there_for_whom_it_is_visible(caller: str, matrix: Matrix) -> None:
    """404 for whatever is hidden, in the words of what does not exist."""
    path = "/api/v1/bureaus/SY/records/"
    kinds = {kind["kind"] for kind in records(matrix.whole[caller])}
    seen = {f"{path}{node.partition('/')[0]}/{mark(node)}" for node in registered_to(caller)}
    absent = matrix.whole[caller][
        next(q for q in matrix.asked if q.address == f"{path}issue/{mark('issue/I98')}")
    ]
    for node in ASSERTED:
        kind, address = node.partition("/")[0], f"{path}{node.partition('/')[0]}/{mark(node)}"
        if kind in kinds:
            answer = matrix.whole[caller][Question(f"{path[:16]}{{code}}/records/{{kind}}/{{id}}", address)]
            assert answer.status == (200 if address in seen else 404), node
            if kind == "issue" and address not in seen:
                assert told_of(answer, node) == told_of(absent, "issue/I98")


def told_of(answer: Answer, node: str) -> str:
    """Return what is told of a node, less its id."""
    return answer.masked.replace(mark(node), "…")


@pytest.mark.parametrize("caller", READERS)
def test_names_are_told_to_whom_the_row_of_identities_says(caller: str, matrix: Matrix) -> None:
    people = {p for callers, told in NAMED.items() if caller in callers.split() for p in told.split()}
    address = "/api/v1/bureaus/SY/names"
    answer = matrix.whole[caller][Question("/api/v1/bureaus/{code}/names", address)]
    if caller in {"T3", "FD", "trainee"}:
        assert answer.status == 403
    else:
        items = answer.json()["items"]
        assert {one["name"] for one in items} == {name_of(person) for person in people}  # type: ignore[attr-defined]


@pytest.mark.parametrize("caller", READERS)
def test_gaps_are_told_where_their_focus_is_visible(caller: str, matrix: Matrix) -> None:
    asked = Question("/api/v1/bureaus/{code}/gaps", "/api/v1/bureaus/SY/gaps?state=all&size=500")
    whole = {gap["focus"]["id"] for gap in matrix.whole["SO"][asked].json()["items"]}  # type: ignore[attr-defined]
    told = {gap["focus"]["id"] for gap in matrix.whole[caller][asked].json()["items"]}  # type: ignore[attr-defined]
    assert told == whole & ({mark(node) for node in seen_by(caller)} | {"SY"})


def test_a_token_that_may_read_reads_as_its_owner_does(matrix: Matrix) -> None:
    """But what is the owner's own session stays the session's."""
    for question, answer in matrix.whole["read-only"].items():
        if "/bureaus/{code}" in question.template and "/imports" not in question.template:
            assert answer.masked == matrix.whole["SO"][question].masked, question
