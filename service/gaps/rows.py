"""The gaps of a view as the rows of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from dutygraph.commits.gaps import GapHistory
from dutygraph.model import Finding, Text
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.gaps.models import GapModel, assignment_model, cell_model, thing_or_none, waived_model
from dutygraph.service.gaps.placing import Place, Placing
from dutygraph.service.models import bilingual, thing_model
from dutygraph.shapes import RuleShape, catalogue


@dataclass(frozen=True)
class GapRow:
    """A gap with its rule and its place; ``number`` counts within the whole list, gravest first."""

    number: int
    history: GapHistory
    rule: RuleShape
    place: Place

    @property
    def finding(self) -> Finding:
        """The gap itself."""
        return self.history.finding

    @cached_property
    def model(self) -> GapModel:
        """The gap as a list gives it; made once, for a view is asked often."""
        return GapModel(**gap_values(self))


@dataclass(frozen=True, slots=True)
class GapRows:
    """All gaps that a view shows, and what they were placed by."""

    rows: tuple[GapRow, ...]
    placing: Placing
    by_id: Mapping[str, GapRow]

    def __len__(self) -> int:
        """Return how many gaps there are."""
        return len(self.rows)


def rows_of(view: View, answers: Answers) -> GapRows:
    """Return the gaps of a view as rows, those resolved too; made once for a view."""
    return answers.of(view, "gaps", lambda: _made(view))


def _made(view: View) -> GapRows:
    placing = Placing(view)
    rows = tuple(rows_from(view.gaps, placing))
    return GapRows(rows, placing, {row.finding.id: row for row in rows})


def rows_from(gaps: Iterable[GapHistory], placing: Placing) -> Iterable[GapRow]:
    """Return gaps as rows, gravest first."""
    ordered = sorted(gaps, key=lambda gap: _order(gap.finding))
    for number, gap in enumerate(ordered, start=1):
        yield GapRow(number, gap, rule_of(gap.finding), placing.of(gap.finding))


def rule_of(finding: Finding) -> RuleShape:
    """Return the rule of a gap at its severity; of one that the catalogue has no more, what the gap says."""
    shapes = rule_shapes()
    found = shapes.get((finding.rule, finding.severity)) or shapes.get((finding.rule, None))
    if found is not None:
        return found
    name, nothing = Text(finding.rule, finding.rule), Text("", "")
    severity, message, remedy = finding.severity, finding.message, finding.remedy
    return RuleShape(
        "", finding.rule, "", "", severity, name, message, remedy, nothing, (), dataset_check=False
    )


@cache
def rule_shapes() -> Mapping[tuple[str, str | None], RuleShape]:
    """Return all rules by id and severity, and by id alone."""
    shapes = catalogue()
    found: dict[tuple[str, str | None], RuleShape] = {(shape.rule, None): shape for shape in reversed(shapes)}
    found.update({(shape.rule, shape.severity): shape for shape in shapes})
    return found


def _order(finding: Finding) -> tuple[int, str, str, str]:
    return (gravity(finding.severity), finding.rule, finding.focus.id, finding.id)


def gravity(severity: str) -> int:
    """Return where a severity stands, the gravest first."""
    return _GRAVEST_FIRST.index(severity)


_GRAVEST_FIRST = ("Violation", "Warning", "Info")


def gap_values(row: GapRow) -> dict[str, Any]:
    """Return the members of a GapModel."""
    finding, history = row.finding, row.history
    tiers = {f"tier{tier}": list(finding.responsible.supervisors.get(tier, ())) for tier in (1, 2, 3)}
    return {
        "id": finding.id,
        "rule": finding.rule,
        "requirement": bilingual(row.rule.label),
        "severity": finding.severity,
        "aspect": row.rule.aspect,
        "state": history.state,
        "focus": thing_model(finding.focus),
        "value": thing_or_none(finding.value),
        "message": bilingual(finding.message),
        "remedy": bilingual(finding.remedy),
        "department": finding.responsible.department,
        "post": finding.responsible.post,
        **tiers,
        "businesses": list(row.place.businesses),
        "star": row.place.star,
        "cell": cell_model(finding.cell),
        "waived": waived_model(finding.waived),
        "assignment": None if history.assignment is None else assignment_model(history.assignment),
        "first_seen": history.first_seen.at,
        "last_seen": history.last_seen.at,
    }
