"""``docs/reference/report-json.md`` names every key of a real report, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from typer.testing import CliRunner

from dutygraph.cli.app import app
from tests.docs.documents import ROOT

DOCUMENT = ROOT / "docs" / "reference" / "report-json.md"
OPEN = ("counts", "gaps[].responsible.supervisors")  # keyed by data: classes, tiers


def test_every_key_is_documented() -> None:
    with resources.as_file(resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")) as book:
        result = CliRunner().invoke(app, ["check", str(book), "--format", "json", "--fail-on", "never"])
    assert result.exit_code == 0, result.output
    found = set(paths(json.loads(result.stdout), ""))
    told = set(re.findall(r"^\|`([^`]+)`\|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert found == told


def paths(value: Any, path: str) -> Iterator[str]:
    """Yield the path of every key, such as ``gaps[].focus.id``."""
    if isinstance(value, list):
        for item in value:
            yield from paths(item, f"{path}[]")
    elif isinstance(value, dict) and path not in OPEN:
        for key, item in value.items():
            inner = f"{path}.{key}" if path else key
            yield inner
            yield from paths(item, inner)
