"""Names of people: handed in apart, kept apart, read by those entitled, every reading noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dutygraph.model import GraphKind
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from tests.cli.door import ledger
from tests.loaders.ledgers import write_book
from tests.service.restoring import read_here
from tests.service.running import Door, running

NAMES, IMPORTS = "/api/v1/bureaus/demo/names", "/api/v1/bureaus/demo/imports"
TABLE = (("人员", "姓名"), ("P001", "监督员甲"), ("P011", "经办人乙"))


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dutygraph.service.imports.importing.subprocess.run", read_here)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A small bureau whose names have been handed in."""
    folder = tmp_path_factory.mktemp("names")
    with running(folder / "store", ledger(folder / "ledger.xlsx")) as found:
        so = found.client_for(Grant("", Role.SO, "demo"))
        made = so.post(f"{NAMES}?name=names.xlsx", content=book(folder, TABLE)).json()
        assert (made["kind"], made["status"]) == ("names", "ready")
        assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 200
        yield found


@pytest.fixture(scope="module")
def so(door: Door) -> TestClient:
    return door.client_for(Grant("", Role.SO, "demo"))


def book(folder: Path, rows: tuple[tuple[str, ...], ...]) -> bytes:
    return write_book(folder / "names.xlsx", {"姓名对照": rows}).read_bytes()


def test_the_office_reads_the_names_and_the_reading_is_noted(so: TestClient, door: Door) -> None:
    found = so.get(NAMES).json()

    assert [(one["person"], one["name"]) for one in found["items"]] == [
        ("P001", "监督员甲"),
        ("P011", "经办人乙"),
    ]
    entry = next(iter(door.service.committer.entries("demo")))
    assert (entry.action.value, entry.actor.role) == ("identity.read", "SO")
    assert "监督员甲" not in entry.target + entry.note
    assert so.get(f"{NAMES}?text=乙").json()["total"] == 1
    assert so.get(f"{NAMES}?format=csv").content.decode("utf-8-sig").splitlines()[1] == "P001,监督员甲"


def test_names_lie_in_the_graph_of_identity_alone(door: Door) -> None:
    store, names = door.service.folder.store, door.service.committer.names("demo")
    others = [graph for graph in store.graphs() if graph != names.asserted(GraphKind.IDENTITY)]
    told = b"".join(line for line in store.export(others).splitlines() if b"cells-identity" not in line)

    assert "监督员甲".encode() in store.export([names.asserted(GraphKind.IDENTITY)])
    assert "监督员甲".encode() not in told


@pytest.mark.parametrize("role", [Role.T3, Role.FD, Role.TRAINEE])
def test_those_who_are_not_entitled_read_no_names(door: Door, role: Role) -> None:
    person = "P003" if role is Role.T3 else None
    department = "职能部门" if role is Role.FD else None
    client = door.client_for(Grant("", role, "demo", person=person, department=department))

    answer = client.get(NAMES)

    assert answer.status_code == 403
    assert "监督员甲" not in answer.text


def test_a_post_holder_reads_the_own_name(door: Door) -> None:
    client = door.client_for(Grant("", Role.POST_HOLDER, "demo", person="P011"))

    assert [one["person"] for one in client.get(NAMES).json()["items"]] == ["P011"]


def test_only_the_office_hands_names_in(door: Door, tmp_path: Path) -> None:
    t1 = door.client_for(Grant("", Role.T1, "demo", person="P001"))

    assert t1.post(f"{NAMES}?name=n.xlsx", content=book(tmp_path, TABLE)).status_code == 403


def test_names_and_ledgers_are_not_taken_for_each_other(so: TestClient, tmp_path: Path) -> None:
    names = so.post(f"{IMPORTS}?name=n.xlsx", content=book(tmp_path, TABLE)).json()
    mixed = so.post(f"{NAMES}?name=l.xlsx", content=ledger(tmp_path / "l.xlsx").read_bytes()).json()

    for made, way in ((names, "/names"), (mixed, "/imports")):
        assert made["status"] == "refused"
        assert way in made["trial"]["errors"][0]["text"]["en"]
        assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 409


def test_a_ledger_that_is_imported_again_leaves_the_names(so: TestClient, tmp_path: Path) -> None:
    made = so.post(f"{IMPORTS}?name=l.xlsx", content=ledger(tmp_path / "l.xlsx").read_bytes()).json()
    assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 200

    assert so.get(NAMES).json()["total"] == 2


def test_a_new_table_of_names_takes_the_place_of_the_old(so: TestClient, tmp_path: Path) -> None:
    made = so.post(f"{NAMES}?name=n2.xlsx", content=book(tmp_path, (*TABLE[:1], ("P011", "经办人丙")))).json()
    assert so.post(f"{IMPORTS}/{made['id']}/commit").status_code == 200

    assert [(one["person"], one["name"]) for one in so.get(NAMES).json()["items"]] == [("P011", "经办人丙")]


@pytest.mark.parametrize(
    ("name", "sheet", "header"),
    [
        ("花名册.csv", None, "人员,姓名"),
        ("Book1.csv", None, "人员编号,姓名"),
        ("花名册.xlsx", "Sheet1", "人员,姓名"),
    ],
)
def test_a_table_of_names_may_be_called_anything(
    so: TestClient, tmp_path: Path, name: str, sheet: str | None, header: str
) -> None:
    rows = (tuple(header.split(",")), ("P011", "经办人乙"))
    data = (
        write_book(tmp_path / "any.xlsx", {sheet: rows}).read_bytes()
        if sheet
        else "\n".join(",".join(row) for row in rows).encode("utf-8-sig")
    )

    made = so.post(NAMES, params={"name": name}, content=data).json()

    assert (made["status"], made["trial"]["rows"], made["trial"]["errors"]) == ("ready", 1, [])


def test_a_file_without_names_is_told_which_columns_are_wanted(so: TestClient) -> None:
    made = so.post(NAMES, params={"name": "a.csv"}, content="工号,电话\n1,2\n".encode()).json()

    assert made["status"] == "refused"
    (told,) = made["trial"]["errors"]
    assert "人员" in told["text"]["zh"]
    assert "姓名" in told["text"]["zh"]


@pytest.mark.parametrize("table", ["人员\nP011\n", "人员,名字\nP011,经办人乙\n", "人员,姓名\nP011,\n"])
def test_a_table_without_any_name_does_not_take_the_names_away(so: TestClient, table: str) -> None:
    made = so.post(NAMES, params={"name": "a.csv"}, content=table.encode()).json()

    assert made["status"] == "refused"
    assert "“姓名”" in made["trial"]["errors"][0]["text"]["zh"]


def test_a_name_of_somebody_whom_no_ledger_knows_is_pointed_out(so: TestClient) -> None:
    rows = "人员,姓名\nP011,经办人乙\nP099,某人\n"

    made = so.post(NAMES, params={"name": "名单.csv"}, content=rows.encode()).json()

    assert made["status"] == "ready"
    told = [one for one in made["trial"]["notices"] if "P099" in one["text"]["zh"]]
    assert [(one["cell"]["file"], one["cell"]["row"]) for one in told] == [("名单.csv", 3)]
    assert "P099" in told[0]["text"]["en"]
    assert "P011" not in str(made["trial"]["notices"])
    assert "某人" not in str(made["trial"])
