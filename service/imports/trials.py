"""The dry run of an import as it is kept and told: what would change, and what it would undo."""

from __future__ import annotations

from typing import Any

from dutygraph.commits.gaps import GapPreview
from dutygraph.loaders.fields import KindForm, kind_forms
from dutygraph.model import Problem, Text
from dutygraph.service.imports.outcome import ReadOutcome, cell_json, problem_json
from dutygraph.service.imports.planning import Plan, Undone
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.models import gap_brief, told_to_the_office

_LISTED = 1000
_TALK = "talk"


def trial_json(
    outcome: ReadOutcome,
    problems: tuple[Problem, ...],
    tried: tuple[Plan, GapPreview | None],
    keeping: tuple[Plan | None, GapPreview | None],
) -> dict[str, Any]:
    """Return a dry run as JSON: the plan and what it does to the gaps; the same of the plan that keeps."""
    plan, preview = tried
    kept, kept_preview = keeping
    return {
        "rows": outcome.rows,
        "rejected": outcome.rejected,
        **_effect(plan, preview),
        "overwritten": [
            {"kind": one.kind, "id": one.id, "text": _as_json(said_of(one)), "cell": cell_json(one.cell)}
            for one in plan.undone
        ],
        "keeping": _effect(kept, kept_preview) if kept is not None and kept_preview is not None else None,
        "keptOnline": plan.kept,
        "errorCount": len(problems),
        "errors": [problem_json(problem) for problem in problems[:_LISTED]],
        "notices": [problem_json(problem) for problem in outcome.notices[:_LISTED]],
    }


def _effect(plan: Plan, preview: GapPreview | None) -> dict[str, Any]:
    new = () if preview is None else preview.new
    resolved = () if preview is None else preview.resolved
    return {
        "things": [
            {"kind": one.kind, "added": one.added, "changed": one.changed, "removed": one.removed}
            for one in plan.kinds
        ],
        "added": preview.added if preview else 0,
        "removed": preview.removed if preview else 0,
        "newGaps": [gap_brief(gap).model_dump(mode="json", by_alias=True) for gap in told_to_the_office(new)],
        "resolvedGaps": [
            gap_brief(gap).model_dump(mode="json", by_alias=True) for gap in told_to_the_office(resolved)
        ],
        "persisting": preview.persisting if preview else 0,
    }


def refuse_undoing(plan: Plan, online: str | None) -> None:
    """Refuse to undo what was done online unless somebody has said what shall become of it.

    Raises:
        ProblemError: 409, naming every record.

    """
    if online is None:
        errors = [ErrorItem(said_of(one), cell=one.cell) for one in plan.undone[:_LISTED]]
        choices = [{"kind": one.kind, "id": one.id} for one in plan.undone[:_LISTED]]
        raise ProblemError(409, "import-overwrites", count=len(plan.undone), errors=errors, choices=choices)


def said_of(one: Undone) -> Text:
    """Say of a record changed online which of its columns a file states otherwise."""
    kind = kind_forms().get(one.kind)
    title = kind.title if kind else Text(one.kind, one.kind)
    headings = _headings(kind, one.properties) if kind else ()
    told = Text(f"{title.zh}“{one.id}”", f"{title.en} “{one.id}”")
    if not headings:
        return Text(f"{told.zh}：网上有改动", f"{told.en}: changed online")
    zh, en = "、".join(text.zh for text in headings), ", ".join(text.en for text in headings)
    return Text(f"{told.zh}：{zh}", f"{told.en}: {en}")


def _headings(kind: KindForm, properties: tuple[str, ...]) -> tuple[Text, ...]:
    if kind.kind == _TALK:  # the office sees that there is a talk, not what stands in it
        return ()
    return tuple(
        dict.fromkeys(
            known.title for known in kind.fields if known.property and str(known.property) in properties
        )
    )


def _as_json(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
