"""Lists of records: their columns in JSON and in files, their filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from dutygraph.loaders.fields import FieldForm, KindForm
from dutygraph.model import Text
from dutygraph.service.lists import Column
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.shown import ShownRecord

_JSON_COLUMNS: tuple[Column[ShownRecord], ...] = (
    Column("kind", Text("种类", "Kind"), lambda record: record.kind),
    Column("id", Text("编号", "Id"), lambda record: record.id),
    Column("iri", Text("标识", "IRI"), lambda record: record.iri),
    Column("label", Text("名称", "Name"), lambda record: record.label),
    Column("classes", Text("类", "Classes"), lambda record: record.classes, sortable=False),
    Column("fields", Text("字段", "Fields"), lambda record: record.fields, sortable=False),
    Column("graph", Text("图", "Graph"), lambda record: record.graph),
    Column("state", Text("状态", "State"), lambda record: record.state),
)


def json_columns() -> Sequence[Column[ShownRecord]]:
    """Return the columns of a list in JSON: each record as it is given alone."""
    return _JSON_COLUMNS


def file_columns(kind: KindForm) -> Sequence[Column[ShownRecord]]:
    """Return the columns of an export: those of the forms, under their headings."""
    header = kind.id_column.header if kind.id_column else "编号"
    first: Column[ShownRecord] = Column("id", Text(header, "Id"), lambda record: record.id)
    return (first, *(Column(f.name, f.title, _getter(f), sortable=True) for f in kind.fields))


def field_filter(kind: KindForm, told: str) -> Callable[[ShownRecord], bool]:
    """Return what ``field:value`` lets through.

    Raises:
        ProblemError: 422, the kind has no such field.

    """
    name, _, value = told.partition(":")
    if kind.field(name) is None:
        known = [field.name for field in kind.fields]
        text = Text(
            f"没有字段“{name[:60]}”；可用的：{'、'.join(known)}。",
            f"There is no field “{name[:60]}”; there are: {', '.join(known)}.",
        )
        raise ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer="/query/where")])
    return lambda record: value in _texts(record.fields.get(name))


def _getter(field: FieldForm) -> Callable[[ShownRecord], object]:
    return lambda record: tuple(_texts(record.fields.get(field.name))) if field.many else _one(record, field)


def _one(record: ShownRecord, field: FieldForm) -> object:
    value = record.fields.get(field.name)
    if isinstance(value, bool):
        return Text("是" if value else "否", "是" if value else "否")
    return value if isinstance(value, int | float) else next(iter(_texts(value)), None)


def _texts(value: object) -> list[str]:
    items: Iterable[object] = value if isinstance(value, list) else () if value is None else (value,)
    return list(_plain(items))


def _plain(items: Iterable[object]) -> Iterator[str]:
    for item in items:
        if isinstance(item, bool):
            yield "是" if item else "否"
        elif isinstance(item, dict):
            yield str(item["id"])
        else:
            yield str(item)
