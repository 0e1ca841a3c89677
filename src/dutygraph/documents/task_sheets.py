"""月度任务单 / task sheets of a month: what tier 2 orders tier 3 to check (F20, F32), what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dutygraph.charts.process import Process, read_process
from dutygraph.charts.reading import Reading
from dutygraph.documents.labels import schema, sheet_of
from dutygraph.documents.model import Content, Heading, Kind, Row, name_of
from dutygraph.documents.records import Record, departments_of, records_of
from dutygraph.documents.words import scope_of, word
from dutygraph.model import CheckReport, Thing
from dutygraph.ontology import SV

_UNISSUED = (str(SV["sheet-draft"]), str(SV["sheet-cancelled"]))
_FOCUS = ("sheet", "month", "business", "number", "aspect", "focus", "node", "risks", "controls")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which task sheets: of a month such as 2025-11, of a business or of the businesses a department runs."""

    month: str
    business: Thing | None = None
    department: Thing | None = None


def task_sheets(reading: Reading, report: CheckReport, wanted: Wanted, language: str) -> Content:
    """Return the task sheets of a month, with the plan items that are due one and have none."""
    book = _Book(reading, wanted, language)
    sheets = [book.sheet(number, one) for number, one in enumerate(book.chosen(), start=1)]
    due = book.due()
    unmet = [one for one in due if not one.iris("fulfilledBy")]
    missing = [book.missing(number, one) for number, one in enumerate(unmet, start=1)]
    note = word("none", "task-sheet", language, month=wanted.month, examined=len(book.sheets))
    fields: Row = {
        "month": wanted.month,
        "due_count": len(due),
        "issued_count": len(due) - len(missing),
        "sheet_count": len(sheets),
        "examined": len(book.sheets),
        "missing": missing,
        "sheets": sheets,
    }
    columns = schema(Kind.TASK_SHEET)
    items = [{**one, **item} for one in sheets for item in _rows(one["items"])]
    return Content(
        Kind.TASK_SHEET,
        language,
        Heading.of(report, scope_of(language, business=wanted.business, department=wanted.department)),
        "" if sheets else note,
        fields,
        (
            sheet_of(word("sheet", "sheets", language), columns["sheets"], sheets, language),
            sheet_of(word("sheet", "focus", language), _FOCUS, items, language),
            sheet_of(word("sheet", "missing", language), columns["missing"], missing, language),
        ),
    )


def _rows(value: object) -> Sequence[Row]:
    assert isinstance(value, list)
    return value


class _Book:
    """The records that task sheets are told from."""

    def __init__(self, reading: Reading, wanted: Wanted, language: str) -> None:
        self._reading, self._wanted, self._language = reading, wanted, language
        self.sheets = self._read("TaskSheet")
        self._focus, self._plan = self._read("FocusItem"), self._read("PlanItem")
        self._businesses, self._appointments = self._read("Business"), self._read("SupervisorAppointment")
        self._due = self._read("TaskSheetObligation")
        self._process: Process = read_process(reading)

    def _read(self, kind: str) -> Mapping[str, Record]:
        return records_of(self._reading, kind, self._language)

    def chosen(self) -> list[Record]:
        """Return the sheets of the month and scope."""
        return [
            one
            for one in self.sheets.values()
            if self._is_month(one, "forMonth") and self._in_scope(self._of(one, "forItem"))
        ]

    def due(self) -> list[Record]:
        """Return the obligations of the month and scope."""
        return [
            one for one in self._due.values()
            if self._is_month(one, "obligedPeriod") and self._in_scope(self._of(one, "obligedItem"))
        ]  # fmt: skip

    def _is_month(self, record: Record, name: str) -> bool:
        return self._reading.names.period(self._wanted.month) in record.iris(name)

    def _of(self, record: Record, name: str) -> tuple[str, ...]:
        """Return the businesses of the plan items that a record names."""
        return tuple(
            business
            for item in record.iris(name)
            if item in self._plan
            for business in self._plan[item].iris("planBusiness")
        )

    def _in_scope(self, businesses: tuple[str, ...]) -> bool:
        wanted = self._wanted
        return (wanted.business is None or wanted.business.iri in businesses) and (
            wanted.department is None or wanted.department.iri in departments_of(self._businesses, businesses)
        )

    def missing(self, number: int, due: Record) -> Row:
        """Return a plan item without a sheet."""
        item = next((self._plan[iri] for iri in due.iris("obligedItem") if iri in self._plan), due)
        kept = (
            one for one in self.sheets.values()
            if self._is_month(one, "forMonth") and set(one.iris("forItem")) & set(due.iris("obligedItem"))
            and set(one.iris("state")) & set(_UNISSUED)
        )  # fmt: skip
        return {
            "number": number,
            "item": item.thing.id,
            "business": item.named("planBusiness"),
            "organiser": self._appointees(item.iris("planOrganiser")),
            "unissued": "；".join(f"{one.thing.id}（{one.words('state')}）" for one in kept),
        }

    def sheet(self, number: int, one: Record) -> Row:
        """Return a task sheet with its focus items."""
        businesses = self._of(one, "forItem")
        items = [self._focus[iri] for iri in one.iris("hasFocus") if iri in self._focus]
        return {
            "number": number,
            "sheet": one.thing.id,
            "month": self._wanted.month,
            "business": self._named(businesses),
            "department": self._labels(departments_of(self._businesses, businesses)),
            "item": one.ids("forItem"),
            "issuer": self._appointees(one.iris("issuedBy")),
            "issued_on": one.text("issuedOn"),
            "assignee": self._appointees(one.iris("assignedTo")),
            "chart_version": one.text("citedChartVersion"),
            "due_date": one.text("dueDate"),
            "reported_on": one.text("reportedOn"),
            "result": one.text("resultText"),
            "state": one.words("state"),
            "cancel_reason": one.text("cancelReason"),
            "items": [
                self._item(place, item) for place, item in enumerate(sorted(items, key=_place), start=1)
            ],
        }

    def _item(self, number: int, item: Record) -> Row:
        risks = [
            self._process.risks[risk]
            for node in item.iris("targetsNode")
            if node in self._process.nodes
            for risk in self._process.nodes[node].risks
            if not self._process.risks[risk].retired
        ]
        return {
            "number": number,
            "aspect": item.words("aspect"),
            "focus": self._reading.things.label(item.thing.iri).in_language(self._language),
            "node": item.named("targetsNode"),
            "risks": self._lines(risk.iri for risk in risks),
            "controls": self._lines(dict.fromkeys(control for risk in risks for control in risk.controls)),
        }

    def _lines(self, iris: Iterable[str]) -> str:
        return "\n".join(name_of(self._reading.things.thing(iri)) for iri in iris)

    def _named(self, iris: Iterable[str]) -> str:
        return "；".join(name_of(thing) for thing in self._reading.sorted(iris))

    def _labels(self, iris: Iterable[str]) -> str:
        return "；".join(thing.label for thing in self._reading.sorted(iris))

    def _appointees(self, iris: Iterable[str]) -> str:
        """Return appointments with the persons appointed, all by id."""
        return "；".join(
            f"{self._reading.things.thing(iri).id}（{self._appointments[iri].ids('appointee')}）"
            if iri in self._appointments
            else self._reading.things.thing(iri).id
            for iri in iris
        )


def _place(item: Record) -> tuple[int, str]:
    last = item.thing.id.rpartition("-")[2]
    return (int(last) if last.isdecimal() else 0, item.thing.id)
