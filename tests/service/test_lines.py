"""Line charts over HTTP."""

from __future__ import annotations

import pytest

from dutygraph.service.access.roles import Role
from tests.questions.workbook import Workbook, items
from tests.service.conftest import ClientFor
from tests.service.reads import READERS, WORK, got, rows_of


@pytest.fixture(scope="module")
def book() -> Workbook:
    return Workbook()


@pytest.mark.parametrize("role", READERS)
def test_everybody_is_shown_the_process(client_for: ClientFor, role: Role) -> None:
    chart = got(client_for(role), "/charts/lines/B04")  # F19: 16 nodes, 35 risks, 35 controls
    assert [node["sequence"] for node in chart["nodes"]] == list(range(1, 17))
    risks = [risk for node in chart["nodes"] for risk in node["risks"]]
    assert len(risks) == 35
    assert len({control["thing"]["id"] for risk in risks for control in risk["controls"]}) == 35


@pytest.mark.parametrize("role", READERS)
def test_a_draft_is_shown_to_who_sees_the_work_of_that_business(client_for: ClientFor, role: Role) -> None:
    shown = {version["thing"]["id"] for version in got(client_for(role), "/charts/lines/B04")["versions"]}
    draft = {"X04-V3"} if role in WORK else set()  # B04 is within the scope of the T2 and T3 who ask
    assert shown == {"X04-V1", "X04-V2"} | draft
    got(client_for(role), "/charts/lines/B04", 200 if draft else 404, version="V3")


def test_a_version_is_shown_as_it_was(client_for: ClientFor, book: Workbook) -> None:
    chart = got(client_for(Role.SO), "/charts/lines/B04", version="V1")
    risks = {risk["thing"]["id"] for node in chart["nodes"] for risk in node["risks"]}
    assert risks == {row["风险"] for row in book["线图内容"] if row["线图"] == "X04-V1"}
    assert (chart["shown"]["version"], chart["shown"]["current"]) == ("V1", False)
    assert chart["shown"]["supersededOn"] == "2025-04-01"


def test_the_difference_of_two_versions(client_for: ClientFor) -> None:
    path = "/charts/lines/B04/difference"
    found = got(client_for(Role.SO), path, **{"from": "V1", "to": "V2"})
    assert [risk["id"] for risk in found["risks"]["added"]] == ["R04-07", "R04-28"]
    assert (found["risks"]["removed"], found["risks"]["kept"]) == ([], 33)
    back = got(client_for(Role.SO), path, **{"from": "V2", "to": "V1"})
    assert [risk["id"] for risk in back["risks"]["removed"]] == ["R04-07", "R04-28"]
    problem = got(client_for(Role.SO), path, 404, **{"from": "V1", "to": "V9"})
    assert "X04-V1、X04-V2、X04-V3" in problem["text"]["zh"]
    problem = got(client_for(Role.TRAINEE), path, 404, **{"from": "V1", "to": "V3"})
    assert "X04-V3" not in str(problem)  # a draft is not given away by an error
    got(client_for(Role.SO), path, 422)


def test_the_list_of_lines(client_for: ClientFor, book: Workbook) -> None:
    page = got(client_for(Role.SO), "/charts/lines", size=100)
    assert [line["business"]["id"] for line in page["items"]] == sorted(book.businesses)
    published = {row["业务"] for row in book["线图"] if row["状态"] == "已发布"}
    assert {line["business"]["id"] for line in page["items"] if line["current"]} == published


def test_a_line_as_a_table(client_for: ClientFor, book: Workbook) -> None:
    rows = rows_of(client_for(Role.SO), "/charts/lines/B04/rows")
    told = {(row["节点"].split()[0], row["风险点"].split()[0], row["措施"].split()[0]) for row in rows}
    assert told == {
        (row["节点编号"], row["风险编号"], row["措施编号"])
        for row in book["风险与措施"]
        if row["节点编号"].startswith("B04-")
    }
    stages = {row["措施"].split()[0]: row["环节"] for row in rows}
    assert stages == {c: "；".join(items(book.controls[c][0]["环节"])) for c in stages}


def test_an_unknown_business_is_not_found(client_for: ClientFor) -> None:
    got(client_for(Role.SO), "/charts/lines/B99", 404)
    got(client_for(Role.SO), "/charts/lines/..%2FB04", 404)
    got(client_for(Role.SO), "/charts/lines/" + "x" * 300, 422)
