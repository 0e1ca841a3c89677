"""The tables of ``docs/security.md`` are those of ``access.toml``, and what the page points at is there."""

from __future__ import annotations

import re
from pathlib import Path

from dutygraph.commits.acts import Action
from dutygraph.service.access.roles import Data, Reach, Role
from dutygraph.service.access.tables import access_tables

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
MARKS = {"●": Reach.ALL, "◐": Reach.OWN, "○": Reach.COUNTS, "–": Reach.NONE}


def table(head: str) -> dict[tuple[str, Role], Reach]:
    """Return the cells of the table whose first heading is *head*, by the first word of the row and role."""
    lines = PAGE.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows: list[list[str]] = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    roles = [Role(name) for name in rows[0][1:]]
    return {
        (re.split(r"[: ]", row[0])[0], role): MARKS[mark]
        for row in rows[2:]
        for role, mark in zip(roles, row[1:], strict=True)
    }


def test_the_page_tells_every_cell_of_who_sees_what() -> None:
    tables = access_tables()
    assert table("data") == {(data.value, role): tables.reach(data, role) for data in Data for role in Role}


def test_the_page_tells_every_act_that_anybody_may_do() -> None:
    tables = access_tables()
    done = {
        action for action in Action for role in Role if tables.write(action, role, None) is not Reach.NONE
    }
    assert table("act") == {
        (action.value, role): tables.write(action, role, None) for action in done for role in Role
    }


def test_what_the_page_points_at_is_there() -> None:
    links = re.findall(r"\]\((\.\./[^)#]+)\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_every_own_cell_has_a_query() -> None:
    """◐ without a query would be –; the audit log alone is not read from the graphs."""
    scopes = ROOT / "service" / "access" / "scopes"
    tables = access_tables()
    asked = {
        f"{role.value}-{data.value}"
        for data in Data
        for role in Role
        if tables.reach(data, role) is Reach.OWN
        and data is not Data.AUDIT
        and (data, role) not in tables.only
    }
    there = {file.stem for file in scopes.glob("*.rq")}
    beside = {name for name in there if name.endswith(("-own", "-structure", "-with"))}
    assert there - beside == asked
