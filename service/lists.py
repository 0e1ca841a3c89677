"""Answering with a list: filtered, sorted, paged, with its dates, an ETag, links; or as CSV or a workbook.

An endpoint describes its rows as a table of columns, once; all forms of the list follow from it::

    COLUMNS = (Column("id", Text("编号", "Id"), lambda gap: gap.id), …)

    @router.get("/gaps", response_model=Page[GapRow], responses=LIST_RESPONSES)
    def list_gaps(view: ViewDep, query: ListQueryDep, request: Request) -> Response:
        return answer_list(lambda: chosen(view.gaps), COLUMNS, view, query, request)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Depends, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel

from dutygraph.model import Text
from dutygraph.service.figures import (
    DatedSource,
    cache_headers,
    content_tag,
    dated,
    etag_of,
    has_already,
    json_bytes,
    not_modified,
)
from dutygraph.service.languages import language_of
from dutygraph.service.list_files import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx, flat, sort_key
from dutygraph.service.models import Dated
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.times import date_text

Row = TypeVar("Row")
Item = TypeVar("Item")
Form = Literal["json", "csv", "xlsx"]

DEFAULT_SIZE = 50
MAX_SIZE = 500
_MAX_PAGE = 1_000_000
_MEDIA_FORMS: dict[str, Form] = {"text/csv": "csv", XLSX_TYPE: "xlsx", "application/json": "json"}


class Page(Dated, Generic[Item]):
    """One page of a list; ``total`` counts the whole list, as filtered."""

    items: list[Item]
    total: int
    page: int
    size: int


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a list: its key in JSON, its heading, and how a row gives the value.

    A value is a text, number, date, truth value, Text, Thing, StrEnum, pydantic model, a sequence of these,
    or None. ``flat`` gives what a cell of an export shows where that differs from the JSON; with
    ``exported`` False the column is in the JSON alone.
    """

    key: str
    title: Text
    get: Callable[[Row], object]
    sortable: bool = True
    exported: bool = True
    flat: Callable[[Row], object] | None = None

    def cell(self, row: Row) -> object:
        """Return what an export shows and a sort compares."""
        return self.get(row) if self.flat is None else self.flat(row)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """How a caller wants a list: which page, in which order, in which form.

    An export is the whole list, unless a size is asked for.
    """

    page: int = 1
    size: int | None = None
    sort: str | None = None
    format: Form | None = None
    contains: str | None = None

    def form(self, request: Request) -> Form:
        """Return the form asked for by ``format``, else by Accept; JSON where neither says."""
        if self.format is not None:
            return self.format
        for part in request.headers.get("accept", "").split(","):
            form = _MEDIA_FORMS.get(part.partition(";")[0].strip().lower())
            if form is not None:
                return form
        return "json"


def _list_query(
    page: Annotated[
        int, Query(ge=1, le=_MAX_PAGE, description="第几页 / Which page, from 1", examples=[1])
    ] = 1,
    size: Annotated[
        int | None,
        Query(
            ge=1,
            le=MAX_SIZE,
            description=f"每页几项，缺省{DEFAULT_SIZE}；导出缺省为全部"
            f" / Items on a page, default {DEFAULT_SIZE}; an export is whole by default",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        Query(
            max_length=200,
            description="排序字段，逗号分隔，前加减号为降序"
            " / Fields to sort by, with commas, a minus for descending",
            examples=["id"],
        ),
    ] = None,
    form: Annotated[
        Form | None,
        Query(
            alias="format",
            description="格式，缺省依Accept请求头 / The form, by default what the header Accept says",
        ),
    ] = None,
    contains: Annotated[
        str | None,
        Query(
            max_length=100,
            description="只要某一列显示的内容里有这些字的行，不分大小写"
            " / Only rows of which a column shows these words, in capitals or not",
        ),
    ] = None,
) -> ListQuery:
    return ListQuery(page, size, sort, form, contains)


ListQueryDep = Annotated[ListQuery, Depends(_list_query)]

LIST_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "一页，或整张表 / One page, or the whole list as a file",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    },
    304: {"description": "与If-None-Match相同，没有变化 / Not changed since If-None-Match"},
}
"""What an endpoint that answers with a list puts into its ``responses``."""


def answer_list(
    rows: Iterable[Row] | Callable[[], Iterable[Row]],
    columns: Sequence[Column[Row]],
    view: DatedSource | None,
    query: ListQuery,
    request: Request,
    *,
    beside: Mapping[str, Any] | None = None,
) -> Response:
    """Return a list in the form asked for; *beside* is what its JSON says of the list as a whole.

    *rows*, in their natural order, may be a function: it is called only where the caller does not have the
    list already. *view* is None for a list that depends on no bureau; its ETag is then made from the content.

    Raises:
        ProblemError: 422, a field to sort by is not there.

    """
    form = query.form(request)
    order = _order(query.sort, columns)
    tag = None if view is None else etag_of(view, request, form)
    if tag is not None and has_already(request, tag):
        return not_modified(tag)
    lang = language_of(request)
    all_rows = rows() if callable(rows) else rows
    found = _sorted(_containing(all_rows, query.contains, columns, lang), order, lang)
    size = query.size or (DEFAULT_SIZE if form == "json" else max(len(found), 1))
    start = (query.page - 1) * size
    shown = found[start : start + size]
    if form == "json":
        page = {
            "items": [{column.key: _as_json(column.get(row)) for column in columns} for row in shown],
            "total": len(found),
            "page": query.page,
            "size": size,
            **(beside or {}),
        }
        body, headers = json_bytes(dated(page, view)), _links(request, query.page, size, len(found))
        media = "application/json"
    else:
        body, media = _exported(shown, columns, form, lang)
        headers = {
            "Content-Disposition": f'attachment; filename="{_file_name(request)}.{form}"',
            "Content-Language": lang,
        }
    tag = tag or content_tag(body)
    if has_already(request, tag):
        return not_modified(tag)
    return Response(body, media_type=media, headers={**headers, **cache_headers(tag)})


def _exported(
    rows: Sequence[Row], columns: Sequence[Column[Row]], form: Form, lang: str
) -> tuple[bytes, str]:
    shown = [column for column in columns if column.exported]
    headings = [column.title.in_language(lang) for column in shown]
    cells = [[flat(column.cell(row), lang) for column in shown] for row in rows]
    return (as_csv(headings, cells), CSV_TYPE) if form == "csv" else (as_xlsx(headings, cells), XLSX_TYPE)


def _as_json(value: object) -> Any:
    if value is None or isinstance(value, str | int):  # most are
        return value
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    return date_text(value) if isinstance(value, date) else jsonable_encoder(value)


def _order(sort: str | None, columns: Sequence[Column[Row]]) -> list[tuple[Column[Row], bool]]:
    known = {column.key: column for column in columns if column.sortable}
    order = []
    for part in (sort or "").split(","):
        name = part.strip()
        if not name:
            continue
        key = name.removeprefix("-")
        if key not in known:
            listed = "、".join(known)
            text = Text(
                f"不能按“{key}”排序；可用的字段：{listed}。",
                f"The list cannot be sorted by “{key}”; it can by {listed.replace('、', ', ')}.",
            )
            raise ProblemError(422, "unsortable", errors=[ErrorItem(text, pointer="/query/sort")])
        order.append((known[key], name.startswith("-")))
    return order


def _containing(
    rows: Iterable[Row], words: str | None, columns: Sequence[Column[Row]], lang: str
) -> list[Row]:
    wanted = (words or "").strip().casefold()
    if not wanted:
        return list(rows)
    shown = [column for column in columns if column.exported]

    def shows(row: Row) -> bool:
        values = (flat(column.cell(row), lang) for column in shown)
        return any(value is not None and wanted in str(value).casefold() for value in values)

    return [row for row in rows if shows(row)]


def _sorted(rows: list[Row], order: Sequence[tuple[Column[Row], bool]], lang: str) -> list[Row]:
    for column, descending in reversed(order):  # sorts are stable: the last key first
        keyed = [(sort_key(column.cell(row), lang), row) for row in rows]
        there = [pair for pair in keyed if pair[0] is not None]
        there.sort(key=lambda pair: pair[0] or (0, 0, ""), reverse=descending)
        rows = [row for _, row in there] + [row for key, row in keyed if key is None]
    return rows


def _links(request: Request, page: int, size: int, total: int) -> dict[str, str]:
    last = max(1, -(-total // size))
    targets = {"first": 1, "prev": min(page - 1, last), "next": page + 1, "last": last}
    links = []
    for name, number in targets.items():
        if 1 <= number <= last:
            url = request.url.include_query_params(page=number, size=size).replace(scheme="", netloc="")
            links.append(f'<{url}>; rel="{name}"')
    return {"Link": ", ".join(links)}


def _file_name(request: Request) -> str:
    parts = [
        part for part in request.url.path.split("/") if part.isascii() and part.replace("-", "").isalnum()
    ]
    return "-".join(parts[-2:])[:80] or "list"
