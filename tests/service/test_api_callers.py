"""Who may call what, as docs/reference/api.md and the guide tell it, is how the service answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from docs.generate.api import Operation, callers, operations, roles_of
from dutygraph.service.access.roles import Data, Reach, Role
from dutygraph.service.access.tables import access_tables
from tests.docs.documents import ROOT
from tests.service.conftest import ClientFor

IDS: Mapping[str, str] = {
    "code": "SL01",
    "business": "B04",
    "post": "G12",
    "gap": "bb9a3f62d8fb",
    "kind": "control",
    "id": "C04-05",
    "number": "1",
    "import": "5f0c9a1d2e3b4c5d6e7f8091",
    "token": "0" * 32,
    "name": "nobody",
    "grant": "0f3a9c5e7d1b2468",
    "waiver": "HM01",
    "rule": "R01",
}
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "read_neighbourhood": {"kind": "business", "id": "B04"},
    "list_moves": {"kind": "issue", "id": "I053"},
    "make_move": {"kind": "issue", "id": "I053"},
}
ASKED: Mapping[str, Mapping[str, str]] = {
    "compare_gaps": {"from": "2024", "to": "2025"},
    "read_leaving": {"post": "G12"},
    "list_losses": {"post": "G12"},
    "upload_ledger": {"name": "ledger.xlsx"},
    "upload_names": {"name": "names.xlsx"},
    "read_difference": {"from": "X04-V1", "to": "X04-V2"},
}
FORBIDDEN = 403
UNSEEN = 404
CALLED = [operation for operation in operations() if not operation.is_question]
MARKS = {"●": Reach.ALL, "◐": Reach.OWN, "○": Reach.COUNTS, "–": Reach.NONE}


def answered(client_for: ClientFor, role: Role, operation: Operation) -> int:
    path = operation.path.format(**{**IDS, **OTHERWISE.get(operation.id, {})})
    sent: dict[str, Any] = {"params": ASKED.get(operation.id)}
    for media, said in operation.said.get("requestBody", {}).get("content", {}).items():
        if media == "application/json":
            sent["json"] = next(iter(said["examples"].values()))["value"]
        elif media == "application/octet-stream":
            sent |= {"content": b"", "headers": {"Content-Type": media}}
    return client_for(role).request(operation.method, path, **sent).status_code


@pytest.mark.parametrize("operation", CALLED, ids=lambda operation: operation.id)
def test_roles_that_are_not_named_are_refused(client_for: ClientFor, operation: Operation) -> None:
    named = roles_of(operation.id)
    refused = [] if named is None else [role for role in Role if role not in named]
    found = {role.value: answered(client_for, role, operation) for role in refused}
    # a trainee sees no issue, so there is none to move
    told = {Role.TRAINEE.value: UNSEEN} if operation.id == "make_move" else {}
    assert found == {role.value: told.get(role.value, FORBIDDEN) for role in refused}


NAMED = [one for one in CALLED if one.id in callers() and one.method == "GET" and one.id != "read_report"]


@pytest.mark.parametrize("operation", NAMED, ids=lambda operation: operation.id)
def test_roles_that_are_named_are_let_in(client_for: ClientFor, operation: Operation) -> None:
    named = roles_of(operation.id)
    let_in = list(Role) if named is None else named
    found = {role.value: answered(client_for, role, operation) for role in let_in}
    assert let_in
    assert [role for role, status in found.items() if status == FORBIDDEN] == []


def test_only_endpoints_that_are_there_are_named() -> None:
    assert set(callers()) <= {operation.id for operation in operations()}


def test_the_guide_tells_who_sees_what() -> None:
    text = (ROOT / "docs" / "guide.zh.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ ((?:\| [●◐○–] ){7})\|$", text, re.MULTILINE)
    told = [[MARKS[mark] for mark in re.findall(r"\S", row.replace("|", ""))] for row in rows]
    columns = (Role.T1, Role.T2, Role.T3, Role.POST_HOLDER, Role.SO, Role.FD, Role.TRAINEE)
    assert told == [[access_tables().reach(data, role) for role in columns] for data in Data]
