"""The named values of the way of the data, one per step, all of them frozen.

workbook → Record → Delta → store → derived graph → shacl.Report → Finding → CheckReport.
Nothing here does work; see ``check.py`` for the flow (design: the way of the data).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from rdflib.term import Node, URIRef


class GraphKind(StrEnum):
    """Sensitivity of a named graph, least first (domain: graph of each kind)."""

    PUBLIC = "public"
    BUSINESS = "business"
    ISSUE = "issue"
    RESTRICTED = "restricted"
    IDENTITY = "identity"


class Severity(StrEnum):
    """SHACL's three severities, gravest first."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the two languages of the product."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the English text for ``en`` and the Chinese one for everything else."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value stands: file name, sheet, 1-based row as Excel counts, column header.

    ``row`` is None for a whole sheet or file, ``column`` is None for a whole row.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one sheet: recognised header → text of the cell as the form means it.

    Values are normalised text ("2025-03-01", "B04", "是"), lists are not yet split.
    ``extras`` are the columns the form does not know, kept and reported.
    """

    sheet: str
    file: str
    row: int
    values: Mapping[str, str]
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple, the kind of graph it belongs in, and the cell it came from, if any."""

    subject: URIRef
    predicate: URIRef
    object: Node
    graph: GraphKind
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of bad input: where, what is wrong, what was expected."""

    cell: Cell
    message: Text

    def line(self, lang: str) -> str:
        """Return the problem as one printable line."""
        place = [self.cell.file]
        if self.cell.sheet:
            place.append(f"〔{self.cell.sheet}〕")
        if self.cell.row is not None:
            place.append(f"row {self.cell.row}" if lang == "en" else f"第{self.cell.row}行")
        if self.cell.column:
            place.append(f"“{self.cell.column}”")
        return " ".join(place) + (": " if lang == "en" else "：") + self.message.in_language(lang)


@dataclass(frozen=True, slots=True)
class Delta:
    """What one load adds to and removes from one bureau's graphs."""

    bureau: str
    base: str
    added: tuple[Statement, ...]
    removed: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The outcome of reading a source: its delta, and what was noticed on the way.

    ``problems`` are refusals (a load with any of them stores nothing unless ``partial`` was asked),
    ``notices`` are extras kept and oddities met; ``rejected`` are the rows that gave the problems.
    """

    delta: Delta
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    rejected: tuple[Record, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the graph as people know it: id, kind (class name), IRI, label."""

    id: str
    kind: str
    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who must act on a gap (domain section 9): department, post, appointments by tier."""

    department: str | None
    post: str | None
    supervisors: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Waiver:
    """A dated tier-1 approval to leave a gap open."""

    until: date | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a gap is there and what would close it: as lines for people, and as data for programs."""

    text: Text
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Finding:
    """One gap: a rule, the node it fell on, and what an officer needs to act on it.

    ``path`` is the path as SPARQL text, ``shape`` and ``component`` are the IRIs of SHACL's report.
    ``explanation`` is there only where it was asked for.
    """

    id: str
    rule: str
    severity: Severity
    focus: Thing
    path: str | None
    value: Thing | None
    message: Text
    remedy: Text
    responsible: Responsible
    cell: Cell | None
    shape: str
    component: str
    waived: Waiver | None = None
    explanation: Explained | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How one rule, at one severity, came out: focus nodes examined, gaps, gaps waived."""

    rule: str
    severity: Severity
    label: Text
    examined: int
    gaps: int
    waived: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The whole answer about one bureau on one date. Equal input gives equal reports, computed_at apart."""

    bureau: str
    bureau_label: str
    as_of: date
    computed_at: datetime
    counts: Mapping[str, int]
    rules: tuple[RuleOutcome, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Problem, ...] = ()

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The gaps that no waiver covers."""
        return tuple(f for f in self.findings if f.waived is None)

    @property
    def conforms(self) -> bool:
        """True when no gap is open and at least one rule examined something."""
        return not self.open_findings and any(outcome.examined for outcome in self.rules)

    def only(self, severities: Collection[Severity]) -> CheckReport:
        """Return the report limited to some severities."""
        return replace(
            self,
            rules=tuple(outcome for outcome in self.rules if outcome.severity in severities),
            findings=tuple(finding for finding in self.findings if finding.severity in severities),
        )

    def unexamined(self) -> Iterator[RuleOutcome]:
        """Yield the rules that found no focus node: they say nothing, neither good nor bad."""
        return (outcome for outcome in self.rules if outcome.examined == 0)
