"""The gaps of the example bureau as the supervision office sees them, against the file that states them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from dutygraph.service.access.roles import Role
from tests.conftest import EXAMPLE
from tests.service.conftest import ClientFor

GAPS = "/api/v1/bureaus/SL01/gaps"
Stated = Mapping[str, str]
EXPECTED: list[Stated] = list(
    csv.DictReader((EXAMPLE.parent / "expected.csv").read_text(encoding="utf-8").splitlines())
)
WAIVED = ("R26", "Info", "B10")
"""Waiver HM01 of waivers.csv covers it at the end of 2025; HM02 has ended, HM03 is a tier-2 approval."""
OFFICE = [
    "序号",
    "规则",
    "要求",
    "等级",
    "对象类别",
    "对象编号",
    "对象名称",
    "缺口说明",
    "改正办法",
    "责任部门",
    "责任岗位",
    "一级监督员",
    "二级监督员",
    "三级监督员",
    "台账位置",
    "豁免",
    "缺口编号",
    "办理人",
    "办理期限",
    "办理情况",
]


@pytest.fixture(scope="module")
def so(client_for: ClientFor) -> TestClient:
    return client_for(Role.SO)


def told(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{GAPS}?size=500&{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def keys(items: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    return Counter((item["rule"], item["severity"], item["focus"]["id"]) for item in items)


def stated(holds: Callable[[Stated], bool] = lambda _row: True) -> Counter[tuple[str, str, str]]:
    return Counter((row["rule"], row["severity"], row["focus"]) for row in EXPECTED if holds(row))


def test_the_office_sees_every_stated_gap_and_no_other(so: TestClient) -> None:
    assert len(EXPECTED) == 93
    assert keys(told(so)) == stated()


def test_the_waived_gap_is_listed_and_counted_apart(so: TestClient) -> None:
    page = so.get(f"{GAPS}?size=1").json()

    assert page["counts"] == {"open": 92, "waived": 1, "resolved": 0}
    assert keys(told(so, "state=waived")) == Counter([WAIVED])
    assert keys(told(so, "state=open")) == stated() - Counter([WAIVED])
    assert told(so, "state=resolved") == []
    [gap] = told(so, "state=waived")
    assert gap["waived"] == {
        "until": "2026-03-31",
        "by": "A05",
        "reason": "采购专责轮岗交接，后备人员2026年3月到岗",
    }


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("rule=R12", lambda row: row["rule"] == "R12"),
        ("rule=r12&rule=R45", lambda row: row["rule"] in {"R12", "R45"}),
        ("severity=Info", lambda row: row["severity"] == "Info"),
        ("severity=Info&severity=Warning", lambda row: row["severity"] != "Violation"),
        ("rule=R27&severity=Info", lambda row: row["rule"] == "R27" and row["severity"] == "Info"),
        ("severity=Violation&text=C21-09", lambda row: "C21-09" in row.values()),
        ("rule=R01&text=no+control", lambda row: row["rule"] == "R01"),
    ],
)
def test_filters_choose_what_the_file_says(
    so: TestClient, query: str, holds: Callable[[Stated], bool]
) -> None:
    found = keys(told(so, query))
    assert found
    assert found == stated(holds)


@pytest.mark.parametrize("business", ["B04", "B16", "B26", "B31"])
def test_gaps_of_a_business_are_its_own_its_nodes_and_its_risks(so: TestClient, business: str) -> None:
    own = re.compile(rf"{business}(-N\d+)?|R{business[1:]}-\d+")
    of_any = re.compile(r"B\d\d(-N\d+)?|R\d\d-\d+")
    found = [item["focus"]["id"] for item in told(so, f"business={business}")]

    plain = Counter(one for one in found if of_any.fullmatch(one))
    assert plain == Counter(row["focus"] for row in EXPECTED if own.fullmatch(row["focus"]))


def test_gaps_of_a_department_follow_the_post_of_the_node(so: TestClient) -> None:
    """R20-03 stands at B20-N02, which post G28 performs; G28 is in 配电运维部."""
    posts = {row[0]: row[2] for row in _sheet("表3 岗位与人员")}
    node = next(row for row in _sheet("表2 流程节点") if row[1] == "B20-N02")
    department = next(posts[cell] for cell in node if cell in posts)
    [gap] = told(so, "rule=R01")

    assert gap["department"] == department
    assert gap["id"] in {item["id"] for item in told(so, f"department={department}")}
    assert all(department in item["department"].split("；") for item in told(so, f"department={department}"))


def test_gaps_of_a_supervisor_are_found_by_appointment_and_by_person(so: TestClient) -> None:
    """A08, held by P008, supervises B20 at tier 2; no tier 3 is appointed for B20, so tier 2 acts first."""
    by_appointment = {item["id"] for item in told(so, "supervisor=A08")}
    [gap] = told(so, "rule=R01")

    assert gap["id"] in by_appointment
    assert by_appointment == {item["id"] for item in told(so, "supervisor=P008")}
    assert gap["tier2"] == ["A08"]
    assert gap["tier3"] == []
    assert gap["id"] in {item["id"] for item in told(so, "tier=2")}


def test_every_gap_is_in_one_tier_and_one_star(so: TestClient) -> None:
    for facet, values in {"tier": ["3", "2", "1", "none"], "star": ["3", "2", "1", "none"]}.items():
        found = [item["id"] for value in values for item in told(so, f"{facet}={value}")]
        assert sorted(found) == sorted(item["id"] for item in told(so))


@pytest.mark.parametrize(
    ("query", "possible"),
    [
        ("rule=R99", "R78"),
        ("severity=Grave", "Warning"),
        ("aspect=sphere", "line"),
        ("state=gone", "resolved"),
        ("tier=4", "3"),
        ("star=9", "3"),
        ("business=B99", "B04"),
        ("department=火星部", "配电运维部"),
        ("supervisor=A99", "A08"),
        ("assignee=P999", "P001"),
    ],
)
def test_unknown_values_are_answered_with_what_there_is(so: TestClient, query: str, possible: str) -> None:
    answer = so.get(f"{GAPS}?{query}")

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == f"/query/{query.partition('=')[0]}"
    assert possible in error["text"]["zh"]
    assert possible in error["text"]["en"]


def test_every_unknown_value_is_told_at_once(so: TestClient) -> None:
    assert len(so.get(f"{GAPS}?rule=R99&tier=7&star=8&star=9").json()["errors"]) == 4


def test_counts_by_facet_add_up(so: TestClient) -> None:
    counts = so.get(f"{GAPS}/counts").json()

    assert counts["total"] == {"open": 92, "waived": 1, "resolved": 0}
    by_rule = {one["key"]: one["open"] + one["waived"] for one in counts["by"]["rule"]}
    assert by_rule == Counter(row["rule"] for row in EXPECTED)
    by_severity = {one["key"]: one["open"] + one["waived"] for one in counts["by"]["severity"]}
    assert by_severity == Counter(row["severity"] for row in EXPECTED)
    for facet in ("tier", "star", "aspect", "assignee"):
        assert sum(one["open"] + one["waived"] for one in counts["by"][facet]) == 93, facet
    assert counts["by"]["assignee"] == [
        {"key": "none", "label": {"zh": "（无）", "en": "(none)"}, "open": 92, "waived": 1, "resolved": 0}
    ]


def test_counts_are_named_in_words(so: TestClient) -> None:
    by = so.get(f"{GAPS}/counts").json()["by"]

    named = {(facet, one["key"]): one["label"]["zh"] for facet in ("tier", "star") for one in by[facet]}
    assert named["tier", "2"] == "二级"
    assert named["star", "3"] == "三星"
    assert {name for (_, key), name in named.items() if key == "none"} <= {"（无）"}
    assert not [one for one in by["aspect"] if re.search("[a-z]", one["label"]["zh"])]


@pytest.mark.parametrize("role", [Role.POST_HOLDER, Role.FD, Role.TRAINEE])
def test_who_sees_no_supervisors_is_not_told_that_there_are_none(client_for: ClientFor, role: Role) -> None:
    client = client_for(role)
    for query in ("tier=2", "supervisor=none"):
        assert client.get(f"{GAPS}?{query}").status_code == 403
        assert client.get(f"{GAPS}/counts?{query}").status_code == 403
    by = client.get(f"{GAPS}/counts").json()["by"]
    assert {"tier", "supervisor"} & set(by) == set()
    assert by["star"]


def test_counts_follow_the_filter(so: TestClient) -> None:
    assert so.get(f"{GAPS}/counts?rule=R12").json()["total"] == {"open": 2, "waived": 0, "resolved": 0}


def test_pages_cover_the_list_without_overlap(so: TestClient) -> None:
    pages = [so.get(f"{GAPS}?size=40&page={page}&sort=id").json() for page in (1, 2, 3)]

    assert [len(page["items"]) for page in pages] == [40, 40, 13]
    ids = [item["id"] for page in pages for item in page["items"]]
    assert ids == sorted(set(ids), key=ids.index)
    assert len(set(ids)) == 93


def test_a_list_is_sorted_by_gravity(so: TestClient) -> None:
    severities = [item["severity"] for item in told(so, "sort=-severity,focus")]
    count = Counter(row["severity"] for row in EXPECTED)

    assert (
        severities
        == ["Info"] * count["Info"] + ["Warning"] * count["Warning"] + ["Violation"] * count["Violation"]
    )


def test_the_export_has_the_offices_columns(so: TestClient) -> None:
    answer = so.get(f"{GAPS}?format=csv&sort=rule")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert rows[0] == OFFICE
    found = Counter((row[1], row[5]) for row in rows[1:])
    assert found == Counter((row["rule"], row["focus"]) for row in EXPECTED)
    [waived] = [row for row in rows if row[15] not in {"", "豁免"}]
    assert waived[15] == "A05批准，至2026-03-31"


def test_the_workbook_is_in_the_language_asked_for(so: TestClient) -> None:
    answer = so.get(f"{GAPS}?format=xlsx&rule=R12", headers={"Accept-Language": "en"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))

    assert rows[0][:4] == ("No.", "Rule", "What is owed", "Severity")
    assert sorted(str(row[5]) for row in rows[1:]) == ["B07", "B16"]
    assert {row[3] for row in rows[1:]} == {"Violation"}


def test_a_list_that_has_not_changed_is_not_sent_again(so: TestClient) -> None:
    tag = so.get(f"{GAPS}?rule=R12").headers["ETag"]

    assert so.get(f"{GAPS}?rule=R12", headers={"If-None-Match": tag}).status_code == 304
    assert so.get(f"{GAPS}?rule=R13", headers={"If-None-Match": tag}).status_code == 200


def _sheet(name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(EXAMPLE, read_only=True)
    found: list[tuple[Any, ...]] = list(book[name].iter_rows(min_row=2, values_only=True))
    book.close()
    return found
