"""Lists and figures: pages, order, forms, tags; on known rows behind endpoints of the test's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import openpyxl
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from dutygraph.model import Text, Thing
from dutygraph.service.failures import add_handlers
from dutygraph.service.figures import answer_figure
from dutygraph.service.lists import LIST_RESPONSES, Column, ListQueryDep, answer_list


@dataclass(frozen=True)
class Row:
    id: str
    count: int | None
    name: Text
    day: date | None = None
    thing: Thing | None = None
    parts: tuple[str, ...] = ()
    done: bool = False


@dataclass
class Dates:
    commit: int = 7
    as_of: date = date(2025, 12, 31)
    computed_at: datetime = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
    etag: str = "e7"


ROWS = (
    Row("B2", 10, Text("乙", "second"), date(2025, 3, 1), parts=("x", "y")),
    Row("B10", 9, Text("甲", "first"), None, Thing("G01", "Post", "urn:g", "经理"), done=True),
    Row("B1", None, Text("=1+1", "@SUM(A1)")),
)
COLUMNS = (
    Column[Row]("id", Text("编号", "Id"), lambda row: row.id),
    Column[Row]("count", Text("数", "Count"), lambda row: row.count),
    Column[Row]("name", Text("名称", "Name"), lambda row: row.name),
    Column[Row]("day", Text("日期", "Day"), lambda row: row.day),
    Column[Row]("thing", Text("对象", "Thing"), lambda row: row.thing and row.thing.id, sortable=False),
    Column[Row]("parts", Text("部分", "Parts"), lambda row: row.parts),
    Column[Row]("done", Text("完成", "Done"), lambda row: row.done),
)


@pytest.fixture
def asked() -> list[str]:
    """What was computed: one entry each time that the rows were asked for."""
    return []


@pytest.fixture
def dates() -> Dates:
    return Dates()


@pytest.fixture
def client(asked: list[str], dates: Dates) -> TestClient:
    app = FastAPI()
    add_handlers(app)

    def rows() -> Iterable[Row]:
        asked.append("rows")
        return ROWS

    def answer(view: Dates | None) -> Callable[..., Response]:
        def listed(query: ListQueryDep, request: Request) -> Response:
            return answer_list(rows, COLUMNS, view, query, request)

        return listed

    def figure(request: Request) -> Response:
        return answer_figure({"covered": 3, "total": 4}, dates, request)

    app.get("/dated", responses=LIST_RESPONSES)(answer(dates))
    app.get("/free", responses=LIST_RESPONSES)(answer(None))
    app.get("/figure")(figure)
    return TestClient(app)


def ids(client: TestClient, path: str) -> list[str]:
    return [item["id"] for item in client.get(path).json()["items"]]


def test_a_page_says_what_it_is_a_page_of(client: TestClient) -> None:
    page = client.get("/dated?page=2&size=2").json()

    assert page == {
        "items": [
            {
                "id": "B1",
                "count": None,
                "name": {"zh": "=1+1", "en": "@SUM(A1)"},
                "day": None,
                "thing": None,
                "parts": [],
                "done": False,
            }
        ],
        "total": 3,
        "page": 2,
        "size": 2,
        "asOf": "2025-12-31",
        "computedAt": "2026-01-05T08:30:00Z",
        "commit": 7,
    }


def test_a_list_of_no_bureau_has_no_dates(client: TestClient) -> None:
    page = client.get("/free").json()

    assert (page["asOf"], page["computedAt"], page["commit"], page["size"]) == (None, None, None, 50)
    assert page["items"][0]["day"] == "2025-03-01"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", ["B1", "B2", "B10"]),
        ("-id", ["B10", "B2", "B1"]),
        ("count", ["B10", "B2", "B1"]),
        ("-count", ["B2", "B10", "B1"]),
        ("day,-id", ["B2", "B10", "B1"]),
        ("done,id", ["B1", "B2", "B10"]),
    ],
)
def test_numbers_are_sorted_as_numbers_and_what_is_missing_comes_last(
    client: TestClient, sort: str, order: list[str]
) -> None:
    assert ids(client, f"/free?sort={sort}") == order


@pytest.mark.parametrize("sort", ["thing", "nothing", "id,nothing", "--id"])
def test_what_cannot_be_sorted_by_is_refused_by_name(client: TestClient, sort: str) -> None:
    answer = client.get(f"/free?sort={sort}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/sort"
    assert "count" in answer.json()["errors"][0]["text"]["en"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("甲", ["B10"]),
        ("b1", ["B1", "B10"]),
        ("2025-03", ["B2"]),
        ("x；y", ["B2"]),
        (" G01 ", ["B10"]),
        ("None", []),
        ("first", []),
        ("", ["B1", "B10", "B2"]),
    ],
)
def test_only_rows_that_show_the_words_are_listed(client: TestClient, words: str, found: list[str]) -> None:
    page = client.get("/dated", params={"contains": words, "sort": "id"}).json()

    assert sorted(item["id"] for item in page["items"]) == found
    assert page["total"] == len(found)


def test_words_are_looked_for_in_the_language_of_the_caller(client: TestClient) -> None:
    answer = client.get("/free?contains=first&format=csv", headers={"Accept-Language": "en"})

    assert [line.split(",")[0] for line in answer.text.splitlines()[1:]] == ["B10"]


def test_links_lead_from_page_to_page_and_keep_the_question(client: TestClient) -> None:
    answer = client.get("/free?size=1&page=2&sort=-id")

    links = {
        part.split('rel="')[1].rstrip('"'): part.split(">")[0].lstrip(" <")
        for part in answer.headers["link"].split(",")
    }
    assert set(links) == {"first", "prev", "next", "last"}
    assert ids(client, links["first"]) == ids(client, links["prev"]) == ["B10"]
    assert ids(client, links["next"]) == ids(client, links["last"]) == ["B1"]
    assert "next" not in client.get(links["last"]).headers["link"]
    beyond = client.get("/free?size=1&page=9")
    assert beyond.json()["items"] == []
    assert "page=3" in beyond.headers["link"].split('rel="prev"')[0].rpartition("<")[2]


@pytest.mark.parametrize("query", ["page=0", "size=0", "size=501", "page=x", "format=pdf", "page=-1"])
def test_pages_that_cannot_be_are_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/free?{query}").status_code == 422


def test_csv_holds_the_whole_list_in_the_language_asked_for_and_no_formula(client: TestClient) -> None:
    answer = client.get("/free?format=csv&sort=id", headers={"Accept-Language": "en"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [
        ["Id", "Count", "Name", "Day", "Thing", "Parts", "Done"],
        ["B1", "", "'@SUM(A1)", "", "", "", "no"],
        ["B2", "10", "second", "2025-03-01", "", "x; y", "no"],
        ["B10", "9", "first", "", "G01", "", "yes"],
    ]


def test_a_workbook_holds_numbers_as_numbers_and_text_as_text(client: TestClient) -> None:
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = client.get("/free?sort=id", headers={"Accept": sheet_type})

    assert answer.headers["content-type"] == sheet_type
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["编号", "数", "名称", "日期", "对象", "部分", "完成"],
        ["B1", None, "=1+1", None, None, None, "否"],
        ["B2", 10, "乙", "2025-03-01", None, "x；y", "否"],
        ["B10", 9, "甲", None, "G01", None, "是"],
    ]
    assert sheet["C2"].data_type == "s"
    assert answer.content == client.get("/free?sort=id&format=xlsx").content


def test_an_export_may_be_cut_to_a_size(client: TestClient) -> None:
    rows = client.get("/free?format=csv&size=1&page=2&sort=id").text.splitlines()

    assert len(rows) == 2
    assert rows[1].startswith("B2,")


def test_what_the_caller_has_already_is_not_computed_again(
    client: TestClient, asked: list[str], dates: Dates
) -> None:
    tag = client.get("/dated").headers["etag"]
    assert asked == ["rows"]

    answer = client.get("/dated", headers={"If-None-Match": f'"other", W/{tag}'})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert asked == ["rows"]
    dates.etag = "e8"
    assert client.get("/dated", headers={"If-None-Match": tag}).status_code == 200


def test_each_form_language_and_page_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = [
        client.get("/dated").headers["etag"],
        client.get("/dated?page=2").headers["etag"],
        client.get("/dated?format=csv").headers["etag"],
        client.get("/dated", headers={"Accept": "text/csv"}).headers["etag"],
        client.get("/dated", headers={"Accept-Language": "en"}).headers["etag"],
        client.get("/figure").headers["etag"],
    ]
    # the same form asked for in two ways is told apart by its address
    assert len(set(tags)) == len(tags)
    assert "Authorization" in client.get("/dated").headers["vary"]


def test_a_list_of_no_bureau_is_tagged_by_its_content(client: TestClient) -> None:
    tag = client.get("/free").headers["etag"]

    assert client.get("/free", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/free?sort=id", headers={"If-None-Match": tag}).status_code == 200


def test_a_figure_has_its_dates_and_a_tag(client: TestClient) -> None:
    answer = client.get("/figure")

    assert answer.json() == {
        "covered": 3,
        "total": 4,
        "asOf": "2025-12-31",
        "computedAt": "2026-01-05T08:30:00Z",
        "commit": 7,
    }
    again = client.get("/figure", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert answer.headers["cache-control"] == "private, no-cache"
