"""``dutygraph load`` over a store that has been worked in online: what people entered there is not lost."""

from __future__ import annotations

from pathlib import Path

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import RISKS, ledger, run
from tests.service.running import again, running

BUREAU = "/api/v1/bureaus/demo"
SO = Grant("", Role.SO, "demo")
T1 = Grant("", Role.T1, "demo", person="P001")


def test_loading_ledgers_keeps_waivers_and_records_made_online(tmp_path: Path) -> None:
    store, book = tmp_path / "store", ledger(tmp_path / "ledger.xlsx")
    with running(store, book) as door:
        gap = door.client_for(SO).get(f"{BUREAU}/gaps?rule=R12").json()["items"][0]["id"]
        wanted = {"reason": "竞聘中", "until": "2026-03-31"}
        assert door.client_for(T1).post(f"{BUREAU}/gaps/{gap}/waiver", json=wanted).status_code == 201
        control = {"id": "C04-09", "fields": {"label": "双人勘查", "risk": ["R04-01"]}}
        assert door.client_for(SO).post(f"{BUREAU}/records/control", json=control).status_code == 201

    dry = run("load", book, "--store", store, "--dry-run", "--lang", "en").stdout
    said = run("load", book, "--store", store).stdout
    assert "entered online" in dry
    assert "删除0条" in said
    assert "在线录入而台账没有写到的" in said

    with again(store) as door:
        office = door.client_for(SO)
        assert [one["id"] for one in office.get(f"{BUREAU}/waivers").json()["items"]] == ["HM01"]
        assert office.get(f"{BUREAU}/gaps/{gap}").json()["state"] == "waived"
        assert office.get(f"{BUREAU}/records/control/C04-09").status_code == 200


def test_loading_ledgers_names_what_they_state_otherwise(tmp_path: Path) -> None:
    store, book = tmp_path / "store", ledger(tmp_path / "ledger.xlsx")
    with running(store, book) as door:
        office = door.client_for(SO)
        risk = office.get(f"{BUREAU}/records/risk/R04-01")
        fields = {**risk.json()["fields"], "label": "在线改写的描述"}
        changed = office.put(
            f"{BUREAU}/records/risk/R04-01",
            json={"fields": fields},
            headers={"If-Match": risk.headers["ETag"]},
        )
        assert changed.status_code == 200

    assert "risk R04-01" in run("load", book, "--store", store).stdout

    with again(store) as door:
        assert door.client_for(SO).get(f"{BUREAU}/records/risk/R04-01").json()["label"] == RISKS[1][2]
