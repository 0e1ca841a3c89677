"""整改通知书 / rectification notices: what a department must rectify, by when, what is demanded (F21–F24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dutygraph.charts.reading import Reading
from dutygraph.documents.labels import schema, sheet_of
from dutygraph.documents.model import Content, Heading, Kind, Row
from dutygraph.documents.records import Record, records_of
from dutygraph.documents.words import scope_of, word
from dutygraph.model import CheckReport, Finding, Thing
from dutygraph.ontology import SV
from dutygraph.responsible import Responsibilities

_CLOSED = str(SV["issue-closed"])
_MANAGEMENT = str(SV["category-management"])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which issues: one (which may be closed), those of a department, those of risks of a business."""

    issue: Thing | None = None
    department: Thing | None = None
    business: Thing | None = None


def rectification_notices(reading: Reading, report: CheckReport, asked: Asked, language: str) -> Content:
    """Return a notice for each responsible department that has an open issue."""
    book = _Book(reading, report, asked, language)
    notices = [book.notice(number, *each) for number, each in enumerate(book.by_department(), start=1)]
    issues = [{**one, "department": each["department"]} for each in notices for one in _rows(each["issues"])]
    shown = {str(one["issue"]) for one in issues}
    note = "" if notices else word("none", "rectification-notice", language, examined=len(book.issues))
    fields: Row = {"open_count": len(shown), "examined": len(book.issues), "notices": notices}
    columns = ("department", *schema(Kind.RECTIFICATION_NOTICE)["notices/issues"])
    return Content(
        Kind.RECTIFICATION_NOTICE,
        language,
        Heading.of(
            report,
            scope_of(language, issue=asked.issue, department=asked.department, business=asked.business),
        ),
        note,
        fields,
        (sheet_of(word("sheet", "issues", language), columns, issues, language),),
    )


def _rows(value: object) -> Sequence[Row]:
    assert isinstance(value, list)
    return value


class _Book:
    """The records that notices are told from."""

    def __init__(self, reading: Reading, report: CheckReport, asked: Asked, language: str) -> None:
        self._reading, self._report, self._asked, self._language = reading, report, asked, language
        self.issues = records_of(reading, "Issue", language)
        self._responsible = Responsibilities(reading.store, reading.names.checked(), reading.things)
        self._gaps: dict[str, list[Finding]] = defaultdict(list)
        for finding in report.open_findings:
            self._gaps[finding.focus.iri].append(finding)
        self._of_business = self._risks_of(asked.business)

    def _risks_of(self, business: Thing | None) -> frozenset[str] | None:
        if business is None:
            return None
        query = f"SELECT ?risk {{ <{business.iri}> <{SV.hasNode}> ?node . ?risk <{SV.atNode}> ?node }}"
        rows = self._reading.store.select(query, graphs=self._reading.names.checked())
        return frozenset(row["risk"].value for row in rows)

    def by_department(self) -> list[tuple[str, list[Record]]]:
        """Return the chosen issues by responsible department; an issue of several stands with each."""
        groups: dict[str, list[Record]] = defaultdict(list)
        wanted = self._asked.department
        for one in filter(self._is_chosen, self.issues.values()):
            for name in self._departments(one):
                if wanted is None or name == wanted.label:
                    groups[name].append(one)
        return sorted(groups.items())

    def _departments(self, issue: Record) -> list[str]:
        found = self._responsible.of(issue.thing.iri, "Issue").department
        return found.split("；") if found else [word("say", "nobody", self._language)]

    def _is_chosen(self, issue: Record) -> bool:
        if self._asked.issue is not None:
            return issue.thing.iri == self._asked.issue.iri
        if self._of_business is not None and not self._of_business & set(issue.iris("materialises")):
            return False
        return _CLOSED not in issue.iris("state")

    def notice(self, number: int, department: str, issues: Sequence[Record]) -> Row:
        """Return the notice to a department."""
        rows = [self._issue(place, one) for place, one in enumerate(issues, start=1)]
        return {
            "number": number,
            "department": department,
            "count": len(rows),
            "overdue_count": sum(bool(row["overdue"]) for row in rows),
            "issues": rows,
        }

    def _issue(self, number: int, issue: Record) -> Row:
        missing = word("say", "not-given", self._language)
        new = word("say", "new-risk", self._language) if issue.iris("newRisk") else missing
        return {
            "number": number,
            "issue": issue.thing.id,
            "description": self._reading.things.label(issue.thing.iri).in_language(self._language),
            "found_on": issue.text("foundOn") or missing,
            "source": issue.ids("foundIn"),
            "risk": issue.named("materialises") or new,
            "category": issue.words("category") or missing,
            "grade": issue.words("grade") or missing,
            "post": issue.named("responsiblePost") or missing,
            "owner": issue.ids("issueOwner") or missing,
            "due_date": issue.text("dueDate") or missing,
            "overdue": self._overdue(issue),
            "state": issue.words("state") or missing,
            "evidence": issue.text("evidence"),
            "demands": "\n".join(self._demands(issue)),
        }

    def _overdue(self, issue: Record) -> str:
        due = [date.fromisoformat(day) for day in issue.iris("dueDate")]
        days = (self._report.as_of - min(due)).days if due else 0
        late = days > 0 and _CLOSED not in issue.iris("state")
        return word("say", "overdue", self._language, days=days) if late else ""

    def _demands(self, issue: Record) -> Iterable[str]:
        """Return what is demanded, numbered: the rectification itself, then what the open gaps ask for."""
        language, due = self._language, issue.text("dueDate")
        passed = bool(self._overdue(issue))
        first = word("demand", "rectify", language, due=due) if due and not passed else ""
        if passed:
            first = word("demand", "rectify-late", language, due=due)
        demands = [first or word("demand", "rectify-undated", language)]
        if _MANAGEMENT in issue.iris("category"):
            demands.append(word("demand", "management", language))
        demands += [finding.remedy.in_language(language) for finding in self._gaps.get(issue.thing.iri, ())]
        for number, demand in enumerate(dict.fromkeys(demands), start=1):
            yield f"{number}. {demand}"
