"""The example answers of the OpenAPI document: taken from a service over the example bureau.

``python -m tests.docs.example_answers`` writes them into ``service/examples.json``; a test takes them anew
and compares. What differs from run to run is written the same each time; of long lists two items are kept.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from tests.conftest import EXAMPLE
from tests.docs.documents import ROOT
from tests.service.running import GRANTS, running

FILE = ROOT / "service" / "examples.json"
BUREAU = "/api/v1/bureaus/SL01"
ASKED = {
    "list_coverage": "coverage?by=star",
    "list_gaps": "gaps?rule=R01",
    "read_gap": "gaps/bb9a3f62d8fb",
    "list_records": "records/control?where=ownerPost:G12",
    "read_record": "records/risk/R04-05",
    "list_mine": "mine",
}
CONTROL = {
    "id": "C20-31",
    "fields": {"label": "消缺验收双人到场", "stage": ["事中"], "ownerPost": ["G28"], "risk": ["R20-03"]},
}
KEPT = 2
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)$")
_SAME = {"time": "2026-01-05T08:30:00Z", "import": "5f0c9a1d2e3b4c5d6e7f8091", "sha256": "0" * 64}


def taken(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the answers by operation and status, from a service over a new store in *folder*."""
    with running(folder / "store") as door:
        client = door.client_for(GRANTS[Role.SO])
        found = _imports(client)
        for operation, path in ASKED.items():
            answer = client.get(f"{BUREAU}/{path}")
            found[operation] = {str(answer.status_code): answer.json()}
        answer = client.post(f"{BUREAU}/records/control", json=CONTROL)
        found["create_record"] = {str(answer.status_code): answer.json()}
    return {operation: _settled(body) for operation, body in sorted(found.items())}


def _imports(client: TestClient) -> dict[str, dict[str, Any]]:
    sent = client.post(
        f"{BUREAU}/imports?name=bureau.xlsx",
        content=EXAMPLE.read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    )
    path = sent.headers["Location"]
    found = {"upload_ledger": {str(sent.status_code): sent.json()}}
    found["read_import"] = {"200": client.get(path).json()}
    done = client.post(f"{path}/commit")
    found["commit_import"] = {str(done.status_code): done.json()}
    return found


def _settled(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        settled = {name: _settled(inner, name) for name, inner in value.items()}
        return settled | {"id": _SAME["import"]} if "sha256" in value else settled
    if isinstance(value, list):
        return [_settled(item) for item in value[:KEPT]]
    if key == "sha256":
        return _SAME["sha256"]
    return _SAME["time"] if isinstance(value, str) and _TIME.match(value) else value


def as_text(answers: dict[str, dict[str, Any]]) -> str:
    """Return the answers as the file holds them."""
    return json.dumps(answers, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        FILE.write_text(as_text(taken(Path(scratch))), encoding="utf-8")
