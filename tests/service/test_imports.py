"""Imports through the API: tried before anything is written, committed once, nothing half done."""

from __future__ import annotations

import io
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from dutygraph.loaders import load
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.service.imports.importing import Imports
from dutygraph.service.imports.planning import planned
from dutygraph.service.imports.uploads import Uploads, safe_name
from dutygraph.store import BureauGraphs, EmbeddedStore
from tests.cli.door import NODES, RISKS, ledger
from tests.conftest import EXAMPLE
from tests.loaders.ledgers import BASICS
from tests.service.conftest import StartSmall
from tests.service.restoring import head
from tests.service.running import Door, again, running

IMPORTS, RECORDS = "/api/v1/bureaus/demo/imports", "/api/v1/bureaus/demo/records"
SO = Grant("", Role.SO, "demo")
WITH_CONTROL = (*RISKS[:1], ("R04-01", "B04-N01", "勘查时暗示施工单位", "C1", "双人勘查", "事中", "G12"))
BAD_NODES = (*NODES, ("B04", "B04-N02", "第二", "方案", "是", "G12"))


@pytest.fixture
def door(small: Door) -> Door:
    return small


@pytest.fixture
def so(door: Door) -> TestClient:
    return door.client_for(SO)


def book(folder: Path, **sheets: Any) -> bytes:
    return ledger(folder / "new.xlsx", **sheets).read_bytes()


def upload(
    by: TestClient, data: bytes, name: str = "new.xlsx", status: int = 201, **query: str
) -> dict[str, Any]:
    answer = by.post(IMPORTS, content=data, params={"name": name, **query})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def exported(door: Door) -> bytes:
    store = door.service.folder.store
    return store.export([graph for graph in store.graphs() if "/audit" not in graph])


def left(door: Door) -> list[str]:
    return sorted(entry.name for entry in (door.service.folder.path / "uploads").iterdir())


def test_a_dry_run_says_what_would_change_and_writes_nothing(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    before, first = exported(door), head(door)

    made = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))

    trial = made["trial"]
    assert (made["status"], made["head"], trial["rows"], trial["errors"]) == ("ready", first, 8, [])
    assert (trial["overwritten"], trial["keeping"]) == ([], None)
    assert trial["things"] == [
        {"kind": "risk", "added": 0, "changed": 1, "removed": 0},
        {"kind": "control", "added": 1, "changed": 0, "removed": 0},
    ]
    # the control: class, id, label, stage, owner; the risk: hasControl
    assert (trial["added"], trial["removed"]) == (6, 0)
    assert ("R01", "R04-01") in {(g["rule"], g["focus"]["id"]) for g in trial["resolvedGaps"]}
    assert ("R05", "C1") in {(g["rule"], g["focus"]["id"]) for g in trial["newGaps"]}
    assert exported(door) == before


def test_committing_does_what_the_dry_run_said_and_does_it_once(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    made = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))
    number = head(door) + 1

    first = so.post(f"{IMPORTS}/{made['id']}/commit")
    second = so.post(f"{IMPORTS}/{made['id']}/commit")

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert (first.json()["status"], first.json()["outcome"]["commit"]) == ("committed", number)
    assert head(door) == number
    assert so.get(f"{RECORDS}/control/C1").json()["fields"]["risk"] == ["R04-01"]
    entry = next(iter(door.service.committer.entries("demo")))
    assert (entry.action.value, entry.target, entry.commit) == (
        "import",
        f"import/{made['id']}",
        number,
    )


def test_the_same_file_on_the_same_commit_is_the_same_import(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    data = book(tmp_path, 风险与措施=WITH_CONTROL)
    made = upload(so, data)

    assert upload(so, data, status=200)["id"] == made["id"]
    form = so.post(IMPORTS, files={"file": ("new.xlsx", data)})
    assert (form.status_code, form.json()["id"]) == (200, made["id"])
    number = so.post(f"{IMPORTS}/{made['id']}/commit").json()["outcome"]["commit"]
    after = upload(so, data)
    assert after["id"] != made["id"]
    assert (after["trial"]["added"], after["trial"]["removed"], after["trial"]["things"]) == (0, 0, [])
    assert so.post(f"{IMPORTS}/{after['id']}/commit").json()["outcome"]["commit"] == number == head(door)


def test_the_same_file_sent_thrice_at_once_is_one_import_committed_once(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    data, number = book(tmp_path, 风险与措施=WITH_CONTROL), head(door) + 1

    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(lambda _: so.post(f"{IMPORTS}?name=new.xlsx", content=data), range(3)))
        (name,) = {answer.json()["id"] for answer in sent}
        done = list(pool.map(lambda _: so.post(f"{IMPORTS}/{name}/commit"), range(3)))

    assert sorted(answer.status_code for answer in sent) == [200, 200, 201]
    assert {answer.json()["outcome"]["commit"] for answer in done} == {number}
    assert head(door) == number


def test_a_commit_that_came_between_asks_for_another_look(so: TestClient, door: Door, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))
    so.post(f"{RECORDS}/control", json={"id": "C7", "fields": {"label": "在线", "risk": ["R04-01"]}})
    before, now = exported(door), head(door)

    refused = so.post(f"{IMPORTS}/{made['id']}/commit")

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/import-stale")
    assert exported(door) == before
    again_tried = so.get(f"{IMPORTS}/{made['id']}").json()
    assert (again_tried["head"], again_tried["status"]) == (now, "ready")
    assert ("R01", "R04-01") not in {
        (g["rule"], g["focus"]["id"]) for g in again_tried["trial"]["resolvedGaps"]
    }
    assert so.post(f"{IMPORTS}/{made['id']}/commit").json()["outcome"]["commit"] == now + 1


def test_errors_are_told_by_cell_and_nothing_can_be_committed(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    before = exported(door)

    made = upload(so, book(tmp_path, 流程节点=BAD_NODES))

    assert made["status"] == "refused"
    assert [error["cell"] for error in made["trial"]["errors"]] == [
        {"file": "new.xlsx", "sheet": "表2 流程节点", "row": 3, "column": "序号"}
    ]
    assert made["trial"]["errors"][0]["text"]["en"].startswith("“第二” is not a whole number.")
    assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 409
    assert exported(door) == before


def test_the_refused_rows_come_back_as_a_workbook(so: TestClient, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path, 流程节点=BAD_NODES))

    found = load_workbook(io.BytesIO(so.get(f"{IMPORTS}/{made['id']}/rejected").content))

    rows = list(found["表2 流程节点"].iter_rows(values_only=True))
    place = rows[0].index("节点编号")
    assert [row[place] for row in rows[1:]] == ["B04-N02"]
    good = upload(so, book(tmp_path))
    assert so.get(f"{IMPORTS}/{good['id']}/rejected").status_code == 404


def test_the_good_rows_alone_are_taken_where_that_was_asked(so: TestClient, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path, 流程节点=BAD_NODES, 风险与措施=WITH_CONTROL), mode="partial")

    assert (made["status"], made["trial"]["rejected"]) == ("ready", 1)
    assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 200
    assert so.get(f"{RECORDS}/node").json()["total"] == 1
    assert so.get(f"{RECORDS}/control").json()["total"] == 1


def test_what_an_earlier_import_stated_gives_way(so: TestClient, tmp_path: Path) -> None:
    first = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))
    so.post(f"{IMPORTS}/{first['id']}/commit")

    second = upload(so, book(tmp_path))

    assert {"kind": "control", "added": 0, "changed": 0, "removed": 1} in second["trial"]["things"]
    so.post(f"{IMPORTS}/{second['id']}/commit")
    assert so.get(f"{RECORDS}/control/C1").status_code == 404


def test_a_workbook_of_another_bureau_is_refused_whole(so: TestClient, tmp_path: Path) -> None:
    foreign = (BASICS[0], ("other", *BASICS[1][1:]))

    for mode in ("whole", "partial"):
        made = upload(so, book(tmp_path, 基本信息=foreign), mode=mode)
        assert made["status"] == "refused"
        assert "other" in made["trial"]["errors"][0]["text"]["zh"]
        assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 409


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b"\xff\xfe\xfa\x81\x00"),
        ("x.xlsx", b"PK\x03\x04 not a workbook"),
        ("x.jsonld", b"[" * 200_000),
        ("x.ttl", b"<a> <b> ."),
        ("x.exe", b"MZ"),
        ("在线录入", b"x"),
        ("../../etc/passwd.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    so: TestClient, door: Door, name: str, data: bytes
) -> None:
    before = exported(door)

    made = upload(so, data, name)

    assert (made["status"], made["trial"]["rows"]) == ("refused", 0)
    assert made["trial"]["errorCount"] >= 1
    assert all(error["text"]["zh"] and error["text"]["en"] for error in made["trial"]["errors"])
    assert "/" not in made["name"]
    assert exported(door) == before


def test_a_gigabyte_is_refused_before_it_is_sent(so: TestClient, door: Door) -> None:
    answer = so.post(f"{IMPORTS}?name=a.xlsx", content=b"x", headers={"Content-Length": str(10**9)})

    assert answer.status_code == 413
    assert left(door) == []


def test_a_stream_longer_than_allowed_is_cut_and_leaves_nothing(start_small: StartSmall) -> None:
    door = start_small(upload_limit=2_000_000, body_limit=1_000_000)
    so = door.client_for(SO)

    def endless() -> Any:
        for _ in range(64):
            yield b"x" * 65536

    assert so.post(f"{IMPORTS}?name=a.xlsx", content=endless()).status_code == 413
    assert left(door) == []


def test_no_file_is_no_import(so: TestClient, door: Door) -> None:
    assert so.post(IMPORTS, content=b"x").status_code == 422
    assert so.post(f"{IMPORTS}?name=a.csv", content=b"").status_code == 422
    assert so.post(IMPORTS, files={"other": ("a.csv", b"x")}).status_code == 422
    assert left(door) == []


def test_imports_are_ones_own(so: TestClient, door: Door, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path))
    url = f"{IMPORTS}/{made['id']}"

    assert [one["id"] for one in so.get(IMPORTS).json()["items"]] == [made["id"]]
    t1 = door.client_for(Grant("", Role.T1, "demo", person="P001"))
    assert t1.post(f"{IMPORTS}?name=a.csv", content=b"x").status_code == 403
    assert t1.get(url).status_code == 403
    foreign = door.client_for(Grant("", Role.SO, "elsewhere"))
    assert foreign.get(url).status_code == 404
    assert so.get(f"{IMPORTS}/{'0' * 24}").status_code == 404
    assert so.get(f"{IMPORTS}/..%2f..").status_code == 404
    assert so.delete(url).status_code == 204
    assert so.get(url).status_code == 404
    assert left(door) == []


def test_a_bureau_begins_with_its_first_import(start_empty: StartSmall, tmp_path: Path) -> None:
    door = start_empty()
    so = door.client_for(SO)

    made = upload(so, book(tmp_path))

    assert (made["status"], made["head"]) == ("ready", 0)
    assert so.post(f"{IMPORTS}/{made['id']}/commit").json()["outcome"]["commit"] == 1
    assert so.get(f"{RECORDS}/business").json()["total"] == 2


def test_an_import_survives_a_restart_and_leftovers_do_not(tmp_path: Path) -> None:
    with running(tmp_path / "store", ledger(tmp_path / "first.xlsx")) as door:
        made = upload(door.client_for(SO), book(tmp_path, 风险与措施=WITH_CONTROL))
    uploads = tmp_path / "store" / "uploads"
    (uploads / ".new-half" / "source").mkdir(parents=True)
    (uploads / ("a" * 24)).mkdir()  # a folder without its description

    with again(tmp_path / "store") as door:
        so = door.client_for(SO)
        assert so.get(f"{IMPORTS}/{made['id']}").json()["status"] == "ready"
        assert left(door) == [made["id"]]
        assert so.post(f"{IMPORTS}/{made['id']}/commit").json()["outcome"]["commit"] == 2


def test_a_commit_that_was_cut_off_is_answered_by_what_the_store_says(
    so: TestClient, door: Door, tmp_path: Path
) -> None:
    """As after a kill between the commit and the note of it."""
    made = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))
    so.post(f"{IMPORTS}/{made['id']}/commit")
    number = head(door)
    note = door.service.folder.path / "uploads" / made["id"] / "import.json"
    told = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**told, "status": "committing", "outcome": None}), encoding="utf-8")

    answer = so.post(f"{IMPORTS}/{made['id']}/commit")

    assert (answer.status_code, answer.json()["outcome"]["commit"]) == (200, number)
    assert head(door) == number


def test_a_commit_that_never_began_begins_again(so: TestClient, door: Door, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path, 风险与措施=WITH_CONTROL))
    note = door.service.folder.path / "uploads" / made["id"] / "import.json"
    told = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**told, "status": "committing"}), encoding="utf-8")
    number = head(door) + 1

    assert so.get(f"{IMPORTS}/{made['id']}").json()["status"] == "ready"
    assert so.post(f"{IMPORTS}/{made['id']}/commit").json()["outcome"]["commit"] == number


def test_imports_are_thrown_away_after_a_day(so: TestClient, door: Door, tmp_path: Path) -> None:
    made = upload(so, book(tmp_path))
    uploads: Uploads = door.service.part(Imports).uploads

    uploads.clean(datetime.now(tz=UTC) + timedelta(hours=23))
    assert left(door) == [made["id"]]
    uploads.clean(datetime.now(tz=UTC) + timedelta(hours=25))
    assert left(door) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("台账.xlsx", "台账.xlsx"),
        ("../a/b\\c.csv", "c.csv"),
        ("\x00a\n.csv", "a.csv"),
        ("...", "upload"),
        ("长" * 300 + ".xlsx", "长" * 38 + ".xlsx"),
    ],
)
def test_names_of_files_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_the_example_bureau_changes_nothing_when_it_is_imported_again() -> None:
    """Every sheet there is, against a store of the same workbook: what the dry run rests on."""
    loaded = load([EXAMPLE]).delta
    assert len(loaded.added) > 10_000
    store = EmbeddedStore()
    store.commit(loaded)

    plan = planned(store, BureauGraphs(loaded.base, "SL01"), loaded.added)

    assert (plan.delta.added, plan.delta.removed) == ((), ())
    assert (plan.kinds, plan.undone, plan.kept) == ((), (), 0)


def test_a_reader_that_dies_leaves_the_service_and_a_refused_import(
    so: TestClient, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exported(door)
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", "/bin/false")

    made = upload(so, book(tmp_path))

    assert made["status"] == "refused"
    assert made["trial"]["errors"][0]["text"]["en"].startswith("The file cannot be read")
    assert exported(door) == before
    assert so.get(f"{IMPORTS}/{made['id']}").status_code == 200
