"""The example answers of the OpenAPI document: taken from a service over the example bureau.

``python -m tests.docs.example_answers`` writes them into ``service/examples.json``; tests hold them to their
schemas and to the shape of what a service answers. What differs from run to run
is written the same each time; of long lists two items are kept.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dutygraph.queries import questions
from dutygraph.service.access.roles import Role
from tests.conftest import EXAMPLE
from tests.docs.documents import ROOT
from tests.loaders.ledgers import write_book
from tests.service.running import GRANTS, Door, running

FILE = ROOT / "service" / "examples.json"
BUREAU = "/api/v1/bureaus/SL01"
QUESTIONS = {f"answer_{question.id}": f"questions/{question.id}" for question in questions()}
READ = {
    "list_bureaus": "/api/v1/bureaus",
    "read_bureau": "",
    "list_coverage": "coverage?by=star",
    "list_totals": "coverage/totals",
    "list_gaps": "gaps?rule=R01",
    "count_gaps": "gaps/counts",
    "read_gap": "gaps/bb9a3f62d8fb",
    "compare_gaps": "gaps/comparison?from=2024-12-31&to=2025-12-31",
    "list_mine": "mine",
    "read_double_key": "charts/double-key",
    "list_cells": "charts/double-key/cells",
    "read_cell": "charts/double-key/B04/G12",
    "list_lines": "charts/lines",
    "read_line": "charts/lines/B04",
    "list_line_rows": "charts/lines/B04/rows",
    "read_difference": "charts/lines/B04/difference?from=X04-V1&to=X04-V2",
    "read_neighbourhood": "neighbourhood/business/B04",
    "read_leaving": "leaving?person=P013",
    "list_losses": "leaving/losses?person=P013",
    "list_metrics": "metrics",
    "list_department_metrics": "metrics/departments",
    **QUESTIONS,
    "list_questions": "/api/v1/questions",
    "list_rules": "/api/v1/rules",
    "read_rule": "/api/v1/rules/R12",
    "list_kinds": "records",
    "list_records": "records/control?where=ownerPost:G12",
    "read_record": "records/risk/R04-05",
    "list_moves": "records/issue/I056/moves",
    "list_names": "names",
    "list_imports": "imports",
    "list_commits": "commits",
    "read_commit": "commits/1",
    "read_report": "commits/1/report",
    "list_waivers": "waivers",
    "list_entries": "/api/v1/audit?size=2",
    "verify_chain": "/api/v1/audit/verification",
    "read_me": "/api/v1/me",
    "read_session": "/api/v1/sessions/current",
    "health": "/health",
    "ready": "/ready",
    "metrics": "/metrics",
    "ask_by_get": f"/sparql?query={quote('SELECT ?business { ?business a sv:Business } ORDER BY ?business')}",
}
"""What the supervision office asks, under the bureau where the address does not begin with a stroke."""

CONTROL = {
    "id": "C20-31",
    "fields": {"label": "消缺验收双人到场", "stage": ["事中"], "ownerPost": ["G28"], "risk": ["R20-03"]},
}
MOVE = {"to": "已派责", "fields": {"issueOwner": "P011"}}
WAIVER = {"reason": "结算专责2026年2月到岗", "until": "2026-02-28"}
ASSIGNMENT = {"person": "P006", "due": "2026-02-28", "remark": "公开竞聘结算专责"}
GAP = "gaps/7fb80218289c"
KEPT = 2
LINES = 6
_TIME = re.compile(r"^\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00:00)?$")
_RANDOM = {
    16: "0f3a9c5e7d1b2468",
    24: "5f0c9a1d2e3b4c5d6e7f8091",
    32: "0f3a9c5e7d1b24685f0c9a1d2e3b4c5d",
    64: "0f3a9c5e7d1b24685f0c9a1d2e3b4c5d" * 2,
}
"""What stands for ids and digests, by their length."""
_TIME_SHOWN = "2026-01-05T08:30:00Z"
_SECRET = "eyJhbGciOiJIUzI1NiIs…"


class Asking:
    """Asks a service, and keeps each answer by operation and status."""

    def __init__(self, door: Door) -> None:
        self.clients = {
            role: door.client_for(GRANTS[role]) for role in (Role.SO, Role.T1, Role.ADMINISTRATOR)
        }
        self.found: dict[str, dict[str, Any]] = {}

    def ask(
        self, operation: str, method: str, path: str, role: Role = Role.SO, *, based: str = "", **sent: Any
    ) -> Any:
        """Send a request; *based* names the address whose version a change is based on."""
        if based:
            tag = self.clients[role].get(address(based)).headers["ETag"]
            sent["headers"] = {**sent.get("headers", {}), "If-Match": tag}
        answer = self.clients[role].request(method, address(path), **sent)
        assert answer.is_success, (operation, answer.text)
        if answer.content:
            found = answer.json() if "json" in answer.headers["content-type"] else _measures(answer.text)
            self.found.setdefault(operation, {})[str(answer.status_code)] = found
        return answer


def _measures(text: str) -> str:
    """Return the beginning of the measures, without their values."""
    return "\n".join([line for line in text.splitlines() if line.startswith("# ")][:LINES])


def address(path: str) -> str:
    """Return the whole address of what is asked."""
    return path if path.startswith("/") else f"{BUREAU}/{path}".rstrip("/")


def taken(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the answers by operation and status, from a service over a new store in *folder*."""
    with running(folder / "store") as door:
        asking = Asking(door)
        _import(asking, folder)
        for operation, path in READ.items():
            asking.ask(operation, "GET", path)
        _write(asking)
        _accounts(asking)
    return {operation: _settled(body) for operation, body in sorted(asking.found.items())}


def _import(asking: Asking, folder: Path) -> None:
    sent = {"content": EXAMPLE.read_bytes(), "headers": {"Content-Type": "application/octet-stream"}}
    location = asking.ask("upload_ledger", "POST", "imports?name=bureau.xlsx", **sent).headers["Location"]
    asking.ask(
        "upload_ledger", "POST", "imports?name=bureau.xlsx", **sent
    )  # the same file is the same import
    asking.ask("read_import", "GET", location)
    asking.ask("commit_import", "POST", f"{location}/commit")
    book = write_book(folder / "names.xlsx", {"姓名对照": (("人员编号", "姓名"), ("P001", "示例甲"))})
    sent["content"] = book.read_bytes()
    for _ in range(2):
        asking.ask("upload_names", "POST", "names?name=names.xlsx", **sent)


def _write(asking: Asking) -> None:
    record = "records/control/C20-31"
    asking.ask("create_record", "POST", "records/control", json=CONTROL)
    asking.ask("replace_record", "PUT", record, based=record, json={"fields": CONTROL["fields"]})
    asking.ask("replace_record", "PUT", "records/control/C20-32", json={"fields": CONTROL["fields"]}, **NEW)
    asking.ask("make_move", "POST", "records/issue/I056/moves", Role.T1, json=MOVE)
    asking.ask("assign_gap", "PUT", f"{GAP}/assignment", based=GAP, json=ASSIGNMENT)
    asking.ask("take_back", "DELETE", f"{GAP}/assignment", based=GAP)
    asking.ask("waive_gap", "POST", f"{GAP}/waiver", Role.T1, json=WAIVER)
    asking.ask("recheck", "POST", "checks", json={"asOf": "2026-01-31"})
    query = {
        "content": "ASK { ?business a sv:Business }",
        "headers": {"Content-Type": "application/sparql-query"},
    }
    asking.ask("ask_by_post", "POST", "/sparql", **query)


NEW = {"headers": {"If-None-Match": "*"}}
"""A record is put where there is none."""


def _accounts(asking: Asking) -> None:
    by = Role.ADMINISTRATOR
    name, password = "li.ming", "river 灯塔 锄头 1847"
    asking.ask("create_account", "POST", "/api/v1/accounts", by, json={"name": name, "password": password})
    grant = {"role": "T2", "bureau": "SL01", "person": "P006"}
    asking.ask("grant_role", "POST", f"/api/v1/accounts/{name}/grants", by, json=grant)
    asking.ask("read_account", "GET", f"/api/v1/accounts/{name}", by)
    asking.ask("list_accounts", "GET", "/api/v1/accounts", by)
    asking.ask("sign_in", "POST", "/api/v1/sessions", by, json={"account": name, "password": password})
    asking.ask("set_state", "PUT", f"/api/v1/accounts/{name}/state", by, json={"disabled": True})
    token = {"label": "weekly report", "days": 90, "scopes": ["read"]}
    asking.ask("issue_token", "POST", "/api/v1/tokens", json=token)
    asking.ask("list_tokens", "GET", "/api/v1/tokens")


def _settled(value: Any, key: str = "") -> Any:
    """Write what differs from run to run the same each time, and keep the beginning of what is long."""
    if isinstance(value, dict):
        return {name: _settled(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_settled(item) for item in value[:KEPT]]
    return _settled_text(value, key) if isinstance(value, str) else value


def _settled_text(value: str, key: str) -> str:
    if key == "token":
        return _SECRET
    if key == "target":
        return re.sub(r"[0-9a-f]{24}", _RANDOM[24], value)
    if re.fullmatch(r"[0-9a-f]+", value) and len(value) in _RANDOM:
        return _RANDOM[len(value)]
    return _TIME_SHOWN if _TIME.match(value) else value


def as_text(answers: dict[str, dict[str, Any]]) -> str:
    """Return the answers as the file holds them."""
    return json.dumps(answers, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        FILE.write_text(as_text(taken(Path(scratch))), encoding="utf-8")
