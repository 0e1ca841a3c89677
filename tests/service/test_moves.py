"""Moves through the API: the table is followed, everybody makes their own, every move is written down."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.lifecycle.table import life_cycles
from tests.cli.door import APPOINTMENTS, BUSINESSES, DEPARTMENTS, NODES, POSTS, ledger
from tests.loaders.ledgers import Rows
from tests.service.running import Door, running

RECORDS = "/api/v1/bureaus/demo/records"
TIERS: Rows = (
    *APPOINTMENTS,
    ("A02", "P002", "二级", "B04；B05", "2025-01-01", "2025-12-31"),
    ("A03", "P003", "三级", "B04", "2025-01-01", "2025-12-31"),
    ("A04", "P004", "三级", "B04", "2025-01-01", "2025-12-31"),
    ("A09", "P009", "二级", "B04", "2024-01-01", "2024-12-31"),
)
SHEETS: dict[str, Rows] = {
    "部门": DEPARTMENTS,
    "业务清单": BUSINESSES,
    "流程节点": NODES,
    "岗位与人员": POSTS,
    "监督员任命": TIERS,
    "线图": (
        ("编号", "业务", "版本", "状态", "编制人", "发布日期", "评审人", "评审日期", "评审结论"),
        ("X1", "B04", "V1", "已发布", "A02", "2024-02-01", "A01", "2025-01-15", "通过"),
    ),
}


class Cast:
    """The callers of a small bureau, one for each part."""

    def __init__(self, door: Door) -> None:
        """Sign everybody in."""
        self.door = door
        self.so = door.client_for(Grant("", Role.SO, "demo"))
        self.t1 = door.client_for(Grant("", Role.T1, "demo", person="P001"))
        self.t2 = door.client_for(Grant("", Role.T2, "demo", person="P002"))
        self.t3 = door.client_for(Grant("", Role.T3, "demo", person="P003"))
        self.other = door.client_for(Grant("", Role.T3, "demo", person="P004"))
        self.past = door.client_for(Grant("", Role.T2, "demo", person="P009"))
        self.holder = door.client_for(Grant("", Role.POST_HOLDER, "demo", person="P011"))

    def make(self, kind: str, identifier: str, fields: dict[str, Any], by: TestClient | None = None) -> None:
        answer = (by or self.so).post(f"{RECORDS}/{kind}", json={"id": identifier, "fields": fields})
        assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("moves")
    with running(folder / "store", ledger(folder / "ledger.xlsx", **SHEETS)) as door:
        yield Cast(door)


def move(by: TestClient, record: str, to: str, **more: Any) -> Any:
    return by.post(f"{RECORDS}/{record}/moves", json={"to": to, **more})


def state(cast: Cast, record: str) -> str:
    return str(cast.so.get(f"{RECORDS}/{record}").json()["state"])


def test_the_table_has_every_row_of_the_domain() -> None:
    """Counted by hand from domain section 3; rows of several starts count once for each."""
    counts = {kind: len(cycle.moves) for kind, cycle in life_cycles().items()}

    assert counts == {
        "annual-plan": 5,  # settle, publish, revise, publish again, close
        "line-chart": 5,  # submit, approve, return, publish, superseded
        "task-sheet": 6,  # issue, take on, report, close, send back, cancel
        "inspection": 3,
        "issue": 16,  # find, propose, confirm, assign (3), rectify, verify, close, escalate (6), reopen
        "improvement": 5,
        "scheme": 5,
    } | {"issue": 1 + 2 + 3 + 1 + 1 + 1 + 6 + 1}


def test_every_move_names_states_of_its_scheme() -> None:
    table = tomllib.loads(
        resources.files("dutygraph.service.lifecycle").joinpath("moves.toml").read_text("utf-8")
    )
    words = {cycle["kind"]: set(life_cycles()[cycle["kind"]].states) for cycle in table["cycles"]}

    for row in table["moves"]:
        starts = [row["from"]] if isinstance(row["from"], str) else row["from"]
        assert {row["to"], *starts} - {""} <= words[row["kind"]]


def test_a_task_sheet_goes_its_way(cast: Cast) -> None:
    cast.make(
        "plan-item",
        "J1",
        {"inPlan": "2025", "planBusiness": ["B04"], "cadence": "每月", "planOrganiser": "A02"},
    )
    cast.make(
        "task-sheet", "T1", {"forItem": "J1", "forMonth": "2025-03", "issuedBy": "A02", "assignedTo": "A03"}
    )
    assert state(cast, "task-sheet/T1") == "草案"

    lacking = move(cast.t2, "task-sheet/T1", "已下发")
    assert lacking.status_code == 409
    assert [error["text"]["en"] for error in lacking.json()["errors"]] == [
        "the task sheet has a focus item",
        "the task sheet has a deadline",
    ]
    cast.make("focus-item", "T1-1", {"taskSheet": "T1", "label": "抽查影像", "aspect": "措施落实"})
    issued = move(cast.t2, "task-sheet/T1", "已下发", fields={"dueDate": "2025-03-28"})
    assert issued.status_code == 200, issued.text
    fields = issued.json()["record"]["fields"]
    assert (fields["state"], fields["issuedBy"], fields["issuedOn"], fields["dueDate"]) == (
        "已下发",
        "A02",
        "2025-12-31",
        "2025-03-28",
    )

    assert move(cast.t3, "task-sheet/T1", "执行中").status_code == 200
    assert move(cast.t3, "task-sheet/T1", "已反馈", fields={"resultText": "无问题"}).status_code == 409
    reported = move(cast.t3, "task-sheet/T1", "已反馈", fields={"resultText": "无问题"}, note="影像十宗齐全")
    assert reported.json()["record"]["fields"]["reportedOn"] == "2025-12-31"
    assert move(cast.t2, "task-sheet/T1", "执行中").status_code == 409  # sending back needs a word
    assert move(cast.t2, "task-sheet/T1", "sheet-closed").status_code == 200

    told = cast.t2.get(f"{RECORDS}/task-sheet/T1/moves").json()
    assert (told["state"], told["moves"]) == ("已关闭", [])
    assert [(one["from"]["zh"], one["to"]["zh"], one["by"], one["note"]) for one in told["history"]] == [
        ("草案", "已下发", "A02", None),
        ("已下发", "执行中", "A03", None),
        ("执行中", "已反馈", "A03", "影像十宗齐全"),
        ("已反馈", "已关闭", "A02", None),
    ]


def test_what_is_not_listed_is_refused_with_what_is(cast: Cast) -> None:
    cast.make("issue", "I90", {"label": "甲", "evidence": ["附件"]})

    answer = move(cast.t1, "issue/I90", "已销号")

    assert answer.status_code == 409
    assert {(one["to"], one["by"]) for one in answer.json()["choices"]} == {
        ("已发现", "二级监督员"),
        ("已分类分级", "一级监督员"),
        ("已升级", "一级监督员或二级监督员"),
    }
    assert move(cast.t1, "issue/I90", "没有的状态").status_code == 409
    assert state(cast, "issue/I90") == "已发现"


def test_a_move_is_made_by_whom_the_table_says(cast: Cast) -> None:
    cast.make("issue", "I91", {"label": "乙", "evidence": ["附件"], "materialises": ["R04-01"]})
    fields = {"category": "执行类", "grade": "二级"}

    refused = move(cast.so, "issue/I91", "已分类分级", fields=fields)
    assert refused.status_code == 403
    assert refused.json()["text"]["zh"] == "这一步由一级监督员办理。"
    assert refused.json()["text"]["en"] == "This move is made by a tier-1 supervisor."
    foreign = move(cast.t1, "issue/I91", "已分类分级", fields={**fields, "dueDate": "2025-06-30"})
    assert [one["text"]["zh"] for one in foreign.json()["errors"]] == ["这一步不填“期限”；可填：分类、分级。"]
    unlisted = move(cast.t1, "issue/I91", "已销号").json()["errors"]
    assert "确认分类分级：→已分类分级（一级监督员）" in [one["text"]["zh"] for one in unlisted]
    assert move(cast.t1, "issue/I91", "已分类分级", fields=fields).status_code == 200


def test_a_supervisor_without_an_appointment_in_force_moves_nothing(cast: Cast) -> None:
    cast.make(
        "line-chart", "X9", {"chartOf": "B04", "version": "V9", "chartRisk": ["R04-01"], "authoredBy": "A02"}
    )

    answer = move(cast.past, "line-chart/X9", "送审")

    assert answer.status_code in (403, 404)  # drafts are not seen by those who are nobody any more
    assert state(cast, "line-chart/X9") == "草案"


def test_taking_on_a_sheet_is_the_assignees_own(cast: Cast) -> None:
    fields = {"assignedTo": "A03", "issuedBy": "A02", "dueDate": "2025-05-28"}
    cast.make("task-sheet", "T2", fields)
    cast.make("focus-item", "T2-1", {"taskSheet": "T2", "label": "核对时限"})
    assert move(cast.t2, "task-sheet/T2", "已下发").status_code == 200

    assert move(cast.other, "task-sheet/T2", "执行中").status_code in (403, 404)
    assert move(cast.t3, "task-sheet/T2", "执行中").status_code == 200


def test_an_issue_goes_from_finding_to_closing(cast: Cast) -> None:
    cast.make("rectification-list", "Q1", {"label": "清单"})
    found = {
        "label": "两宗无影像",
        "evidence": ["附件1"],
        "foundOn": "2025-03-27",
        "materialises": ["R04-01"],
    }
    bare = {key: value for key, value in found.items() if key != "evidence"}
    assert cast.t3.post(f"{RECORDS}/issue", json={"id": "I1", "fields": bare}).status_code == 409
    cast.make("issue", "I1", found, by=cast.t3)

    graded = move(cast.t1, "issue/I1", "已分类分级", fields={"category": "执行类", "grade": "一级"})
    assert graded.status_code == 200, graded.text
    owner = {"issueOwner": "P011", "dueDate": "2025-04-15"}
    lacking = move(cast.t1, "issue/I1", "已派责", fields=owner)
    assert [error["text"]["en"] for error in lacking.json()["errors"]] == [
        "the issue is on a rectification list"
    ]
    assert move(cast.t1, "issue/I1", "已派责", fields={**owner, "listedIn": "Q1"}).status_code == 200

    assert move(cast.t1, "issue/I1", "整改中", note="影像补拍").status_code == 403  # the owner's own
    assert move(cast.holder, "issue/I1", "整改中", note="影像补拍").status_code == 200
    assert move(cast.t1, "issue/I1", "已验收").status_code == 200
    closed = move(cast.t1, "issue/I1", "已销号")
    assert closed.status_code == 200
    fields = closed.json()["record"]["fields"]
    assert (fields["verifiedBy"], fields["verifiedOn"], fields["state"]) == ("P001", "2025-12-31", "已销号")

    assert move(cast.so, "issue/I1", "重新打开").status_code == 409
    cast.make("issue", "I2", {**found, "repeatOf": ["I1"]})
    assert move(cast.so, "issue/I1", "重新打开").status_code == 200


def test_a_chart_that_is_published_supersedes_the_one_before(cast: Cast) -> None:
    cast.make(
        "control", "C1", {"label": "双人勘查", "stage": ["事中"], "ownerPost": ["G12"], "risk": ["R04-01"]}
    )
    content = {"chartNode": ["B04-N01"], "chartRisk": ["R04-01"], "chartControl": ["C1"]}
    counts = {"declaredNodeCount": 1, "declaredRiskCount": 1, "declaredControlCount": 1}
    cast.make(
        "line-chart", "X2", {"chartOf": "B04", "version": "V2", "authoredBy": "A02", **content, **counts}
    )
    cast.make("supervision-step", "X2-B04-N01", {"inChart": "X2", "stepAt": "B04-N01", "label": "每月抽查"})
    assert cast.so.get(f"{RECORDS}/supervision-step/X2-B04-N01").json()["graph"] == "business"

    assert move(cast.t2, "line-chart/X2", "送审").status_code == 200
    assert move(cast.t1, "line-chart/X2", "已审").json()["record"]["fields"]["reviewedBy"] == "A01"
    assert move(cast.so, "line-chart/X1", "已替代").status_code == 403  # the system's alone
    published = move(cast.so, "line-chart/X2", "已发布")

    assert published.status_code == 200, published.text
    assert published.json()["record"]["graph"] == "public"
    assert state(cast, "line-chart/X1") == "已替代"
    assert cast.so.get(f"{RECORDS}/supervision-step/X2-B04-N01").json()["graph"] == "public"
    history = cast.so.get(f"{RECORDS}/line-chart/X1/moves").json()["history"]
    assert [(one["to"]["zh"], one["by"]) for one in history] == [("已替代", None)]


def test_an_inspection_has_states_although_no_sheet_has_them(cast: Cast) -> None:
    cast.make("plan-item", "J5", {"inPlan": "2025", "supervisionKind": "飞行监督", "planBusiness": ["B04"]})
    cast.make("inspection", "J5", {"carriesOut": "J5", "class": "飞行监督", "organisedBy": "A01"})
    assert state(cast, "inspection/J5") == "已计划"

    begun = move(cast.t1, "inspection/J5", "检查中", fields={"heldOn": "2025-05-20"})

    assert begun.status_code == 200, begun.text
    assert begun.json()["record"]["fields"]["heldOn"] == "2025-05-20"
    assert (begun.json()["record"]["state"], begun.json()["record"]["graph"]) == ("检查中", "issue")
    assert cast.so.get(f"{RECORDS}/plan-item/J5").json()["graph"] == "business"
    assert move(cast.t1, "inspection/J5", "已报告").status_code == 200
    assert state(cast, "inspection/J5") == "已报告"


def test_a_state_is_not_written_over(cast: Cast) -> None:
    cast.make("scheme", "S1", {"label": "方案", "year": 2025})
    url = f"{RECORDS}/scheme/S1"

    refused = cast.so.put(url, json={"fields": {"state": "已发布"}}, headers={"If-Match": "*"})
    assert refused.status_code == 409
    made = cast.so.post(f"{RECORDS}/scheme", json={"id": "S2", "fields": {"state": "已评分"}})
    assert made.status_code == 409
    kept = cast.so.put(url, json={"fields": {"label": "新名"}}, headers={"If-Match": "*"})
    assert kept.json()["record"]["fields"] == {"label": "新名", "state": "草案"}


def test_a_field_that_does_not_go_with_a_move_is_refused(cast: Cast) -> None:
    cast.make("scheme", "S3", {"label": "方案", "year": 2025})

    answer = move(cast.t1, "scheme/S3", "已发布", fields={"label": "改名"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/body/fields/label"]
    assert move(cast.t1, "scheme/S3", "已发布").json()["record"]["fields"]["publishedOn"] == "2025-12-31"


def test_a_kind_without_a_life_cycle_says_so(cast: Cast) -> None:
    assert move(cast.t1, "risk/R04-01", "已发布").status_code == 409
    assert cast.t1.get(f"{RECORDS}/risk/R04-01/moves").status_code == 409


def test_the_caller_is_told_what_can_be_done_now(cast: Cast) -> None:
    cast.make("improvement", "G1", {"label": "影像归档"})

    told = cast.t1.get(f"{RECORDS}/improvement/G1/moves").json()["moves"]

    assert [(one["to"], one["allowed"], [text["en"] for text in one["unmet"]]) for one in told] == [
        ("采纳", True, ["an issue is linked to the improvement"]),
        ("否决", True, ["an issue is linked to the improvement"]),
    ]
    assert cast.so.get(f"{RECORDS}/improvement/G1/moves").json()["moves"] == []


def test_every_move_is_one_commit_with_its_entry(cast: Cast) -> None:
    cast.make("scheme", "S4", {"label": "方案", "year": 2025})
    before = cast.so.get(f"{RECORDS}/scheme/S4").json()["commit"]

    assert move(cast.t1, "scheme/S4", "已发布").json()["change"]["commit"] == before + 1

    entry = next(iter(cast.door.service.committer.entries("demo")))
    assert (entry.action.value, entry.target, entry.note) == ("record.move", "scheme/S4", "草案 → 已发布")
    assert (entry.actor.role, entry.actor.person) == ("T1", "P001")
