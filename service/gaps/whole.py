"""One gap whole: its proof, the responsible path up to tier 1, its history."""

from __future__ import annotations

from collections.abc import Iterator

from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.figures import content_tag
from dutygraph.service.gaps.models import (
    HistoryModel,
    ResponsibleStepModel,
    WholeGap,
    assignment_model,
    seen_model,
)
from dutygraph.service.gaps.placing import Placing
from dutygraph.service.gaps.proof import proof_of
from dutygraph.service.gaps.rows import GapRow, gap_values, rows_of
from dutygraph.service.models import bilingual, thing_model
from dutygraph.service.problems import ProblemError

_KINDS = {"post": "post", "tier3": "appointment", "tier2": "appointment", "tier1": "appointment"}


def gap_there(view: View, gap: str, answers: Answers) -> GapRow:
    """Return a gap that the caller sees.

    Raises:
        ProblemError: 404, there is none, or it is hidden: both are answered alike.

    """
    row = rows_of(view, answers).by_id.get(gap)
    if row is None:
        raise ProblemError(404, "unknown-gap", gap=gap)
    return row


def whole_gap(view: View, gap: str, answers: Answers) -> WholeGap:
    """Return a gap with all that the caller may know of it.

    Raises:
        ProblemError: 404, as for ``gap_there``.

    """
    gap_there(view, gap, answers)
    return answers.of(view, ("gap", gap), lambda: _whole(view, gap, answers))


def tag_of(found: WholeGap, view: View) -> str:
    """Return the entity tag of a gap: what is told of it, a dot, the view that tells it with its dates."""
    return f'"{_content(found)}.{view.etag}"'


def is_based_on(found: WholeGap, given: str) -> bool:
    """Tell whether If-Match names the gap as it is, whatever else was committed since it was read."""
    named = {part.strip().strip('"').partition(".")[0] for part in given.split(",")}
    return "*" in named or _content(found) in named


def _content(found: WholeGap) -> str:
    told = found.model_dump_json(exclude={"last_seen": True, "history": {"last_seen"}})
    return content_tag(told.encode()).strip('"')


def _whole(view: View, gap: str, answers: Answers) -> WholeGap:
    row, placing = gap_there(view, gap, answers), rows_of(view, answers).placing
    return WholeGap(
        **gap_values(row),
        rationale=bilingual(row.rule.rationale),
        sources=list(row.rule.sources),
        proof=proof_of(view, row.finding),
        path=list(_path(view, row, placing)),
        history=_history(row),
    )


def _history(row: GapRow) -> HistoryModel:
    history = row.history
    return HistoryModel(
        first_seen=seen_model(history.first_seen),
        last_seen=seen_model(history.last_seen),
        resolved=None if history.resolved is None else seen_model(history.resolved),
        reopened=[seen_model(seen) for seen in history.reopened],
        assignments=[assignment_model(assignment) for assignment in history.assignments],
    )


def _path(view: View, row: GapRow, placing: Placing) -> Iterator[ResponsibleStepModel]:
    """Yield the post and the supervisors from tier 3 up to tier 1, each appointment with its person."""
    responsible = row.finding.responsible
    steps = {"post": tuple((responsible.post or "").split("；")) if responsible.post else ()}
    steps |= {f"tier{tier}": tuple(responsible.supervisors.get(tier, ())) for tier in (3, 2, 1)}
    for step, ids in steps.items():
        for one in ids:
            thing = view.things.thing(view.names.thing(_KINDS[step], one))
            yield ResponsibleStepModel(step=step, thing=thing_model(thing), person=placing.persons.get(one))
