"""What the tests of the reading endpoints share: addresses, and who may see what by the domain."""

from __future__ import annotations

import csv
import io
from typing import Any

from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role

BUREAU = "/api/v1/bureaus/SL01"
READERS = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
# domain section 8, the row "task sheets, results": who sees the work of supervision
WORK = {Role.T1: "all", Role.SO: "all", Role.T2: "own", Role.T3: "own"}
MARKETING = ("B04", "B12", "B13", "B14", "B15", "B33")  # run by 市场营销部, whose branch's secretary is P006
OF_P013 = ("B04", "B12")  # appointment A11


def got(client: TestClient, path: str, status: int = 200, **query: Any) -> Any:
    """Return the JSON of a bureau's address."""
    answer = client.get(BUREAU + path, params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def rows_of(client: TestClient, path: str, language: str = "zh", **query: Any) -> list[dict[str, str]]:
    """Return a list as its CSV has it, a row by heading."""
    answer = client.get(
        BUREAU + path, params={**query, "format": "csv"}, headers={"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def refused(client: TestClient, path: str, **query: Any) -> str:
    """Return what the caller is told, in Chinese, who may not see something."""
    problem = got(client, path, 403, **query)
    assert problem["type"].endswith("/forbidden")
    assert problem["text"]["en"]
    return str(problem["text"]["zh"])
