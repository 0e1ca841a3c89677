"""Q01–Q20 where the example bureau has nothing to say: other dates, blanks, and statements made twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyoxigraph as ox
import pytest

from dutygraph.check import prepare
from dutygraph.model import GraphKind
from dutygraph.questions import ask, find_question
from dutygraph.sources import OpenSource, open_source
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from tests.questions.conftest import plain
from tests.questions.workbook import PATH, Answered

Ask = Callable[..., Answered]
HEAD = """@prefix sv: <https://w3id.org/dutygraph#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix period: <https://dutygraph.example/period/> .
"""
KINDS = (
    "department",
    "business",
    "node",
    "risk",
    "control",
    "post",
    "duty",
    "issue",
    "state-change",
    "sheet",
    "focus",
)
LEDGER = """
department:综合部 a sv:Department . department:营销部 a sv:Department .
department:报装班 a sv:Team ; sv:partOf department:营销部 .
business:B1 a sv:Business ; sv:runBy department:营销部 ; sv:hasNode node:N1 .
business:B2 a sv:Business ; sv:hasNode node:N2 ; sv:assessedNoRisk "2024-01-01"^^xsd:date .
node:N1 a sv:ProcessNode , sv:KeyNode . node:N2 a sv:ProcessNode , sv:KeyNode .
risk:R1 a sv:IntegrityRisk ; sv:atNode node:N1 ; sv:riskWeight 1.0 ; sv:hasControl control:C1 .
risk:R2 a sv:IntegrityRisk ; sv:atNode node:N1 ; sv:riskWeight 1.0 ; sv:riskState sv:risk-retired .
risk:R3 a sv:IntegrityRisk .
control:C1 a sv:Control ; sv:ownerPost post:G1 .
control:C2 a sv:Control . control:C3 a sv:Control .
post:G1 a sv:Post ; sv:inDepartment department:报装班 .
duty:G1 a sv:PostDuty ; sv:dutyOf post:G1 ; sv:includesControl control:C3 .
issue:I1 a sv:Issue ; sv:foundOn "2024-02-27"^^xsd:date ; sv:dueDate "2024-03-01"^^xsd:date ;
  sv:state sv:issue-closed ; sv:responsiblePost post:G1 .
issue:I2 a sv:Issue ; sv:foundOn "2023-12-31"^^xsd:date ; sv:dueDate "2024-03-02"^^xsd:date ;
  sv:state sv:issue-closed ; sv:grade sv:grade-1 .
issue:I3 a sv:Issue ; sv:dueDate "2024-02-28"^^xsd:date .
focus:1 sv:targetsNode node:N1 . focus:2 sv:targetsNode node:N2 .
sheet:T1 a sv:TaskSheet ; sv:hasFocus focus:1 ; sv:forMonth period:2024-03 .
sheet:T2 a sv:TaskSheet ; sv:hasFocus focus:1 ; sv:forMonth period:2024-04 ;
  sv:reportedOn "2024-04-20"^^xsd:date ; sv:state sv:sheet-cancelled .
sheet:T3 a sv:TaskSheet ; sv:hasFocus focus:2 ; sv:forMonth period:2024-04 ;
  sv:reportedOn "2024-04-20"^^xsd:date .
state-change:1 sv:changeOf issue:I1 ; sv:toState sv:issue-closed ; sv:changedOn "2024-02-28"^^xsd:date .
state-change:2 sv:changeOf issue:I1 ; sv:toState sv:issue-closed ; sv:changedOn "2024-03-02"^^xsd:date .
state-change:3 sv:changeOf issue:I2 ; sv:toState sv:issue-closed ; sv:changedOn "2024-03-01"^^xsd:date .
"""


def asking(source: OpenSource, as_of: str) -> Ask:
    prepare(source.store, source.names, date.fromisoformat(as_of))

    def asked(identifier: str, **given: str) -> Answered:
        answer = ask(source.store, source.names, find_question(identifier), given)
        return [tuple(plain(cell) for cell in row) for row in answer.rows]

    return asked


@pytest.fixture
def small() -> Ask:
    """A ledger full of blanks, every statement of it in two graphs, judged on 2024-12-31."""
    names = BureauGraphs(DEFAULT_BASE, "X")
    prefixes = "".join(f"@prefix {kind}: <{names.bureau}/{kind}/> .\n" for kind in KINDS)
    triples = [quad.triple for quad in ox.parse(HEAD + prefixes + LEDGER, ox.RdfFormat.TURTLE)]
    store = EmbeddedStore()
    for kind in (GraphKind.PUBLIC, GraphKind.ISSUE):
        store.replace(names.asserted(kind), triples)
    return asking(OpenSource(store, names), "2024-12-31")


@pytest.fixture(scope="module")
def apart() -> OpenSource:
    return open_source([PATH])


def test_at_mid_year(apart: OpenSource) -> None:
    rows = asking(apart, "2025-06-30")
    assert [row[0] for row in rows("Q13")] == [f"2025-{month:02d}" for month in range(1, 7)]
    assert rows("Q14") == [("2025", "15", "8", "0.5333", "0", "0", None, None)]
    assert [row[0] for row in rows("Q06")] == ["2025-05"]
    assert rows("Q16") == []
    # The charts published in July and October are not current yet; V1 of B03, since superseded, still is.
    lacking = {row[0] for row in rows("Q05")}
    assert "B11" in lacking
    assert not lacking & {"B03", "B09"}


def test_in_the_year_after(apart: OpenSource) -> None:
    rows = asking(apart, "2026-03-01")
    assert rows("Q13") == [(f"2026-{month:02d}", "0", "0", "0", "0") for month in (1, 2, 3)]
    assert sum(int(row[4] or 0) for row in rows("Q13", year="2025")) == 60
    assert rows("Q05")[0] == ("B11", "3", "0", "X11-V1", "chart-reviewed")
    # From 30 December 2025 to 1 March 2026: 1 + 31 + 28 + 1 days.
    assert next(row for row in rows("Q16") if row[0] == "I055")[4] == "61"
    assert len(rows("Q07")) == 153
    # All tier-3 appointments have ended.
    assert rows("Q04")[2] == ("3", "0", "0", "0", "33", "0")


def test_q01_counts_the_risk_of_no_department_apart(small: Ask) -> None:
    assert small("Q01") == [
        ("综合部", "0", "0", None, "0", None),
        ("营销部", "1", "1", "1", "1", "1"),
        (None, "1", "0", "0", "0", "0"),
    ]


def test_q02_tells_no_risk_from_unrated(small: Ask) -> None:
    assert small("Q02") == [
        ("3", "status-rated", "0", "0", None),
        ("2", "status-rated", "1", "0", "0"),
        ("1", "status-rated", "0", "0", None),
        (None, "status-no-risk", "1", "0", "0"),
        (None, "status-unrated", "0", "0", None),
    ]


def test_q03_and_q04_show_groups_of_nothing(small: Ask) -> None:
    assert small("Q03") == [
        ("B1", "2", "0", "0", "0", "1", "1"),
        ("B2", None, "0", "0", "0", "0", "0"),
    ]
    assert small("Q04") == [(tier, "0", "0", "0", "2", "0") for tier in "123"]
    assert small("Q04", department="综合部") == [(tier, "0", "0", "0", "0", None) for tier in "123"]


def test_q07_an_order_is_not_yet_a_check(small: Ask) -> None:
    # N1 stands in a sheet that nobody reported and in one that was cancelled; N2 was checked.
    assert small("Q07") == [("N1", "B1", "1", "2")]


def test_q08_looks_at_the_owners_duties_first(small: Ask) -> None:
    # C1 is missing from G1's duties; C2 has no owner and is nowhere; C3 has no owner but stands in G1's.
    assert small("Q08") == [("C1", "G1", "B1"), ("C2", None, None)]
    assert small("Q08", department="综合部") == []


def test_q14_takes_the_last_closing(small: Ask) -> None:
    # I1 was closed in time, opened again and closed late; I2 in time; I3 is not closed.
    assert small("Q14") == [("2024", "3", "1", "0.3333", "0", "0", None, None)]
    # A team's issues are its department's.
    assert small("Q14", department="营销部") == [("2024", "1", "0", "0", "0", "0", None, None)]


def test_q15_counts_days_over_a_leap_day_and_new_year(small: Ask) -> None:
    assert small("Q15") == [
        ("综合部", "0", None, None, None, None),
        ("营销部", "1", "4", None, None, None),  # 27 February to 2 March 2024
        (None, "1", "61", "61", None, None),  # 31 December 2023 to 1 March 2024
    ]


def test_q16_an_issue_without_a_state_is_open(small: Ask) -> None:
    assert small("Q16") == [("I3", None, None, "2024-02-28", "307", None, None, None)]
