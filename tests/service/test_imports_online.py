"""An import over a bureau that was worked in online undoes nothing unless somebody says that it shall."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import BUSINESSES, RISKS, ledger
from tests.loaders.ledgers import Rows
from tests.service.restoring import head
from tests.service.running import Door

IMPORTS, RECORDS = "/api/v1/bureaus/demo/imports", "/api/v1/bureaus/demo/records"
SO = Grant("", Role.SO, "demo")
T1 = Grant("", Role.T1, "demo", person="P001")
CONTROLS: Rows = (*RISKS[:1], ("R04-01", "B04-N01", "勘查时暗示施工单位", "C1", "双人勘查", "事中", "G12"))
ISSUES: Rows = (
    ("问题编号", "发现日期", "问题描述", "状态", "证据", "分类", "分级"),
    ("I1", "2025-06-01", "勘查记录缺照片", "已发现", "照片", "执行类", "二级"),
)
ISSUE_SHEET, PLAN_SHEET = "表8 问题整改清单", "表6 年度计划与检查安排"
SHEETS = {"风险与措施": CONTROLS, ISSUE_SHEET: ISSUES}


@pytest.fixture
def so(small: Door, tmp_path: Path) -> TestClient:
    """The office, after an import of a control and an issue."""
    client = small.client_for(SO)
    made = upload(client, book(tmp_path, **SHEETS))
    assert commit(client, made).status_code == 200
    return client


@pytest.fixture
def moved(so: TestClient, small: Door) -> TestClient:
    """The office, after tier 1 has confirmed category and grade of the issue."""
    answer = small.client_for(T1).post(f"{RECORDS}/issue/I1/moves", json={"to": "已分类分级"})
    assert answer.status_code == 200, answer.text
    return so


def book(folder: Path, **sheets: Rows) -> bytes:
    """Give a workbook; never the same file twice, which would be the same import."""
    path = ledger(folder / "new.xlsx", **sheets)
    with ZipFile(path, "a") as archive:
        archive.comment = uuid4().hex.encode()
    return path.read_bytes()


def upload(by: TestClient, data: bytes) -> dict[str, Any]:
    answer = by.post(IMPORTS, content=data, params={"name": "new.xlsx"})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert found["status"] == "ready", found["trial"]["errors"]
    return found


def commit(by: TestClient, made: dict[str, Any], **choice: bool) -> Any:
    return by.post(f"{IMPORTS}/{made['id']}/commit", **({"json": choice} if choice else {}))


def named(made: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["kind"], one["id"]) for one in made["trial"]["overwritten"]]


def state(by: TestClient) -> str:
    return str(by.get(f"{RECORDS}/issue/I1").json()["state"])


def test_a_move_is_not_undone_in_silence(moved: TestClient, small: Door, tmp_path: Path) -> None:
    made, before = upload(moved, book(tmp_path, **SHEETS)), head(small)

    refused = commit(moved, made)

    assert made["trial"]["overwritten"] == [
        {
            "kind": "issue",
            "id": "I1",
            "text": {"zh": "问题“I1”：状态", "en": "issue “I1”: state"},
            "cell": {"file": "new.xlsx", "sheet": ISSUE_SHEET, "row": 2, "column": "状态"},
        }
    ]
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "import-overwrites")
    assert [one["text"]["zh"] for one in refused.json()["errors"]] == ["问题“I1”：状态"]
    assert refused.json()["choices"] == [{"kind": "issue", "id": "I1"}]
    assert "overwrite" in refused.json()["text"]["zh"]
    assert "keep" in refused.json()["text"]["zh"]
    assert (state(moved), head(small)) == ("已分类分级", before)
    assert moved.get(f"{IMPORTS}/{made['id']}").json()["status"] == "ready"


def test_what_was_done_online_stays_where_that_is_said(moved: TestClient, tmp_path: Path) -> None:
    changed = (*ISSUES[:1], ("I1", "2025-06-01", "勘查记录缺照片和签字", *ISSUES[1][3:]))
    made = upload(moved, book(tmp_path, **{**SHEETS, ISSUE_SHEET: changed}))

    done = commit(moved, made, keep=True)

    assert (done.status_code, done.json()["status"]) == (200, "committed")
    found = moved.get(f"{RECORDS}/issue/I1").json()
    assert (found["state"], found["label"]) == ("已分类分级", "勘查记录缺照片和签字")
    # the dry run foretold it: one issue changed, and nothing else
    assert made["trial"]["keeping"]["things"] == [{"kind": "issue", "added": 0, "changed": 1, "removed": 0}]
    # and the next import is asked again, as often as it takes
    assert named(upload(moved, book(tmp_path, **SHEETS))) == [("issue", "I1")]


def test_the_file_wins_where_that_is_said(moved: TestClient, tmp_path: Path) -> None:
    made = upload(moved, book(tmp_path, **SHEETS))

    assert commit(moved, made, overwrite=True).status_code == 200
    assert state(moved) == "已发现"
    # the move stays in the history of the record
    assert [one["to"]["zh"] for one in moved.get(f"{RECORDS}/issue/I1/moves").json()["history"]] == [
        "已分类分级"
    ]
    assert named(upload(moved, book(tmp_path, **SHEETS))) == []


def test_a_ledger_that_has_caught_up_needs_no_word(moved: TestClient, tmp_path: Path) -> None:
    caught_up = (*ISSUES[:1], (*ISSUES[1][:3], "已分类分级", *ISSUES[1][4:]))

    made = upload(moved, book(tmp_path, **{**SHEETS, ISSUE_SHEET: caught_up}))

    assert named(made) == []
    assert commit(moved, made).status_code == 200
    assert state(moved) == "已分类分级"
    # now the ledger says so itself: an older one is told apart from it no more
    assert named(upload(moved, book(tmp_path, **SHEETS))) == []


@pytest.mark.parametrize(("choice", "there"), [({"keep": True}, 404), ({"overwrite": True}, 200)])
def test_a_record_deleted_online_comes_back_only_where_that_is_said(
    so: TestClient, tmp_path: Path, choice: dict[str, bool], there: int
) -> None:
    url = f"{RECORDS}/control/C1"
    so.put(url, json={"fields": {"label": "双人勘查"}}, headers={"If-Match": "*"})  # its risk lets go of it
    assert so.delete(url, headers={"If-Match": "*"}).status_code == 204

    made = upload(so, book(tmp_path, **SHEETS))

    assert ("control", "C1") in named(made)
    assert commit(so, made).status_code == 409
    assert so.get(f"{RECORDS}/control/C1").status_code == 404
    assert commit(so, made, **choice).status_code == 200
    assert so.get(f"{RECORDS}/control/C1").status_code == there
    assert so.get(f"{RECORDS}/risk/R04-01").json()["fields"].get("hasControl") == (
        None if there == 404 else ["C1"]
    )
    # an import that kept it away is no reason to forget: the same file is asked about again
    assert (("control", "C1") in named(upload(so, book(tmp_path, **SHEETS)))) is (there == 404)


def test_a_field_blanked_online_stays_blank_and_the_file_gives_the_rest(
    so: TestClient, tmp_path: Path
) -> None:
    fields = {"label": "双人勘查", "stage": ["事中"], "risk": ["R04-01"]}  # without its owner
    so.put(f"{RECORDS}/control/C1", json={"fields": fields}, headers={"If-Match": "*"})
    more = (*CONTROLS, ("R04-01", "B04-N01", "勘查时暗示施工单位", "C2", "影像留存", "事中", "G12"))

    made = upload(so, book(tmp_path, **{**SHEETS, "风险与措施": more}))

    assert [one["text"]["zh"] for one in made["trial"]["overwritten"]] == ["防控措施“C1”：责任岗位"]
    assert commit(so, made, keep=True).status_code == 200
    assert so.get(f"{RECORDS}/control/C1").json()["fields"] == fields
    assert so.get(f"{RECORDS}/control/C2").json()["fields"]["ownerPost"] == ["G12"]
    assert so.get(f"{RECORDS}/risk/R04-01").json()["fields"]["hasControl"] == ["C1", "C2"]


def test_what_was_entered_online_and_the_file_does_not_state_stays(so: TestClient, tmp_path: Path) -> None:
    so.post(f"{RECORDS}/control", json={"id": "C7", "fields": {"label": "在线", "risk": ["R04-01"]}})
    fields = so.get(f"{RECORDS}/risk/R04-01").json()["fields"]
    so.put(f"{RECORDS}/risk/R04-01", json={"fields": {**fields, "label": "改过"}}, headers={"If-Match": "*"})

    made = upload(so, book(tmp_path, **SHEETS))

    assert named(made) == [("risk", "R04-01")]
    assert made["trial"]["keptOnline"] == 4  # class, id and label of C7, and its tie to the risk
    assert commit(so, made, overwrite=True).status_code == 200
    risk = so.get(f"{RECORDS}/risk/R04-01").json()["fields"]
    assert (risk["label"], risk["hasControl"]) == ("勘查时暗示施工单位", ["C1", "C7"])
    assert so.get(f"{RECORDS}/control/C7").json()["fields"] == {"label": "在线", "risk": ["R04-01"]}


def test_an_inspection_held_online_is_not_announced_again(so: TestClient, tmp_path: Path) -> None:
    """Keeping it keeps it in the graph that it was moved to when it was held."""
    plan: dict[str, Rows] = {
        **SHEETS,
        PLAN_SHEET: (
            ("年度", "计划编号", "监督方式", "频次", "业务编号"),
            ("2025", "J9", "飞行监督", "每半年", "B04"),
        ),
    }
    assert commit(so, upload(so, book(tmp_path, **plan))).status_code == 200
    inspection = so.get(f"{RECORDS}/inspection/J9").json()
    assert inspection["graph"] == "restricted"
    held = {**inspection["fields"], "heldOn": "2025-05-20"}
    put = so.put(f"{RECORDS}/inspection/J9", json={"fields": held}, headers={"If-Match": "*"})
    assert put.json()["record"]["graph"] == "issue"

    made = upload(so, book(tmp_path, **plan))
    assert ("inspection", "J9") in named(made)
    assert commit(so, made, keep=True).status_code == 200

    after = so.get(f"{RECORDS}/inspection/J9").json()
    assert (after["graph"], after["fields"]) == ("issue", held)


def test_both_at_once_is_no_choice(moved: TestClient, tmp_path: Path) -> None:
    made = upload(moved, book(tmp_path, **SHEETS))

    answer = commit(moved, made, keep=True, overwrite=True)

    assert (answer.status_code, state(moved)) == (422, "已分类分级")
    assert "只能选一个" in answer.json()["errors"][0]["text"]["zh"]


def test_a_choice_made_before_another_change_is_not_taken_for_one_on_it(
    moved: TestClient, tmp_path: Path
) -> None:
    made = upload(moved, book(tmp_path, **SHEETS, 业务清单=BUSINESSES))
    fields = moved.get(f"{RECORDS}/business/B05").json()["fields"]
    changed = {**fields, "label": "临时用电"}
    moved.put(f"{RECORDS}/business/B05", json={"fields": changed}, headers={"If-Match": "*"})

    answer = commit(moved, made, overwrite=True)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "import-stale")
    assert state(moved) == "已分类分级"
    tried = moved.get(f"{IMPORTS}/{made['id']}").json()
    assert named(tried) == [("business", "B05"), ("issue", "I1")]
