"""One gap beside the list: why it is there, what proves it, who answers, how to mend it; waive and assign."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dutygraph.commits.acts import Action
from dutygraph.commits.gaps import GapState
from dutygraph.model import Text, Thing
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import may_write
from dutygraph.service.answers import Answers
from dutygraph.service.console.fragments import Asked, Drawer, tell
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.visit import Visit
from dutygraph.service.gaps.handling import Handling, assign
from dutygraph.service.gaps.models import WholeGap
from dutygraph.service.gaps.rows import rows_of
from dutygraph.service.gaps.waivers import WaiverAsked, waive
from dutygraph.service.gaps.whole import gap_there, tag_of, whole_gap
from dutygraph.service.problems import ErrorItem, ProblemError


@dataclass(frozen=True, slots=True)
class Shown:
    """A gap with the names of what it names by id, and what the caller may do with it."""

    gap: WholeGap
    businesses: Sequence[Thing]
    persons: Mapping[str, str]
    people: Sequence[Thing]
    may_waive: bool
    may_assign: bool
    as_of: date
    tag: str


class GapDrawer:
    """Shows a gap at the side; *changed* is called after it was waived or assigned."""

    def __init__(self, visit: Visit, changed: Callable[[], Awaitable[None]]) -> None:
        """Make it, closed."""
        self._visit = visit
        self._changed = changed
        self._drawer = Drawer(visit, "gap.label")

    async def open(self, gap: str) -> None:
        """Show a gap.

        Raises:
            ProblemError: 404, there is none of this id, or the caller does not see it.

        """
        shown = await self._visit.work(_shown, self._visit, gap)

        async def waive_it(asked: Asked) -> None:
            await self._visit.work(_waive, self._visit, gap, asked.fields)
            await self._done(gap, "gap.waived-now")

        async def assign_it(asked: Asked) -> None:
            await self._visit.work(_assign, self._visit, gap, asked.fields, shown.tag)
            await self._done(gap, "gap.assigned-now")

        async def take_back(_asked: Asked) -> None:
            await self._visit.work(_take_back, self._visit, gap, shown.tag)
            await self._done(gap, "gap.taken-back")

        acts = {"waive": waive_it, "assign": assign_it, "take-back": take_back}
        self._drawer.show("gap", acts, shown=shown, gap=shown.gap, severity_word=severity_word)

    async def _done(self, gap: str, said: str) -> None:
        await self._changed()
        await self.open(gap)
        tell(self._visit.say(said))


def _shown(visit: Visit, gap: str) -> Shown:
    view = visit.view()
    row = gap_there(view, gap, visit.answers)
    found = whole_gap(view, gap, visit.answers)
    there = row.history.state is not GapState.RESOLVED
    own = view.in_scope(row.finding.focus.iri)
    may_assign = there and may_write(visit.caller, Action.GAP_ASSIGN, own=own)
    return Shown(
        gap=found,
        businesses=[view.things.thing(view.names.thing("business", one)) for one in found.businesses],
        persons=_names(view, found),
        people=people_of(view, visit.answers) if may_assign else (),
        may_waive=row.history.state is GapState.OPEN and may_write(visit.caller, Action.GAP_WAIVE),
        may_assign=may_assign,
        as_of=view.as_of,
        tag=tag_of(found, view),
    )


def _names(view: View, gap: WholeGap) -> dict[str, str]:
    ids = {step.person for step in gap.path if step.person}
    ids |= {one.person for one in gap.history.assignments if one.person}
    things = {one: view.things.thing(view.names.thing("person", one)) for one in ids}
    return {one: one if thing.label == one else f"{thing.label}（{one}）" for one, thing in things.items()}


def people_of(view: View, answers: Answers) -> tuple[Thing, ...]:
    """Return the persons that the caller sees, to hand a gap to."""
    return rows_of(view, answers).placing.registered("Person")


def _waive(visit: Visit, gap: str, fields: Mapping[str, str]) -> None:
    until = _day(fields, "until")
    if until is None:
        raise _wrong(Text("请填写豁免到哪一天为止。", "Give the last day of the waiver."))
    asked = WaiverAsked(gap, fields.get("reason", "")[:2000], None, until)
    waive(visit.service, visit.caller, visit.code, asked, visit.answers)


def _assign(visit: Visit, gap: str, fields: Mapping[str, str], tag: str) -> None:
    person = fields.get("person", "")
    if not person:
        raise _wrong(Text("请选择办理人。", "Choose who shall handle it."))
    handling = Handling(gap, person, _day(fields, "due"), fields.get("remark", "")[:2000], tag)
    assign(visit.service, visit.caller, visit.code, handling, visit.answers)


def _take_back(visit: Visit, gap: str, tag: str) -> None:
    assign(visit.service, visit.caller, visit.code, Handling(gap, None, None, "", tag), visit.answers)


def assign_all(visit: Visit, gaps: Sequence[str], fields: Mapping[str, str]) -> None:
    """Hand several gaps to one person, each as it is now.

    Raises:
        ProblemError: as for one of them; those before it are assigned.

    """
    for gap in gaps:
        view = visit.view()
        _assign(visit, gap, fields, tag_of(whole_gap(view, gap, visit.answers), view))


def _day(fields: Mapping[str, str], name: str) -> date | None:
    given = fields.get(name, "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise _wrong(Text(f"“{given}”不是日期。", f"“{given}” is no date.")) from error


def _wrong(text: Text) -> ProblemError:
    return ProblemError(422, "unfit", count=1, errors=[ErrorItem(text)])
