"""What each caller must do: gaps one answers for or was given, sheets, issues and waivers that are due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import APPOINTMENTS, ledger
from tests.loaders.ledgers import Rows
from tests.service.conftest import ClientFor
from tests.service.running import Door, running

MINE = "/api/v1/bureaus/demo/mine"
SUPERVISORS: Rows = (
    *APPOINTMENTS,
    ("A02", "P002", "二级", "B04", "2025-01-01", "2025-12-31"),
    ("A03", "P003", "三级", "B04", "2025-01-01", "2025-12-31"),
)
PLAN: Rows = (
    ("计划编号", "年度", "业务编号", "组织人", "频次"),
    ("J01", 2025, "B04", "A02", "每月"),
)
SHEETS: Rows = (
    (
        "任务单号",
        "月份",
        "计划编号",
        "下发人",
        "下发日期",
        "执行人",
        "重点内容",
        "重点方面",
        "反馈期限",
        "状态",
    ),
    ("T1", "2025-11", "J01", "A02", "2025-11-01", "A03", "现场勘查", "措施落实", "2025-11-30", "执行中"),
    ("T2", "2025-12", "J01", "A02", "2025-12-01", "A03", "现场勘查", "措施落实", "2026-01-05", "已下发"),
    ("T3", "2025-10", "J01", "A02", "2025-10-01", "A03", "现场勘查", "措施落实", "2025-10-31", "已反馈"),
)
ISSUES: Rows = (
    ("问题编号", "来源编号", "发现日期", "问题描述", "责任岗位", "整改责任人", "期限", "状态"),
    ("I001", "T3", "2025-10-20", "勘查记录缺失", "G12", "P011", "2025-12-01", "整改中"),
    ("I002", "T3", "2025-10-20", "勘查影像缺失", "G12", "P011", "2025-12-01", "已销号"),
)
WAIVERS: Rows = (
    ("豁免编号", "规则", "对象", "理由", "批准人", "起", "止"),
    ("HM01", "R01", "R04-01", "措施正在评审", "A01", "2025-12-01", "2026-01-15"),
    ("HM02", "R71", "R04-01", "措施正在评审", "A01", "2025-12-01", "2026-06-30"),
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("mine")
    book = ledger(
        folder / "ledger.xlsx",
        监督员任命=SUPERVISORS,
        **{"表6 年度计划与检查安排": PLAN, "表7 月度监督任务单": SHEETS, "表8 问题整改清单": ISSUES},
        规则豁免=WAIVERS,
    )
    with running(folder / "store", book) as door:
        yield door


def mine(door: Door, role: Role, person: str | None = None, query: str = "") -> list[dict[str, Any]]:
    answer = door.client_for(Grant("", role, "demo", person=person)).get(f"{MINE}?size=500{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def told(items: list[dict[str, Any]]) -> list[tuple[str, str, str | None, bool]]:
    """What is to do besides gaps: kind, thing, due, overdue."""
    return [
        (item["kind"], item["thing"]["id"], item["due"], item["overdue"])
        for item in items
        if item["kind"] != "close-gap"
    ]


def test_tier_three_reports_its_sheets_overdue_first(door: Door) -> None:
    assert told(mine(door, Role.T3, "P003")) == [
        ("report-sheet", "T1", "2025-11-30", True),
        ("report-sheet", "T2", "2026-01-05", False),
    ]


def test_tier_two_closes_what_was_reported(door: Door) -> None:
    assert told(mine(door, Role.T2, "P002")) == [("close-sheet", "T3", None, False)]


def test_the_owner_rectifies_what_is_not_closed(door: Door) -> None:
    assert told(mine(door, Role.POST_HOLDER, "P011")) == [("rectify-issue", "I001", "2025-12-01", True)]


def test_who_approved_a_waiver_is_told_before_it_ends(door: Door) -> None:
    assert told(mine(door, Role.T1, "P001")) == [("waiver-ends", "HM01", "2026-01-15", False)]
    assert told(mine(door, Role.SO)) == [("waiver-ends", "HM01", "2026-01-15", False)]


def test_a_waived_gap_is_nobodys_to_close(door: Door) -> None:
    items = mine(door, Role.T1, "P001", "&kind=close-gap")
    office = door.client_for(Grant("", Role.SO, "demo"))
    [waived] = office.get("/api/v1/bureaus/demo/gaps?rule=R01").json()["items"]

    assert waived["state"] == "waived"
    assert waived["id"] not in {item["gap"] for item in items}


def test_overdue_ones_alone(door: Door) -> None:
    assert [item["thing"]["id"] for item in mine(door, Role.T3, "P003", "&overdue=true")] == ["T1"]


@pytest.mark.parametrize(
    ("role", "tier", "appointment"),
    [(Role.T1, "tier1", "A01"), (Role.T2, "tier2", "A06"), (Role.T3, "tier3", "A11")],
)
def test_supervisors_are_given_the_gaps_that_name_them(
    client_for: ClientFor, role: Role, tier: str, appointment: str
) -> None:
    client = client_for(role)
    gaps = client.get("/api/v1/bureaus/SL01/gaps?size=500&state=open").json()["items"]
    items = client.get("/api/v1/bureaus/SL01/mine?size=500&kind=close-gap").json()["items"]

    named = {gap["id"] for gap in gaps if appointment in gap[tier]}
    grounds = {"supervisor", "committee"}
    assert named
    assert named >= {item["gap"] for item in items if item["ground"] in grounds}
    assert named <= {item["gap"] for item in items}


def test_the_office_is_given_what_is_its_own(client_for: ClientFor) -> None:
    """By rule and thing of expected.csv: what falls on totals, discrepancies, cases and the bureau."""
    items = client_for(Role.SO).get("/api/v1/bureaus/SL01/mine?size=500").json()["items"]

    assert {item["thing"]["id"] for item in items if item["ground"] == "office"} == {
        "T01",
        "D6",
        "AL02",
        "AL05",
        "SL01",
    }


def test_the_trainee_and_the_administrator_have_nothing_to_do(client_for: ClientFor) -> None:
    assert client_for(Role.TRAINEE).get("/api/v1/bureaus/SL01/mine").json()["total"] == 0
    assert client_for(Role.ADMINISTRATOR).get("/api/v1/bureaus/SL01/mine").status_code == 403


def test_what_is_assigned_is_the_persons_to_do(door: Door) -> None:
    office: TestClient = door.client_for(Grant("", Role.SO, "demo"))
    gaps = office.get("/api/v1/bureaus/demo/gaps?state=open&sort=id").json()["items"]
    gap = next(item for item in gaps if item["focus"]["kind"] == "Business")
    address = f"/api/v1/bureaus/demo/gaps/{gap['id']}"
    tag = office.get(address).headers["ETag"]
    wanted = {"person": "P011", "due": "2026-02-01"}
    assert office.put(f"{address}/assignment", json=wanted, headers={"If-Match": tag}).status_code == 200

    given = [item for item in mine(door, Role.POST_HOLDER, "P011") if item["ground"] == "assigned"]

    assert [(item["gap"], item["due"], item["overdue"]) for item in given] == [
        (gap["id"], "2026-02-01", False)
    ]
