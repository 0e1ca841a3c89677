"""Asking: the catalogue of questions, their parameters, and the command."""

from __future__ import annotations

import csv
import io
import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dutygraph.cli.app import app
from dutygraph.model import Text
from dutygraph.queries import Column, Parameter, ParameterError, Question, questions
from dutygraph.questions import QuestionError, ask, find_question
from dutygraph.sources import OpenSource
from dutygraph.store import BureauGraphs
from tests.questions.conftest import Rows
from tests.questions.workbook import PATH

QUESTIONS_OF_THE_DOMAIN = 39
NAMES = BureauGraphs("https://dutygraph.example/", "SL01")
HOSTILE = (
    'B04"',
    "B04> } ?s ?p ?o {",
    "B04\\",
    '" } UNION { ?s ?p ?o } #',
    "B04\n} SERVICE <http://127.0.0.1/> {",
    "\\u0022 } ?s ?p ?o { \\u0022",
    "\\u003e } ?s ?p ?o { <",
)


def a_question(kind: str, default: str | None = None) -> Question:
    return Question(
        id="Q00",
        title=Text("题", "title"),
        about=Text("说明", "about"),
        parameters=(Parameter("wanted", kind, default, Text("参数", "parameter")),),
        columns=(Column("wanted", Text("列", "column")),),
        needs_metrics=False,
        text="SELECT ?wanted {\n  # parameters\n}",
    )


def test_the_questions_are_q01_to_q39() -> None:
    assert len(questions()) >= QUESTIONS_OF_THE_DOMAIN
    numbered = [f"Q{number:02d}" for number in range(1, len(questions()) + 1)]
    assert [question.id for question in questions()] == numbered


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)
def test_a_question_speaks_both_languages(question: Question) -> None:
    texts = [question.title, question.about]
    texts += [column.heading for column in question.columns]
    texts += [parameter.meaning for parameter in question.parameters]
    assert all(text.zh and text.en and text.zh != text.en for text in texts)
    assert question.title.zh.endswith("？")
    assert question.title.en.endswith("?")


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)
def test_a_question_is_quick_ordered_and_named_by_its_columns(question: Question, source: OpenSource) -> None:
    graphs = (*source.names.checked(), source.names.metrics)
    if question.needs_metrics:
        ask(source.store, source.names, question, {})
    query = question.bound(source.names, {})
    taken = []
    for _ in range(3):
        start = time.process_time()
        answered = source.store.select(query, graphs=graphs)
        found = [str(row) for row in answered]
        taken.append(time.process_time() - start)
    assert {variable.value for variable in answered.variables} == {c.variable for c in question.columns}
    assert len(found) == len(set(found)), "a row is given twice"
    assert "ORDER BY" in question.text
    assert min(taken) < 0.2


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("kind", ["text", "business", "period"])
def test_a_value_cannot_inject(kind: str, value: str, source: OpenSource) -> None:
    query = a_question(kind).bound(NAMES, {"wanted": value})
    (row,) = source.store.select(query, graphs=source.names.checked())
    if kind == "text":
        assert row["wanted"].value == value
    else:
        thing = NAMES.thing(kind, value) if kind == "business" else NAMES.period(value)
        assert row["wanted"].value == thing


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("kind", ["integer", "date", "term"])
def test_a_value_of_another_type_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ParameterError, match="wanted"):
        a_question(kind).bound(NAMES, {"wanted": value})


def test_values_become_terms_of_their_type() -> None:
    def line(kind: str, value: str) -> str:
        return a_question(kind).bound(NAMES, {"wanted": value}).splitlines()[1].strip()

    integer, day = (f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "date"))
    assert line("integer", "03") == f'VALUES ?wanted {{ "3"^^<{integer}> }}'
    assert line("date", "2025-03-01") == f'VALUES ?wanted {{ "2025-03-01"^^<{day}> }}'
    assert line("term", "stage-before") == "VALUES ?wanted { <https://w3id.org/dutygraph#stage-before> }"
    assert line("period", "2025-03") == "VALUES ?wanted { <https://dutygraph.example/period/2025-03> }"
    assert line("business", "B04") == (
        "VALUES ?wanted { <https://dutygraph.example/bureau/SL01/business/B04> }"
    )


def test_a_default_is_put_in_unless_another_value_is_given() -> None:
    assert '"x"' in a_question("text", "x").bound(NAMES, {})
    assert '"y"' in a_question("text", "x").bound(NAMES, {"wanted": "y"})
    assert "VALUES" not in a_question("text").bound(NAMES, {})


def test_an_unknown_parameter_is_named_with_the_known_ones(rows: Rows) -> None:
    with pytest.raises(ParameterError, match=r"Q06没有参数“moon”；可用参数：month（.*）、department（.*）"):
        rows("Q06", moon="2025-03")
    with pytest.raises(ParameterError, match=r"Q09 has no parameter moon; it has: none"):
        rows("Q09", moon="full")


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("Q06", "month", "2025-13"),
        ("Q06", "department", "营销部"),
        ("Q19", "issue", 'I001"'),
        ("Q07", "year", "1"),
    ],
)
def test_a_parameter_that_names_nothing_is_refused(rows: Rows, question: str, name: str, value: str) -> None:
    with pytest.raises(ParameterError, match=f"台账中没有“{value}”"):
        rows(question, **{name: value})


def test_a_question_that_does_not_exist() -> None:
    assert find_question("q06").id == "Q06"
    with pytest.raises(QuestionError, match="Q99"):
        find_question("Q99")


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["ask", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_the_command_answers_in_json() -> None:
    result = run("q05", str(PATH), "department=配电运维部", "--format", "json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["question"] == "Q05"
    assert answer["columns"] == ["business", "star", "planItems", "chart", "state"]
    first, second = answer["rows"][:2]
    assert (first["business"]["id"], first["business"]["kind"]) == ("B11", "Business")
    assert first["business"]["label"] == "配网业务外包施工管理"
    assert (first["star"], first["planItems"]) == (3, 1)
    assert first["chart"]["id"] == "X11-V1"
    assert (first["state"]["id"], first["state"]["label"]) == ("chart-reviewed", "已审")
    assert second["chart"] is None


def test_numbers_are_numbers(source: OpenSource) -> None:
    three = ask(source.store, source.names, find_question("Q02"), {}).rows[0]
    assert three[2:] == (7, 5, Decimal("0.7143"))
    assert (type(three[2]), type(three[4])) == (int, Decimal)


def test_the_command_answers_in_csv(tmp_path: Path) -> None:
    result = run("Q06", str(PATH), "--format", "csv")
    head, *lines = csv.reader(io.StringIO(result.stdout.removeprefix("\ufeff")))
    assert head == ["月份", "计划项", "业务", "组织人", "作废或草案的任务单"]
    assert lines == [
        ["2025-05", "J09", "现场安全督查管理（B09）", "A09", "T2505-09"],
        ["2025-08", "J08", "车辆管理（B08）", "A10", ""],
    ]
    file = tmp_path / "answer.csv"
    written = run("Q06", str(PATH), "--format", "csv", "--lang", "en", "-o", str(file))
    assert written.exit_code == 0
    assert file.read_text(encoding="utf-8-sig").splitlines()[0] == (
        "Month,Plan item,Business,Organiser,Cancelled or draft sheet"
    )


def test_the_command_answers_in_a_table() -> None:
    chinese = run("Q06", str(PATH))
    assert chinese.exit_code == 0
    assert "哪些计划业务某月缺任务单" in chinese.stdout
    assert "T2505-09" in chinese.stdout
    english = run("Q06", str(PATH), "month=2025-07", "--lang", "en").stdout
    assert "Which plan items lack" in english
    assert "no row" in english


def test_the_command_lists_the_questions() -> None:
    listed = run()
    assert listed.exit_code == 0
    assert "Q01" in listed.stdout
    assert "Q20" in listed.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Q99", str(PATH)), "Q99"),
        (("Q06",), "dutygraph ask"),
        (("Q06", str(PATH), "moon=1"), "moon"),
        (("Q06", str(PATH), "month=2025-13"), "2025-13"),
    ],
)
def test_the_command_refuses_with_one_line_and_exit_code_2(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
