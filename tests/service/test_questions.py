"""The saved questions over HTTP: who may ask which, how parameters are read, what an answer says."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from dutygraph.queries import Question, questions
from dutygraph.questions import ask
from dutygraph.service.access.cut import Cut
from dutygraph.service.access.roles import Caller, Data, Reach, Role
from dutygraph.service.access.tables import AccessTables
from dutygraph.service.endpoints.questions import data_of
from tests.questions.workbook import Workbook
from tests.service.conftest import ClientFor
from tests.service.reads import READERS, got, refused, rows_of
from tests.service.running import Door

ALL, OWN, NO = "all", "own", "refused"
# One question of each kind of data, and what the tables of domain section 8 make of it for
# T1, T2, T3, post holder, SO, FD, trainee; tier 2 sees metrics as counts, which is no answer.
WHO_MAY = {
    "Q01": (ALL, ALL, ALL, ALL, ALL, ALL, ALL),
    "Q25": (ALL, OWN, OWN, NO, ALL, NO, NO),  # work
    "Q13": (ALL, OWN, OWN, OWN, ALL, OWN, NO),  # issues
    "Q16": (ALL, OWN, OWN, NO, ALL, NO, NO),  # work and issues
    "Q32": (ALL, OWN, OWN, OWN, ALL, NO, NO),  # issues and scores
    "Q33": (ALL, OWN, OWN, NO, ALL, NO, NO),  # work and scores
    "Q35": (ALL, NO, NO, OWN, ALL, NO, NO),  # metrics
    "Q36": (ALL, NO, NO, NO, ALL, NO, NO),  # metrics and work
}
ROLES = (Role.T1, Role.T2, Role.T3, Role.POST_HOLDER, Role.SO, Role.FD, Role.TRAINEE)
CASES = [
    (question, role, expected)
    for question, those in WHO_MAY.items()
    for role, expected in zip(ROLES, those, strict=True)
]


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


@pytest.mark.parametrize(("question", "role", "expected"), CASES)
def test_who_may_ask(client_for: ClientFor, question: str, role: Role, expected: str) -> None:
    if expected is NO:
        assert question in refused(client_for(role), f"/questions/{question}")
        refused(client_for(role), f"/questions/{question}", format="csv")
    else:
        assert got(client_for(role), f"/questions/{question}")["ownScope"] is (expected is OWN)


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)
def test_the_supervision_office_may_ask_all_with_the_same_answer(
    client_for: ClientFor, example_door: Door, question: Question
) -> None:
    page = got(client_for(Role.SO), f"/questions/{question.id}", size=500)
    answer = ask(whole(example_door), names_of(example_door), question, {}, measured=True)
    assert page["total"] == len(answer.rows)
    keys = {column.variable for column in question.columns}
    assert all(set(row) == keys for row in page["items"])
    first = [
        None if cell is None else cell["id"] if isinstance(cell, dict) else cell
        for row in page["items"][:1]
        for cell in (row[column.variable] for column in question.columns)
    ]
    assert [str(value) for value in first if isinstance(value, str)] == [
        str(getattr(cell, "id", cell))
        for row in answer.rows[:1]
        for cell in row
        if isinstance(getattr(cell, "id", cell), str)
    ]


def whole(door: Door) -> Any:
    return view_of_all(door).measured


def names_of(door: Door) -> Any:
    return view_of_all(door).names


def view_of_all(door: Door) -> Any:
    return door.service.views.of(Caller("test", Role.SO, "SL01"), "SL01")


def test_an_answer_beside_the_workbook(client_for: ClientFor, book: Workbook) -> None:
    rows = rows_of(client_for(Role.SO), "/questions/Q24", person="P013")
    alone = {
        (business, tier)
        for business in book.businesses
        for tier in (1, 2, 3)
        if {book.appointments[a]["人员"] for a in book.supervisors(business, tier)} == {"P013"}
    }
    words = {1: "一级监督员", 2: "二级监督员", 3: "三级监督员"}
    told = {(row["业务"].split()[0], row["空缺"]) for row in rows if row["空缺"].endswith("监督员")}
    assert told == {(business, words[tier]) for business, tier in alone} != set()


def test_words_are_told_in_the_language_asked_for(client_for: ClientFor) -> None:
    english = rows_of(client_for(Role.SO), "/questions/Q24", "en", person="P013")
    assert {row["What falls vacant"] for row in english} >= {"supervised at tier 3 by"}


def test_an_export_of_the_own_scope_says_so(client_for: ClientFor) -> None:
    own = rows_of(client_for(Role.T2), "/questions/Q25", most="9")
    assert {row["范围"] for row in own} == {"本人范围"}
    assert len(own) < len(rows_of(client_for(Role.SO), "/questions/Q25", most="9"))


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("Q25", {"most": "many"}, "/query/most"),
        ("Q25", {"most": "-1"}, "/query/most"),
        ("Q06", {"month": "2025-13"}, "/query/month"),
        ("Q06", {"month": "spring"}, "/query/month"),
        ("Q06", {"mnth": "2025-03"}, "/query/mnth"),  # a misspelt filter is no filter
        ("Q24", {"person": "P999"}, "/query/person"),
        ("Q24", {"person": 'x" } #'}, "/query/person"),
        ("Q01", {"department": "没有这个部门"}, "/query/department"),
        ("Q01", {"sort": "mood"}, "/query/sort"),
    ],
)
def test_parameters_are_of_their_type_and_name_what_is_there(
    client_for: ClientFor, path: str, query: dict[str, str], pointer: str
) -> None:
    problem = got(client_for(Role.SO), f"/questions/{path}", 422, **query)
    assert problem["errors"][0]["pointer"] == pointer


def test_what_names_nothing_is_no_fault_of_form(client_for: ClientFor) -> None:
    problem = got(client_for(Role.SO), "/questions/Q24", 422, person="P999")
    assert problem["type"].endswith("/names-nothing")
    assert "P999" in problem["text"]["zh"]
    misspelt = got(client_for(Role.SO), "/questions/Q24", 422, persn="P003")
    assert misspelt["type"].endswith("/wrong-parameters")


def test_a_hidden_person_is_answered_like_one_who_is_not_there(client_for: ClientFor) -> None:
    hidden = got(client_for(Role.T3), "/questions/Q24", 422, person="P001")
    unknown = got(client_for(Role.T3), "/questions/Q24", 422, person="P999")
    assert hidden["errors"][0]["text"]["zh"].replace("P001", "") == unknown["errors"][0]["text"][
        "zh"
    ].replace("P999", "")


@pytest.mark.parametrize("identifier", ["Q99", "q01", "Q1"])
def test_an_unknown_question_is_not_found(client_for: ClientFor, identifier: str) -> None:
    problem = got(client_for(Role.SO), f"/questions/{identifier}", 404)
    assert identifier in problem["text"]["zh"]


def test_every_question_is_described_with_its_parameters(example_door: Door) -> None:
    document = example_door.client.get("/openapi.json").json()
    beside = {"page", "size", "sort", "format", "code"}
    for question in questions():
        operation = document["paths"][f"/api/v1/bureaus/{{code}}/questions/{question.id}"]["get"]
        described = {each["name"]: each for each in operation["parameters"]}
        names = {parameter.name for parameter in question.parameters}
        assert set(described) - beside == names
        assert all(described[name]["description"] for name in names)
        assert question.title.zh in operation["summary"]
        assert question.title.en in operation["summary"]


def test_the_list_tells_what_each_question_reads(example_door: Door) -> None:
    page = example_door.client.get("/api/v1/questions?size=100").json()
    reads = {row["id"]: row["reads"] for row in page["items"]}
    assert (reads["Q01"], reads["Q16"], reads["Q36"]) == ([], ["work", "issues"], ["work", "metrics"])
    by_id = {row["id"]: row for row in page["items"]}
    assert [(each["name"], each["kind"]) for each in by_id["Q25"]["parameters"]] == [("most", "integer")]


# What a question may lack without what it says becoming false.
MAY_LACK = {
    ("Q03", Data.WORK): "the star of a business whose explanation tier 1 approved",
    ("Q38", Data.WORK): "drafts: published versions are compared all the same",
}
COMMON = {Data.STRUCTURE}
SELDOM = frozenset(Data) - COMMON - {Data.WORK, Data.ISSUES, Data.SCORES, Data.METRICS}


@pytest.mark.parametrize(
    "hidden",
    [{Data.WORK}, {Data.ISSUES}, {Data.SCORES}, {Data.METRICS}, SELDOM],
    ids=["work", "issues", "scores", "metrics", "all that is seldom read"],
)
def test_an_answer_does_not_depend_on_what_the_question_does_not_say_it_reads(
    example_door: Door, hidden: frozenset[Data]
) -> None:
    contents = view_of_all(example_door)._cut.contents
    reaches = {(data, Role.SO): Reach.ALL for data in Data if data not in hidden}
    tables = AccessTables(reaches, {}, {}, {})
    store = Cut(contents, Caller("test", Role.SO, "SL01"), tables).measured
    checked = 0
    for question in questions():
        lacking = {data for data in hidden if (question.id, data) not in MAY_LACK}
        if hidden.isdisjoint(data_of(question)) and lacking == set(hidden):
            found = ask(store, contents.names, question, {}, measured=True)
            assert sorted(map(str, found.rows)) == everything(example_door)[question.id], question.id
            checked += 1
    assert checked > 15


@cache
def everything(door: Door) -> dict[str, list[str]]:
    """Return the rows of every question over the whole bureau."""
    store, names = whole(door), names_of(door)
    return {
        question.id: sorted(map(str, ask(store, names, question, {}, measured=True).rows))
        for question in questions()
    }


@pytest.mark.parametrize("role", READERS)
def test_asking_writes_nothing(client_for: ClientFor, example_door: Door, role: Role) -> None:
    view = example_door.service.views.of(client_caller(role), "SL01")
    before = len(view.measured.oxigraph)
    client_for(role).get("/api/v1/bureaus/SL01/questions/Q35")
    assert len(view.measured.oxigraph) == before


def client_caller(role: Role) -> Caller:
    return Caller("test", role, "SL01", person="P014" if role is Role.POST_HOLDER else None)
