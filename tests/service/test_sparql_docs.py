"""What docs/sparql.md shows is what the service answers on the example bureau."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dutygraph.service.access.roles import Role
from dutygraph.service.settings import Settings
from dutygraph.service.sparql.formats import formats
from dutygraph.service.sparql.protocol import LONGEST
from dutygraph.service.sparql.service import PREFIXES
from tests.service.conftest import ClientFor

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "sparql.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```sparql\n(.*?)```\n\n```csv\n(.*?)```", TEXT, re.DOTALL)


def test_there_are_examples() -> None:
    assert len(SHOWN) == TEXT.count("```sparql") == 4


@pytest.mark.parametrize(("query", "answer"), SHOWN)
def test_an_example_gives_what_it_shows(client_for: ClientFor, query: str, answer: str) -> None:
    found = client_for(Role.SO).get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert found.status_code == 200, found.text
    assert found.text.splitlines() == answer.splitlines()


def test_every_limit_stands_there_with_its_default() -> None:
    settings = {name: field for name, field in Settings.model_fields.items() if name.startswith("sparql_")}
    rows = dict(re.findall(r"\| `(sparql_\w+)` \| (\d+)", TEXT))
    assert {name: int(default) for name, default in rows.items()} == {
        name: field.default for name, field in settings.items()
    }
    assert f"{LONGEST} 字节" in TEXT


def test_every_format_and_prefix_stands_there() -> None:
    assert [entry.media[0] for entry in formats() if f"`{entry.media[0]}`" not in TEXT] == []
    assert [prefix for prefix in PREFIXES if f"`{prefix}:`" not in TEXT] == []
