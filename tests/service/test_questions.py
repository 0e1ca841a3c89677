"""The saved questions over HTTP: who may ask which, how parameters are read, what an answer says."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from dutygraph.queries import OWN_REFUSED, OWN_ROWS, Question, questions
from dutygraph.questions import ask
from dutygraph.service.access.cut import Cut
from dutygraph.service.access.roles import Caller, Data, Reach, Role
from dutygraph.service.access.tables import AccessTables
from dutygraph.service.endpoints.questions import data_of
from tests.questions.workbook import Workbook
from tests.service.conftest import ClientFor
from tests.service.reads import BUREAU, READERS, got, refused, rows_of
from tests.service.running import Door

ROLES = (Role.T1, Role.T2, Role.T3, Role.POST_HOLDER, Role.SO, Role.FD, Role.TRAINEE)
# What each question needs by the tables of domain section 8, and who has it (● all, ◐ own, – refused), in the
# order of ROLES. Counts (tier 2's metrics) are no answer. What is lacking, or how many there are, is told to
# who sees all there is of a thing: a tier-3 supervisor sees the own appointment, so every business would
# read as supervised by one.
NEEDS = """
Q01 structure         ● ● ● ● ● ● ●
Q02 work              ● – – – ● – –    a ratio over all businesses: 监督覆盖 by star has the own ones
Q03 structure         ● ● ● ● ● ● ●
Q04 work              ● – – – ● – –    as Q02
Q05 work              ● ◐ – – ● – –    lacking: a chart
Q06 work              ● ◐ – – ● – –    lacking: a sheet
Q07 work, issues      ● ◐ – – ● – –    lacking: a check
Q08 work              ● ◐ – – ● – –    lacking: a duty
Q09 structure         ● ● ● ● ● ● ●
Q10 work              ● ◐ – – ● – –    lacking: an explanation
Q11 structure         ● ● ● ● ● ● ●
Q12 structure         ● ● ● ● ● ● ●
Q13 issues            ● ◐ ◐ ◐ ● ◐ –
Q14 issues            ● ◐ ◐ ◐ ● ◐ –
Q15 issues            ● ◐ – – ● – –    the number of a department
Q16 work, issues      ● ◐ ◐ – ● – –
Q17 work, issues      ● ◐ ◐ – ● – –
Q18 issues            ● ◐ – – ● – –    lacking: a submission
Q19 issues            ● ◐ ◐ ◐ ● ◐ –
Q20 issues            ● ◐ ◐ ◐ ● ◐ –
Q21 work, issues      ● ◐ ◐ – ● – –
Q22 work              ● – – – ● – –    the load of a person, in other departments too
Q23 work              ● ◐ ◐ – ● – –
Q24 work              ● ◐ – – ● – –    lacking: anybody else, as 离岗影响 has it
Q25 work              ● ◐ – – ● – –    lacking: anybody else
Q26 work              ● ◐ ◐ – ● – –
Q27 work              ● ◐ ◐ – ● – –
Q28 issues            ● ◐ – – ● – –    lacking: an inspection of a department
Q29 work, issues      ● ◐ – – ● – –    lacking: an issue found by day
Q30 work              ● ◐ – – ● – –    the number of a business
Q31 work              ● ◐ ◐ – ● – –
Q32 issues, scores    ● ◐ – – ● – –    the number of a department
Q33 work, scores      ● ◐ ◐ – ● – –
Q34 metrics           ● – – ◐ ● – –    degree is a metric, as 岗位网络指标 has it
Q35 metrics           ● – – ◐ ● – –
Q36 work, metrics     ● – – – ● – –
Q37 structure         ● ● ● ● ● ● ●
Q38 structure         ● ● ● ● ● ● ●
Q39 issues            ● ◐ – – ● – –    lacking: a repeat
"""
ROW = re.compile(r"(Q\d\d) ([a-z, ]+?) +([●◐–](?: [●◐–]){6})")
TABLE = {
    found[1]: (found[2].split(", "), found[3].split()) for found in map(ROW.match, NEEDS.split("\n")) if found
}
CASES = [(question, role) for question in TABLE for role in ROLES]


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


def test_the_table_has_every_question() -> None:
    assert list(TABLE) == [question.id for question in questions()]
    assert {question.id: list(question.reads) for question in questions()} == {
        question: reads for question, (reads, _) in TABLE.items()
    }


@pytest.mark.parametrize(("question", "role"), CASES)
def test_who_may_ask(client_for: ClientFor, question: str, role: Role) -> None:
    expected = TABLE[question][1][ROLES.index(role)]
    path = f"{BUREAU}/questions/{question}"
    # an answer that is there already is not worked out again
    asked = client_for(role).get(path, headers={"If-None-Match": "*"}).status_code
    assert asked == (403 if expected == "–" else 304)
    if expected == "–":
        assert question in refused(client_for(role), f"/questions/{question}")
        refused(client_for(role), f"/questions/{question}", format="csv")


@pytest.mark.parametrize(("question", "role"), [("Q01", Role.T3), ("Q13", Role.FD), ("Q25", Role.T2)])
def test_an_answer_says_whether_it_is_of_the_own_scope(
    client_for: ClientFor, question: str, role: Role
) -> None:
    own = TABLE[question][1][ROLES.index(role)] == "◐"
    assert got(client_for(role), f"/questions/{question}")["ownScope"] is own


# The things that these name are the caller's own to the full, so what is said of them is so; but for ranks,
# which are given among what is seen.
TOLD_IN_FULL = [
    question.id for question in questions() if question.own not in {OWN_ROWS, OWN_REFUSED, "department"}
]


@pytest.mark.parametrize("question", TOLD_IN_FULL)
def test_what_is_told_of_the_own_scope_is_told_to_the_office_too(
    client_for: ClientFor, question: str
) -> None:
    if TABLE[question][1][ROLES.index(Role.T2)] == "–":
        return
    office, own = (
        got(client_for(role), f"/questions/{question}", size=500)["items"] for role in (Role.SO, Role.T2)
    )
    assert [row for row in own if row not in office] == []


def test_degrees_are_told_of_the_own_posts_alone(client_for: ClientFor) -> None:
    rows = got(client_for(Role.POST_HOLDER), "/questions/Q34")["items"]
    assert [row["post"]["id"] for row in rows] == ["G02"]


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
    told = [
        {row["id"] for row in got(client_for(role), "/records/person", size=500)["items"]}
        for role in (Role.SO, Role.T2)
    ]
    hidden = min(told[0] - told[1])
    texts = [
        got(client_for(Role.T2), "/questions/Q24", 422, person=person)["errors"][0]["text"]["zh"].replace(
            person, ""
        )
        for person in (hidden, "P999")
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("identifier", ["Q99", "q01", "Q1"])
def test_an_unknown_question_is_not_found(client_for: ClientFor, identifier: str) -> None:
    problem = got(client_for(Role.SO), f"/questions/{identifier}", 404)
    assert identifier in problem["text"]["zh"]


def test_every_question_is_described_with_its_parameters(example_door: Door) -> None:
    document = example_door.client.get("/openapi.json").json()
    beside = {"page", "size", "sort", "format", "contains", "code"}
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
    assert (reads["Q01"], reads["Q16"], reads["Q36"]) == (
        ["structure"],
        ["work", "issues"],
        ["work", "metrics"],
    )
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
